"""Leaving a screen: once, however often and however fast a key or a button is pressed.

Textual would take the screen below away with a second answer, or end with an error when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import ClassVar, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

T = TypeVar("T")

QUIET = 0.5  # seconds without a key before one counts: a paste or typing on must answer nothing
HELP = Binding("f1", "app.help", "Help", id="dialog.help", show=False, tooltip="Help for what is asked here")
_ONCE_MORE = 10.0  # seconds within which the same key means yes
_SCROLL = ("up", "down", "pageup", "pagedown", "home", "end")


class Workplace(Screen[T]):
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


class Unhurried(Dialog[T]):
    """A dialog that comes while somebody may be typing."""

    MOVING_IS_TYPING: ClassVar[bool] = True  # False: a key may follow at once

    def __init__(self) -> None:
        super().__init__()
        self._last_key = 0.0

    def on_mount(self, event: events.Mount) -> None:
        """Keys may be on their way already."""
        self._last_key = event.time

    def on_key(self, event: events.Key) -> None:
        """Drop every key until half a second has passed without one, by the time it was typed; but let scroll."""
        if event.key in _SCROLL and not self.MOVING_IS_TYPING:
            return
        quiet = event.time - self._last_key
        self._last_key = max(self._last_key, event.time)
        if quiet < QUIET and event.key not in _SCROLL:
            event.stop()
            self.query_one(".dialog").border_subtitle = "a key counts half a second after the one before"


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
