"""Recipients are proposed in a real terminal, and never in place of what was typed."""

import sys
from pathlib import Path

import pytest

from mailtui.people.person import Person
from mailtui.people.remembered import Remembered
from tests.programs import is_running
from tests.terminal import Terminal

pytestmark = pytest.mark.long


def colour_of(terminal: Terminal, text: str) -> str:
    """What is behind a text."""
    row = next(row for row, line in enumerate(terminal.emulator.display) if text in line)
    return str(terminal.emulator.buffer[row][terminal.emulator.display[row].index(text)].bg)


def test_a_burst_is_what_was_typed_and_a_choice_is_a_choice(tmp_path: Path) -> None:
    Remembered(tmp_path / ".local/share/mailtui/people.tsv").add(
        [Person("joann@x.org", "Jo Ann"), Person("ann@x.org.example", "Doe, Jane")]
    )
    script, log = tmp_path / "book.py", tmp_path / "log"
    script.write_text("import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)")
    (tmp_path / ".config/mailtui").mkdir(parents=True)
    (tmp_path / ".config/mailtui/config.toml").write_text(
        f'address_book_command = ["{sys.executable}", "-S", "{script}", "{log}", "%s"]\n'
    )
    terminal = Terminal(tmp_path)
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press("a")
    terminal.wait_for("Jo Ann", "esc close")
    terminal.press("nn@x.org\t\tHello")
    terminal.wait_for("To: ann@x.org ", "BCC: Hello")
    assert "esc close" not in terminal.text

    terminal.press("\x1b[Z", "jan")
    terminal.wait_for("Doe, Jane", "ann@x.org.example", "esc close")
    plain = colour_of(terminal, "Doe, Jane")
    terminal.press("down")
    terminal.wait_until(lambda: colour_of(terminal, "Doe, Jane") != plain, "she is marked")
    terminal.press("\t")
    terminal.wait_for('CC: "Doe, Jane" <ann@x.org.example>')
    terminal.press("\t", ", ann")
    terminal.wait_for("Jo Ann")
    terminal.press("escape")
    terminal.wait_until(lambda: "esc close" not in terminal.text, "the list is closed")

    terminal.press("x", "y")
    terminal.wait_until(log.exists, "the address book is asked")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
    assert not any(map(is_running, map(int, log.read_text().split())))
    assert b"Traceback" not in terminal.output
    assert b"loop is closed" not in terminal.output
