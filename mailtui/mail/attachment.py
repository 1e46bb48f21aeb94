"""Files that go along with a message, looked at when it is prepared and read only when it leaves."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.mail.address import is_control

File = str | os.PathLike[str] | tuple[str, str | os.PathLike[str]]

_CHUNK = 57 * 1024  # bytes; a multiple of 57, so that base64 lines of 76 columns end where a chunk ends


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
    """

    path: str
    name: str
    content_type: str
    size: int
    stamp: tuple[int, int] = (0, 0)

    @classmethod
    def measure(cls, file: File) -> Attachment:
        """Look at a file.

        Args:
            file: Its path, or `(name, path)` when the receiver is to see another name.

        Raises:
            InvalidAttachment: It is not there, not readable, not a regular file, or its name cannot be written.
        """
        name, path = _name_and_path(file)
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
        return cls(path, name, _guess_type(name), info.st_size, _stamp(info))

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes, a piece at a time.

        Raises:
            InvalidAttachment: It is no longer there, or no longer as long as when it was measured.
        """
        left = self.size
        try:
            # Without waiting: a pipe may stand there by now.
            with open(os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
                info = os.fstat(file.fileno())
                changed = not stat.S_ISREG(info.st_mode) or _stamp(info) != self.stamp
                while not changed and (chunk := file.read(_CHUNK)):
                    left -= len(chunk)
                    changed = left < 0
                    yield chunk
        except OSError as error:
            raise InvalidAttachment(f"{self.path}: {error.strerror}") from error
        if changed or left:
            raise InvalidAttachment(f"{self.path}: it changed after the message was prepared; send again")


def split_files(text: str) -> list[str]:
    """Cut a typed list of paths at commas and blanks; quotes and backslashes protect both, as in a shell.

    Args:
        text: What was typed or dropped in the field.

    Raises:
        InvalidAttachment: A quote is not closed.
    """
    words = shlex.shlex(text, posix=True, punctuation_chars="")
    words.whitespace = ", \t\r\n"
    words.whitespace_split = True
    words.commenters = ""
    try:
        return list(words)
    except ValueError:
        raise InvalidAttachment("a quote is not closed, or a backslash ends the line") from None


def join_files(paths: Sequence[str]) -> str:
    """Write paths so that `split_files` reads them back.

    Args:
        paths: Any paths.
    """
    return ", ".join(shlex.quote(path) if "," not in path else _quoted(path) for path in paths)


def _stamp(info: os.stat_result) -> tuple[int, int]:
    return info.st_ino, info.st_mtime_ns


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "'\"'\"'") + "'"


def _name_and_path(file: object) -> tuple[str, str]:
    name, path = file if isinstance(file, tuple) and len(file) == 2 else (None, file)
    if not isinstance(path, str | os.PathLike) or not isinstance(name, str | None):
        raise InvalidAttachment(f"a path, or a name and a path, is expected, not {file!r}")
    path = os.path.expanduser(os.fspath(path))
    if not isinstance(path, str) or not path:
        raise InvalidAttachment(f"a path as a text is expected, not {path!r}")
    name = os.path.basename(path) if name is None else name
    if not name.strip() and os.path.basename(path):
        raise InvalidAttachment(f"{path}: a name for the receiver is expected, not {name!r}")
    if any(map(is_control, name)):
        raise InvalidAttachment(f"{path!a}: its name holds a control character")
    if "/" in name:
        raise InvalidAttachment(f"{name}: a name for the receiver is expected, not a path")
    return name, path


def _guess_type(name: str) -> str:
    import mimetypes  # reads the system's tables; only needed when something is attached

    guess, encoding = mimetypes.guess_type(f"./{name}")  # else data: would be taken for a link
    # A message inside a message may not be base64 (RFC 2046 5.2.1), and a packed file is not what its name says.
    if guess is None or encoding or guess.startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return guess
