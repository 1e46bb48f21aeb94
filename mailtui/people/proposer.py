"""Who is proposed for what stands at the cursor in a list of recipients."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from mailtui.mail.address import item_at, split_addresses
from mailtui.people.address_book import PLACE, AddressBookFailed, ask
from mailtui.people.person import Person, fitting, spec_of
from mailtui.people.remembered import Remembered

_PROPOSED_LIMIT = 20
_ASKED_FROM = 2  # characters: one fits nearly the whole address book


class Typing(NamedTuple):
    """Where a person is typing an address.

    Args:
        text: Of the whole field.
        position: Of the cursor.
    """

    text: str
    position: int

    @property
    def typed(self) -> str:
        """The address as far as the cursor, or nothing when there is a complete one with its name."""
        start, end = item_at(*self)
        return "" if self.text[start:end].endswith(">") else self.text[start : self.position]

    @property
    def others(self) -> frozenset[str]:
        """The addresses that stand in the field already."""
        start, end = item_at(*self)
        rest = f"{self.text[:start]},{self.text[end:]}"
        return frozenset(map(spec_of, split_addresses(rest)))

    def filled_with(self, person: Person) -> tuple[str, int, int]:
        """What to put in, and in place of what.

        Args:
            person: Chosen for this place.
        """
        return (person.text, *item_at(*self))


class Proposer:
    """Knows the people written to, and what the address book has answered last.

    Args:
        command: Of the address book; empty when there is none.
        remembered: None when nobody is to be proposed from there.
    """

    def __init__(self, command: Sequence[str] = (), remembered: Remembered | None = None) -> None:
        self._command = command
        self._remembered = remembered
        self._asked = ""
        self._found: Sequence[Person] = ()

    def proposed(self, place: Typing) -> list[Person]:
        """The people who fit, those written to first, each once, without those who are in the field already.

        Args:
            place: That a person is typing in.
        """
        typed = place.typed
        if not typed.strip():
            return []
        written_to = fitting(typed, self._remembered.people()) if self._remembered else []
        found = self._found if _question(typed) == self._asked else fitting(typed, self._found)
        others = place.others
        people: dict[str, Person] = {}
        for person in chain(written_to, found):
            if person.key in others or (not person.name and person.address == typed):
                continue
            if person.key not in people or (person.name and not people[person.key].name):
                people[person.key] = person
        return list(people.values())[:_PROPOSED_LIMIT]

    def question(self, place: Typing) -> str:
        """What is still to be asked of the address book; empty when there is nothing.

        Args:
            place: That a person is typing in.
        """
        question = _question(place.typed)
        if not self._command or len(question) < _ASKED_FROM or question == self._asked:
            return ""
        return "" if question.startswith("-") else question  # the program would take it for an option

    async def ask(self, question: str) -> None:
        """Ask the address book, and keep its answer.

        Args:
            question: As `question` gave it.

        Raises:
            AddressBookFailed: It is asked again only when something else is typed.
        """
        try:
            found = await ask(self._command, question)
        except AddressBookFailed:
            self._asked, self._found = question, ()
            raise
        self._asked = question
        self._found = found if any(PLACE in word for word in self._command) else fitting(question, found)


def _question(typed: str) -> str:
    """What was typed, as an address book has it: without quotes and brackets."""
    return " ".join(typed.replace('"', " ").replace("<", " ").split())
