"""Files for one person alone, complete at every moment: what is written is there as a whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress

Path = str | os.PathLike[str]  # pathlib takes long to import

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)  # Windows has none
_EXCLUSIVE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW
_LAST_TIME = 253_402_214_400  # the last day in the calendar of Python begins, wherever one is
_MINE = 0o700
_OF_OTHERS = 0o077


def data_path(name: str) -> str:
    """Where something of ours is in the data folder, on Linux and macOS alike; it need not be there.

    Args:
        name: Of the file or folder, such as `drafts`.

    Source: XDG Base Directory Specification.
    """
    from platformdirs.unix import Unix  # takes longer to import than the dummy to run

    return os.path.join(Unix("mailtui").user_data_dir, name)


def time_in_calendar(seconds: float) -> int:
    """The time of a file, or the nearest that Python knows of: some file systems hold any.

    Args:
        seconds: Since 1970.
    """
    return min(max(int(seconds), 0), _LAST_TIME)


def make_private_folder(path: Path) -> None:
    """Make a folder, and those on the way to it, that nobody else can look into, whatever the umask.

    Args:
        path: One that is there already is closed to others; those above it are left as they are.

    Raises:
        OSError: It cannot be made.
    """
    path = os.fspath(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        parent = os.path.dirname(path)
        if parent and not os.path.isdir(parent):
            make_private_folder(parent)
        with suppress(FileExistsError):  # another process was quicker
            os.mkdir(path, _MINE)
        os.chmod(path, _MINE)
        return
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    if mode & _OF_OTHERS:
        os.chmod(path, _MINE)


def folder_until_exit() -> str:
    """A folder of one's own, which is gone when the program has ended.

    Raises:
        OSError: It cannot be made.
    """
    import atexit
    from shutil import rmtree
    from tempfile import mkdtemp

    folder = mkdtemp(prefix="mailtui-")
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


def replace_file(
    path: Path, pieces: Iterable[bytes], *, unfinished: Path, last_check: Callable[[], None] | None = None
) -> None:
    """Put a complete new file in the place of an old one, or where there was none.

    Args:
        path: Of the file. A symbolic link in its place is replaced, not followed.
        pieces: Of its content.
        unfinished: Its path until it is complete, on the same disk.
        last_check: Called when it is complete; what it raises keeps the old file.

    Raises:
        OSError: It was not written; the old file is as it was, and nothing stays of the new one.
    """
    try:
        with os.fdopen(os.open(unfinished, _EXCLUSIVE, 0o600), "wb") as file:
            if hasattr(os, "fchmod"):  # a umask can take away what was asked for
                os.fchmod(file.fileno(), 0o600)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if last_check is not None:
            last_check()
        os.replace(unfinished, path)
    except FileExistsError:  # not ours
        raise
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            os.unlink(unfinished)
        raise
    with suppress(OSError):  # it is written; not every system can make sure of a folder
        _sync(os.path.dirname(os.path.abspath(path)))


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
