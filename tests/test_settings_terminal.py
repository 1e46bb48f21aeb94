"""The settings in a real terminal: what is saved is there the next time, and a crash tells no secret."""

from __future__ import annotations

import base64
import stat
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

pytestmark = pytest.mark.long


CANARY = "c4n4ry-of-the-file"
TYPED = "c4n4ry-as-typed"

CRASHING = """
import sys
from textual.binding import Binding
from textual.widgets import Input
from mailtui.tui.app import MailtuiApp

class CrashingApp(MailtuiApp):
    BINDINGS = [Binding("ctrl+g", "crash", "Crash")]

    def action_crash(self):
        typed = self.screen.query_one("#option-password", Input).value
        stored = self.settings.handler("work").password.reveal()
        raise RuntimeError("this is the crash")

app = CrashingApp()
app.run()
sys.exit(app.return_code or 0)
"""


def typed_into_host(terminal: Terminal) -> bool:
    terminal.press("x")
    return "localhostx" in terminal.text


def test_a_handler_that_was_added_and_saved_is_there_the_next_time(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("dummy · nothing is sent", "DUMMY MAIL MESSAGE")
    terminal.press("F2")
    terminal.wait_for("Handlers", "dummy · in use", "used when mailtui starts")
    terminal.press("ctrl+n")
    terminal.wait_for("Add a handler", "Hands the message to a mail server by SMTP", "my-dummy")
    terminal.press("up")
    terminal.wait_for("my-smtp")
    terminal.press("enter", "\x7f" * 7 + "work")
    terminal.wait_for("becomes the section [mail.work]")
    terminal.press("enter")
    terminal.wait_for("work • edited", "use this one when mailtui starts", "localhost")
    terminal.wait_until(lambda: typed_into_host(terminal), "the cursor in the form")
    terminal.press("ctrl+u")
    terminal.wait_until(lambda: "localhostx" not in terminal.text, "an empty field")
    terminal.press("127.0.0.1\t\x7f\x7f251")  # in one burst, as over a slow line
    terminal.wait_for("127.0.0.1", "251")
    terminal.press("F9")
    terminal.wait_for("✗ work: the check failed", "Connection refused")
    terminal.press("escape")
    terminal.wait_until(lambda: "the check failed" not in terminal.text, "check closed")
    terminal.press("F10")
    terminal.wait_for("Saved to ~/.config/mailtui/config.toml")
    terminal.wait_until(lambda: "edited" not in terminal.text, "no edits")
    path = tmp_path / ".config/mailtui/config.toml"
    assert path.read_text() == '[mail.work]\nhandler = "smtp"\nhost = "127.0.0.1"\nport = 251\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    terminal.press("escape")
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0

    terminal = Terminal(tmp_path, "-H", "work", size=(80, 24))
    terminal.wait_for("work")
    terminal.press("F2")
    terminal.wait_for("work · in use", "127.0.0.1:251", "file · Name or address of the mail server")
    terminal.press("escape", "ctrl+q")
    assert terminal.exit_code() == 0


def test_a_crash_tells_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / ".config/mailtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'mail_handler = "work"\n[mail.work]\nhandler = "smtp"\nusername = "me"\npassword = "{CANARY}"\n'
    )
    (folder / "config.toml").chmod(0o600)
    terminal = Terminal(tmp_path, "-c", CRASHING, command=sys.executable)
    terminal.wait_for("work")
    terminal.press("F2")
    terminal.wait_for("work · in use", "set; type to replace")
    terminal.press(*["tab"] * 9, TYPED)
    terminal.wait_for("•" * len(TYPED))
    terminal.press("ctrl+g")
    assert terminal.exit_code() == 1
    output = terminal.output.decode(errors="replace")
    assert "this is the crash" in output
    for secret in (CANARY, TYPED):
        for spelling in (secret, base64.b64encode(secret.encode()).decode(), secret[2:-2]):
            assert spelling not in output
