"""One draft as it is found in the folder, whoever wrote it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailtui.drafts.journal import Journal
from mailtui.drafts.maildir import Place, read_regular
from mailtui.drafts.message import stored_of
from mailtui.files import time_in_calendar
from mailtui.mail.draft import Draft

State = Literal["draft", "changed", "sending", "sent", "partly sent", "refused", "unknown", "foreign", "unreadable"]

_OURS = re.compile(r"([0-9]{8})\.[A-Za-z0-9._+-]{1,64}\.mailtui")  # of a file's name, without its flags
_LETTER = re.compile("[A-Za-z0-9._+-]{1,64}")
_SIZE_LIMIT = 64 * 1024 * 1024
_SHOWN = 1024 * 1024  # bytes of another program's draft, which may hold large files
_NOTHING, _NO_JOURNAL = Draft(), Journal()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One draft as it stands in the folder.

    Args:
        key: Its number; of what another program put there the name.
        path: Of the file.
        saved: When.
        draft: As typed; of another program's what can be read of it, without its attachments.
        journal: What was tried to send it.
        process: The one that has it open, 0 if its number is not known; None if nobody has.
        foreign: Whether another program wrote or changed it: it is opened as a copy, and stays.
        problem: Why it cannot be read; then the draft is empty.
    """

    key: str
    path: str
    saved: datetime
    draft: Draft = _NOTHING
    journal: Journal = _NO_JOURNAL
    process: int | None = None
    foreign: bool = False
    problem: str = ""

    @property
    def state(self) -> State:
        """What there is to know of it, in a word: `unknown` if somebody may have it, of whom nothing else is known."""
        if self.problem or self.foreign:
            return "unreadable" if self.problem else "foreign"
        if any(attempt.state == "sending" for attempt in self.journal.attempts):
            return "sending"
        statuses = {one.recipient.status for one in self.journal.standing(self.draft.letter).values()}
        if "unknown" in statuses:
            return "unknown"
        if "refused" in statuses:
            return "partly sent" if "accepted" in statuses else "refused"
        if statuses:
            return "sent"
        return "changed" if self.journal.attempts else "draft"  # another letter since


def read_entry(place: Place, process: int | None) -> Entry:
    """Read a draft.

    Args:
        place: Where it stands.
        process: That has it open.

    Raises:
        FileNotFoundError: It is gone.
    """
    key = key_of(place.base)
    saved = datetime.fromtimestamp(time_in_calendar(os.lstat(place.path).st_mtime)).astimezone()
    try:
        data = read_regular(place.path, _SIZE_LIMIT)
    except FileNotFoundError:
        raise
    except OSError as error:
        problem = error.strerror or str(error)
        return Entry(key=key, path=place.path, saved=saved, process=process, problem=problem)
    stored = stored_of(data) if number_of(place.base) else None
    if stored is None:
        from mailtui.mail.eml import draft_of_eml  # few drafts are of another program

        draft = draft_of_eml(data[:_SHOWN])
        return Entry(key=key, path=place.path, draft=draft, saved=saved, process=process, foreign=True)
    journal = stored.journal if process is not None else stored.journal.interrupted()
    return Entry(key=key, path=place.path, draft=stored.draft, journal=journal, saved=stored.saved, process=process)


def draft_with_files(entry: Entry, folder: str | None) -> Draft:
    """What another program wrote, its attachments unpacked.

    Args:
        entry: Of a foreign draft.
        folder: For the attachments; without it they are left out.

    Raises:
        OSError: It cannot be read, or an attachment cannot be written.
    """
    from pathlib import Path

    from mailtui.mail.eml import draft_of_eml

    return draft_of_eml(read_regular(entry.path, _SIZE_LIMIT), save_to=None if folder is None else Path(folder))


def base_name(number: int, draft: Draft) -> str:
    """The name of a new draft's file, without flags. Numbers grow, so that the newest is known whatever the clock says.

    Args:
        number: That no other draft has.
        draft: Its letter's name stands in it, if it can.
    """
    letter = draft.letter if _LETTER.fullmatch(draft.letter) else os.urandom(16).hex()
    return f"{number:08}.{letter}.mailtui"


def number_of(base: str) -> int:
    """The number of a draft, or 0 if the file is not one of mailtui's.

    Args:
        base: Its name without flags.
    """
    found = _OURS.fullmatch(base)
    return int(found[1]) if found else 0


def key_of(base: str) -> str:
    """How a person names a draft.

    Args:
        base: The name of its file without flags.
    """
    return str(number_of(base) or base)
