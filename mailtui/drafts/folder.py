"""The folder of drafts: a Maildir, beside it the locks and the last number."""

from __future__ import annotations

import os
from contextlib import suppress

from mailtui.drafts.entry import base_name, key_of, number_of
from mailtui.drafts.locks import InUse, Lock, holder_of
from mailtui.drafts.maildir import Maildir, Place, read_regular
from mailtui.drafts.remedies import told
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError, DraftInUse

_FLAGS = "DS"  # a draft, and not new to anybody
_LOCKS, _COUNTER, _LAST = "locks", "counter", "last-number"
_PATIENCE = 2.0  # seconds, for another process that takes a number


class DraftFolder(Maildir):
    """A Maildir whose messages have a number and a lock. It is made when the first draft is saved."""

    def lock(self, key: str) -> Lock:
        """Keep others from changing a draft.

        Args:
            key: Its number.

        Raises:
            DraftInUse: Another process has it open, or this one.
            DraftError: It cannot be locked.
        """
        with told(f"Draft {key} cannot be locked", self.folder):
            try:
                return self._lock(key)
            except InUse as error:
                raise DraftInUse(key, error.process) from None

    def process_of(self, key: str) -> int | None:
        """The process that has a draft open; 0 if its number is not known, None if nobody has.

        Args:
            key: Its number.

        Raises:
            DraftError: This system cannot lock.
        """
        return holder_of(self._lock_path(key))

    def new_place(self, draft: Draft) -> tuple[str, Lock, Place]:
        """A number that no draft has or had, its lock, and where it is to stand.

        Args:
            draft: That is to be written there.

        Raises:
            OSError: The folder cannot be written.
            DraftError: It cannot be locked.
        """
        try:
            counting = self._lock(_COUNTER, _PATIENCE)
        except InUse as error:
            raise DraftError(f"The draft was not saved: process {error.process} is busy in {self.folder}.") from None
        try:
            self._sweep()
            number = max(self._last_number(), *(number_of(place.base) for place in self.places()), 0) + 1
            last = os.path.join(self.folder, _LAST)
            self.put(Place(_LAST, last), [f"{number}\n".encode()])
        finally:
            counting.release()
        return str(number), self.lock(str(number)), self.place(base_name(number, draft), _FLAGS)

    def _lock(self, key: str, patience: float = 0.0) -> Lock:
        self.make(_LOCKS)
        return Lock(self._lock_path(key), patience)

    def _lock_path(self, key: str) -> str:
        return os.path.join(self.folder, _LOCKS, key)

    def _last_number(self) -> int:
        with suppress(OSError, ValueError):  # it is only there for the numbers of drafts that are gone
            return int(read_regular(os.path.join(self.folder, _LAST), 100))
        return 0

    def _sweep(self) -> None:
        """Delete the locks and unfinished files that killed processes left."""
        unfinished = {key_of(base): self.unfinished(base) for base in os.listdir(os.path.join(self.folder, "tmp"))}
        for key in {*unfinished, *os.listdir(os.path.join(self.folder, _LOCKS))}:
            if key.isdigit() and self.process_of(key) is None:
                with suppress(OSError, InUse):
                    lock = self._lock(key)
                    with suppress(KeyError, OSError):
                        os.unlink(unfinished[key])
                    lock.release()
