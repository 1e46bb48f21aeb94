"""Programs that the tests need and that Python's package index does not have, and whether one still runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_ELSEWHERE = ("/usr/sbin", "/usr/lib/postfix/sbin")  # an ordinary PATH does not lead there


def path_of(program: str) -> str | None:
    """Where a program is, if it is installed."""
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH") or os.defpath, *_ELSEWHERE)))


def is_running(process_id: int) -> bool:
    """Whether a process is there and has not ended, be it waited for or not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
