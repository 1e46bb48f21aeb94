"""A choice among a few words, which tells what the cursor is on before anything is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Select

from mailtui.visible import visible


class ChoiceSelect(Select[str]):
    """A list that drops down.

    Args:
        choices: The words.
        chosen: One of them, or nothing.
        id: Of the widget.
    """

    class Pointed(Message):
        """The cursor is on another choice.

        Args:
            choice: That word; when the list is closed, the one that is chosen.
        """

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: Sequence[str], chosen: str, *, id: str) -> None:  # noqa: A002
        super().__init__(
            [(Content(visible(choice)), choice) for choice in choices],
            value=chosen or Select.NULL,
            prompt="choose",
            allow_blank=not chosen,
            compact=True,
            id=id,
        )
        self._choices = choices
        self._told = chosen

    def on_mount(self) -> None:
        """Follow the cursor in the list."""
        self.watch(self.query_one(OptionList), "highlighted", self._point, init=False)
        self.watch(self, "expanded", self._point, init=False)

    def _point(self) -> None:
        choice = self._under_cursor() if self.expanded else ""
        choice = choice or ("" if self.is_blank() else str(self.value))
        if choice and choice != self._told:
            self._told = choice
            self.post_message(self.Pointed(choice))

    def _under_cursor(self) -> str:
        listed = self.query_one(OptionList)
        blanks = listed.option_count - len(self._choices)  # none, or one before the choices
        return "" if (listed.highlighted or 0) < blanks else self._choices[(listed.highlighted or 0) - blanks]
