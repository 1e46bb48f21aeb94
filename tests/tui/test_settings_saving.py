"""Handlers changed, added, checked and saved on the settings screen."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input, OptionList, Static

from mailtui import Email, MailHandler, MailtuiApp, Option, Receipt, Secret, Settings
from mailtui.mail import handlers
from mailtui.mail.errors import ConnectionFailed
from mailtui.mail.receipt import Transcript
from mailtui.tui.screens.check import CheckScreen
from mailtui.tui.screens.handler_dialogs import NewHandlerScreen, RemoveScreen
from mailtui.tui.screens.settings import SettingsScreen
from mailtui.tui.settings_texts import not_removable, removal_text
from mailtui.tui.widgets.option_form import OptionForm
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.tui.widgets.text_view import TextView
from tests.tui.conftest import LETTER, burst, letter
from tests.tui.test_settings_screen import SIZE, choose, open_settings

CANARY = "c4n4ry-password"
FILE = f"""\
# Mine
[mail.work]
handler = "vault"
host = "mail.example.org"
password = "{CANARY}"

[mail.home]
handler = "eml"  # files
"""


class VaultMailHandler(MailHandler):
    """Delivers to [b]nobody[/b]."""

    label: ClassVar[str] = "vault"
    gate: ClassVar[threading.Event] = threading.Event()
    answer: ClassVar[Callable[[], Transcript]] = tuple

    host: Annotated[str, Option("A [@click=app.quit]host[/]")] = "localhost"
    port: Annotated[int, Option("Port", ge=1, le=65535)] = 25
    verify: Annotated[bool, Option("Whether")] = True
    password: Annotated[Secret, Option("Hush")] = Secret()

    def deliver(self, email: Email) -> Receipt:
        """Say that everybody has it."""
        return self.receipt(email, "accepted")

    @property
    def destination(self) -> str:
        """With what a person typed."""
        assert not self.host.endswith("!")
        return f"{self.host}:{self.port}"

    def check(self) -> Transcript:
        """Whatever the test wants."""
        self.gate.wait(60)
        return (f"* {self.destination}", *type(self).answer())


@pytest.fixture(autouse=True)
def _vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(handlers.BUILT_IN, "vault", f"{__name__}:VaultMailHandler")
    VaultMailHandler.gate.set()
    VaultMailHandler.answer = tuple
    yield
    VaultMailHandler.gate.set()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    return path


def app_of(path: Path, handler: str | None = None, **environ: str) -> MailtuiApp:
    return MailtuiApp(settings=Settings.load(path, environ=environ), draft=LETTER, mail_handler=handler)


def top(app: MailtuiApp) -> object:
    """The screen that is seen."""
    return app.screen


def told(app: MailtuiApp) -> str:
    """All that was notified, the last one first."""
    return "\n".join(toast.message for toast in reversed(list(app._notifications)))


def listed(screen: SettingsScreen, name: str) -> str:
    return str(screen.query_one("#handlers", OptionList).get_option(name).prompt)


async def type_into(pilot: Pilot[None], option: str, text: str) -> None:
    """Type at the end of an option."""
    pilot.app.screen.query_one(f"#option-{option}", Input).focus()
    await pilot.pause()
    burst(pilot.app, *text)
    await pilot.pause()


def row_of(screen: SettingsScreen, option: str) -> OptionRow:
    return next(row for row in screen.query(OptionRow) if row.option.name == option)


async def test_save_writes_tells_where_and_holds_in_this_run(path: Path) -> None:
    app = app_of(path, "work")
    async with app.run_test(size=SIZE) as pilot:
        before = app.mail
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        assert "• edited" in listed(screen, "work")
        await pilot.press("f10")
        await pilot.pause()
        assert path.read_text() == FILE.replace(f'"{CANARY}"\n', f'"{CANARY}"\nport = 258\n')
        assert top(app) is screen
        assert f"Saved to {path}" in told(app)
        assert "• edited" not in listed(screen, "work")
        assert str(row_of(screen, "port").query_one(".option-help", Static).render()).startswith("file")
        assert screen.query_one("#option-port").has_focus
        await pilot.press("escape")
        await pilot.pause()
        assert top(app) is letter(app)
        assert app.mail is not before
        assert app.mail.port == 258  # type: ignore[attr-defined]
        assert app.settings.sections["work"]["port"].origin == "file"


async def test_save_neither_switches_nor_leaves(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        before = app.mail
        screen = await open_settings(pilot, "home")
        await type_into(pilot, "subject", "Hi")
        await pilot.click("#settings-save")
        await pilot.pause()
        assert top(app) is screen
        assert app.mail is before
        assert app.settings.handler("home").subject == "Hi"
        await pilot.press("f10")
        await pilot.pause()
        assert "Nothing of home was changed." in told(app)


async def test_a_variable_that_goes_before_the_file_is_told(path: Path) -> None:
    app = app_of(path, MAILTUI_MAIL_WORK_PORT="26")
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        await type_into(pilot, "port", "0")
        await pilot.press("f10")
        await pilot.pause()
        assert "The next time, MAILTUI_MAIL_WORK_PORT of the environment goes before it." in told(app)
        assert "port = 260\n" in path.read_text()


async def test_what_cannot_be_saved_is_told_and_stays(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        path.write_text("broken =")
        await pilot.press("f10")
        await pilot.pause()
        assert "config.toml: Invalid value" in told(app)
        assert path.read_text() == "broken ="
        assert top(app) is screen
        assert screen.query_one("#option-port", Input).value == "258"
        assert "• edited" in listed(screen, "work")
        await pilot.press("f10", *["backspace"] * 3, *"0", "f10")
        await pilot.pause()
        assert screen.query_one("#option-port").has_focus
        assert "expected a whole number from 1 to 65535" in str(
            row_of(screen, "port").query_one(".option-problem").render()
        )


async def test_edits_stay_while_another_handler_is_shown(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        await type_into(pilot, "password", "new")
        await choose(pilot, "home")
        assert "• edited" in listed(screen, "work")
        assert "• edited" not in listed(screen, "home")
        await choose(pilot, "work")
        assert screen.query_one("#option-port", Input).value == "258"
        assert screen.query_one("#option-password", Input).value == ""
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.mail, VaultMailHandler)
        assert (app.mail.port, app.mail.password.reveal()) == (258, "new")


async def test_what_was_typed_is_told_as_such(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        assert screen.query_one("#at-start", Checkbox).BUTTON_INNER == " "
        await type_into(pilot, "port", "8")
        await pilot.pause()
        assert str(row_of(screen, "port").query_one(".option-help").render()) == "edited · Port"
        assert str(screen.query_one("#settings-right").border_subtitle) == "mail.example.org:258"
        await pilot.press("backspace")
        await pilot.pause()
        assert str(row_of(screen, "port").query_one(".option-help").render()) == "default · Port"
        assert str(screen.query_one("#settings-right").border_subtitle) == "mail.example.org:25"
        await type_into(pilot, "host", "!")  # of which this handler makes nothing
        await pilot.pause()
        assert str(screen.query_one("#settings-right").border_subtitle) == ""
        app.copy_to_clipboard("a\u202eb\nc")
        await pilot.press("ctrl+v")
        assert screen.query_one("#option-host", Input).value.endswith("!a�b")


async def test_an_edit_of_the_last_moment_stays(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        screen.query_one("#option-port", Input).value = "258"
        await choose(pilot, "home")
        assert "• edited" in listed(screen, "work")
        await choose(pilot, "work")
        assert screen.query_one("#option-port", Input).value == "258"


@pytest.mark.parametrize("key", ["escape", "f2", "click"])
async def test_leaving_with_edits_is_asked_about_once(path: Path, key: str) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:

        async def leave() -> None:
            await (pilot.click("#settings-back") if key == "click" else pilot.press(key))
            await pilot.pause(0.3)  # a button takes no second click while it shows the first

        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        await leave()
        assert top(app) is screen
        assert "Neither used nor saved: work. esc once more drops these edits." in told(app)
        await type_into(pilot, "port", "8")
        await leave()
        assert top(app) is screen
        await leave()
        assert top(app) is letter(app)
        assert app.mail.name == "dummy"


async def test_quitting_with_edits_is_asked_about_once(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        await pilot.press("f9")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert "Neither used nor saved: work. ^Q once more drops these edits." in told(app)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert not app.is_running


async def test_an_edit_elsewhere_that_spoils_the_handler_in_use_is_told(path: Path) -> None:
    app = app_of(path, "work")
    async with app.run_test(size=SIZE) as pilot:
        before = app.mail
        await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        path.write_text(FILE.replace("host =", "hots ="))
        await pilot.press("f10")
        await pilot.pause()
        assert "hots: vault has no such option; did you mean host?" in told(app)
        assert app.mail is before
        await pilot.press("escape")
        await pilot.pause()
        assert top(app) is letter(app)


async def test_hurried_moves_leave_one_form(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "dummy")
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("enter")
        app.simulate_key("enter")
        for key in ("up", "down", "up", "up", "up"):
            app.simulate_key(key)
        await pilot.pause(0.5)
        form = screen.query_one(OptionForm)
        for _ in range(100):  # a busy machine takes longer
            if form._rows:
                break
            await pilot.pause(0.1)
        names = [row.option.name for row in screen.query(OptionRow)]
        assert names == [row.option.name for row in form._rows]
        assert len(names) == len(set(names)) > 0


async def test_using_one_handler_does_not_drop_the_edits_of_another(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        await choose(pilot, "home")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert top(app) is screen
        assert "Neither used nor saved: work. ^S once more" in told(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.mail.name == "home"


async def test_a_stored_secret_gets_into_no_widget(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        field = screen.query_one("#option-password", Input)
        assert (field.value, field.password) == ("", True)
        assert field.placeholder == "•••••• set; type to replace"
        for widget in app.screen.walk_children():
            for name, value in vars(widget).items():
                assert CANARY not in f"{value!r}{value}", (widget, name)
        await type_into(pilot, "port", "8")
        await pilot.press("f10")
        await pilot.pause()
        assert f'password = "{CANARY}"' in path.read_text()


async def test_a_typed_secret_stays_in_its_input(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "password", "typed-secret")
        assert "typed-secret" not in app.export_screenshot()
        row = row_of(screen, "password")
        assert isinstance(row.edit, Secret)
        assert "typed-secret" not in repr([vars(row), screen._edits.typed])
        await pilot.press("f10")
        await pilot.pause()
        assert 'password = "typed-secret"' in path.read_text()
        field = screen.query_one("#option-password", Input)
        assert (field.value, field.placeholder) == ("", "•••••• set; type to replace")


async def test_a_secret_can_be_cleared(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "password", "x")
        await pilot.press("tab", "enter")
        await pilot.pause()
        field = screen.query_one("#option-password", Input)
        assert (field.value, field.placeholder, field.has_focus) == ("", "none; it was cleared", True)
        assert "• edited" in listed(screen, "work")
        await pilot.press("f10")
        await pilot.pause()
        assert 'password = ""' in path.read_text()
        assert field.placeholder == "none"


async def test_a_field_is_checked_when_it_is_left(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")

        def told() -> str:
            lines = row_of(screen, "port").query(".option-problem").results(Static)
            return "".join(str(line.render()) for line in lines if line.display)

        await type_into(pilot, "port", "000")
        assert told() == ""
        await pilot.press("tab")
        await pilot.pause()
        assert told() == ""
        await type_into(pilot, "port", "0")
        await pilot.press("tab")
        await pilot.pause()
        assert told()
        assert "not 250000" in told()
        await pilot.press("shift+tab", "backspace", "tab")
        await pilot.pause()
        assert told() == ""


async def test_the_handler_to_begin_with_is_saved_when_it_was_ticked(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "dummy")
        box = screen.query_one("#at-start", Checkbox)
        assert (box.value, box.disabled) == (True, True)
        await choose(pilot, "home")
        assert (box.value, box.disabled) == (False, False)
        await pilot.click("#at-start")
        await pilot.pause()
        assert "• edited" in listed(screen, "home")
        await choose(pilot, "work")
        assert not box.value
        await choose(pilot, "home")
        assert box.value
        await pilot.press("f10")
        await pilot.pause()
        assert path.read_text() == f'mail_handler = "home"\n\n{FILE}'
        assert (box.value, box.disabled) == (True, True)
        assert app.mail.name == "dummy"


async def test_a_handler_is_added_filled_in_and_saved(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "dummy")
        await pilot.click("#handler-add")
        await pilot.pause()
        assert isinstance(app.screen, NewHandlerScreen)
        name = app.screen.query_one("#new-name", Input)
        assert name.value == "my-dummy"
        await pilot.press("down")
        await pilot.pause()
        assert name.value == "my-eml"
        await pilot.press("enter", *["backspace"] * 6, *"home")
        await pilot.pause()
        problem = app.screen.query_one("#new-name-problem", Static)
        assert "there is a handler called home already" in str(problem.render())
        assert app.screen.query_one("#new-add", Button).disabled
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, NewHandlerScreen)
        await pilot.press("2", "enter")
        await pilot.pause()
        assert top(app) is screen
        assert "• edited" in listed(screen, "home2")
        assert screen.query_one("#option-folder").has_focus
        await pilot.press(*"/tmp/m")
        await pilot.press("f10")
        await pilot.pause()
        assert path.read_text() == f'{FILE}\n[mail.home2]\nhandler = "eml"\nfolder = "/tmp/m"\n'
        await pilot.press("escape")
        await pilot.pause()
        assert "home2" in app.settings.names()


async def test_an_added_handler_that_is_dropped_is_gone(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        await choose(pilot, "home")
        await type_into(pilot, "subject", "x")
        await pilot.press("f10")
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert top(app) is letter(app)
        assert app.settings.handler("home").subject == "x"
        assert "my-dummy" not in app.settings.names()
        await open_settings(pilot, "work")
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)


async def test_an_added_handler_can_be_used(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.mail.name == "my-dummy"
        assert path.read_text() == FILE


async def test_a_copy_has_the_values_and_the_edits(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        await pilot.press("f5")
        await pilot.pause()
        assert app.screen.query_one("#new-name", Input).value == "work-copy"
        await pilot.press("enter")
        await pilot.pause()
        assert screen.query_one("#option-port", Input).value == "258"
        await pilot.press("f10")
        await pilot.pause()
        assert path.read_text().endswith(
            f'\n[mail.work-copy]\nhandler = "vault"\nhost = "mail.example.org"\npassword = "{CANARY}"\nport = 258\n'
        )
        assert "• edited" in listed(screen, "work")


async def test_a_handler_of_an_unknown_kind_is_not_copied(path: Path) -> None:
    path.write_text(FILE + '[mail.odd]\nhandler = "smoke"\n')
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "odd")
        await pilot.press("f5")
        await pilot.pause()
        assert top(app) is screen
        assert any("There is no handler called 'smoke'" in toast.message for toast in app._notifications)


async def test_a_handler_is_removed_from_the_file_after_a_question(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "home")
        await pilot.press("f8")
        await pilot.pause()
        assert isinstance(app.screen, RemoveScreen)
        assert "The section [mail.home] is taken out of" in str(app.screen.query_one("#remove-text").render())
        await pilot.press("enter")
        await pilot.pause()
        assert path.read_text() == FILE
        await pilot.click("#handler-remove")
        await pilot.pause()
        await pilot.click("#remove-remove")
        await pilot.pause()
        assert path.read_text() == FILE.replace('\n[mail.home]\nhandler = "eml"  # files\n', "")
        assert screen._shown.subject == "dummy"
        assert "home" not in app.settings.names()


def test_the_question_tells_what_removing_means(path: Path) -> None:
    path.write_text('mail_handler = "home"\n[mail.home]\nhandler = "eml"\n[mail.eml]\nsubject = "x"\n')
    settings = Settings.load(path, environ={"MAILTUI_MAIL_HOME_SUBJECT": "x", "MAILTUI_MAIL_EML_CC": "a@x.org"})
    assert removal_text(settings, "home") == (
        f"The section [mail.home] is taken out of {path} at once.\nmailtui then starts with dummy.\n"
        "Unset MAILTUI_MAIL_HOME_SUBJECT, too: mailtui will not start with variables that set nothing."
    )
    assert removal_text(settings, "eml") == (
        f"The section [mail.eml] is taken out of {path} at once.\neml itself stays, with its defaults."
    )
    added = settings.with_values("new", {"handler": "eml"})
    assert removal_text(added, "new") == "It is in no file yet; it goes at once."


async def test_a_section_that_cannot_be_removed_stays(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "home")
        path.write_text(f"{FILE}broken =")
        await pilot.press("f8")
        await pilot.pause()
        await pilot.click("#remove-remove")
        await pilot.pause()
        assert "config.toml: Invalid value" in told(app)
        assert "sends nothing" in listed(screen, "home")


async def test_a_handler_of_an_unknown_class_is_shown_and_can_be_removed(path: Path) -> None:
    path.write_text(FILE + "[mail.odd]\nhandler = 'smoke'\n[mail.odder]\nhandler = 5\n")
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "odd")
        assert "There is no handler called 'smoke'" in str(screen.query_one("#unusable").render())
        assert not screen.query(OptionRow)
        for key in ("ctrl+s", "f9", "f10"):
            await pilot.press(key)
            await pilot.pause()
            assert top(app) is screen
        await choose(pilot, "odder")
        await pilot.press("f5")
        await pilot.pause()
        assert "[mail.odder]: handler: expected a text" in told(app)
        await pilot.press("f8")
        await pilot.pause()
        await pilot.click("#remove-remove")
        await pilot.pause()
        assert "odder" not in path.read_text()


async def test_what_cannot_be_removed_is_told(path: Path) -> None:
    app = app_of(path, "work")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await pilot.press("f8")
        await pilot.pause()
        assert "work is in use: use another handler first, then remove it." in told(app)
        await choose(pilot, "dummy")
        await pilot.press("f8")
        await pilot.pause()
        assert "dummy comes with mailtui: it has no section that could be removed." in told(app)
        assert top(app) is screen


async def check_text(pilot: Pilot[None]) -> tuple[str, str]:
    """State and text of the check when it is over."""
    await pilot.press("f9")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, CheckScreen)
    return str(screen.query_one("#check-state").render()), screen.query_one(TextView).text


async def test_check_takes_the_form_as_it_stands(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        await type_into(pilot, "port", "8")
        assert await check_text(pilot) == ("✓ work: the check went well", "* mail.example.org:258")
        await pilot.press("escape")
        await choose(pilot, "dummy")
        assert await check_text(pilot) == (
            "✓ dummy: the check went well",
            "There is nothing to connect to; the options are right.",
        )


def refused() -> Transcript:
    raise ConnectionFailed(f"No [b]way[/b] with {CANARY}.", transcript=("S: 421 [@click=app.quit]no[/]", CANARY))


def defect() -> Transcript:
    raise KeyError(CANARY)


async def test_a_check_that_fails_tells_why_and_no_secret(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_settings(pilot, "work")
        VaultMailHandler.answer = refused
        assert await check_text(pilot) == (
            "✗ work: the check failed",
            "No [b]way[/b] with ***.\n\nS: 421 [@click=app.quit]no[/]\n***",
        )
        await pilot.click("#check-close")
        VaultMailHandler.answer = defect
        assert (await check_text(pilot))[1] == (
            "The check broke off with KeyError: '***'. That is a defect of this handler."
        )


async def test_a_check_that_hangs_can_be_left(path: Path) -> None:
    VaultMailHandler.gate.clear()
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await pilot.press("f9", "f9")
        await pilot.pause(1.2)
        assert isinstance(app.screen, CheckScreen)
        assert app.screen_stack[-2] is screen
        told = str(app.screen.query_one("#check-state").render())
        assert re.fullmatch(r"checking mail\.example\.org:25 … [1-9] s", told)
        threads = [thread for thread in threading.enumerate() if thread.daemon and thread.name.startswith("Thread-")]
        await pilot.press("escape")
        await pilot.pause()
        assert top(app) is screen
        assert threads


async def test_nothing_is_checked_while_an_option_is_wrong(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        await type_into(pilot, "port", "0000")
        await pilot.press("f9")
        await pilot.pause()
        assert top(app) is screen
        assert screen.query_one("#option-port").has_focus


async def test_text_from_elsewhere_never_acts(path: Path) -> None:
    path.write_text(FILE.replace("mail.example.org", "[@click=app.quit]x[/]\\u001b[31m"))
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        assert "Delivers to [b]nobody[/b]." in str(screen.query_one("#about").render())
        assert str(row_of(screen, "host").query_one(".option-help").render()) == "file · A [@click=app.quit]host[/]"
        assert screen.query_one("#option-host", Input).value == "[@click=app.quit]x[/]␛[31m"
        assert "[@click=app.quit]x[/]␛[31m:25" in str(screen.query_one("#settings-right").border_subtitle).replace(
            "\\[", "["
        )
        await pilot.click("#settings-right", offset=(40, 33))
        assert top(app) is screen


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)])
async def test_every_button_is_in_sight(path: Path, size: tuple[int, int]) -> None:
    app = app_of(path)
    async with app.run_test(size=size) as pilot:

        def in_sight() -> None:
            window = app.screen.size.region
            for widget in app.screen.query("Button, #at-start, #handlers, #new-name, #check-state"):
                if not widget.has_class("option-clear"):
                    assert window.contains_region(widget.region), widget
                    assert widget.region.area == widget.size.area > 0, widget
                    shown, _ = app.screen.get_widget_at(*widget.region.offset)
                    assert shown is widget or widget in shown.ancestors, widget

        await open_settings(pilot, "work")
        in_sight()
        for key in ("ctrl+n", "f5", "f8", "f9"):
            await pilot.press(key)
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            in_sight()
            await pilot.press("escape")
            await pilot.pause()


async def test_every_action_is_in_the_palette(path: Path) -> None:
    app = app_of(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_settings(pilot, "work")
        commands = {command.title for command in app.get_system_commands(screen)}
        assert commands >= {"Use now", "Save", "Check", "Back", "Add", "Copy", "Remove"}


def test_an_empty_section_can_be_removed(path: Path) -> None:
    path.write_text("[mail.work]\n")
    settings = Settings.load(path, environ={})
    assert not_removable(settings, "work", in_use=False) == ""
    assert "comes with mailtui" in not_removable(settings, "dummy", in_use=False)
