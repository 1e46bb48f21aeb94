"""Maildirs for one person alone, which mutt and aerc can read.

Source: https://cr.yp.to/proto/maildir.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from mailtui.files import NO_FOLLOW, make_private_folder, replace_file

_SEPARATOR = ":2,"
_READ = ("cur", "new")


class Place(NamedTuple):
    """A message in a Maildir.

    Args:
        base: The part of its name that stays when a mail program changes the flags.
        path: Of the file.
    """

    base: str
    path: str


def place_of(path: str) -> Place:
    """The place of a file in a Maildir.

    Args:
        path: Of the file.
    """
    return Place(os.path.basename(path).partition(":")[0], path)


class Maildir:
    """A folder of messages, each complete at every moment.

    Args:
        folder: Made with its first message.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def make(self, *further: str) -> None:
        """Make it, closed to others.

        Args:
            further: Names of folders in it that are no part of a Maildir.

        Raises:
            OSError: It cannot be made.
        """
        for name in ("", "cur", "new", "tmp", *further):
            make_private_folder(os.path.join(self.folder, name))

    def places(self) -> Iterator[Place]:
        """All messages, in no order.

        Raises:
            OSError: The folder is there but cannot be read.
        """
        for name in _READ:
            folder = os.path.join(self.folder, name)
            with suppress(FileNotFoundError):
                for found in os.listdir(folder):
                    if not found.startswith("."):
                        yield place_of(os.path.join(folder, found))

    def put(self, place: Place, pieces: Iterable[bytes]) -> None:
        """Write a message, in the place of the one before it.

        Args:
            place: Of `place`; one writer at a time.
            pieces: Of its content.

        Raises:
            OSError: It was not written; what stood there stands there still.
        """
        unfinished = self.unfinished(place.base)
        with suppress(FileNotFoundError):  # of a process that was killed
            os.unlink(unfinished)
        replace_file(place.path, pieces, unfinished=unfinished)

    def place(self, base: str, flags: str) -> Place:
        """Where a new message stands.

        Args:
            base: The part of its name that stays.
            flags: In alphabetical order: `S` seen, `D` draft.
        """
        return Place(base, os.path.join(self.folder, "cur", f"{base}{_SEPARATOR}{flags}"))

    def place_now(self, place: Place) -> Place:
        """Where a message is now: a mail program that changed its flags has renamed it.

        Args:
            place: Where it was, or is to be.
        """
        if os.path.lexists(place.path):
            return place
        return next((other for other in self.places() if other.base == place.base), place)

    def unfinished(self, base: str) -> str:
        """Where a message stands until it is complete.

        Args:
            base: The part of its name that stays.
        """
        return os.path.join(self.folder, "tmp", base)


def read_regular(path: str, limit: int) -> bytes:
    """The content of a file; what is none, or a link, is not opened.

    Args:
        path: Of the file.
        limit: Of its size, in bytes.

    Raises:
        OSError: It cannot be read, or is too large.
    """
    flags = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0)  # a pipe keeps nobody waiting
    with open(os.open(path, flags), "rb") as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode):
            raise OSError(0, "it is not a regular file", path)
        if info.st_size > limit:
            raise OSError(0, f"it has more than {limit:,} bytes", path)
        return file.read()
