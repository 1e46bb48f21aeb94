"""People to choose from, below the field in which a recipient is being typed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mailtui.people.person import Person, fitting_parts
from mailtui.visible import visible

_NAME_WIDTH = 24  # cells at most for a name beside its address


class Proposals(OptionList, can_focus=False):
    """Marks nobody until a person does, so that no key takes what has not been chosen."""

    class Taken(Message):
        """Somebody was clicked.

        Args:
            person: Who.
        """

        def __init__(self, person: Person) -> None:
            super().__init__()
            self.person = person

    def __init__(self) -> None:
        super().__init__(id="proposals", markup=False)
        self.border_subtitle = "↓ choose  enter take  esc close"
        self.display = False
        self._people: Sequence[Person] = ()

    @property
    def marked(self) -> Person | None:
        """Who was marked with the keys; None while nothing is shown."""
        return self._people[self.highlighted] if self.display and self.highlighted is not None else None

    def offer(self, people: Sequence[Person], typed: str) -> None:
        """Show people; whoever is marked in the open list and still among them stays marked.

        Args:
            people: Not empty.
            typed: Is marked in their names and addresses.
        """
        marked = self.marked
        self._people = people
        width = min(max(cell_len(visible(person.name)) for person in people), _NAME_WIDTH)
        self.clear_options()
        self.add_options(Option(_line(person, typed, width)) for person in people)
        self.highlighted = people.index(marked) if marked in people else None
        self.display = True

    def close(self) -> None:
        """Show nobody."""
        self.highlighted = None
        self.display = False

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Taken(self._people[event.option_index]))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()


def _line(person: Person, typed: str, width: int) -> Content:
    """Name and address in two columns, what fits in bold and underlined; the name is cut rather than the address."""
    address = _with_parts(person.address, typed)
    if not person.name:
        return address
    name = _with_parts(person.name, typed).truncate(width, ellipsis=True, pad=True)
    return Content.assemble(name, "  ", address)


def _with_parts(text: str, typed: str) -> Content:
    content = Content(visible(text))
    for start, end in fitting_parts(typed, text):
        content = content.stylize("bold underline", start, end)
    return content
