"""The people written to, in a small file that a person can read, edit and delete."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mailtui.files import NO_FOLLOW, data_path, make_private_folder, replace_file
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.people.person import Person

_OURS = "# People written to with mailtui"
_HEADING = f"{_OURS}: address, name, letters, last day. Any line may be deleted, and so may the file.\n"
_PEOPLE_LIMIT = 2000
_SIZE_LIMIT = 512 * 1024  # bytes
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # Windows has none


class NotRemembered(Exception):
    """The file cannot be used; the message says why, and what to do."""


def written_to(email: Email, receipt: Receipt) -> list[Person]:
    """Who has a letter for certain. Bcc is left out: whom one writes to unseen is not to come up on a screen.

    Args:
        email: That was handed over.
        receipt: The answer of a handler that delivers.
    """
    accepted = {recipient.address for recipient in receipt.recipients if recipient.status == "accepted"}
    people = (Person.addressed(address) for address in (*email.to, *email.cc) if address.addr_spec in accepted)
    return [person for person in people if person is not None]


class Remembered:
    """The people written to; at most 2,000, those likely to be written to again.

    Several of these may use the file at the same time, in one process or in many.

    Args:
        path: Of the file. Default: `mailtui/people.tsv` in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._state: tuple[int, ...] = ()
        self._people: Sequence[Person] = ()

    @property
    def path(self) -> Path:
        """Of the file."""
        if self._path is None:
            self._path = Path(data_path("people.tsv"))
        return self._path

    def people(self) -> Sequence[Person]:
        """Everybody, who is likely to be written to again first. A file that cannot be used says nobody."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return ()
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if state != self._state:
            self._state = state
            try:
                self._people = [entry.person for entry in _likely_first(_read(self.path), date.today())]
            except NotRemembered:  # it is told when something is to be written there
                self._people = ()
        return self._people

    def add(self, people: Iterable[Person]) -> None:
        """Remember that a letter has gone to some people.

        Args:
            people: Each counts once. A name stays known when an address is used without it.

        Raises:
            NotRemembered: The file is as it was.
        """
        today = date.today()
        try:
            make_private_folder(self.path.parent)
            with _alone_in(self.path.parent):
                entries = _read(self.path)
                for person in people:
                    before = entries.get(person.key)
                    named = person if person.name or not before else replace(person, name=before.person.name)
                    entries[person.key] = _Entry(named, before.letters + 1 if before else 1, today)
                _write(self.path, _likely_first(entries, today))
        except OSError as error:
            raise NotRemembered(f"{error.filename or self.path}: {error.strerror}") from error


@dataclass(frozen=True)
class _Entry:
    person: Person
    letters: int
    last: date

    @property
    def line(self) -> str:
        return f"{self.person.address}\t{self.person.name}\t{self.letters}\t{self.last}\n"


def _likely_first(entries: Mapping[str, _Entry], today: date) -> list[_Entry]:
    """Many letters count, and so does a short time since the last one: after a week each counts half."""
    return sorted(
        entries.values(), key=lambda entry: entry.letters / (max((today - entry.last).days, 0) + 7), reverse=True
    )


def _read(path: Path) -> dict[str, _Entry]:
    """What the file says; lines that cannot be read are left out."""
    try:
        descriptor = os.open(path, os.O_RDONLY | NO_FOLLOW | _NO_WAIT)
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = "a link is not followed" if error.errno == errno.ELOOP else error.strerror
        raise NotRemembered(f"{path}: {reason}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRemembered(f"{path}: it is no file")
        content = os.read(descriptor, _SIZE_LIMIT + 1)
    except OSError as error:
        raise NotRemembered(f"{path}: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if len(content) > _SIZE_LIMIT:
        raise NotRemembered(f"{path}: it is larger than mailtui ever makes it")
    heading, *lines = content.decode("utf-8", "surrogateescape").split("\n")
    if content and not heading.startswith(_OURS):
        raise NotRemembered(f"{path}: its first line is not the one that mailtui writes")
    return {entry.person.key: entry for entry in filter(None, map(_entry_of, lines))}


def _entry_of(line: str) -> _Entry | None:
    try:
        address, name, letters, last = line.split("\t")
        person = Person.known_as(name, address)
        if person is None:
            return None
        return _Entry(person, min(max(int(letters), 1), 1_000_000), date.fromisoformat(last))
    except ValueError:
        return None


def _write(path: Path, entries: Iterable[_Entry]) -> None:
    """Put a complete new file in the place of the old one."""
    lines, size = [_HEADING.encode()], len(_HEADING)
    for entry in list(entries)[:_PEOPLE_LIMIT]:
        lines.append(entry.line.encode())
        size += len(lines[-1])
        if size > _SIZE_LIMIT:
            lines.pop()
            break
    replace_file(path, lines, unfinished=path.with_name(f".{path.name}-{os.urandom(4).hex()}.part"))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes a file there, so that what two write at once is all kept."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:  # Windows, where a folder cannot be opened either
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system can; the file stays whole all the same
            flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # and with it the lock
