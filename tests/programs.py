"""Programs that the tests need and that Python's package index does not have."""

from __future__ import annotations

import os
import shutil

_ELSEWHERE = ("/usr/sbin", "/usr/lib/postfix/sbin")  # an ordinary PATH does not lead there


def path_of(program: str) -> str | None:
    """Where a program is, if it is installed."""
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH") or os.defpath, *_ELSEWHERE)))
