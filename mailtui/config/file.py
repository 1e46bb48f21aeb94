"""The configuration file, changed in place: complete at every moment, and nothing in it but what was meant differs."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from typing import Any

from mailtui.config.toml_text import KeyPath, edited, edited_by_parser, value_at
from mailtui.files import replace_file
from mailtui.mail.errors import InvalidSettings

_Table = dict[str, Any]
_Edit = Callable[[str, Mapping[KeyPath, object], Collection[KeyPath]], str]

_RIGHTS = "You may not write there: change that, or choose another file with --config."
_NO_FOLDER = "A part of that path is a file, not a folder: choose another file with --config."
_REMEDIES = {
    errno.ENOSPC: "Make room on that disk, then save again.",
    errno.EDQUOT: "Make room on that disk, then save again.",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
}


def change_file(path: str, put: Mapping[KeyPath, object], drop: Collection[KeyPath] = ()) -> None:
    """Change values in a TOML file; all others, the comments and the layout stay, also those of a moment ago.

    Args:
        path: Of the file; made, with its folder, where there is none. A symbolic link stays one.
        put: Values by their place: a key at the top, or in a section of two names.
        drop: Places of keys or whole sections that are to go.

    Raises:
        InvalidSettings: Nothing was changed.
    """
    target = os.path.realpath(path)
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        data, state = _read(path, target)
        _replace(path, target, _changed(path, data, put, drop), state)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Check the path, or choose another file with --config.")
        raise InvalidSettings(f"{path}: nothing was saved: {error.strerror}. {remedy}") from error


def _read(path: str, target: str) -> tuple[bytes, os.stat_result | None]:
    try:
        kind = os.stat(target).st_mode
    except FileNotFoundError:
        return b"", None
    if not stat.S_ISREG(kind):
        raise InvalidSettings(f"{path}: nothing was saved: it is not a plain file. Choose another one with --config.")
    with open(target, "rb") as file:
        return file.read(), os.fstat(file.fileno())


def _changed(path: str, data: bytes, put: Mapping[KeyPath, object], drop: Collection[KeyPath]) -> bytes:
    """The new content, read back before anybody relies on it."""
    mark, body = (BOM_UTF8, data[len(BOM_UTF8) :]) if data.startswith(BOM_UTF8) else (b"", data)
    try:
        text = body.decode()
        expected = _expected(tomllib.loads(text), put, drop)
    except (ValueError, RecursionError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InvalidSettings(f"{path}: nothing was saved: {reason}. Mend the file, then save again.") from None
    for edit in (edited, edited_by_parser):
        content = _edited(edit, text, expected, put, drop)
        if content is not None:
            return mark + content
    names = ", ".join(".".join(place) for place in (*put, *drop))
    raise InvalidSettings(
        f"{path}: nothing was saved: {names} cannot be changed in the way this file is written. "
        "Change it with an editor, in a section such as [mail.work]."
    )


def _expected(table: _Table, put: Mapping[KeyPath, object], drop: Collection[KeyPath]) -> _Table:
    expected = deepcopy(table)
    for *parents, key in drop:
        parent = value_at(expected, tuple(parents))
        if isinstance(parent, dict):
            parent.pop(key, None)
    for (*parents, key), value in put.items():
        parent = expected
        for name in parents:
            parent = parent.setdefault(name, {})
        parent[key] = value
    return expected


def _edited(
    edit: _Edit, text: str, expected: _Table, put: Mapping[KeyPath, object], drop: Collection[KeyPath]
) -> bytes | None:
    """The text after an edit, or None if it does not say what it should."""
    try:
        new = edit(text, put, drop)
        content = new.encode()
        said = tomllib.loads(new)
    except Exception:  # noqa: BLE001  whatever a parser stumbles over: the file stays as it is, and no value is told
        return None
    return content if _same(_without_empty(said), _without_empty(expected)) else None


def _without_empty(table: _Table) -> _Table:
    """Without a `[mail]` that holds nothing: it comes and goes with its sections."""
    return {key: value for key, value in table.items() if key != "mail" or value != {}}


def _same(one: object, other: object) -> bool:
    """Whether two values are written alike: 1 is not 1.0 and not true, and what is no number is the same as itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def _replace(path: str, target: str, content: bytes, state: os.stat_result | None) -> None:
    """Put a complete new file in the place of the old one, if nobody else has done so."""

    def check() -> None:
        if not _is_as_read(target, state):
            raise InvalidSettings(f"{path}: nothing was saved: another program has just changed it. Save once more.")

    unfinished = os.path.join(os.path.dirname(target), f".mailtui-{os.urandom(4).hex()}.part")
    replace_file(target, [content], unfinished=unfinished, last_check=check)


def _is_as_read(target: str, state: os.stat_result | None) -> bool:
    try:
        now = os.stat(target)
    except FileNotFoundError:
        return state is None
    return state is not None and (now.st_ino, now.st_size, now.st_mtime_ns) == (
        state.st_ino,
        state.st_size,
        state.st_mtime_ns,
    )
