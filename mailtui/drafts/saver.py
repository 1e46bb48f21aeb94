"""Saving while a person types: the newest text only, in a thread, so that nobody waits for a disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Condition, RLock, Thread
from time import monotonic

from mailtui.drafts.opened import OpenDraft
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt

Told = Callable[[DraftError | None], object]

_QUIET = 0.3  # seconds without a change, after which it is saved
_LATEST = 0.8  # seconds after the first change, even if changes go on
_AGAIN = 3.0  # seconds after a failure, if nothing changes


class Saver:
    """Saves a draft while it is typed; the one thing that a screen talks to.

    Args:
        opened: The draft.
        told: Called after each attempt, in the thread that made it: None when it is on disk, else why it is not; it is
            tried again with the next change, and after a pause.

    Attributes:
        opened: The draft, to look at its number, its journal, and when it was saved.
        problem: Why what was typed last is not on disk; None if it is, or if nobody has tried yet.
    """

    def __init__(self, opened: OpenDraft, told: Told) -> None:
        self.opened = opened
        self.problem: DraftError | None = None
        self._told = told
        self._writing = RLock()  # taken before the other one
        self._changed = Condition()
        self._typed: Draft | None = None  # what is not on disk
        self._first = self._due = 0.0
        self._thread: Thread | None = None
        self._ended = False

    def save(self, draft: Draft) -> None:
        """Have a draft saved soon; returns at once.

        Args:
            draft: As it stands in the form.
        """
        with self._changed:
            now = monotonic()
            if self._typed is None:
                self._first = now
            self._typed = draft
            self._due = min(now + _QUIET, self._first + _LATEST)
            if self._thread is None and not self._ended:
                self._thread = Thread(target=self._run, name="drafts", daemon=True)
                self._thread.start()
            self._changed.notify()

    def flush(self) -> DraftError | None:
        """Save now what is not on disk, and wait for it: before the program ends, say.

        Returns:
            Why it is not on disk, if so.
        """
        with self._writing:
            with self._changed:
                draft = self._typed
            if draft is None:
                return self.problem
            problem = self._written(draft)
            with self._changed:
                self.problem = problem
                self._first = monotonic()  # of what was typed meanwhile
                if problem is not None:
                    self._due = self._first + _AGAIN
                elif self._typed is draft:
                    self._typed = None
            self._told(problem)
            return problem

    def begin_sending(self, mail: MailHandler, email: Email, draft: Draft) -> int:
        """See `OpenDraft.begin_sending`; what was typed before is saved with it."""
        with self._writing:
            number = self.opened.begin_sending(mail, email, draft)
            self._forget()
            return number

    def end_sending(self, number: int, answer: Receipt | Exception) -> None:
        """See `OpenDraft.end_sending`."""
        self.opened.end_sending(number, answer)

    def discard(self) -> None:
        """See `OpenDraft.discard`; what was typed before is not saved any more."""
        with self._writing:
            self._forget()
            self.opened.discard()

    def close(self) -> DraftError | None:
        """Save what is not on disk, and let others open the draft.

        Returns:
            Why something is not on disk, if so.
        """
        problem = self.flush()
        with self._changed:
            self._ended = True
            self._changed.notify()
        self.opened.close()
        return problem

    def _forget(self) -> None:
        with self._changed:
            self._typed, self.problem = None, None

    def _written(self, draft: Draft) -> DraftError | None:
        try:
            self.opened.save(draft)
        except DraftError as error:
            return error
        except Exception as error:  # noqa: BLE001  typing goes on, and the person hears of it
            return DraftError(f"The draft was not saved: {type(error).__name__}: {error}. That is a defect of mailtui.")
        return None

    def _run(self) -> None:
        while self._wait():
            with suppress(Exception):  # who was to be told may be gone; saving goes on
                self.flush()

    def _wait(self) -> bool:
        """Until something is to be saved; false when that was all."""
        with self._changed:
            while not self._ended:
                if self._typed is None:
                    self._changed.wait()
                elif (left := self._due - monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    return True
        return False
