"""The body of the letter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import TextArea


class BodyArea(TextArea):
    """Plain text. A line feed begins a new line: many terminals send it for shift+enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+j", "new_line", "New line", show=False)]

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")
