"""Waiting in the tests of screens: for what is to be seen, not for a time, so that a busy machine may take longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.command import CommandList
from textual.pilot import Pilot
from textual.screen import Screen

from mailtui import MailtuiApp
from mailtui.tui import leaving
from mailtui.tui.leaving import Palette
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.screens.sending import SendingScreen
from tests.tui.conftest import letter, state


async def until(pilot: Pilot[None], condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never became true"
        await pilot.pause(0.02)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing works in the background and everything is drawn."""
    for _ in range(2):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def until_on_top(pilot: Pilot[None], kind: type[Screen[Any]]) -> None:
    """Wait until a screen is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await pilot.pause()


async def until_heeded(pilot: Pilot[None], kind: type[Screen[Any]]) -> None:
    """Wait until a dialog that drops the keys of somebody who types on takes them."""
    await until_on_top(pilot, kind)
    await pilot.pause(leaving.QUIET + 0.1)


async def until_sending(pilot: Pilot[None]) -> None:
    """Wait until the screen tells how far it is."""
    await until_on_top(pilot, SendingScreen)


async def until_answered(pilot: Pilot[None]) -> None:
    """Wait until the answer is shown."""
    app = pilot.app
    assert isinstance(app, MailtuiApp)
    await until(pilot, lambda: letter(app).outcome and "live preview" not in state(app))


async def until_free(pilot: Pilot[None]) -> None:
    """Wait until the form takes keys again."""
    await until(pilot, lambda: not pilot.app.screen_stack[0].query_one("#form").disabled)


async def send(pilot: Pilot[None], answer: str = "y") -> None:
    """Submit, review, answer."""
    await pilot.press("ctrl+s")
    await until_heeded(pilot, ReviewScreen)
    await pilot.press(answer)


async def send_through(pilot: Pilot[None]) -> None:
    """Submit, say yes, and wait until the answer is there and the form takes keys again."""
    await send(pilot)
    await until_answered(pilot)
    await until_free(pilot)


async def give_up(pilot: Pilot[None]) -> None:
    """Submit, say yes, and wait for the answer no longer."""
    await send(pilot)
    await until_sending(pilot)
    await pilot.press("escape")
    await until_answered(pilot)
    await until_free(pilot)


async def until_late_answer(pilot: Pilot[None]) -> None:
    """Wait until the answer has come after all, and is written down."""
    app = pilot.app
    assert isinstance(app, MailtuiApp)
    await until(pilot, lambda: any("come after all" in toast.title for toast in app._notifications))
    await settle(pilot)


async def choose_command(pilot: Pilot[None], name: str) -> None:
    """Choose a command in the palette by its name."""
    await find_command(pilot, name)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, Palette))
    await settle(pilot)


async def find_command(pilot: Pilot[None], name: str) -> None:
    """Type the name of a command in the palette until it is marked."""
    await pilot.press("ctrl+p", *name)
    await settle(pilot)
    marked = pilot.app.screen.query_one(CommandList).highlighted_option
    assert marked
    assert name in str(marked.prompt)
