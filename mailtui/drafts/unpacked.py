"""The files of letters that came as one message: each letter has a folder, as long as a draft names it."""

from __future__ import annotations

import atexit
import os
import secrets
from contextlib import suppress
from shutil import rmtree

from mailtui.drafts.locks import InUse, Lock
from mailtui.drafts.remedies import told
from mailtui.drafts.store import Drafts
from mailtui.files import data_path, make_private_folder
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError

_LOCK = ".lock"
_held: list[Lock] = []  # of letters that this process has opened


def folder_for_files() -> str:
    """A new folder for one person alone; it stays while this process runs, or a draft names a file in it.

    Raises:
        DraftError: It cannot be made.
    """
    files = data_path("files")
    folder = os.path.join(files, secrets.token_hex(8))
    with told("The attachments were not unpacked", folder):
        make_private_folder(files)
        with suppress(InUse):  # nobody else knows it
            _hold(folder)
        make_private_folder(folder)
    return folder


def hold_files(draft: Draft) -> None:
    """Keep the folders that an opened draft names, as long as this process runs.

    Args:
        draft: As it was opened.
    """
    files = data_path("files")
    for name in _folders(files):
        if name in draft.attachments:
            with suppress(InUse, DraftError, OSError):  # another process holds it; or they are read only
                _hold(os.path.join(files, name))


def sweep_files() -> None:
    """Remove the folders that neither a draft nor another process needs, nor this one any more."""
    for lock in _held:
        lock.release()
    _held.clear()
    files, locks = data_path("files"), {}
    with suppress(DraftError, OSError):  # what cannot be removed now is removed another time
        for name in _folders(files):
            with suppress(InUse):
                locks[name] = Lock(os.path.join(files, name + _LOCK))
        entries = Drafts().entries() if locks else []
        if not any(entry.problem or (entry.foreign and entry.key.isdigit()) for entry in entries):  # they may name one
            for name in locks:
                if not any(name in entry.draft.attachments for entry in entries):
                    rmtree(os.path.join(files, name), ignore_errors=True)
    for lock in locks.values():
        lock.release()


def _hold(folder: str) -> None:
    _held.append(Lock(folder + _LOCK))
    atexit.unregister(sweep_files)
    atexit.register(sweep_files)


def _folders(files: str) -> list[str]:
    with suppress(OSError):
        return [name for name in os.listdir(files) if not name.endswith(_LOCK)]
    return []
