from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.mail.receipt import Receipt, Recipient
from tests.cli.conftest import Command
from tests.terminal import Terminal

DRAFT = Draft(from_addr="me@x.org", to="ann@x.org, b@x.org", bcc="c@x.org", subject="Hello", body="Hi  \n\x1b[31m")


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Drafts()


def kept(drafts: Drafts, draft: Draft) -> None:
    opened = drafts.begin()
    opened.save(draft)
    opened.close()


def sent_to_some(drafts: Drafts) -> None:
    mail = SMTPMailHandler(host="mail.x.org")
    opened = drafts.begin()
    number = opened.begin_sending(mail, mail.prepare(DRAFT), DRAFT)
    recipients = (
        Recipient("ann@x.org", "accepted", 250, "OK"),
        Recipient("b@x.org", "refused", 550, "no\x1b[31m"),
        Recipient("c@x.org", "accepted", 250, "OK"),
    )
    opened.end_sending(number, Receipt(handler="smtp", message_id="<a@b>", recipients=recipients))
    opened.close()


def test_they_are_listed_a_line_each(drafts: Drafts, command: Command, tmp_path: Path) -> None:
    assert command("drafts") == (0, "", "mailtui: There are no drafts.\n")
    with time_machine.travel("2026-11-26T12:04:00Z", tick=False):
        kept(drafts, DRAFT)
        sent_to_some(drafts)
        kept(drafts, Draft(to="x" * 50, subject="two\nlines \x1b[31m", body="b"))
        kept(drafts, Draft(body="\n  the first words of a body\nmore"))
    (tmp_path / "data/mailtui/drafts/cur/theirs:2,D").write_bytes(b"To: bob@x.org\nSubject: Theirs\n\n")
    opened = drafts.open("1")
    result = command("drafts")
    opened.close()
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    when = f"{drafts.entry('1').saved:%Y-%m-%d %H:%M}"
    width = len(f"draft, open in process {os.getpid()}")
    assert lines[:4] == [
        f"4  {when}  {'draft':{width}}  {'':30}  the first words of a body",
        f"3  {when}  {'draft':{width}}  {'x' * 29}…  two lines ␛[31m",
        f"2  {when}  {'sent to some':{width}}  {'ann@x.org, b@x.org':30}  Hello",
        f"1  {when}  draft, open in process {os.getpid()}  {'ann@x.org, b@x.org':30}  Hello",
    ]
    assert re.fullmatch(r"theirs  .{16}  of another program +bob@x.org +Theirs", lines[4])


def test_one_is_printed_with_what_became_of_it(drafts: Drafts, command: Command) -> None:
    sent_to_some(drafts)
    result = command("drafts", "show", "1")
    assert (result.code, result.err) == (0, "")
    head, _, body = result.out.partition("\n\n")
    attempt = drafts.entry("1").journal.attempts[0]
    assert head.splitlines()[:4] == ["From: me@x.org", "To: ann@x.org, b@x.org", "Bcc: c@x.org", "Subject: Hello"]
    assert head.splitlines()[4].endswith(", sent to some")
    assert head.splitlines()[5:] == [
        f"Tried: {attempt.begun:%Y-%m-%d %H:%M} by smtp ({attempt.destination}), {attempt.message_id}",
        "  ann@x.org accepted 250 OK",
        "  b@x.org refused 550 no\\x1b[31m",
        "  c@x.org accepted 250 OK",
    ]
    assert body == f"{DRAFT.body}\n"


def test_one_is_deleted_and_it_is_said_which(drafts: Drafts, command: Command) -> None:
    kept(drafts, DRAFT)
    opened = drafts.open("1")
    refused = command("drafts", "delete", "1")
    assert (refused.code, refused.out) == (75, "")
    assert f"in use by process {os.getpid()}" in refused.err
    opened.close()
    result = command("drafts", "delete", "1")
    assert (result.code, result.err, drafts.entries()) == (0, "", [])
    assert re.fullmatch(r"Deleted draft 1, saved .{16}: ann@x.org, b@x.org  Hello\n", result.out)


def test_several_are_deleted_as_far_as_they_are_there(drafts: Drafts, command: Command) -> None:
    for _ in range(3):
        kept(drafts, DRAFT)
    result = command("drafts", "delete", "1", "9", "3")
    assert result.code == 66
    assert "There is no draft 9" in result.err
    assert result.out.startswith("Deleted draft 1, ")
    assert [entry.key for entry in drafts.entries()] == ["3", "2"]
    assert command("drafts", "delete", "2", "3").code == 0
    assert command("drafts", "list").err == "mailtui: There are no drafts.\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["show", "9"], 66, "There is no draft 9; mailtui drafts lists those that there are."),
        (["delete", "../../x"], 66, "There is no draft ../../x"),
        (["show"], 64, "show which draft? mailtui drafts lists them"),
        (["open", "1", "2"], 64, "open one draft at a time: 1 or 2?"),
        (["shwo", "9"], 64, "invalid choice: 'shwo'"),
        (["open", "9"], 64, "the composer needs a terminal"),
    ],
)
def test_mistakes_are_told(drafts: Drafts, command: Command, words: list[str], code: int, told: str) -> None:
    result = command("drafts", *words)
    assert (result.code, result.out) == (code, "")
    assert told in result.err


def test_what_cannot_be_read_is_told(drafts: Drafts, command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "data/mailtui/drafts"
    folder.mkdir(parents=True)
    (folder / "cur").write_text("in the way")
    result = command("drafts")
    assert (result.code, result.out) == (74, "")
    assert f"The drafts cannot be read: {folder}: Not a directory" in result.err
    (folder / "cur").unlink()
    (folder / "cur/folder").mkdir(parents=True)
    assert re.search(r"  cannot be read +Is a directory\n$", command("drafts").out)
    assert command("drafts", "show", "folder").out == f"{folder}/cur/folder: Is a directory\n"


def test_one_is_opened_in_the_composer_and_stays(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / ".local/share/mailtui/drafts")
    kept(drafts, replace(DRAFT, body="Words of the draft"))
    terminal = Terminal(tmp_path, "drafts", "open", "1")
    terminal.wait_for("ann@x.org, b@x.org", "Words of the draft")
    process = drafts.entry("1").process
    assert process
    os.kill(process, signal.SIGKILL)
    terminal.exit_code()
    entry = drafts.entry("1")
    assert (entry.process, entry.draft.body) == (None, "Words of the draft")
