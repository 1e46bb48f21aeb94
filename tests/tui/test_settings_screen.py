from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select, Static

from mailtui import Draft, Email, EmlMailHandler, MailHandler, Option, Receipt, Secret, Settings
from mailtui.config.sources import Setting
from mailtui.mail import handlers
from mailtui.tui.screens.settings import SettingsScreen
from tests.tui.conftest import LETTER, MakeApp, letter, pane, screen_text
from tests.tui.waits import settle

SIZE = (120, 36)


class EveryKindMailHandler(MailHandler):
    """Has an option of each kind."""

    label: ClassVar[str] = "every-kind"

    host: Annotated[str, Option("Where the server is")] = "localhost"
    port: Annotated[int, Option("Its port", ge=1, le=65535)] = 25
    timeout: Annotated[float, Option("In seconds", ge=0)] = 10.0
    verify: Annotated[bool, Option("Check certificates")] = True
    security: Annotated[Literal["tls", "starttls", "none"], Option("How the line is secured")] = "tls"
    command: Annotated[tuple[str, ...], Option("Gives the password")] = ()
    folder: Annotated[Path | None, Option("Keeps copies")] = None
    password: Annotated[Secret, Option("For the log-in")] = Secret("hunter2")

    def deliver(self, email: Email) -> Receipt:
        """Say that everybody has it."""
        return self.receipt(email, "accepted")


@pytest.fixture
def every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler as another package would bring it."""
    monkeypatch.setitem(handlers.BUILT_IN, "every-kind", f"{__name__}:EveryKindMailHandler")


async def choose(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a handler."""
    listed = pilot.app.screen.query_one("#handlers", OptionList)
    listed.highlighted = listed.get_option_index(name)
    await pilot.pause()


async def open_settings(pilot: Pilot[None], name: str) -> SettingsScreen:
    """Open the settings, with the cursor on a handler."""
    await pilot.press("f2")
    await pilot.pause()
    await choose(pilot, name)
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


async def test_the_letter_stays_and_the_handler_is_another_at_once(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2", "down")
        await pilot.pause()
        app.screen.query_one("#option-folder", Input).value = str(tmp_path / "mails")
        await pilot.click("#use-now")
        await pilot.pause()
        assert app.screen is letter(app)
        assert isinstance(app.mail, EmlMailHandler)
        assert app.mail.folder == tmp_path / "mails"
        assert "eml · nothing is sent" in str(app.screen.query_one("#handler").render())
        assert letter(app).draft.body == LETTER.body
        await pilot.press("ctrl+s")
        await settle(pilot)
        (written,) = (tmp_path / "mails").iterdir()
        assert f"Written to {written}" in pane(app).replace("\n", "")


async def test_enter_on_a_handler_uses_it(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2", "down", "enter")
        await pilot.pause()
        assert app.mail.name == "eml"


async def test_back_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        mail = app.mail
        for leave in ("escape", "f2"):
            await pilot.press("f2", "down", leave)
            await pilot.pause()
            assert app.screen is letter(app)
            assert app.mail is mail


async def test_a_changed_default_shows_in_the_preview(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2")
        await pilot.pause()
        app.screen.query_one("#option-subject-prefix", Input).value = "[ops]"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "Subject: [ops] Hello" in pane(app)
        await pilot.press("f2")
        await pilot.pause()
        assert app.screen.query_one("#option-subject-prefix", Input).value == "[ops]"
        origins = [str(hint.render()).partition(" · ")[0] for hint in app.screen.query(".option-help").results(Static)]
        assert origins == ["default"] * 5 + ["this run"]


async def test_the_form_is_made_from_the_options(make_app: MakeApp, every_kind: None) -> None:
    app = make_app()
    async with app.run_test(size=(120, 60)) as pilot:
        await open_settings(pilot, "every-kind")
        screen = app.screen
        names = [str(name.render()) for name in screen.query(".option-name").results(Static)]
        assert names == [
            *("host", "port", "timeout", "verify", "security", "command", "folder", "password"),
            *("to", "cc", "bcc", "from_addr", "subject", "subject_prefix"),
        ]
        assert screen.query_one("#option-password", Input).password
        screen.query_one("#option-port", Input).value = "587"
        screen.query_one("#option-timeout", Input).value = "2.5"
        screen.query_one("#option-verify", Select).value = "false"
        screen.query_one("#option-security", Select).value = "starttls"
        screen.query_one("#option-command", Input).value = '["pass", "show", "mail, work"]'
        screen.query_one("#option-folder", Input).value = "/var/mail"
        await pilot.press("ctrl+s")
        await pilot.pause()
        mail = app.mail
        assert isinstance(mail, EveryKindMailHandler)
        assert (mail.host, mail.port, mail.timeout, mail.verify) == ("localhost", 587, 2.5, False)
        assert (mail.security, mail.command) == ("starttls", ("pass", "show", "mail, work"))
        assert (mail.folder, mail.password.reveal()) == (Path("/var/mail"), "hunter2")
        assert "hunter2" not in app.export_screenshot()


async def test_a_wrong_value_is_told_at_its_option(make_app: MakeApp, every_kind: None) -> None:
    app = make_app()
    async with app.run_test(size=(120, 60)) as pilot:
        await open_settings(pilot, "every-kind")
        app.screen.query_one("#option-port", Input).value = "70000"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        told = [str(line.render()) for line in app.screen.query(".option-problem").results(Static) if line.display]
        assert told == ["✗ expected a whole number from 1 to 65535, not 70000"]
        assert app.mail.name == "dummy"


async def test_a_value_that_nobody_touched_stays_or_is_told(make_app: MakeApp, every_kind: None) -> None:
    section = {
        "verify": Setting("yes", "environment", "MAILTUI_MAIL_EVERY_KIND_VERIFY"),
        "security": Setting("bogus", "file", "config.toml, line 2"),
    }
    app = make_app(settings=Settings(sections={"every-kind": section}))
    async with app.run_test(size=(120, 60)) as pilot:
        await open_settings(pilot, "every-kind")
        assert app.screen.query_one("#option-verify", Select).value == "true"
        assert app.screen.query_one("#option-security", Select).is_blank()
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        app.screen.query_one("#option-security", Select).value = "none"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.mail, EveryKindMailHandler)
        assert (app.mail.verify, app.mail.security) == (True, "none")


async def test_a_section_that_is_wrong_can_be_seen_and_mended(make_app: MakeApp) -> None:
    section = {"folder": Setting(5, "file", "config.toml, line 3")}
    app = make_app(settings=Settings(sections={"eml": section}))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2")
        await pilot.pause()
        listed = app.screen.query_one("#handlers", OptionList)
        assert "cannot be used" in str(listed.get_option("eml").prompt)
        await choose(pilot, "eml")
        assert "config.toml, line 3" in str(app.screen.query_one("#unusable").render())
        app.screen.query_one("#option-folder", Input).value = "/tmp/mails"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.mail.name == "eml"


async def test_a_configured_handler_that_is_wrong_is_told_and_dummy_used(make_app: MakeApp) -> None:
    section = {"handler": Setting("smoke", "file", "config.toml, line 5")}
    settings = Settings(mail_handler=Setting("work", "file"), sections={"work": section})
    app = make_app(settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.mail.name == "dummy"
        (toast,) = app._notifications
        assert "[mail.work]: There is no handler called 'smoke'" in toast.message


async def test_the_picker_filters_and_switches(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+t", *"em")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.mail.name == "eml"
        await pilot.click("#handler")
        await pilot.press(*"dum")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.mail.name == "dummy"


async def test_help_is_about_the_field(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        for field, words, key in (
            ("#bcc", "without the others seeing it", "home, ^A Go to start"),
            ("#body", "Enter begins a new line", "^K Delete to line end"),
        ):
            letter(app).query_one(field).focus()
            await pilot.press("f1")
            await pilot.pause()
            assert words in app.screen.query_one("Markdown").source  # type: ignore[attr-defined]
            assert "Hand the letter to the handler" in screen_text(app)
            app.screen.query_one("#help").scroll_end(animate=False)
            await pilot.pause()
            assert key in screen_text(app)
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen is letter(app)
