"""The files of letters that came as one message: each letter has a folder, as long as a draft names it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from shutil import rmtree

from mailtui.drafts.locks import InUse, Lock
from mailtui.drafts.remedies import told
from mailtui.drafts.store import Drafts
from mailtui.files import data_path, make_private_folder
from mailtui.mail.errors import DraftError

_LOCK = ".lock"
_held: list[Lock] = []  # of letters that this process has opened


def folder_for_files() -> str:
    """A new folder for one person alone; it stays while this process runs, or a draft names a file in it.

    Raises:
        DraftError: It cannot be made.
    """
    folder = os.path.join(data_path("files"), secrets.token_hex(8))
    with told("The attachments were not unpacked", folder):
        make_private_folder(folder)
        with suppress(InUse):  # nobody else knows it
            _held.append(Lock(folder + _LOCK))
    return folder


def sweep_files() -> None:
    """Remove the folders that neither a draft nor another process needs; call it when nothing here does."""
    for lock in _held:
        lock.release()
    _held.clear()
    files = data_path("files")
    with suppress(DraftError, OSError):  # what cannot be removed now is removed another time
        folders = [name for name in os.listdir(files) if not name.endswith(_LOCK)]
        entries = Drafts().entries() if folders else []
        if any(entry.problem for entry in entries):
            return  # it may name one
        for name in folders:
            if not any(name in entry.draft.attachments for entry in entries):
                _remove(os.path.join(files, name))


def _remove(folder: str) -> None:
    with suppress(InUse):
        lock = Lock(folder + _LOCK)
        rmtree(folder, ignore_errors=True)
        lock.release()
