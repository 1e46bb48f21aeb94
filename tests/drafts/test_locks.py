from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from mailtui.drafts.locks import InUse, Lock, holder_of


def test_a_lock_whose_file_was_deleted_while_one_waited_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "lock")
    first = Lock(path)
    others: list[Lock] = []
    flock = fcntl.flock

    def wait(descriptor: int, operation: int) -> None:
        if not others:  # it is released, and taken by another, while this one waits
            first.release()
            monkeypatch.setattr(fcntl, "flock", flock)
            others.append(Lock(path))
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", wait)
    with pytest.raises(InUse) as caught:
        Lock(path)
    assert caught.value.process == os.getpid()
    others[0].release()
    assert holder_of(path) is None
    Lock(path).release()
    assert os.listdir(tmp_path) == []


def test_whoever_looks_whether_it_is_free_keeps_nobody_out(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    lock = Lock(path)
    descriptors = len(os.listdir("/dev/fd"))
    for _ in range(3):
        assert holder_of(path) == os.getpid()
        with pytest.raises(InUse):
            Lock(path)
    assert len(os.listdir("/dev/fd")) == descriptors
    lock.release()
    lock.release()
    assert holder_of(path) is None
