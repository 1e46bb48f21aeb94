from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError, DraftInUse, UnknownDraft
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.mail.receipt import Receipt, Recipient

DRAFT = Draft(from_addr="me@x.org", to="a@x.org, b@x.org", subject="S", body="Hello  ", letter="one")
FOREIGN = b"From: me@x.org\nTo: bob@x.org\nSubject: Theirs\n\nHi\n"

HOLD = """
import sys, time
from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
drafts = Drafts(sys.argv[1])
opened = drafts.open(sys.argv[2]) if sys.argv[2:] else drafts.begin()
opened.save(Draft(body="held"))
print(opened.key, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mailtui" / "drafts"


@pytest.fixture
def drafts(folder: Path) -> Drafts:
    return Drafts(folder)


@pytest.fixture
def mail() -> SMTPMailHandler:
    return SMTPMailHandler(host="mail.x.org")


def kept(drafts: Drafts, *made: Draft) -> list[str]:
    """Save drafts and close them; gives their numbers."""
    keys = []
    for draft in made:
        opened = drafts.begin()
        opened.save(draft)
        opened.close()
        keys.append(opened.key)
    return keys


class Holder:
    """Another process that has a draft open."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", HOLD, folder, *words], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.key = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def holder(folder: Path) -> Iterator[Holder]:
    holder = Holder(folder)
    yield holder
    holder.kill()


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_all_of_it_is_for_one_person_whatever_the_umask(drafts: Drafts, folder: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        opened = drafts.begin()
        opened.save(DRAFT)
    finally:
        os.umask(before)
    paths = [folder.parent.parent, folder.parent, folder, *folder.rglob("*")]
    assert len(paths) == 10
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    opened.close()
    folder.chmod(0o755)
    kept(drafts, DRAFT)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_written_for_an_empty_letter(drafts: Drafts, folder: Path) -> None:
    opened = drafts.begin()
    opened.save(Draft(letter="one", markdown=True))
    opened.close()
    assert (drafts.entries(), opened.key, opened.saved, folder.exists()) == ([], "", None, False)


def test_each_save_replaces_one_file(drafts: Drafts, folder: Path) -> None:
    opened = drafts.begin()
    opened.save(DRAFT)
    [path] = (folder / "cur").iterdir()
    assert path.name == "00000001.one.mailtui:2,DS"
    for body in ("more", "", "x" * 100_000):
        opened.save(replace(DRAFT, body=body, letter="two"))
        assert list((folder / "cur").iterdir()) == [path]
        assert not list((folder / "tmp").iterdir())
        assert drafts.entry("1").draft == replace(DRAFT, body=body, letter="two")
    inode = path.stat().st_ino
    opened.save(opened.draft)
    assert path.stat().st_ino == inode
    opened.save(Draft())
    assert drafts.entry("1").draft == Draft()


@pytest.mark.parametrize("letter", ["", "../../../../tmp/x", "a:2,T", "é" * 300, "\0\ud800"])
def test_no_name_of_a_letter_leads_elsewhere(drafts: Drafts, folder: Path, letter: str) -> None:
    kept(drafts, replace(DRAFT, letter=letter))
    assert len(list((folder / "cur").iterdir())) == 1
    [entry] = drafts.entries()
    assert entry.draft.letter == letter


def test_the_newest_is_first_whatever_the_clock_says(drafts: Drafts, folder: Path) -> None:
    for number, year in enumerate(("2026", "2031", "1999")):
        with time_machine.travel(f"{year}-01-01", tick=False):
            kept(drafts, replace(DRAFT, subject=str(number)))
    for path in (folder / "cur").iterdir():
        os.utime(path, (1, 1))
    assert [(entry.key, entry.draft.subject) for entry in drafts.entries()] == [("3", "2"), ("2", "1"), ("1", "0")]
    assert [entry.saved.year for entry in drafts.entries()] == [1999, 2031, 2026]


def test_a_number_is_never_given_again(drafts: Drafts, folder: Path) -> None:
    assert kept(drafts, DRAFT, DRAFT) == ["1", "2"]
    drafts.delete("2")
    assert kept(drafts, DRAFT) == ["3"]
    (folder / "last-number").write_text("nonsense")
    assert kept(drafts, DRAFT) == ["4"]
    (folder / "tmp/last-number").write_text("left by a killed process")
    assert kept(drafts, DRAFT) == ["5"]
    with pytest.raises(UnknownDraft, match="There is no draft 2; mailtui drafts lists"):
        drafts.delete("2")


def test_a_planted_link_is_never_followed(drafts: Drafts, folder: Path, tmp_path: Path) -> None:
    opened = drafts.begin()
    opened.save(DRAFT)
    [path] = (folder / "cur").iterdir()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for place in (path, folder / "tmp" / path.name.partition(":")[0], folder / "tmp/last-number"):
        place.unlink(missing_ok=True)
        place.symlink_to(victim)
    opened.save(replace(DRAFT, body="new"))
    opened.close()
    assert (victim.read_text(), path.is_symlink()) == ("precious", False)
    (folder / "locks/1").symlink_to(victim)
    with pytest.raises(DraftError, match="Draft 1 cannot be locked"):
        drafts.open("1")
    assert victim.read_text() == "precious"
    (folder / "locks/1").unlink()
    path.unlink()
    path.symlink_to(victim)
    [entry] = drafts.entries()
    assert (entry.state, entry.draft) == ("unreadable", Draft())
    with pytest.raises(DraftError, match=r"Draft 1 cannot be opened: .*: Too many levels of symbolic links"):
        drafts.open("1")


def test_what_others_put_there_is_listed_opened_as_a_copy_and_stays(
    drafts: Drafts, folder: Path, tmp_path: Path
) -> None:
    kept(drafts, DRAFT)
    theirs = folder / "cur" / "1700000000.M1P2.host:2,DS"
    theirs.write_bytes(FOREIGN)
    (folder / "new" / "1700000001.M1P2.host").write_bytes(b"\xff\0\x80")
    os.mkfifo(folder / "cur" / "pipe")
    (folder / "cur" / "folder").mkdir()
    (folder / "cur" / "00000009.damaged.mailtui:2,DS").write_bytes(FOREIGN)
    states = {entry.key: entry.state for entry in drafts.entries()}
    assert list(states.items()) == [
        ("9", "foreign"),
        ("1", "draft"),
        ("1700000000.M1P2.host", "foreign"),
        ("1700000001.M1P2.host", "foreign"),
        ("folder", "unreadable"),
        ("pipe", "unreadable"),
    ]
    opened = drafts.open("1700000000.M1P2.host")
    assert (opened.draft.to, opened.draft.body, opened.key) == ("bob@x.org", "Hi\n", "")
    opened.save(replace(opened.draft, body="Mine"))
    assert (opened.key, theirs.read_bytes(), drafts.entry("10").draft.body) == ("10", FOREIGN, "Mine")
    assert drafts.delete("1700000000.M1P2.host").draft.subject == "Theirs"
    assert not theirs.exists()


@pytest.mark.parametrize("time", [3e11, -5e12])
def test_a_time_beyond_the_calendar_is_no_time_at_all(
    drafts: Drafts, folder: Path, monkeypatch: pytest.MonkeyPatch, time: float
) -> None:
    kept(drafts, DRAFT)
    (folder / "cur" / "theirs").write_bytes(FOREIGN)
    lstat = os.lstat

    def strange(path: str) -> os.stat_result:  # as some file systems keep it
        return os.stat_result([*lstat(path)[:8], time, 0])

    monkeypatch.setattr(os, "lstat", strange)
    assert [entry.key for entry in drafts.entries()] == ["1", "theirs"]


def test_files_of_another_program_are_unpacked_where_one_says(drafts: Drafts, folder: Path, tmp_path: Path) -> None:
    kept(drafts, DRAFT)
    part = b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n--b--"
    (folder / "cur" / "theirs").write_bytes(b"Content-Type: multipart/mixed; boundary=b\n\n" + part)
    assert drafts.open("theirs").draft.attachments == ""
    assert drafts.open("theirs", unpack_to=lambda: str(tmp_path)).draft.attachments == str(tmp_path / "a.txt")


def test_a_mail_program_may_change_flags_or_delete_it_meanwhile(drafts: Drafts, folder: Path) -> None:
    opened = drafts.begin()
    opened.save(DRAFT)
    [path] = (folder / "cur").iterdir()
    renamed = path.rename(path.with_name("00000001.one.mailtui:2,DFS"))
    opened.save(replace(DRAFT, body="flagged"))
    assert list((folder / "cur").iterdir()) == [renamed]
    renamed.unlink()
    opened.save(replace(DRAFT, body="typed on"))
    assert drafts.entry("1").draft.body == "typed on"
    subprocess.run(["rm", "-r", str(folder)], check=True)
    opened.save(replace(DRAFT, body="and on"))
    assert drafts.entry("1").draft.body == "and on"


def test_a_draft_is_open_once(drafts: Drafts, folder: Path, holder: Holder) -> None:
    [entry] = drafts.entries()
    assert (entry.key, entry.process, entry.draft.body) == (holder.key, holder.process.pid, "held")
    for refused in (drafts.open, drafts.delete):
        with pytest.raises(DraftInUse) as caught:
            refused(holder.key)
        assert caught.value.process == holder.process.pid
        assert str(caught.value).startswith(f"Draft 1 is in use by process {holder.process.pid}. ")
    assert kept(drafts, DRAFT) == ["2"]
    mine = drafts.open("2")
    with pytest.raises(DraftInUse):
        drafts.open("2")
    mine.close()


def test_a_lock_ends_with_its_process_however_that_ends(drafts: Drafts, folder: Path) -> None:
    for _ in range(3):
        holder = Holder(folder, *(["1"] if drafts.entries() else []))
        holder.kill()
    assert os.listdir(folder / "locks") == ["1"]
    assert drafts.entry("1").process is None
    opened = drafts.open("1")
    opened.save(DRAFT)
    opened.close()
    assert os.listdir(folder / "locks") == []


def test_what_killed_processes_leave_is_swept_away_but_not_what_is_in_use(
    drafts: Drafts, folder: Path, holder: Holder
) -> None:
    unfinished = folder / "tmp" / "00000077.x.mailtui"
    unfinished.write_text("half")
    theirs = folder / "tmp" / "1700000000.M1P2.host"
    theirs.write_text("half")
    (folder / "locks/55").write_text("99999")
    kept(drafts, DRAFT)
    assert os.listdir(folder / "locks") == [holder.key]
    assert os.listdir(folder / "tmp") == [theirs.name]


def test_many_openers_get_it_one_after_another(drafts: Drafts, folder: Path) -> None:
    kept(drafts, Draft(body="0"))
    code = """
import sys
from dataclasses import replace
from mailtui.drafts.store import Drafts
from mailtui.mail.errors import DraftInUse
for _ in range(12):
    while True:
        try:
            opened = Drafts(sys.argv[1]).open("1")
            break
        except DraftInUse:
            pass
    opened.save(replace(opened.draft, body=str(int(opened.draft.body) + 1)))
    opened.close()
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, folder]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert drafts.entry("1").draft.body == "36"
    assert os.listdir(folder / "locks") == []


def test_numbers_are_given_once_to_many_processes(drafts: Drafts, folder: Path) -> None:
    code = """
import sys
from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
for _ in range(5):
    opened = Drafts(sys.argv[1]).begin()
    opened.save(Draft(body="x"))
    opened.close()
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, folder]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert [int(entry.key) for entry in drafts.entries()] == list(range(15, 0, -1))


def test_what_was_sent_is_known_at_the_next_start(drafts: Drafts, mail: SMTPMailHandler) -> None:
    email = mail.prepare(DRAFT)
    opened = drafts.begin()
    number = opened.begin_sending(mail, email, DRAFT)
    assert (drafts.entry("1").state, drafts.entry("1").draft) == ("sending", DRAFT)
    opened.close()  # as if it had been killed
    assert drafts.entry("1").state == "unknown"
    again = drafts.open("1")
    assert [one.state for one in again.journal.attempts] == ["unknown"]
    recipients = (Recipient("a@x.org", "accepted"), Recipient("b@x.org", "refused", 550, "no"))
    again.end_sending(number, Receipt(handler="smtp", message_id="<a@b>", recipients=recipients))
    again.close()
    assert drafts.entry("1").state == "partly sent"
    changed = drafts.open("1")
    changed.save(replace(DRAFT, letter="two", body="otherwise"))
    assert drafts.entry("1").state == "changed"
    changed.save(DRAFT)
    assert drafts.entry("1").state == "partly sent"
    changed.discard()
    assert drafts.entries() == []


def test_what_is_typed_after_a_discard_is_a_new_draft(drafts: Drafts, mail: SMTPMailHandler) -> None:
    opened = drafts.begin()
    number = opened.begin_sending(mail, mail.prepare(DRAFT), DRAFT)
    opened.discard()
    opened.end_sending(number, ZeroDivisionError())  # a late answer
    assert drafts.entries() == []
    opened.save(replace(DRAFT, body="next"))
    assert [(entry.key, entry.state) for entry in drafts.entries()] == [("2", "draft")]
    opened.close()
    with pytest.raises(DraftError, match="it is closed here"):
        opened.save(DRAFT)


def test_without_locks_it_says_what_is_lacking() -> None:
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from mailtui.drafts.store import Drafts\nfrom mailtui.drafts.saver import Saver\n"
        "from mailtui.mail.draft import Draft\nimport tempfile\n"
        "opened = Drafts(tempfile.mkdtemp() + '/drafts').begin()\n"
        "Saver(opened, print)\n"
        "from mailtui.mail.errors import DraftError\n"
        "try: opened.save(Draft(body='x'))\nexcept DraftError as error: print(error)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.stderr, result.stdout[:58]) == ("", "Drafts are not kept on this system: Python has no fcntl he")
