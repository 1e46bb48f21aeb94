"""The names of tabs in one line."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class TabStrip(Static):
    """The names of the tabs, the shown one marked; a click asks for another.

    Args:
        names: Of the tabs.
        id: Of the widget.
    """

    tab: reactive[str] = reactive("")

    class Chosen(Message):
        """A tab was clicked.

        Args:
            tab: Its name.
        """

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, names: Sequence[str], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names = names

    def render(self) -> Content:
        """The names in one line."""
        looks = {name: "bold $text-accent reverse" if name == self.tab else "$text-muted" for name in self._names}
        return Content("").join(Content.styled(f" {name} ", look) for name, look in looks.items())

    def on_click(self, event: events.Click) -> None:
        """Ask for the tab under the mouse."""
        end = 0
        for name in self._names:
            end += len(name) + 2
            if event.x < end:
                self.post_message(self.Chosen(name))
                return
