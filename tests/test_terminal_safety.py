"""In a real terminal nothing acts on it but the app itself, and nothing acts on the app but what was typed."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from mailtui.visible import visible
from tests.terminal import COMMAND, Terminal

pytestmark = pytest.mark.long


ACTING = "[/nope]\x1b[999m\x1b]52;c;aGk=\x07\x9b999m\x7f\u202e\u200b\x1b[?999h"
SHOWN = visible(ACTING)
PASTE, END = "\x1b[200~", "\x1b[201~"
# What Textual itself writes: colours, the cursor and the mouse, the modes of the terminal and whether it has them.
OF_THE_APP = re.compile(
    r"\x1b(?:\[(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])(?:;\d{1,3})*m|\[\d+;\d+H|\[\?(?:7|25|10\d\d|2004|2026|2048)[hl]"
    r"|\[\?20(?:26|48)\$p|\[(?:>25|<)u|\]22;[a-z]+\x07|\[\?1016h)"
)
CRASHING = """
from mailtui import Draft, MailtuiApp

class CrashingApp(MailtuiApp):
    def on_ready(self):
        super().on_ready()
        self.set_timer(0.1, self.crash)
    def crash(self):
        password, body = "hunter" + "2", self.screen.draft.body
        raise RuntimeError("broken" + chr(27) + "[999m" + chr(0x202e))

app = CrashingApp(draft=Draft(body="Dear " + "Ann"))
app.run()
raise SystemExit(app.return_code)
"""


def beyond_the_app(output: bytes) -> str:
    """What the terminal got, but for what Textual itself writes."""
    return OF_THE_APP.sub("", output.decode()).replace("\r\n", "\n")


def assert_inert(output: bytes) -> None:
    text = beyond_the_app(output)
    assert not [text[max(0, at - 40) : at + 20] for at, sign in enumerate(text) if visible(sign) != sign]


def test_what_is_read_from_files_is_shown_and_what_is_pasted_is_text(tmp_path: Path) -> None:
    program = tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sent'\n")
    program.chmod(0o700)
    config = tmp_path / "config.toml"
    config.write_text(
        f"mail_handler = 'work'\n[mail.work]\nhandler = 'sendmail'\ncommand = ['{program}']\nfrom_addr = 'me@x.org'\n"
        f"[mail.other]\nhandler = {json.dumps(ACTING)}\n[keys]\n{json.dumps(ACTING)} = 'f1'\n"
    )
    saved = tmp_path / f"{ACTING.replace('/', '|')}.eml"
    saved.write_bytes(f"Subject: {ACTING}\nTo: ann@x.org\n\n{ACTING}\n".encode())
    terminal = Terminal(tmp_path, "--config", str(config), str(saved), size=(150, 40))
    terminal.wait_for("work", "Subject [/nope] [999m ", SHOWN, "no action of this id")
    terminal.press("F2", "down")
    terminal.wait_for("─ other ─", "\\x1b[999m")
    terminal.press("F2", "tab", "tab", "tab", "tab", "tab")
    hostile = f"o\x1bne\x1b\x1b[A\x1b]0;x\x07{END}\x13y\x1bOQ{PASTE}two\udcff\0{END}"  # send, yes, settings
    terminal.press(f"{PASTE}{hostile}{END}", "\r3\x1b[65:97;1u", "4")
    terminal.wait_for("│ 34[/nope]")
    assert "o␛ne␛␛[A␛]0;x␇␛[201~␓y␛OQ␛[200~two�␀␛[201~" in terminal.text
    assert "Send this letter?" not in terminal.text
    terminal.press("ctrl+q", "ctrl+q")
    assert terminal.exit_code() == 0
    assert_inert(terminal.output)
    assert not (tmp_path / "sent").exists()


def test_a_crash_tells_no_secret_and_gives_the_terminal_back(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "-c", CRASHING, command=sys.executable)
    assert terminal.exit_code() == 1
    told = beyond_the_app(terminal.output).rpartition("Traceback")[2]
    assert "broken␛[999m�" in told
    assert "in crash" in told
    assert "hunter" not in told.replace('"hunter" + "2"', "")
    assert "Dear" not in told
    assert visible(told) == told
    assert terminal.is_restored


def test_the_command_shows_on_a_terminal_what_it_gives_exactly_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "evil.toml").write_text(f"[mail.other]\nhandler = {json.dumps(ACTING)}\n{json.dumps(ACTING)} = 1\n")
    (tmp_path / "wrong.toml").write_text(f"{json.dumps(ACTING)} = 1\n")
    theirs = tmp_path / ".local/share/mailtui/drafts/cur/theirs:2,D"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(f"To: {ACTING}\nSubject: {ACTING}\n\n{ACTING}\n".encode())
    commands = [
        "send --body",
        "send --body x -s",
        "send --body x --dry-run --to a@x.org -a",
        "send --body x --header",
        "send --body-file",
        "--config evil.toml handlers; :",
        "--config evil.toml check other; :",
        "--config wrong.toml handlers; :",
        "send --config",
        "check",
        "drafts; mailtui drafts show theirs; mailtui drafts show",
        "-H",
        "--no-such",
    ]
    script = "\n".join(f'mailtui {words} "$1"' for words in commands)
    environ = {"PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}"}
    told = f'cd "$HOME"\n{script}\nmailtui send --body "$1" > exact\necho done'
    terminal = Terminal(tmp_path, "-c", told, "sh", ACTING, command="/bin/sh", environ=environ, size=(200, 200))
    terminal.exit_code()
    output = terminal.output.decode().replace("\r\n", "\n")
    assert output.endswith("done\n")
    assert not [output[max(0, at - 60) : at + 20] for at, sign in enumerate(output) if visible(sign) != sign]
    assert output.count("999m") > len(commands)
    assert "Traceback" not in output
    assert ACTING in (tmp_path / "exact").read_text()
