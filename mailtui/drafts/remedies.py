"""What to do about a disk."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from mailtui.mail.errors import DraftError

_RIGHTS = "You may not write there: change that, or set XDG_DATA_HOME to another folder."
_REMEDIES = {
    errno.ENOSPC: "Make room on that disk.",
    errno.EDQUOT: "Make room on that disk.",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOTDIR: "A part of that path is a file, not a folder: move it away.",
}


@contextmanager
def told(what: str, path: str) -> Iterator[None]:
    """Turn what a system says into a sentence.

    Args:
        what: Did not happen.
        path: Where.

    Raises:
        DraftError: In place of an OSError.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = _REMEDIES.get(error.errno or 0, "")
        raise DraftError(f"{what}: {path}: {reason}. {remedy}".rstrip()) from error
