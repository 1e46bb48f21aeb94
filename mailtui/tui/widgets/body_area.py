"""The body of the letter."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from mailtui.visible import visible


class BodyArea(TextArea):
    """Plain text. A line feed begins a new line: many terminals send it for shift+enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+j", "new_line", "New line", show=False)]

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002
        super().__init__(_harmless(text), id=id, compact=True, placeholder="Write the letter here")

    def load(self, text: str) -> None:
        """Put in a text from elsewhere: nothing in it may act on the terminal, nor stand there unseen.

        Args:
            text: Of a draft.
        """
        self.load_text(_harmless(text))

    def on_paste(self, event: events.Paste) -> None:
        """The same for a paste."""
        event.prevent_default()
        event.stop()
        self.replace(_harmless(event.text), *self.selection)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


def _harmless(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\t".join(visible(piece) for piece in lines.split("\t"))
