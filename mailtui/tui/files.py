"""The files of a letter: what the disk says of them, and which ones a paste names."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from threading import Thread
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from mailtui.mail.attachment import Attachment, File, InvalidAttachment, join_files, split_files
from mailtui.visible import visible

Sight = Attachment | str  # the file, or why it cannot go along
Sights = Mapping[str, Sight]  # by path as typed

_LONGEST_DROP = 4000  # characters
_PATIENCE = 0.2  # seconds that a paste waits for the disk; keys that follow it wait, too


class ListedFile(NamedTuple):
    """One file of a typed list.

    Args:
        number: In that list, from 0.
        path: As typed.
        sight: What is known of it; None while the disk has not answered.
        again: Whether it stands in the list before.
    """

    number: int
    path: str
    sight: Sight | None
    again: bool

    @property
    def good(self) -> bool:
        """Whether it can go along."""
        return isinstance(self.sight, Attachment)


def look_at(text: str) -> Sights:
    """Ask the disk about every file of a typed list; that may take as long as the disk likes.

    Args:
        text: As typed.
    """
    try:
        return {path: _sight(path) for path in split_files(text)}
    except InvalidAttachment:  # of the list itself, which the form tells
        return {}


def listed(text: str, sights: Sights) -> tuple[ListedFile, ...]:
    """The files of a typed list with what is known of them, without asking the disk.

    Args:
        text: As typed.
        sights: What the disk has said.
    """
    try:
        paths = split_files(text)
    except InvalidAttachment:
        return ()
    files = []
    before: set[object] = set()
    for number, path in enumerate(paths):
        sight = sights.get(path)
        # Not by path: two can lead to one file, and the working folder may be gone.
        identity = (sight.stamp, sight.size) if isinstance(sight, Attachment) else path
        files.append(ListedFile(number, path, sight, identity in before))
        before.add(identity)
    return tuple(files)


def as_seen(sights: Sights) -> Callable[[File], Attachment]:
    """Measures files by what the disk has said, so that no key waits for it.

    Args:
        sights: What it has said.
    """

    def measure(file: File) -> Attachment:
        sight = sights.get(file, "waiting for the disk") if isinstance(file, str) else Attachment.measure(file)
        if isinstance(sight, str):
            raise InvalidAttachment(f"{file}: {sight}")
        return sight

    return measure


def dropped_files(text: str) -> list[Attachment]:
    """The files that a pasted or dropped text names, if it names nothing else; else none.

    Args:
        text: Paths as a terminal or a file manager gives them.
    """
    readings = list(dropped_paths(text))
    answers: list[list[Attachment]] = []
    if readings:
        thread = Thread(target=lambda: answers.append(_first_of_files(readings)), daemon=True)
        thread.start()
        thread.join(_PATIENCE)
    return answers[0] if answers else []


def dropped_paths(text: str) -> Iterator[list[str]]:
    """The lists of absolute paths that a text can mean, the likeliest first; the disk is not asked.

    Args:
        text: A path or a `file:` link on each line, or words quoted as in a shell.
    """
    text = text.strip()
    if len(text) > _LONGEST_DROP or not text.startswith(("/", "~/", "'", '"', "file:")):
        return
    readings = [text.splitlines()]
    with suppress(ValueError):  # a quote that is part of a name
        readings.append(shlex.split(text))
    for words in readings:
        paths = [_absolute(word.strip()) for word in words if word.strip()]
        if all(paths):
            yield list(dict.fromkeys(paths))


def with_tilde(path: str) -> str:
    """A path, short where it is below the home folder.

    Args:
        path: Absolute.
    """
    home = os.path.expanduser("~").rstrip("/")
    return f"~{path[len(home) :]}" if home and (path == home or path.startswith(f"{home}/")) else path


def from_anywhere(text: str) -> str:
    """A typed list of files that means the same ones in whatever folder it is read.

    Args:
        text: As typed; it stays so where it is no list, or means that already.
    """
    try:
        paths = split_files(text)
        whole = [path if _is_whole(path) else with_tilde(os.path.join(os.getcwd(), path)) for path in paths]
    except (InvalidAttachment, FileNotFoundError):  # of a working folder that is gone
        return text
    return text if whole == paths else join_files(whole)


def _is_whole(path: str) -> bool:
    return os.path.isabs(os.path.expanduser(path))


def can_be_typed(path: str) -> bool:
    """Whether a path looks in a field as it is: nothing in it acts, or stands there unseen.

    Args:
        path: Of a file.
    """
    return visible(path) == path and "\n" not in path


def _sight(path: str) -> Sight:
    try:
        return Attachment.measure(path)
    except InvalidAttachment as error:
        return str(error).removeprefix(f"{os.path.expanduser(path)}: ")


def _first_of_files(readings: list[list[str]]) -> list[Attachment]:
    for paths in readings:
        try:
            return [Attachment.measure(path) for path in paths]
        except InvalidAttachment:
            continue
    return []


def _absolute(word: str) -> str:
    """The path that a dropped word means; empty if it is none that can stand in a field."""
    if word.startswith("file:"):
        try:
            link = urlsplit(word)
        except ValueError:
            return ""
        word = unquote(link.path, errors="surrogateescape") if link.netloc in ("", "localhost") else ""
    return word if word.startswith(("/", "~/")) and can_be_typed(word) else ""
