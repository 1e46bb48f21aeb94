"""The inputs for the header fields, one below the other, each with its name and what is wrong with it."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input, Static

from mailtui.visible import visible


class HeaderInput(Input):
    """One header field. A pasted text keeps all its lines, joined by blanks.

    Args:
        label: The name of the field.
        value: What stands in it at first.
        id: Of the widget.
    """

    SEPARATOR = " "

    def __init__(self, label: str, value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.label = label
        self.load(value)

    def load(self, text: str) -> None:
        """Put in a text from elsewhere: nothing in it may act on the terminal, nor stand there unseen.

        Args:
            text: Of a draft.
        """
        self.value = visible(" ".join(text.splitlines()).replace("\t", " "))

    def on_paste(self, event: events.Paste) -> None:
        """Put in the whole paste; Textual's own Input would keep its first line only."""
        event.prevent_default()
        event.stop()
        lines = (line.strip().rstrip(",") for line in event.text.splitlines())
        text = self.SEPARATOR.join(filter(None, lines)).replace("\t", " ")
        self.replace(visible(text), *sorted(self.selection))


class AddressInput(HeaderInput):
    """Addresses: a pasted column of them becomes a list."""

    SEPARATOR = ", "


class HeaderFields(Vertical):
    """Paints the names itself, in the margin of the inputs: a widget for each would slow the start down."""

    def show_problem(self, field: HeaderInput, reason: str) -> None:
        """Say under a field what is wrong with it, or nothing.

        Args:
            field: One of the inputs.
            reason: Empty when all is well.
        """
        field.set_class(bool(reason), "-wrong")
        line = next(iter(self.query(f"#{field.id}-problem").results(Static)), None)
        if line is not None:
            line.update(f"✗ {reason}")
            line.display = bool(reason)
        elif reason:
            self.mount(Static(f"✗ {reason}", id=f"{field.id}-problem", classes="problem", markup=False), after=field)

    def render_line(self, y: int) -> Strip:
        """The name of the input that begins in this row."""
        fields = list(self.query(HeaderInput))
        label = next((field.label for field in fields if field.region.y - self.content_region.y == y), "")
        margin = fields[0].styles.margin.left
        return Strip([Segment(f"{label:>{margin - 1}} ", self.rich_style)]).adjust_cell_length(
            self.content_size.width, self.rich_style
        )
