"""The files of a message written into a folder, whatever they are called."""

from __future__ import annotations

import mimetypes
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mailtui.files import NO_FOLLOW
from mailtui.mail.attachment import join_files
from mailtui.mail.eml.parts import File

_NAME_LIMIT = 120  # bytes of UTF-8; the least that a usual file system takes is 143
_SUFFIX_LIMIT = 20


def save(files: Sequence[File], folder: Path) -> str:
    """Write files, each readable for its owner alone and under a name of its own.

    Args:
        files: Of a message.
        folder: That exists. Nothing is written beside it, and nothing in it is overwritten.

    Returns:
        Their paths, as `Draft.attachments` has them.

    Raises:
        OSError: One cannot be written.
    """
    names: Counter[str] = Counter()
    paths = []
    for file in files:
        name = safe_name(file)
        names[name.casefold()] += 1
        path = _write(folder.absolute(), name, names[name.casefold()], file.content)
        paths.append(str(path))
    return join_files(paths)


def safe_name(file: File) -> str:
    """A name that is only a name, as near as possible to the one that the message gives.

    Args:
        file: Of a message.

    Source: RFC 2183 2.3.
    """
    name = re.split(r"[/\\]", file.name)[-1].strip(" .")
    is_message = file.content_type == "message/rfc822"
    suffix = ".eml" if is_message else mimetypes.guess_extension(file.content_type, strict=False) or ".bin"
    if not name:
        name = ("message" if file.content_type.startswith("message/") else "attachment") + suffix
    elif is_message and not name.lower().endswith(suffix):
        name += suffix
    encoding = sys.getfilesystemencoding()
    name = name.encode(encoding, "replace").decode(encoding).replace("?", "_")
    stem, dot, end = name.rpartition(".")
    if not stem or len(end) > _SUFFIX_LIMIT:
        stem, dot, end = name, "", ""
    room = _NAME_LIMIT - len(f"{dot}{end}".encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + end


def _write(folder: Path, name: str, number: int, content: bytes) -> Path:
    stem, suffix = os.path.splitext(name)
    while True:
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW, 0o600)
        except FileExistsError:
            number += 1
            continue
        with open(descriptor, "wb") as written:
            written.write(content)
        return path
