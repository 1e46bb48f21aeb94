"""The names of tabs in one line."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class TabStrip(Static):
    """The names of the tabs, the shown one marked, and at the end of the line what else there is to click.

    Args:
        names: Of the tabs.
        id: Of the widget.
    """

    tab: reactive[str] = reactive("")
    aside: reactive[str] = reactive("")

    class Chosen(Message):
        """A tab was clicked.

        Args:
            tab: Its name.
        """

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    class AsidePressed(Message):
        """What stands at the end of the line was clicked."""

    def __init__(self, names: Sequence[str], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names = names

    def render(self) -> Content:
        """All in one line."""
        looks = {name: "bold $text-accent reverse" if name == self.tab else "$text-muted" for name in self._names}
        names = Content("").join(Content.styled(f" {name} ", look) for name, look in looks.items())
        if not self.aside:
            return names
        gap = " " * (self.size.width - len(names) - len(self.aside) - 1)
        return Content.assemble(names, gap, (self.aside, "$text-accent"), " ")

    def on_click(self, event: events.Click) -> None:
        """Ask for what is under the mouse."""
        if self.aside and event.x >= self.size.width - len(self.aside) - 1:
            self.post_message(self.AsidePressed())
            return
        end = 0
        for name in self._names:
            end += len(name) + 2
            if event.x < end:
                self.post_message(self.Chosen(name))
                return
