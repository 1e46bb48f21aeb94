"""TOML edited as text: whatever is not meant stays as its author wrote it, comments and blank lines included."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

import tomlkit
from tomlkit.items import InlineTable

KeyPath = tuple[str, ...]  # the keys that lead to a value: ("mail", "work", "port")


def edited(text: str, put: Mapping[KeyPath, object], drop: Collection[KeyPath]) -> str:
    """A TOML text with other values. The caller checks that it says what it should.

    Args:
        text: Valid TOML.
        put: Values by their place: a key at the top, or in a section of two names.
        drop: Places of keys or whole sections that are to go.
    """
    for place in drop:
        text = _without_section(text, place)
    there = tomllib.loads(text)
    replaced = {place: value for place, value in put.items() if value_at(there, place) is not None}
    still_there = [place for place in drop if value_at(there, place) is not None]
    text = edited_by_parser(text, replaced, still_there)
    for place, value in put.items():
        if place not in replaced:
            text = _with_line(text, place, value)
    return text


def edited_by_parser(text: str, put: Mapping[KeyPath, object], drop: Collection[KeyPath]) -> str:
    """The same for sections in any spelling, dotted or inline; comments may end up elsewhere.

    Args:
        text: Valid TOML.
        put: Values by their place.
        drop: Places that are to go.
    """
    if not put and not drop:
        return text
    document = tomlkit.parse(text)
    for *parents, key in drop:
        del _table(document, parents)[key]
    for (*parents, key), value in put.items():
        _table(document, parents)[key] = value
    new = tomlkit.dumps(document)
    return re.sub("(?<!\r)\n", "\r\n", new) if "\r\n" in text else new


def value_at(table: Mapping[str, Any], place: KeyPath) -> Any:
    """The value at a place, or None.

    Args:
        table: Parsed TOML.
        place: The keys that lead to it.
    """
    found: Any = table
    for key in place:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _table(document: Any, parents: list[str]) -> Any:
    for key in parents:
        if key not in document:
            document[key] = tomlkit.inline_table() if isinstance(document, InlineTable) else tomlkit.table()
        document = document[key]
    return document


def _without_section(text: str, place: KeyPath) -> str:
    """Without the tables of a section; comments and blank lines after its last value belong to what follows."""
    lines = _lines(text)
    for start, end, path in reversed(_tables(lines)):
        if path[: len(place)] == place:
            end = _end_of_values(lines, start, end)
            if start and not lines[start - 1].strip() and (end == len(lines) or not lines[end].strip()):
                start -= 1
            del lines[start:end]
    return "".join(lines)


def _with_line(text: str, place: KeyPath, value: object) -> str:
    """With one value more: after the others of its section, or in a section of its own at the end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = _lines(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    line = f"{tomlkit.key(place[-1]).as_string()} = {tomlkit.item(value).as_string()}{newline}"
    tables = _tables(lines)
    section = next((table for table in tables if table[2] == place[:-1]), None)
    if len(place) == 1:
        at = _place_at_top(lines[: tables[0][0]] if tables else lines)
        gap = [newline] if at < len(lines) and lines[at].strip() else []
        lines[at:at] = [line, *gap]
    elif section is not None:
        start, end, _ = section
        lines.insert(_end_of_values(lines, start, end), line)
    else:
        gap = [newline] if lines and lines[-1].strip() else []
        lines += [*gap, f"[{'.'.join(place[:-1])}]{newline}", line]
    return "".join(lines)


def _place_at_top(lines: list[str]) -> int:
    """Where a key goes that stands in no section: after those that are there, or below a comment on the whole file."""
    end = _end_of_values(lines, -1, len(lines))
    if end == 0 and lines[:1] and lines[0].lstrip().startswith("#"):
        blank = next((number for number, line in enumerate(lines) if not line.strip()), None)
        return 0 if blank is None else blank + 1
    return end


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends; TOML knows fewer ends of lines than Python."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _tables(lines: list[str]) -> list[tuple[int, int, KeyPath]]:
    """First line, line after the last one, and place of each table that has a header."""
    headers = [
        number for number, line in enumerate(lines) if line.lstrip().startswith("[") and _is_complete(lines[:number])
    ]
    ends = [*headers, len(lines)][1:]
    return [(start, end, _place_of(lines[start])) for start, end in zip(headers, ends, strict=True)]


def _place_of(header: str) -> KeyPath:
    table: Any = tomllib.loads(header)
    place: list[str] = []
    while isinstance(table, dict) and table:
        ((key, table),) = table.items()
        place.append(key)
    return tuple(place)


def _end_of_values(lines: list[str], start: int, end: int) -> int:
    """The line after the last value of the table that begins at `start`."""
    first = end
    while first - 1 > start and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
        first -= 1
    # What looks like a comment may be the end of a text of several lines.
    return next((number for number in range(first, end) if _is_complete(lines[:number])), end)


def _is_complete(lines: list[str]) -> bool:
    """Whether the lines end outside of texts and lists of several lines."""
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True
