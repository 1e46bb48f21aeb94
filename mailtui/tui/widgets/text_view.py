"""Read-only text of any length: only the visible lines are rendered."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from mailtui.visible import visible

_RULES = ("=", "-", "_")


class TextView(ScrollView, can_focus=True):
    """Wrapped text to scroll and select in. What is in it never acts: no markup, no control bytes."""

    ALLOW_SELECT = True
    # The width must not depend on the height, or a scroll bar would come and go with the wrapping.
    DEFAULT_CSS = "TextView { overflow-x: hidden; overflow-y: auto; scrollbar-gutter: stable; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._text = ""
        self._lines: list[str] = []
        self._first_rows: list[int] = []
        self._heights: dict[str, int] = {}
        self._starts: dict[int, tuple[str, list[int]]] = {}
        self._wrap_width = 0

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._lines = text.split("\n")
            self._lay_out()

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
        height = self._heights[line] = known.get(line) or len(_row_starts(_shown(line), self._wrap_width))
        return height

    def _line_and_starts(self, number: int) -> tuple[str, list[int]]:
        """A line as shown, and where its rows begin and end; a long one is wrapped once for all its rows."""
        if number not in self._starts:
            line = _shown(self._lines[number])
            self._starts[number] = line, [*_row_starts(line, self._wrap_width), len(line)]
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
        return strip.adjust_cell_length(self.size.width, style).apply_offsets(start, number)

    def _segments(self, line: str, number: int, start: int, end: int, style: Style) -> list[Segment]:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is None:
            return [Segment(line[start:end], style)]
        first, last = span[0], span[1] if span[1] != -1 else len(line)
        first, last = (min(max(offset, start), end) for offset in (first, last))
        selected = style + self.screen.get_component_rich_style("screen--selection")
        pieces = ((line[start:first], style), (line[first:last], selected), (line[last:end], style))
        return [Segment(text, look) for text, look in pieces if text]

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the line ends that wrapping shows."""
        return selection.extract("\n".join(map(_shown, self._lines))), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self.refresh()


def _shown(line: str) -> str:
    return visible(line.expandtabs())


def _row_starts(line: str, width: int) -> list[int]:
    """Where each row of a wrapped line begins: after a blank if there is one, for the text is to be read."""
    if line[:1] in _RULES and not line.strip(line[0]):  # a rule is cut off where the row ends
        return [0]
    if line.isascii():
        starts = [0]
        while len(line) - starts[-1] > width:
            start = starts[-1]
            blank = line.rfind(" ", start + 1, start + width + 1)
            starts.append(blank + 1 if blank > start else start + width)
        return starts
    if cell_len(line) <= width:
        return [0]
    starts, used, blank = [0], 0, 0
    for index, character in enumerate(line):
        size = get_character_cell_size(character)
        if used + size > width and index > starts[-1]:
            starts.append(blank if blank > starts[-1] and character != " " else index)
            used = cell_len(line[starts[-1] : index])
        used += size
        if character == " ":
            blank = index + 1
    return starts
