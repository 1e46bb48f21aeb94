from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from mailtui.drafts import saver as saver_module
from mailtui.drafts.folder import DraftFolder
from mailtui.drafts.opened import OpenDraft
from mailtui.drafts.saver import Saver
from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
from mailtui.mail.handlers.smtp import SMTPMailHandler
from tests.at_once import at_once

DRAFT = Draft(from_addr="me@x.org", to="a@x.org", subject="S", body="Hello", letter="one")


class Heard:
    """What the saver told, and when."""

    def __init__(self) -> None:
        self.problems: list[DraftError | None] = []
        self.times: list[float] = []

    def __call__(self, problem: DraftError | None) -> None:
        self.problems.append(problem)
        self.times.append(monotonic())


class SlowDraft(OpenDraft):
    """On a disk that answers the first time when one lets it."""

    def __init__(self, folder: DraftFolder) -> None:
        super().__init__(folder)
        self.asked, self.answers = Event(), Event()

    def save(self, draft: Draft) -> None:
        if not self.asked.is_set():
            self.asked.set()
            assert self.answers.wait(10)
        super().save(draft)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts")


@pytest.fixture
def heard() -> Heard:
    return Heard()


def until(condition: Callable[[], object]) -> None:
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end
        sleep(0.005)


def body(drafts: Drafts) -> str:
    return "".join(entry.draft.body for entry in drafts.entries())


def test_it_is_on_disk_within_a_second_also_while_typing_goes_on(drafts: Drafts, heard: Heard) -> None:
    saver = Saver(drafts.begin(), heard)
    began = monotonic()
    typed = 0
    with at_once():
        while len(heard.times) < 2 and monotonic() < began + 20:
            typed += 1
            saver.save(replace(DRAFT, body=str(typed)))
            sleep(0.02)
    assert saver_module._LATEST < 1
    assert heard.times[0] - began >= saver_module._QUIET  # not with each key
    until(lambda: body(drafts) == str(typed))
    assert set(heard.problems) == {None}
    saver.close()
    assert drafts.entry("1").process is None


def test_nobody_waits_for_a_disk_and_the_latest_text_wins(tmp_path: Path, drafts: Drafts, heard: Heard) -> None:
    opened = SlowDraft(DraftFolder(str(tmp_path / "drafts")))
    saver = Saver(opened, heard)
    saver.save(replace(DRAFT, body="first"))
    assert opened.asked.wait(10)
    for number in range(100):
        saver.save(replace(DRAFT, body=str(number)))  # and the disk has not answered yet
    flush = Thread(target=saver.flush)
    flush.start()
    sleep(0.05)
    opened.answers.set()
    flush.join()
    assert (body(drafts), saver.problem) == ("99", None)
    saver.close()
    assert (body(drafts), heard.problems) == ("99", [None, None])


def test_saving_goes_on_whatever_becomes_of_those_who_are_told(drafts: Drafts) -> None:
    def gone(_: object) -> None:
        raise RuntimeError("the screen is gone")

    saver = Saver(drafts.begin(), gone)
    saver.save(DRAFT)
    until(lambda: body(drafts) == "Hello")
    saver.save(replace(DRAFT, body="more"))
    until(lambda: body(drafts) == "more")


def test_what_waits_is_written_by_flush_and_close_or_forgotten_by_discard(drafts: Drafts, heard: Heard) -> None:
    saver = Saver(drafts.begin(), heard)
    assert saver.flush() is None
    saver.save(DRAFT)
    assert saver.flush() is None
    assert (body(drafts), heard.problems) == ("Hello", [None])
    saver.save(replace(DRAFT, body="typed"))
    saver.discard()
    assert saver.flush() is None
    assert body(drafts) == ""
    mail = SMTPMailHandler()
    saver.save(replace(DRAFT, body="older"))
    saver.begin_sending(mail, mail.prepare(DRAFT), DRAFT)
    assert saver.flush() is None
    assert body(drafts) == "Hello"
    saver.save(replace(DRAFT, body="last"))
    assert saver.close() is None
    assert body(drafts) == "last"
    assert drafts.entry("2").state == "unknown"


def test_what_fails_leaves_the_draft_before_it_and_is_tried_again(
    drafts: Drafts, heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saver_module, "_AGAIN", 0.2)
    saver = Saver(drafts.begin(), heard)
    saver.save(DRAFT)
    saver.flush()
    tmp = tmp_path / "drafts/tmp"
    tmp.rmdir()
    tmp.write_text("in the way")
    saver.save(replace(DRAFT, body="new"))
    until(lambda: len(heard.problems) > 3)  # it is tried again though nothing changes
    assert str(heard.problems[-1]) == (
        f"The draft was not saved: {tmp_path}/drafts: Not a directory. "
        "A part of that path is a file, not a folder: move it away."
    )
    assert (body(drafts), saver.flush()) == ("Hello", saver.problem)
    tmp.unlink()
    tmp.mkdir()
    until(lambda: body(drafts) == "new")
    until(lambda: saver.problem is None)
    assert heard.problems[-1] is None
    tmp.rmdir()
    tmp.write_text("in the way")
    saver.save(replace(DRAFT, body="newer"))
    assert isinstance(saver.close(), DraftError)


TOO_LARGE = """
import resource, signal, sys
from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
opened = Drafts(sys.argv[1]).begin()
opened.save(Draft(body="old"))
try:
    opened.save(Draft(body="x" * 60_000))
except DraftError as error:
    print(error)
print(Drafts(sys.argv[1]).entry("1").draft.body)
opened.save(Draft(body="new"))
print(Drafts(sys.argv[1]).entry("1").draft.body)
"""

FULL_DISK = """
import os, subprocess, sys
from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
disk = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", disk], check=True)
opened = Drafts(disk + "/drafts").begin()
opened.save(Draft(body="old"))
def fails(body):
    try:
        opened.save(Draft(body=body))
    except DraftError as error:
        print(str(error).partition(": ")[2].partition(": ")[2])
    print(Drafts(disk + "/drafts").entry("1").draft.body, os.listdir(disk + "/drafts/tmp"))
fails("x" * 300_000)
with open(disk + "/filler", "wb", buffering=0) as filler:
    try:
        while filler.write(bytes(512)):
            pass
    except OSError:
        pass
fails("new")
os.unlink(disk + "/filler")
subprocess.run(["mount", "--bind", "-o", "ro", disk, disk], check=True)
fails("new")
subprocess.run(["umount", disk], check=True)
opened.save(Draft(body="new"))
print(Drafts(disk + "/drafts").entry("1").draft.body)
"""


def test_a_write_that_breaks_off_leaves_the_draft_before_it(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", TOO_LARGE, tmp_path], capture_output=True, text=True, check=True, timeout=30
    )
    assert result.stdout == f"The draft was not saved: {tmp_path}: File too large.\nold\nnew\n"
    assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.system("unshare", "mount", package="util-linux")
def test_a_full_and_a_read_only_disk_leave_the_draft_before_it(tmp_path: Path) -> None:
    alone = [shutil.which("unshare") or "unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a disk of one's own")
    result = subprocess.run(
        [*alone, sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True, timeout=30
    )
    assert result.stdout.splitlines() == [
        "No space left on device. Make room on that disk.",
        "old []",
        "No space left on device. Make room on that disk.",
        "old []",
        "Read-only file system. You may not write there: change that, or set XDG_DATA_HOME to another folder.",
        "old []",
        "new",
    ]


def test_a_kill_at_any_moment_leaves_a_whole_draft() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.drafts.kills", "20"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, "")
