"""The last that happens to a text before the terminal gets it: nothing in it acts, whichever widget it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from mailtui.visible import visible


class Inert(LineFilter):
    """Shows signs for what would act in a line that a widget has painted.

    Widgets that know of it make their texts visible themselves, before they lay them out; in a line that comes here
    with a control character a sign takes more room than that, and its end is cut.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments for nearly every line.

        Args:
            segments: Of one line.
            background: Of the widget.
        """
        if is_inert(segments):
            return segments
        width = Segment.get_line_length(segments)
        return Segment.adjust_line_length(inert(segments), width, pad=False)


INERT = Inert()  # one for all lines: it is the key of what Textual keeps of them


def inert(segments: Iterable[Segment]) -> list[Segment]:
    """Text without anything that acts, nor line feeds.

    Args:
        segments: Of one line.
    """
    return [
        segment if _is_inert(segment) else segment._replace(text=visible(segment.text).replace("\n", "␊"))
        for segment in segments
    ]


def is_inert(segments: Iterable[Segment]) -> bool:
    """Whether nothing in a line acts, as in nearly every one.

    Args:
        segments: Of the line.
    """
    return all(map(_is_inert, segments))


def _is_inert(segment: Segment) -> bool:
    return bool(segment.control) or ("\n" not in segment.text and visible(segment.text) == segment.text)
