"""The completion of recipients in the fields of a container."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Input

from mailtui.config.preferences import Preferences
from mailtui.tui.stand_ins import with_stand_ins, without_stand_ins

if TYPE_CHECKING:
    from mailtui.people.person import Person
    from mailtui.people.proposer import Proposer, Typing
    from mailtui.tui.widgets.proposals import Proposals

_RECIPIENTS = "#to, #cc, #bcc"
_BOOK = "address book"  # the group of workers that ask it
_PAUSE = 0.25  # seconds without a key before the address book is asked


class Completion(Vertical):
    """Proposes people while a recipient is typed, and puts in whoever is chosen.

    There is one list for all fields, made when it is first needed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "proposal(1)", show=False),
        Binding("up", "proposal(-1)", show=False),
        Binding("escape", "close_proposals", show=False),
    ]

    preferences: var[Preferences] = var(Preferences)

    def __init__(self) -> None:
        super().__init__()
        self._proposer: Proposer | None = None
        self._proposals: Proposals | None = None
        self._place: Typing | None = None  # for which people are shown, or being looked for
        self._settled: dict[str | None, str] = {}  # texts that nobody is proposed for, by field
        self._told: set[str] = set()  # failures of the address book

    def watch_preferences(self) -> None:
        """Look for people where they are to be looked for now."""
        self._proposer = None
        self._told.clear()
        if self.is_mounted:
            self.action_close_proposals()

    def settle(self) -> None:
        """Propose nobody for what stands in the fields now: it was not typed."""
        self._settled = {field.id: field.value for field in self.query(_RECIPIENTS).results(Input)}
        self.action_close_proposals()

    def on_mount(self) -> None:
        """What was there at first was not typed."""
        self.settle()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the list are other keys while it is closed."""
        if action in ("proposal", "close_proposals"):
            return self._proposals is not None and self._proposals.display
        return super().check_action(action, parameters)

    def action_proposal(self, step: int) -> None:
        """Mark the next one, or the one before.

        Args:
            step: 1 or -1.
        """
        if self._proposals is not None:
            (self._proposals.action_cursor_down if step > 0 else self._proposals.action_cursor_up)()

    def action_close_proposals(self) -> None:
        """Show nobody, and look for nobody, until something is typed."""
        self._place = None
        self.workers.cancel_group(self, _BOOK)
        if self._proposals is not None:
            self._proposals.close()

    def take_proposal(self) -> bool:
        """Put in whoever is marked, if somebody is, and nothing was typed since: then that is what was meant."""
        person = self._proposals.marked if self._proposals is not None else None
        field = self.screen.focused
        if person is None or not isinstance(field, Input):
            return False
        if field.message_queue_size or self._place_in(field) != self._place:  # keys are on their way to the field
            return False
        self._take(person)
        return True

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A field that was left is complete."""
        self.action_close_proposals()

    @on(Input.Changed, _RECIPIENTS)
    async def _typed(self, event: Input.Changed) -> None:
        field = event.input
        if not field.has_focus or self._settled.get(field.id) == field.value:
            return
        self._settled.pop(field.id, None)
        proposer = self._proposer or self._new_proposer()
        place = self._place_in(field)
        if place == self._place:
            return
        self.workers.cancel_group(self, _BOOK)
        self._place = place
        if self._proposals is not None:
            self._proposals.close()  # who was marked is not what is being typed
        await self._offer(proposer, field, place)
        if question := proposer.question(place):
            self._ask(proposer, question, field)

    async def _offer(self, proposer: Proposer, field: Input, place: Typing) -> None:
        """Show who fits, unless the cursor has gone on meanwhile."""
        people = proposer.proposed(place)
        if people and self._proposals is None:
            from mailtui.tui.widgets.proposals import Proposals

            self._proposals = Proposals()
            for each in self.query(_RECIPIENTS).results(Input):
                self.watch(each, "selection", self._moved, init=False)
            await self.mount(self._proposals, after=field)
        if self._proposals is None:
            return
        if people and place == self._place:
            self.move_child(self._proposals, after=field)
            self._proposals.offer(people, place.typed)
        else:
            self._proposals.close()

    @work(group=_BOOK)
    async def _ask(self, proposer: Proposer, question: str, field: Input) -> None:
        """Ask the address book after a pause; with the next key this begins anew."""
        from mailtui.people.address_book import AddressBookFailed

        await asyncio.sleep(_PAUSE)
        try:
            await proposer.ask(question)
        except AddressBookFailed as error:
            if error.what not in self._told:
                self._told.add(error.what)
                todo = "Nobody is proposed from there; try the command in a terminal."
                self.notify(f"{error} {todo}", title="The address book", severity="warning", timeout=10)
        if self._place is not None and self._place == self._place_in(field):
            await self._offer(proposer, field, self._place)

    def on_proposals_taken(self, message: Proposals.Taken) -> None:
        """Somebody was clicked."""
        self._take(message.person)

    def _take(self, person: Person) -> None:
        field = self.screen.focused
        if isinstance(field, Input):
            text, start, end = self._place_in(field).filled_with(person)
            field.replace(with_stand_ins(text), start, end)
            self.settle()

    def _moved(self) -> None:
        """The cursor has gone elsewhere without a letter typed: the list is about what stands where it was."""
        field = self.screen.focused
        if self._place is not None and isinstance(field, Input):
            place = self._place_in(field)
            if place.text == self._place.text and place != self._place:
                self.action_close_proposals()

    def _place_in(self, field: Input) -> Typing:
        from mailtui.people.proposer import Typing  # not needed before something is typed

        return Typing(without_stand_ins(field.value), field.cursor_position)

    def _new_proposer(self) -> Proposer:
        from mailtui.people.proposer import Proposer
        from mailtui.people.remembered import Remembered

        remembered = Remembered() if self.preferences.remember_recipients else None
        self._proposer = Proposer(self.preferences.address_book_command, remembered)
        return self._proposer
