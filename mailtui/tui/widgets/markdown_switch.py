"""Whether the body goes as HTML, too."""

from __future__ import annotations

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class MarkdownSwitch(Widget, can_focus=True):
    """A word with a mark that is read without colours; Textual's own check box is told by its colour."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "toggle('value')", "Switch", show=False)]

    value: reactive[bool] = reactive(False)

    class Changed(Message):
        """It was switched."""

    def __init__(self, value: bool, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(MarkdownSwitch.value, value)

    def render(self) -> RenderResult:
        """The mark and the word."""
        return Content(f"[{'x' if self.value else ' '}] Markdown")

    def watch_value(self) -> None:
        """Tell the form."""
        if self.is_mounted:
            self.post_message(self.Changed())

    def on_click(self) -> None:
        """The mouse does what the keys do."""
        self.value = not self.value
