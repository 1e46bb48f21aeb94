"""Theme and keys, chosen on the settings screen, in the palette and in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from mailtui import MailtuiApp, Settings
from mailtui.tui.keys import key_hints
from mailtui.tui.screens.key_dialog import KeyDialog
from mailtui.tui.screens.keys_page import KeysPage
from mailtui.tui.screens.preferences_page import PreferencesPage
from mailtui.tui.widgets.choice_select import ChoiceSelect
from mailtui.tui.widgets.key_bar import KeyBar
from tests.tui.conftest import LETTER, MakeApp, RecordingMailHandler, letter
from tests.tui.test_settings_saving import told, top
from tests.tui.test_settings_screen import SIZE
from tests.tui.waits import settle

pytestmark = pytest.mark.long

FILE = '# Mine\ntheme = "nord"\n\n[keys]\nsend = "f12"  # by hand\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    return path


def app_of(path: Path) -> MailtuiApp:
    return MailtuiApp(settings=Settings.load(path, environ={}), draft=LETTER)


def bar(app: MailtuiApp) -> str:
    return str(app.screen.query_one(KeyBar).render())


async def mark(pilot: Pilot[None], action: str) -> None:
    """Put the cursor on an action on the page of the keys."""
    listed = pilot.app.screen.query_one("#keys", OptionList)
    listed.highlighted = listed.get_option_index(action)
    await pilot.pause()


def line(app: MailtuiApp, action: str) -> str:
    """Of an action on the page of the keys."""
    return str(app.screen.query_one("#keys", OptionList).get_option(action).prompt)


async def test_a_theme_is_seen_at_once_put_back_used_and_saved(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.theme == "nord"
        await pilot.press("f2", "f3")
        await pilot.pause()
        page = app.screen.query_one(PreferencesPage)
        await pilot.press("enter", "down")
        await pilot.pause()
        assert app.theme == "gruvbox"
        await pilot.press("escape")  # closes the list
        await pilot.pause()
        assert (app.theme, top(app)) == ("nord", page.screen)
        await pilot.press("enter", "down", "enter")
        await pilot.pause()
        assert app.theme == "gruvbox"
        assert page.query_one(".settings-pane").border_title == "Preferences • edited"
        await pilot.press("escape")
        await pilot.pause()
        assert "Neither used nor saved: the preferences. esc once more drops these edits." in told(app)
        await pilot.press("escape")
        await pilot.pause()
        assert (app.theme, top(app)) == ("nord", letter(app))
        assert path.read_text() == FILE

        await pilot.press("f2", "f3", "enter", "down", "enter", "f10")
        await pilot.pause()
        assert path.read_text() == FILE.replace("nord", "gruvbox")
        help_line = app.screen.query_one("#preferences .option-help", Static)
        assert str(help_line.render()).startswith("file")
        await pilot.press("enter", "down", "enter", "ctrl+s")
        await pilot.pause()
        assert (app.theme, top(app)) == ("catppuccin-mocha", letter(app))
        assert letter(app).preferences.theme == "catppuccin-mocha"
        assert app.settings.preferred["theme"].origin == "this run"
        assert path.read_text() == FILE.replace("nord", "gruvbox")
    assert app_of(path).theme == "gruvbox"


async def test_a_signature_that_cannot_be_read_is_marked(path: Path, tmp_path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2", "f3")
        await pilot.pause()
        field = app.screen.query_one("#option-signature", Input)
        field.value = str(tmp_path / "gone.txt")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert top(app) is not letter(app)
        reason = app.screen.query_one("#preferences .option-problem", Static)
        assert str(reason.render()).endswith("gone.txt: No such file or directory")
        (tmp_path / "gone.txt").write_text("Me")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert top(app) is letter(app)


async def test_what_is_wrong_in_the_file_by_now_is_told_once(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=(80, 24)) as pilot:
        path.write_text(f"signature = 5\n{FILE}")  # meanwhile, in an editor
        await pilot.press("f2", "f3", "enter", "down", "enter", "f10")
        await pilot.pause()
        assert path.read_text() == f"signature = 5\n{FILE.replace('nord', 'gruvbox')}"
        await pilot.press("escape")
        await pilot.pause()
        assert app.theme == "gruvbox"
        told = [toast.message for toast in app._notifications if toast.title == "A preference is wrong"]
        assert len(told) == 1
        assert "signature: expected a text, not 5" in told[0]


async def test_a_theme_of_the_palette_is_seen_at_once_and_holds_for_this_run(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        app.search_themes()
        await settle(pilot)
        await pilot.press("down")
        await pilot.pause()
        assert app.theme == "ansi-light"
        await pilot.press("escape")
        await pilot.pause()
        assert app.theme == "nord"
        app.search_themes()
        await pilot.pause()
        await pilot.press(*"monok")
        await settle(pilot)
        assert app.theme == "monokai"
        await pilot.press("enter")
        await settle(pilot)
        assert app.theme == "monokai"
        app.action_settings("Preferences")
        await pilot.pause()
        assert app.screen.query_one("#option-theme", ChoiceSelect).value == "monokai"
        await pilot.press("escape")
        await pilot.pause()
        assert (app.theme, top(app)) == ("monokai", letter(app))
        assert path.read_text() == FILE


async def test_every_theme_can_be_shown(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        pictures = set()
        send = app.screen.query_one("#send")
        send.disabled = True
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()
            pictures.add(app.export_screenshot())
            assert send.region.height == 1, theme
        assert len(pictures) == len(app.available_themes) > 10


async def test_a_key_of_the_file_takes_the_place_of_the_own_one(path: Path, recording: RecordingMailHandler) -> None:
    app = app_of(path)
    app.mail = recording
    async with app.run_test(size=SIZE) as pilot:
        assert bar(app).startswith(" F12 Send  F3 Preview ")
        assert app._notifications is not None
        assert not list(app._notifications)
        assert ("F12", "Send") in [(hint.keys[0], hint.binding.description) for hint in key_hints(app.screen)]
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert recording.delivered == []
        await pilot.press("f12")
        await pilot.pause()
        assert len(recording.delivered) == 1
        await pilot.click(KeyBar, offset=(3, 0))
        await pilot.pause()
        assert len(recording.delivered) == 2


async def test_what_is_wrong_is_told_and_the_defaults_are_used(path: Path) -> None:
    path.write_text('theme = "norf"\nremember_recipients = 3\n[keys]\nsned = "f12"\nsend = "f2"\n')
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert f"there is no theme called 'norf'; did you mean nord? ({path}, line 1)" in told(app)
        assert f"expected true or false, not 3 ({path}, line 2)" in told(app)
        assert f"{path}, line 4: keys.sned: there is no action of this id; did you mean send?" in told(app)
        assert f"{path}, line 5: keys.send: f2 is the key of Settings (settings) already" in told(app)
        assert (app.theme, app.preferences.remember_recipients) == ("textual-dark", True)
        assert bar(app).startswith(" ^S Send ")
        app.action_settings("Keys")
        await pilot.pause()
        assert "keys.sned" in str(app.screen.query_one("#keys-wrong").render())
        assert "✗ wrong" in line(app, "send")
        await mark(pilot, "send")
        assert "f2 is the key of Settings" in str(app.screen.query_one("#key-about").render())
        await pilot.press("f4", "f11", "f11", "f10")
        await pilot.pause()
        assert 'send = "f11"\n' in path.read_text()


async def test_a_key_is_changed_said_to_clash_saved_and_given_back(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        app.action_settings("Keys")
        await pilot.pause()
        screen = app.screen
        await mark(pilot, "preview")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, KeyDialog)
        state = app.screen.query_one("#key-state", Static)
        for key, words in (
            ("f2", "✗ f2 is the key of Settings (settings) already"),
            ("ctrl+q", "✗ ctrl+q is the key of Quit (quit) already"),
            ("tab", "✗ the fields need tab"),
            ("x", "✗ x is typed into the letter"),
            ("f6", "✗ the fields need f6: select line"),
            ("f11", "⚠ many terminals keep it for themselves, to fill the screen. Press it once more to take it."),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert words in str(state.render())
        await pilot.press("f11")
        await pilot.pause()
        assert top(app) is screen
        assert "F11" in line(app, "preview")
        assert "• edited" in line(app, "preview")
        await pilot.press("escape")
        await pilot.pause()
        assert "Neither used nor saved: the keys." in told(app)
        await mark(pilot, "send")
        await pilot.press("enter", "backspace", "f10")
        await pilot.pause()
        assert path.read_text() == FILE.replace('send = "f12"  # by hand', 'preview = "f11"')
        assert line(app, "preview").endswith("file")
        assert "^S" in line(app, "send")
        await mark(pilot, "review.send")
        await pilot.press("enter")
        await pilot.pause()
        assert top(app) is screen
        assert "The keys of questions are fixed" in told(app)
        await pilot.press("escape")
        await pilot.pause()
        assert bar(app).startswith(" ^S Send  F11 Preview ")
        # The last override goes with its section.
        app.action_settings("Keys")
        await pilot.pause()
        await mark(pilot, "preview")
        await pilot.click("#settings-change")
        await pilot.pause()
        await pilot.click("#key-default")
        await pilot.pause()
        await pilot.click("KeysPage #settings-save")
        await pilot.pause()
        assert path.read_text() == '# Mine\ntheme = "nord"\n'


async def test_the_pages_are_reached_by_key_mouse_and_palette(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(settings=Settings(path=str(tmp_path / "config.toml")))
    async with app.run_test(size=SIZE) as pilot:
        commands = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        assert {"Theme", "Preferences", "Keys"} <= commands.keys()
        commands["Keys"]()
        await pilot.pause()
        assert app.screen.query_one(KeysPage).display
        assert app.focused is app.screen.query_one("#keys")
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Change", "Next page", "Use now"} <= set(titles)
        assert not {"Theme", "Preferences", "Check"} & set(titles)
        await pilot.click("#settings-pages", offset=(14, 0))
        await pilot.pause()
        assert app.screen.query_one(PreferencesPage).display
        assert not app.screen.query_one(KeysPage).display
        await pilot.press("enter", "down", "enter")  # a theme that nobody keeps
        await pilot.pause()
        await pilot.press("f3")
        await pilot.pause()
        await mark(pilot, "send")
        await pilot.press("enter", "f12", "f10")
        await pilot.pause()
        assert app.theme == "textual-light"
        await pilot.press("f3")
        await pilot.pause()
        assert app.focused is app.screen.query_one("#handlers")
        assert "F9 Check" in bar(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert top(app) is letter(app)
        assert app.theme == "textual-dark"
        assert bar(app).startswith(" F12 Send ")
