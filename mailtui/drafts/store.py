"""The drafts of a person, a number for each."""

from __future__ import annotations

import os
from collections.abc import Callable

from mailtui.drafts.entry import Entry, draft_with_files, key_of, number_of, read_entry
from mailtui.drafts.folder import DraftFolder
from mailtui.drafts.maildir import Place, place_of
from mailtui.drafts.opened import OpenDraft
from mailtui.drafts.remedies import told
from mailtui.files import data_path
from mailtui.mail.errors import DraftError, UnknownDraft


class Drafts:
    """All drafts.

    Args:
        folder: Default: `mailtui/drafts` in the data folder; made when the first draft is saved.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._folder = DraftFolder(data_path("drafts") if folder is None else os.path.abspath(folder))

    def entries(self) -> list[Entry]:
        """Each draft, the newest first whatever the clock says, then what other programs put there.

        Raises:
            DraftError: The folder cannot be read.
        """
        places = sorted(self._places(), key=lambda place: (-number_of(place.base), place.base))
        found = (self._read(place) for place in places)
        return [entry for entry in found if entry is not None]

    def entry(self, key: str) -> Entry:
        """One draft, to be read only.

        Args:
            key: Its number, or the name of another program's.

        Raises:
            UnknownDraft: There is none.
            DraftError: The folder cannot be read.
        """
        for place in self._places():
            if key_of(place.base) == key and (entry := self._read(place)):
                return entry
        raise UnknownDraft(f"There is no draft {key}; mailtui drafts lists those that there are.")

    def begin(self) -> OpenDraft:
        """A new draft; nothing is on disk until something of it is saved."""
        return OpenDraft(self._folder)

    def open(self, key: str, *, unpack_to: Callable[[], str] | None = None) -> OpenDraft:
        """A draft to go on with. Another program's is copied into a new one, and stays where it is.

        Args:
            key: Its number, or the name of another program's.
            unpack_to: Makes a folder for the attachments of such a copy; without it they are left out.

        Raises:
            DraftInUse: Another process has it open, or this one; `entry` reads it.
            UnknownDraft: There is none.
            DraftError: It cannot be read or locked.
        """
        entry = self.entry(key)
        if entry.problem:
            raise DraftError(f"Draft {key} cannot be opened: {entry.path}: {entry.problem}.")
        if entry.foreign:
            with told(f"Draft {key} cannot be opened", entry.path):
                return OpenDraft(self._folder, draft=draft_with_files(entry, unpack_to and unpack_to()))
        lock = self._folder.lock(key)
        try:
            return OpenDraft.of(self._folder, self.entry(key), lock)  # as it is now that nobody else can change it
        except BaseException:
            lock.release()
            raise

    def delete(self, key: str) -> Entry:
        """Delete a draft.

        Args:
            key: Its number, or the name of another program's.

        Returns:
            What it was.

        Raises:
            DraftInUse: Another process has it open, or this one.
            UnknownDraft: There is none.
            DraftError: It cannot be deleted.
        """
        ours = number_of(place_of(self.entry(key).path).base)
        lock = self._folder.lock(key) if ours else None
        try:
            entry = self.entry(key)
            with told(f"Draft {key} was not deleted", entry.path):
                os.unlink(entry.path)
            return entry
        finally:
            if lock is not None:
                lock.release()

    def _places(self) -> list[Place]:
        with told("The drafts cannot be read", self._folder.folder):
            return list(self._folder.places())

    def _read(self, place: Place) -> Entry | None:
        """None if it is gone meanwhile."""
        process = self._folder.process_of(key_of(place.base)) if number_of(place.base) else None
        with told("The drafts cannot be read", self._folder.folder):
            for _ in range(2):
                try:
                    return read_entry(place, process)
                except FileNotFoundError:
                    place = self._folder.place_now(place)
        return None
