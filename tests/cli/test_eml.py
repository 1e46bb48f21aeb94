from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.cli.arguments import draft_of, parse
from mailtui.files import folder_until_exit
from mailtui.mail.attachment import split_files
from mailtui.mail.draft import Draft
from tests.cli.conftest import Command

LETTER = b"""\
From: Me <me@example.com>
To: Ann <ann@example.com>
Subject: Saved
Reply-To: replies@example.com
In-Reply-To: <before@example.com>
Content-Type: multipart/mixed; boundary=b

--b

Saved text
--b
Content-Type: text/plain; name="../../notes.txt"

content
--b--
"""


@pytest.fixture(autouse=True)
def _letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.eml").write_bytes(LETTER)


def draft(*words: str, body: str | None = None) -> Draft:
    return draft_of(parse("send", words), body, folder_until_exit)


def test_a_saved_message_fills_in_what_no_option_does() -> None:
    made = draft("letter.eml")
    assert (made.from_addr, made.to, made.subject) == ("Me <me@example.com>", "Ann <ann@example.com>", "Saved")
    assert (made.body, made.reply_to) == ("Saved text", "replies@example.com")
    assert made.headers == "In-Reply-To: <before@example.com>"
    [path] = map(Path, split_files(made.attachments))
    assert (path.name, path.read_text()) == ("notes.txt", "content")
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_options_go_before_it_and_recipients_are_added() -> None:
    words = "letter.eml bob@x.org -c c@x.org -b d@x.org -s S -f e@x.org --reply-to f@x.org -a letter.eml"
    made = draft(
        *words.split(), "--header", "in-reply-to: <a@b>", "--header", "X-A: b", "mailto:g@x.org?cc=h@x.org", body="B"
    )
    assert (made.to, made.cc, made.bcc) == ("bob@x.org, g@x.org, Ann <ann@example.com>", "c@x.org, h@x.org", "d@x.org")
    assert (made.from_addr, made.subject, made.body, made.reply_to) == ("e@x.org", "S", "B", "f@x.org")
    assert made.headers == "in-reply-to: <a@b>\nX-A: b"
    assert [Path(path).name for path in split_files(made.attachments)] == ["letter.eml", "notes.txt"]


def test_an_option_that_is_empty_leaves_it_empty(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    for body in (["--body", ""], ["--body-file", "empty.txt"]):
        result = command("send", "letter.eml", "-s", "", *body, "--dry-run", stdin="not read")
        assert result.code == 0
        assert "Saved text" not in result.out
        assert "Subject: Saved" not in result.out


def test_an_address_may_end_like_a_file(tmp_path: Path) -> None:
    assert draft("ann@x.eml", "mailto:bob@x.eml").to == "ann@x.eml, bob@x.eml"
    (tmp_path / "ann@x.EML").write_bytes(b"Subject: of a file\n\n")
    assert draft("ann@x.EML").subject == "of a file"


def test_it_is_sent_without_a_body_from_stdin(command: Command) -> None:
    result = command("send", "letter.eml", "--dry-run", stdin="not read")
    assert result.code == 0
    assert "Saved text" in result.out
    assert 'filename="notes.txt"' in result.out
    assert "not read" not in result.out
    assert "read" in command("send", "letter.eml", "--body-file", "-", stdin="read").out


def test_it_needs_what_every_mail_needs(command: Command, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(b"To: not an address\n\nHello")
    result = command("send", "letter.eml")
    assert (result.code, result.out) == (65, "")
    assert "not an address" in result.err


@pytest.mark.parametrize("name", ["missing.eml", "folder.eml", "pipe.EML", "link.eml"])
@pytest.mark.parametrize("words", [["send"], ["send", "--json"]])
def test_what_cannot_be_read_is_told(command: Command, tmp_path: Path, name: str, words: list[str]) -> None:
    (tmp_path / "folder.eml").mkdir()
    os.mkfifo(tmp_path / "pipe.EML")
    (tmp_path / "link.eml").symlink_to("link.eml")
    result = command(*words, name)
    assert result.code == 66
    assert result.err.startswith(f"mailtui: {name}: ")
    assert (json.loads(result.out)["error"] if "--json" in words else result.err).startswith(("mailtui: ", name))
    assert bool(result.out) == ("--json" in words)


def test_two_at_a_time_are_a_mistake(command: Command) -> None:
    result = command("send", "letter.eml", "other.eml")
    assert (result.code, result.err) == (64, "mailtui: one saved message at a time: letter.eml or other.eml?\n")


def test_a_full_disk_is_told(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    result = command("send", "letter.eml")
    assert result.code == 74
    assert result.err == "mailtui: letter.eml: its attachments cannot be unpacked: No such file or directory\n"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    words = [sys.executable, "-m", "mailtui", "send", "letter.eml"]
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    result = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert b"Saved text" in result.stdout
    assert os.listdir(tmp_path / "temporary") == []


def test_a_letter_without_a_saved_message_loads_no_parser() -> None:
    code = (
        "import mailtui.cli, sys; mailtui.cli.main(['send', '--body', 'x', 'a@x.org']);"
        "print('email.parser' in sys.modules, 'mailtui.mail.eml' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "False False"
