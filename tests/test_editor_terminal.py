"""The body in an editor that has the real terminal, and the signature that stands there from the beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import Terminal

pytestmark = pytest.mark.long


EDITOR = """#!/bin/sh
cat "$1"
echo "the editor is here"
read line
sleep 0.5
echo "$line, Ann" | cat - "$1" > "$1.new"
mv "$1.new" "$1"
"""


def test_an_editor_has_the_terminal_and_what_it_saved_is_one_step(tmp_path: Path) -> None:
    editor = tmp_path / "my editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    (tmp_path / ".config/mailtui").mkdir(parents=True)
    (tmp_path / ".config/mailtui/config.toml").write_text('signature = "~/.signature"\n')
    (tmp_path / ".signature").write_text("Me\nat home\n")
    terminal = Terminal(tmp_path, size=(80, 24), environ={"VISUAL": f"'{editor}'", "TMPDIR": str(tmp_path)})
    terminal.wait_for("-- ", "at home", "✓ ready · no recipients", "^Q Quit")
    assert "⚠" not in terminal.text  # nothing was typed yet
    terminal.press("F4")
    terminal.wait_for("at home", "the editor is here")
    terminal.look_on(0.6)
    assert terminal.output.endswith(b"the editor is here\r\n")  # mailtui draws nothing, no cursor either
    terminal.press("Hello\x03")  # which kills the script, and nothing else
    terminal.wait_for("Subject", "ended with signal 2")
    terminal.press("F4")
    terminal.wait_for("the editor is here")
    terminal.press("Hello\r", "typed too late")
    terminal.wait_for("Hello, Ann", "at home", "2 words", "⚠ It")
    assert "late" not in terminal.text
    assert not list(tmp_path.glob("mailtui-*"))
    terminal.press("tab", "tab", "tab", "tab", "tab", "\x1a")
    terminal.wait_until(lambda: "Hello" not in terminal.text, "the letter as it was")
    terminal.press("\x19")
    terminal.wait_for("Hello, Ann")
    terminal.press("\x1a")
    terminal.wait_until(lambda: "Hello" not in terminal.text, "the letter as it was")
    terminal.press("ctrl+q")  # only the signature: nothing to keep
    assert terminal.exit_code() == 0
    assert not list((tmp_path / ".local/share/mailtui/drafts/cur").iterdir())


@pytest.mark.system("ed", package="ed")
def test_a_letter_is_written_in_the_standard_editor_for_want_of_windows(tmp_path: Path) -> None:
    windows = tmp_path / "kate"  # which gets a word to wait
    windows.write_text('#!/bin/sh\n[ "$1" = --block ] && exec ed "$2"\n')
    windows.chmod(0o700)
    terminal = Terminal(tmp_path, "--body", "one\ntwo", environ={"EDITOR": str(windows)})
    terminal.wait_for("two", "Send")
    terminal.press("F4")
    terminal.wait_until(lambda: terminal.output.endswith(b"8\r\n"), "how many bytes ed has read")
    assert b"mailtui waits until the letter is closed in " in terminal.output
    terminal.press("a\rthree\r.\rwq\r")
    terminal.wait_for("Subject", "three", "3 words")
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
