"""Read-only text of any length: only the visible lines are rendered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import ClassVar

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from mailtui.tui.lines import LOOKS, Line, Look, Piece
from mailtui.visible import visible

_RULES = ("=", "-", "_", "─")


class TextView(ScrollView, can_focus=True):
    """Wrapped text to scroll and select in. What is in it never acts: no markup, no control bytes."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c",
            "copy",
            "Copy text",
            show=False,
            id="copy",
            tooltip="Copy the text that the mouse has selected, or else all of it",
        )
    ]
    COMPONENT_CLASSES = {f"text-view--{look}" for look in LOOKS}
    # The width must not depend on the height, or a scroll bar would come and go with the wrapping.
    DEFAULT_CSS = "TextView { overflow-x: hidden; overflow-y: auto; scrollbar-gutter: stable; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[str] = []
        self._first_rows: list[int] = []
        self._heights: dict[str, int] = {}
        self._starts: dict[int, tuple[str, list[int]]] = {}
        self._wrap_width = 0

    @property
    def text(self) -> str:
        """The text as it was given."""
        return "\n".join(self._lines)

    @text.setter
    def text(self, text: str) -> None:
        self.lines = text.split("\n")

    @property
    def lines(self) -> Sequence[str]:
        """Its lines; those that know how they look are shown so."""
        return self._lines

    @lines.setter
    def lines(self, lines: Sequence[str]) -> None:
        if lines != self._lines:
            self._lines = list(lines)
            self._lay_out()
            if self.is_attached and self.text_selection is not None:  # of what stood there before
                self.screen.clear_selection()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew when the width has changed."""
        if self._width != self._wrap_width:
            self._lay_out()

    @property
    def _width(self) -> int:
        return max(1, self.scrollable_content_region.width)

    def _lay_out(self) -> None:
        """Find the first row of each line; lines that fit, nearly all, cost no more than a look at their length."""
        width = self._width
        known = self._heights if width == self._wrap_width else {}
        self._wrap_width = width
        self._heights = {}  # of the lines that are there now, and of no others
        self._starts.clear()
        heights = [
            1 if len(line) <= width and line.isascii() and "\t" not in line else self._height(line, known)
            for line in self._lines
        ]
        self._first_rows = list(accumulate(heights, initial=0))
        self.virtual_size = Size(width, self._first_rows[-1])
        self.refresh()

    def _height(self, line: str, known: dict[str, int]) -> int:
        height = known.get(line) or len(_row_starts(_shown(line), self._wrap_width, cell_len(self._hang(line))))
        self._heights[line] = height
        return height

    def _hang(self, line: str) -> str:
        """What the rows after the first begin with, if that leaves room for a text."""
        hang = line.hang if isinstance(line, Line) else ""
        return hang if len(hang) * 2 < self._wrap_width else ""

    def _line_and_starts(self, number: int) -> tuple[str, list[int]]:
        """A line as shown, and where its rows begin and end; a long one is wrapped once for all its rows."""
        if number not in self._starts:
            line = _shown(self._lines[number])
            hang = cell_len(self._hang(self._lines[number]))
            self._starts[number] = line, [*_row_starts(line, self._wrap_width, hang), len(line)]
        return self._starts[number]

    def render_line(self, y: int) -> Strip:
        """Render one row of the screen."""
        row = self.scroll_offset.y + y
        style = self.rich_style
        if row >= self.virtual_size.height or not self._lines:
            return Strip.blank(self.size.width, style)
        number = bisect_right(self._first_rows, row) - 1
        line, starts = self._line_and_starts(number)
        part = row - self._first_rows[number]
        start, end = starts[part], starts[part + 1]
        strip = Strip(self._segments(line, number, start, end, style))
        hang = self._hang(self._lines[number]) if part else ""
        strip = strip.adjust_cell_length(self.size.width - cell_len(hang), style).apply_offsets(start, number)
        # Each of them stands for the place where the text of the row begins.
        marks = (Strip([Segment(mark, style + self._look("muted"))]).apply_offsets(start, number) for mark in hang)
        return Strip.join([*marks, strip])

    def _segments(self, line: str, number: int, start: int, end: int, style: Style) -> list[Segment]:
        """A part of a line, cut where its look changes and where a selection begins and ends."""
        given = self._lines[number]
        pieces = given.pieces if isinstance(given, Line) else (Piece(line),)
        if len(pieces) == 1 and self.text_selection is None:  # as nearly all are
            return [Segment(line[start:end], sum(map(self._look, pieces[0].looks), style))]
        first, last = self._selected(number, len(line))
        selected = self.screen.get_component_rich_style("screen--selection")
        segments = []
        offset = 0
        for piece in pieces:
            look = sum(map(self._look, piece.looks), style)
            piece_end = offset + len(piece.text)
            cuts = sorted(min(max(cut, offset, start), piece_end, end) for cut in (offset, first, last, piece_end))
            for left, right in pairwise(cuts):
                if left < right:
                    is_selected = first <= left < last
                    segments.append(Segment(line[left:right], look + selected if is_selected else look))
            offset = piece_end
        return segments

    def _look(self, look: Look) -> Style:
        return self.get_component_rich_style(f"text-view--{look}", partial=True)

    def _selected(self, number: int, length: int) -> tuple[int, int]:
        """Where the selection begins and ends in a line."""
        span = self.text_selection.get_span(number) if self.text_selection is not None else None
        if span is None:
            return 0, 0
        return span[0], length if span[1] == -1 else span[1]

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the line ends that wrapping shows."""
        spans = ((line, selection.get_span(number)) for number, line in enumerate(self._lines))
        parts = (_shown(line)[span[0] : None if span[1] == -1 else span[1]] for line, span in spans if span)
        return "\n".join(parts), "\n"

    def action_copy(self) -> None:
        """Put the selected text where other programs can paste it from; all of it when nothing is selected."""
        selected = self.screen.get_selected_text()
        self.app.copy_to_clipboard(selected or "\n".join(map(_shown, self._lines)).strip("\n"))
        self.notify("What is selected is in the clipboard." if selected else "All of the text is in the clipboard.")

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self.refresh()


def _shown(line: str) -> str:
    return visible(line.expandtabs())


def _row_starts(line: str, width: int, hang: int = 0) -> list[int]:
    """Where each row of a wrapped line begins: after a blank if there is one, for the text is to be read.

    The rows after the first have so many columns less.
    """
    if line[:1] in _RULES and not line.strip(line[0]):  # a rule is cut off where the row ends
        return [0]
    if line.isascii():
        starts = [0]
        room = width
        while len(line) - starts[-1] > room:
            start = starts[-1]
            blank = line.rfind(" ", start + 1, start + room + 1)
            starts.append(blank + 1 if blank > start else start + room)
            room = width - hang
        return starts
    if cell_len(line) <= width:
        return [0]
    starts, used, blank, room = [0], 0, 0, width
    for index, character in enumerate(line):
        size = get_character_cell_size(character)
        if character == " ":  # one that does not fit any more is not seen
            blank = index + 1
        elif used + size > room and index > starts[-1]:
            starts.append(blank if blank > starts[-1] else index)
            used = cell_len(line[starts[-1] : index])
            room = width - hang
        used += size
    return starts
