"""A line above the letter that stays until it is not true any more."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from mailtui.visible import visible


class Notice(Static):
    """Says something, and is not seen while it has nothing to say.

    Args:
        text: To say.
        bad: Whether something went wrong.
        id: Of the widget.
    """

    def __init__(self, text: str, *, bad: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="-bad" if bad else "", markup=False)
        self._sign = "✗" if bad else "⚠"
        self.show(text)

    def show(self, text: str) -> None:
        """Say something else.

        Args:
            text: Nothing: there is nothing to say.
        """
        self.display = bool(text)
        self.update(Content(f"{self._sign} {visible(text)}"))
