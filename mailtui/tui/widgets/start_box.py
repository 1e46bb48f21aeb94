"""Whether a handler is the one that mailtui starts with."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class StartBox(Checkbox):
    """To be ticked for a handler; another one is chosen by ticking it there.

    Args:
        id: Of the widget.
    """

    BUTTON_INNER = " "

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__("", id=id, compact=True)

    def watch_value(self) -> None:
        """A tick is told by its sign, not by its colour alone."""
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()

    def show(self, *, starts: bool, ticked: bool) -> None:
        """Show it for a handler, without a message.

        Args:
            starts: Whether mailtui starts with this handler already.
            ticked: Whether a person wants it to.
        """
        self.label = Content("used when mailtui starts" if starts else "use this one when mailtui starts")
        self.disabled = starts
        with self.prevent(Checkbox.Changed):
            self.value = starts or ticked
