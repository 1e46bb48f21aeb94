"""One person who can be proposed, and who of many fits what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from unicodedata import normalize

from mailtui.mail.address import Address, as_typed
from mailtui.visible import plain_text, visible

# What stands in an address without quotes: nothing that would make it two, or another one.
_SPEC = re.compile(r"""[^\s<>",;:()\[\]\\@\x00-\x1f\x7f-\x9f]+@[^\s<>",;:()\[\]\\@\x00-\x1f\x7f-\x9f]+""")
_SPEC_LIMIT = 254
_NAME_LIMIT = 100  # characters
_BETWEEN_WORDS = re.compile(r"""[\s",;<>()]+""")


@dataclass(frozen=True)
class Person:
    """Somebody to write to; nothing in it acts on a terminal. Made by `known_as` and `addressed`.

    Args:
        address: `local@domain` as it was given.
        name: Empty when it is not known.
    """

    address: str
    name: str = ""

    @classmethod
    def known_as(cls, name: str, address: str) -> Person | None:
        """The person of a line of text, or None where that is no plain address.

        Args:
            name: Left out if it is not one a person has, but a text.
            address: `local@domain`.
        """
        if len(address) > _SPEC_LIMIT or visible(address) != address or not _SPEC.fullmatch(address):
            return None
        name = plain_text(" ".join(name.split()))
        return cls(address, name if len(name) <= _NAME_LIMIT and name != address else "")

    @classmethod
    def addressed(cls, address: Address) -> Person | None:
        """The person whom a letter was addressed to, in the spelling used there.

        Args:
            address: Of a letter; a group of nobody, or one whose address needs quotes, gives None.
        """
        spelled = address.text.rpartition("<")[2].rpartition(">")[0] or address.text
        return cls.known_as(address.display_name, spelled) or cls.known_as(address.display_name, address.addr_spec)

    @property
    def text(self) -> str:
        """As it is typed into a list of recipients."""
        return as_typed(self.name, self.address)

    @property
    def key(self) -> str:
        """The same for all spellings of one address that differ in capitals only."""
        return self.address.casefold()

    @cached_property
    def words(self) -> str:
        """Name and address, to look for something in them."""
        return _folded(f"{self.name} {self.address}")


def fitting(typed: str, people: Iterable[Person]) -> list[Person]:
    """Those of whom each word typed is a part; first whose name or address begins so, then whose words do.

    Args:
        typed: What stands in the field of one recipient so far, an opening quote or bracket included.
        people: In the order to keep among equals.
    """
    words = _words(typed)
    if not words:
        return []
    phrase = " ".join(words)
    starts = [_start_of(word) for word in words]
    ranked: list[tuple[int, Person]] = []
    for person in people:
        folded = person.words
        if not all(word in folded for word in words):
            continue
        if folded.startswith(phrase) or person.key.startswith(phrase):
            ranked.append((0, person))
        elif all(start.search(folded) for start in starts):
            ranked.append((1, person))
        elif len(phrase) > 1:  # one letter is somewhere in nearly everybody's name
            ranked.append((2, person))
    ranked.sort(key=lambda entry: entry[0])
    return [person for _, person in ranked]


def fitting_parts(typed: str, text: str) -> Iterator[tuple[int, int]]:
    """Where in a name or an address the words stand that were typed.

    Args:
        typed: As for `fitting`.
        text: The name, or the address.
    """
    folded = _folded(text)
    for word in _words(typed):
        found = _start_of(word).search(folded) or re.search(re.escape(word), folded)
        if found:
            yield found.span()


def spec_of(item: str) -> str:
    """The address in an item of a typed list, whatever else is wrong with it, as `Person.key` has it.

    Args:
        item: Of the list.
    """
    return item.rpartition("<")[2].strip("> \t").casefold()


def _words(typed: str) -> list[str]:
    return list(filter(None, _BETWEEN_WORDS.split(_folded(typed))))


@lru_cache(maxsize=64)
def _start_of(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}")


def _folded(text: str) -> str:
    """Without capitals and accents, each character still where it was."""
    return text.lower() if text.isascii() else "".join(normalize("NFKD", one)[0].lower()[0] for one in text)
