"""One process at a time changes a draft; however it ends, the lock ends with it."""

from __future__ import annotations

import os
from contextlib import suppress
from time import monotonic, sleep

from mailtui.files import NO_FOLLOW
from mailtui.mail.errors import DraftError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PATIENCE, _PAUSE = 0.1, 0.01  # seconds; somebody may only be looking whether it is free
_NUMBER_LIMIT = 20  # bytes

NOT_HERE = (
    "Drafts are not kept on this system: Python has no fcntl here, which keeps two programs from the same draft. "
    "Linux and macOS have it."
)


class InUse(Exception):
    """Another process has it.

    Args:
        process: The number of that process; 0 where it is not known.
    """

    def __init__(self, process: int) -> None:
        super().__init__(process)
        self.process = process


class Lock:
    """Held until it is released, or the process ends, be it killed. The file is gone afterwards, or is used again.

    Args:
        path: Of a file that is nothing but the lock: what is locked gets another inode at each save.
        patience: How long to wait for it at the longest, in seconds.

    Raises:
        InUse: Another process has it, or this one.
        DraftError: This system cannot lock.
        OSError: The file cannot be made or locked.
    """

    def __init__(self, path: str, patience: float = 0.0) -> None:
        self._path = path
        self._descriptor = _locked(path, max(patience, _PATIENCE))
        with suppress(OSError):  # the disk is full; it is locked all the same
            os.fchmod(self._descriptor, 0o600)
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others have it; a second time does nothing."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.unlink(self._path)  # first, so that nobody takes a file that is about to go
            os.close(self._descriptor)
            self._descriptor = -1


def holder_of(path: str) -> int | None:
    """Which process has a lock, without disturbing it.

    Args:
        path: Of the lock.

    Returns:
        Its number, 0 if that is not known, or None if nobody has it.

    Raises:
        DraftError: This system cannot lock.
    """
    _require()
    try:
        descriptor = os.open(path, os.O_RDONLY | NO_FOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _process(descriptor)
    finally:
        os.close(descriptor)
    return None


def _locked(path: str, patience: float) -> int:
    _require()
    end = monotonic() + patience
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, descriptor):
                return descriptor
        except BlockingIOError:
            if monotonic() > end:
                process = _process(descriptor)
                os.close(descriptor)
                raise InUse(process) from None
            sleep(_PAUSE)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the one who had it has deleted the file meanwhile


def _is_at(path: str, descriptor: int) -> bool:
    try:
        found = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(descriptor))


def _process(descriptor: int) -> int:
    text = os.pread(descriptor, _NUMBER_LIMIT, 0)
    return int(text) if text.strip().isdigit() else 0


def _require() -> None:
    if fcntl is None:
        raise DraftError(NOT_HERE)
