"""Each action on the letter can be done by its key, with the mouse, and from the palette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui import MailtuiApp, Settings
from mailtui.config.sources import Setting
from mailtui.tui.keys import KeyHint, key_hints
from mailtui.tui.widgets.key_bar import KeyBar
from tests.tui.conftest import LETTER, MakeApp, burst, letter, preview, state
from tests.tui.waits import choose_command, settle

VERY_WIDE = (200, 36)  # all hints fit
Way = Callable[[Pilot[None], str], Awaitable[None]]


def on_top(name: str) -> Callable[[MailtuiApp], bool]:
    return lambda app: type(app.screen).__name__ == name


def told(words: str) -> Callable[[MailtuiApp], bool]:
    return lambda app: any(words in toast.message for toast in app._notifications)


EFFECTS: dict[str, Callable[[MailtuiApp], bool]] = {
    "preview": lambda app: preview(app).tab == "Message",
    "editor": told("An editor cannot have this terminal"),
    "attach": on_top("AttachScreen"),
    "handler": on_top("Palette"),
    "settings": on_top("SettingsScreen"),
    "help": on_top("HelpScreen"),
    "browser": told("The letter goes as text alone."),
    "undo": lambda app: letter(app).query_one("#subject", Input).value == "Hello",
    "redo": lambda app: letter(app).query_one("#subject", Input).value == "Hello!",
    "markdown": lambda app: letter(app).draft.markdown,
    "send": lambda app: "answered" in state(app),
}


OTHER_PLACES = {"markdown": "#markdown"}
NOT_BY_MOUSE = {"undo", "redo", "browser"}  # the browser has a place to click only where there is HTML


async def by_key(pilot: Pilot[None], action: str) -> None:
    await pilot.press(hint_of(pilot, action).binding.key)


async def by_mouse(pilot: Pilot[None], action: str) -> None:
    if action in OTHER_PLACES:
        await pilot.click(OTHER_PLACES[action])
        return
    end = 0
    for hint in key_hints(pilot.app.screen):
        if hint.binding.show and hint.enabled:
            if hint.binding.id == action:
                await pilot.click(KeyBar, offset=(end + 1, 0))
            end += len(hint.keys[0]) + len(hint.binding.description) + 3


async def by_palette(pilot: Pilot[None], action: str) -> None:
    name = hint_of(pilot, action).binding.description
    (command,) = [found for found in pilot.app.get_system_commands(pilot.app.screen) if found.title == name]
    done = command.callback()
    if done is not None:
        await done


def hint_of(pilot: Pilot[None], action: str) -> KeyHint:
    return next(hint for hint in key_hints(pilot.app.screen) if hint.binding.id == action)


@pytest.mark.long
@pytest.mark.parametrize("way", [by_key, by_mouse, by_palette])
async def test_each_action(way: Way, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    app = make_app()
    async with app.run_test(size=VERY_WIDE) as pilot:
        letter(app).query_one("#subject").focus()
        await pilot.press("end", "!")
        for action, is_done in EFFECTS.items():
            if way is by_mouse and action in NOT_BY_MOUSE:
                continue
            assert not is_done(app), action
            await way(pilot, action)
            await settle(pilot)
            assert is_done(app), action
            while len(app.screen_stack) > 1:
                await app.pop_screen()


async def test_keys_that_come_together_with_one_that_opens_something_are_for_what_is_opened(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(keys={"handler": Setting("f12", "file")}))
    async with app.run_test(size=VERY_WIDE) as pilot:
        burst(app, "ctrl+o", *"no")
        await pilot.pause()
        assert app.screen.query_one("#attach-name", Input).value == "no"
        burst(app, "f1", "f2", "f12", "ctrl+o", "escape")  # nothing opens above a dialog
        await pilot.pause()
        for key in ("f1", "f2"):
            burst(app, key, *"no")
            await pilot.pause()
            await pilot.press(key)
        await choose_command(pilot, "Help")
        assert on_top("HelpScreen")(app)
        await pilot.press("escape")
        for _ in range(8):  # on a busy machine Textual's list is left before it has found anything
            burst(app, "f12", *"eml", "enter")
            await settle(pilot)
            await pilot.pause(0.2)
            if app.mail.name == "eml":
                break
            await pilot.press("escape")
        assert (app.mail.name, app.screen_stack) == ("eml", [letter(app)])
        assert replace(letter(app).draft, letter="") == LETTER
