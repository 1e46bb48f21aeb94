"""Processes killed while they save, at random moments: `python -m tests.drafts.kills 200`.

After each kill the folder holds one draft, whole, and no older than what had been saved by then.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep

from mailtui.drafts.store import Drafts
from mailtui.mail.draft import Draft
from mailtui.mail.handlers.smtp import SMTPMailHandler


def draft(version: int) -> Draft:
    """The draft of a version: its body differs in every line, and in length."""
    lines = f"version {version}\n" * (1 + version * 37 % 3000)
    return Draft(from_addr="me@x.org", to="ann@x.org", subject=str(version), body=lines, letter="one")


def _save_for_ever(folder: str, acknowledged: int, version: int) -> None:
    mail = SMTPMailHandler()
    drafts = Drafts(folder)
    opened = next((drafts.open(entry.key) for entry in drafts.entries()), None) or drafts.begin()
    while True:
        version += 1
        if version % 5:
            opened.save(draft(version))
        else:
            number = opened.begin_sending(mail, mail.prepare(draft(version)), draft(version))
            opened.end_sending(number, RuntimeError("nobody knows"))
        os.write(acknowledged, b"%d\n" % version)


def _check(folder: str, acknowledged: int) -> int:
    """The version that is on disk, after a kill."""
    entries = Drafts(folder).entries()
    if not entries and not acknowledged:
        return 0
    [entry] = entries
    version = int(entry.draft.subject)
    assert acknowledged <= version <= acknowledged + 1, (acknowledged, version)
    assert (entry.draft, entry.process, entry.foreign) == (draft(version), None, False)
    assert all(attempt.state == "unknown" for attempt in entry.journal.attempts)
    assert len(os.listdir(Path(folder) / "cur")) == 1
    assert len(os.listdir(Path(folder) / "tmp")) <= 2
    assert len(os.listdir(Path(folder) / "locks")) <= 2
    return version


def kill_again_and_again(times: int, seed: int = 1) -> None:
    """Start a process that saves in a loop, kill it, look at what is on disk; so many times."""
    random = Random(seed)
    with TemporaryDirectory() as folder:
        version = 0
        for _ in range(times):
            read, write = os.pipe()
            process = os.fork()
            if not process:
                try:
                    _save_for_ever(folder, write, version)
                finally:
                    os._exit(1)
            os.close(write)
            told = os.read(read, 100) if random.random() < 0.8 else b""  # else maybe before the first save
            sleep(random.uniform(0.0, 0.02))
            os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL
            with open(read, "rb") as rest:
                told += rest.read()
            version = _check(folder, int(told.split()[-1]) if told else version)
    print(f"{times} kills, {version} versions")


if __name__ == "__main__":
    kill_again_and_again(int(sys.argv[1]), *map(int, sys.argv[2:]))
