"""However mailtui ends, the letter is kept, the terminal is given back, and the exit code says so."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from mailtui.drafts.store import Drafts
from mailtui.mail.attachment import split_files
from tests.at_once import at_once
from tests.fault_server import fault_server, hang
from tests.terminal import Terminal

pytestmark = pytest.mark.long


CRASHING = """
import sys
from textual.binding import Binding
from mailtui import MailtuiApp

class CrashingApp(MailtuiApp):
    BINDINGS = [Binding("ctrl+g", "crash", "Crash")]

    def action_crash(self):
        password = "right horse"
        self.screen.query_one("#subject").value = "typed last"
        raise ZeroDivisionError("division by zero")

app = CrashingApp()
app.run()
sys.exit(app.return_code)
"""


GOING_ON = """
import signal
from mailtui import MailtuiApp

MailtuiApp().run()
for number in (signal.SIGHUP, signal.SIGTERM):
    assert signal.getsignal(number) is signal.SIG_DFL
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""


def drafts(home: Path) -> Drafts:
    return Drafts(home / ".local/share/mailtui/drafts")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_keeps_the_letter_and_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ann@x.org")
    terminal.wait_for("To: ann@x.org")
    terminal.signal(number, times=3)
    assert terminal.exit_code() == 128 + number
    assert terminal.is_restored
    assert drafts(tmp_path).entry("1").draft.to == "ann@x.org"
    assert (b"the letter is kept as draft 1" in terminal.output) is (number != signal.SIGHUP)


def test_a_program_that_goes_on_without_the_app_has_its_signals_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-c", GOING_ON, command=sys.executable)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
    assert b"interrupted" in terminal.output


def test_the_files_of_a_letter_that_is_kept_are_kept(tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(
        b"To: ann@x.org\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Disposition: attachment; filename=report.txt\n\ncontent\n--b--\n"
    )
    terminal = Terminal(tmp_path, str(tmp_path / "letter.eml"))
    terminal.wait_for("report.txt")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
    [path] = split_files(drafts(tmp_path).entry("1").draft.attachments)
    assert Path(path).expanduser().read_bytes() == b"content"
    delete = Terminal(tmp_path, "drafts", "delete", "1")
    assert delete.exit_code() == 0
    assert not Path(path).parent.exists()


def test_a_terminal_that_is_closed_is_a_signal_too(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ann@x.org")
    terminal.wait_for("To: ann@x.org")
    assert terminal.close() == 129
    assert drafts(tmp_path).entry("1").draft.to == "ann@x.org"


def test_a_crash_keeps_the_letter_and_shows_no_secret(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-c", CRASHING, command=sys.executable)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("ann@x.org", "ctrl+g")
    assert terminal.exit_code() == 1
    assert terminal.is_restored
    assert b"ZeroDivisionError" in terminal.output
    assert b"the letter is kept as draft 1" in terminal.output
    assert b"right horse" not in terminal.output.replace(b'password = "right horse"', b"")
    kept = drafts(tmp_path).entry("1").draft
    assert (kept.to, kept.subject) == ("ann@x.org", "typed last")


def test_a_signal_while_the_letter_is_handed_over_waits_a_moment_and_tells_the_truth(tmp_path: Path) -> None:
    config = tmp_path / ".config/mailtui/config.toml"
    config.parent.mkdir(parents=True)
    with fault_server({"RCPT1": hang}) as early, fault_server({"end": hang}) as late:
        for server, state in ((early, "refused"), (late, "unknown")):
            config.write_text(
                f'[mail.work]\nhandler = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
                'from_addr = "me@x.org"\n'
            )
            terminal = Terminal(tmp_path, "-H", "work", "ann@x.org", "-s", state, "--body", "Hi")
            terminal.wait_for("✓ ready · 1 recipient")
            terminal.press("ctrl+s")
            terminal.wait_for("Send this letter?")
            time.sleep(0.6)
            terminal.press("y")
            server.record.wait_for("RCPT1" if server is early else "end")
            with at_once():
                terminal.signal(signal.SIGTERM)
                assert terminal.exit_code() == 143
            (entry,) = (one for one in drafts(tmp_path).entries() if one.draft.subject == state)
            assert entry.state == state
            assert (b"is not known" in terminal.output) is (server is late)
    assert os.listdir(tmp_path / ".local/share/mailtui/drafts/locks") == []
