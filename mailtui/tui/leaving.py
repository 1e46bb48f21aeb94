"""Leaving a screen: once, however often and however fast a key or a button is pressed.

Textual would take the screen below away with a second answer, or end with an error when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

T = TypeVar("T")

_ONCE_MORE = 10.0  # seconds within which the same key means yes


class Place(Screen[T]):
    """A screen to work in, which is left with an answer."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answer and go, unless that has been done."""
        return _once(self, super().dismiss, result)


class Dialog(ModalScreen[T]):
    """A question, or something to look at, above a screen."""

    TAKES_EVERY_KEY: ClassVar[bool] = False  # also those that work everywhere

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answer and go, unless that has been done."""
        return _once(self, super().dismiss, result)


class Palette(CommandPalette):
    """Every command by its name."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, unless that has been done."""
        return _once(self, super().dismiss, result)


class OnceMore:
    """Remembers the last question, so that the same key a second time means yes."""

    def __init__(self) -> None:
        self._asked: tuple[object, float] | None = None

    def is_yes(self, question: object) -> bool:
        """Whether this was asked a moment ago, and nothing else since.

        Args:
            question: What would be dropped, and by which key.
        """
        asked, self._asked = self._asked, (question, monotonic())
        return asked is not None and asked[0] == question and monotonic() - asked[1] < _ONCE_MORE

    def forget(self) -> None:
        """Something has changed: ask again."""
        self._asked = None


def _once(screen: Screen[T], dismiss: Callable[[T | None], AwaitComplete], result: T | None) -> AwaitComplete:
    return dismiss(result) if screen.is_current else AwaitComplete.nothing()  # type: ignore[no-untyped-call]
