"""The way of a new user, in a real terminal with an empty home folder."""

import sys
from email import message_from_bytes, policy
from pathlib import Path

from tests.terminal import Terminal

SUSPENDING = """
from textual.binding import Binding
from mailtui import MailtuiApp

class SuspendingApp(MailtuiApp):
    BINDINGS = [Binding("ctrl+g", "suspend_process", "Suspend")]

SuspendingApp().run()
"""

NEVER_TICKING = """
from mailtui import MailtuiApp
from mailtui.tui import driver

driver.TICK = 600
MailtuiApp().run()
"""


def test_write_see_the_dummy_switch_to_eml_and_leave(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("dummy · nothing is sent", "DUMMY MAIL MESSAGE", "Send")
    terminal.press("ann@x.org", "tab", "tab", "tab", "Hello", "enter", "tab", "Hi Ann,")
    terminal.wait_for("To: ann@x.org", "Subject: Hello", "live preview")
    terminal.press("ctrl+s")
    terminal.wait_for("dummy · answered", "ann@x.org  shown")

    terminal.press("F2")
    terminal.wait_for("Handlers", "Use now", "dummy · in use")
    terminal.press("down")
    terminal.wait_for("folder")
    terminal.press("enter")
    terminal.wait_for("eml · nothing is sent", "not sendable yet: From", "the author's address is missing", "Hi Ann,")
    terminal.press("me@x.org", "ctrl+s")
    terminal.wait_for("eml · answered", "Written to")
    (written,) = (tmp_path / ".local/share/mailtui/eml").iterdir()
    message = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert (message["From"], message["To"], message["Subject"]) == ("me@x.org", "ann@x.org", "Hello")
    assert message.get_content().splitlines() == ["Hi Ann,"]

    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


def test_every_key_of_the_first_line_arrives(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "ann@x.org", "-s", "Hi", size=(80, 24))
    terminal.wait_for("ann@x.org", "Send")
    terminal.press("F3")
    terminal.wait_for("To: ann@x.org", "Output")
    terminal.press("escape")
    terminal.wait_for("Subject Hi")
    terminal.press("F1")
    terminal.wait_for("Body. Plain text", "^S")  # where the cursor is: all above it is filled in
    terminal.press("escape")
    terminal.wait_until(lambda: "Body. Plain text" not in terminal.text, "help closed")
    terminal.press("ctrl+t")
    terminal.wait_for("Use which handler?")
    terminal.press("escape")
    terminal.wait_until(lambda: "Use which handler?" not in terminal.text, "picker closed")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


def test_a_dry_run_shows_a_person_no_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("content")
    file = str(tmp_path / "a.txt")
    terminal = Terminal(tmp_path, "send", "--dry-run", "--body", "a\tb", "-a", file, "-f", "me@x.org", "ann@x.org")
    assert terminal.exit_code() == 0
    assert b"a       b" in terminal.output
    assert b"[7 bytes in base64, not shown here]" in terminal.output


def test_the_terminal_is_given_back_and_taken_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-c", SUSPENDING, size=(80, 24), command=sys.executable)
    terminal.wait_for("Subject", "Send")
    assert not terminal.is_restored
    terminal.press("ctrl+g")
    terminal.wait_for_stop()
    assert terminal.is_restored
    terminal.resume()
    terminal.press("\udcff", "ann@x.org", "F3")
    terminal.wait_for("ann@x.org", "Output")
    terminal.press("escape")
    terminal.wait_until(lambda: "Output" not in terminal.text, "the letter again")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
    assert terminal.is_restored


def test_leaving_waits_for_no_tick(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-c", NEVER_TICKING, command=sys.executable)
    terminal.wait_for("Subject", "Send")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


def test_what_is_typed_and_sent_in_one_burst_is_sent_whole(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ann@x.org\t\t\rHello\t\tHi Ann,\rthis is all.\x13")
    terminal.wait_for(
        "dummy · answered", "To: ann@x.org", "Subject: Hello", "Hi Ann,", "this is all.", "ann@x.org  shown"
    )
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


def test_a_pasted_text_with_line_ends_sends_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("tab", "tab", "tab", "tab", "tab")
    terminal.press("\x1b[200~Hi\nyours truly\n\x1b[201~", "\n", "y")
    terminal.wait_for("yours truly", "live preview")
    assert "answered" not in terminal.text
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
