"""Leaving a screen: once, however often and however fast a key or a button is pressed.

Textual would take the screen below away with a second answer, or end with an error when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

T = TypeVar("T")


class Place(Screen[T]):
    """A screen to work in, which is left with an answer."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answer and go, unless that has been done."""
        return _once(self, super().dismiss, result)


class Dialog(ModalScreen[T]):
    """A question, or something to look at, above a screen."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answer and go, unless that has been done."""
        return _once(self, super().dismiss, result)


class Palette(CommandPalette):
    """Every command by its name."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, unless that has been done."""
        return _once(self, super().dismiss, result)


def _once(screen: Screen[T], dismiss: Callable[[T | None], AwaitComplete], result: T | None) -> AwaitComplete:
    return dismiss(result) if screen.is_current else AwaitComplete.nothing()  # type: ignore[no-untyped-call]
