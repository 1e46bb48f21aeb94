"""Files that go along with a message, looked at when it is prepared and read only when it leaves."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import BinaryIO

from mailtui.mail.address import control_in

FilePath = str | os.PathLike[str]
File = FilePath | tuple[str, FilePath] | tuple[str, FilePath, str]

_CID = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,66}"  # beside the field's name in a line of 78
_SEPARATORS = ", \t\r\n"
CHUNK = 57 * 1024  # bytes; a multiple of 57, so that base64 lines of 76 columns end where a chunk ends


class InvalidAttachment(ValueError):
    """A file cannot go along; the message names it and the reason."""


@dataclass(frozen=True)
class Attachment:
    """A regular file as it was when the message was prepared.

    Args:
        path: Where it is.
        name: How the receiver sees it.
        content_type: Guessed from the name: `application/pdf`.
        size: In bytes.
        stamp: Inode and time of the last change, so that another content of the same size is noticed.
        cid: By what name the HTML of the message shows it as an image (RFC 2392); empty for a file beside the text.
        digest: SHA-256 of the content; empty until it is sealed.
    """

    path: str
    name: str
    content_type: str
    size: int
    stamp: tuple[int, int] = (0, 0)
    cid: str = ""
    digest: str = ""

    @classmethod
    def measure(cls, file: File) -> Attachment:
        """Look at a file.

        Args:
            file: Its path; `(name, path)` when the receiver is to see another name; `(name, path, cid)` for an image
                that the HTML shows as `cid:…`.

        Raises:
            InvalidAttachment: It is not there, not readable, not a regular file, or its name cannot be written.
        """
        name, path, cid = _name_path_cid(file)
        try:
            info = os.stat(path)
        except FileNotFoundError:
            raise InvalidAttachment(f"{path}: there is no such file") from None
        except (OSError, ValueError) as error:
            raise InvalidAttachment(f"{path}: {getattr(error, 'strerror', None) or error}") from None
        if not stat.S_ISREG(info.st_mode):
            kind = "a folder" if stat.S_ISDIR(info.st_mode) else "not a regular file"
            raise InvalidAttachment(f"{path}: it is {kind}; only files can be attached")
        if not os.access(path, os.R_OK):
            raise InvalidAttachment(f"{path}: permission denied")
        return cls(path, name, _guess_type(name), info.st_size, _stamp(info), cid)

    @property
    def disposition(self) -> str:
        """Whether it is shown in the text or stands beside it (RFC 2183 2.1 and 2.2)."""
        return "inline" if self.cid else "attachment"

    def sealed(self) -> Attachment:
        """The same with the digest of its content, so that nothing else can leave in its place.

        Raises:
            InvalidAttachment: It is gone or has changed.
        """
        from hashlib import sha256  # only needed when something is attached

        digest = sha256()
        for chunk in self._measured_chunks():
            digest.update(chunk)
        return replace(self, digest=digest.hexdigest())

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes, a piece at a time.

        Raises:
            InvalidAttachment: It is no longer there, or no longer what it was when it was measured and sealed.
        """
        if not self.digest:
            yield from self._measured_chunks()
            return
        from hashlib import sha256

        digest = sha256()
        for chunk in self._measured_chunks():
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != self.digest:
            raise self._changed()

    def _measured_chunks(self) -> Iterator[bytes]:
        """Its bytes, if it is the file that was measured, and as long."""
        left = self.size
        try:
            with open_at_once(self.path) as file:
                info = os.fstat(file.fileno())
                same = stat.S_ISREG(info.st_mode) and _stamp(info) == self.stamp
                while same and left >= 0 and (chunk := file.read(CHUNK)):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            raise InvalidAttachment(f"{self.path}: {error.strerror}") from error
        if same and left and not self.digest:
            raise InvalidAttachment(f"{self.path}: its size is not what the system says; attach a copy of it")
        if not same or left:
            raise self._changed()

    def _changed(self) -> InvalidAttachment:
        return InvalidAttachment(f"{self.path}: it changed after the message was prepared; send again")


def open_at_once(path: str) -> BinaryIO:
    """Open a file to read it; a pipe that stands in its place keeps nobody waiting.

    Args:
        path: Of the file.

    Raises:
        OSError: It cannot be opened.
    """
    return open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")  # Windows has no such flag


def can_be_shown(cid: str) -> bool:
    """Whether the HTML of a message can name an image so (RFC 2392).

    Args:
        cid: What stands after `cid:`.
    """
    return re.fullmatch(_CID, cid) is not None


def split_files(text: str) -> list[str]:
    """Cut a typed list of paths at commas and blanks; quotes and backslashes protect both, as in a shell.

    Args:
        text: What was typed or dropped in the field.

    Raises:
        InvalidAttachment: A quote is not closed.
    """
    return [path for path, _ in _words(text)]


def join_files(paths: Sequence[str]) -> str:
    """Write paths so that `split_files` reads them back.

    Args:
        paths: Any paths.
    """
    return ", ".join(
        f"~/{_quoted(path[2:])}" if path.startswith("~/") and path[2:] else _quoted(path) for path in paths
    )


def add_files(text: str, paths: Sequence[str]) -> str:
    """Write further paths at the end of a typed list, which stays as it is.

    Args:
        text: A list as `split_files` reads it.
        paths: Any paths.
    """
    typed = text.rstrip(_SEPARATORS)
    if typed.endswith("\\"):  # what follows it may be part of a name
        typed = text
    return ", ".join(filter(None, (typed, join_files(paths))))


def remove_file(text: str, number: int) -> str:
    """Take one path out of a typed list; the others stay as they were typed.

    Args:
        text: A list as `split_files` reads it.
        number: Of the path, from 0.

    Raises:
        InvalidAttachment: A quote is not closed.
    """
    ends = [0, *(end for _, end in _words(text))]
    before, after = text[: max(ends[number] - 1, 0)], text[ends[number + 1] :].lstrip(_SEPARATORS)
    return ", ".join(filter(None, (before, after)))


def _stamp(info: os.stat_result) -> tuple[int, int]:
    return info.st_ino, info.st_mtime_ns


def _words(text: str) -> list[tuple[str, int]]:
    """Each path, and where it ends: behind the separator after it."""
    typed = StringIO(text)
    words = shlex.shlex(typed, posix=True, punctuation_chars="")
    words.whitespace = _SEPARATORS
    words.whitespace_split = True
    words.commenters = ""
    try:
        return [(word, typed.tell()) for word in words]
    except ValueError:
        raise InvalidAttachment("a quote is not closed, or a backslash ends the line") from None


def _quoted(path: str) -> str:
    return shlex.quote(path) if "," not in path else "'" + path.replace("'", "'\"'\"'") + "'"


def _name_path_cid(file: object) -> tuple[str, str, str]:
    name, path, cid = (*file, "")[:3] if isinstance(file, tuple) and len(file) in (2, 3) else (None, file, "")
    if not isinstance(path, str | os.PathLike) or not isinstance(name, str | None) or not isinstance(cid, str):
        raise InvalidAttachment(f"a path, or a name and a path, is expected, not {file!r}")
    path = os.path.expanduser(os.fspath(path))
    if not isinstance(path, str) or not path:
        raise InvalidAttachment(f"a path as a text is expected, not {path!r}")
    name = os.path.basename(path) if name is None else name
    if not name.strip() and os.path.basename(path):
        raise InvalidAttachment(f"{path}: a name for the receiver is expected, not {name!r}")
    if trouble := control_in(name):
        raise InvalidAttachment(f"{path!a}: its name holds {trouble}")
    if "/" in name:
        raise InvalidAttachment(f"{name}: a name for the receiver is expected, not a path")
    if cid and not can_be_shown(cid):
        raise InvalidAttachment(f"{name}: the name of an image is made of letters, digits and signs, not {cid!r}")
    return name, path, cid


def _guess_type(name: str) -> str:
    import mimetypes  # reads the system's tables; only needed when something is attached

    guess, encoding = mimetypes.guess_type(f"./{name}")  # else data: would be taken for a link
    # A message inside a message may not be base64 (RFC 2046 5.2.1), and a packed file is not what its name says.
    if guess is None or encoding or guess.startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return guess
