"""A screen whose letter is on disk while it is typed: put aside, come back to, and left without a question."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.css.query import NoMatches
from textual.reactive import var
from textual.screen import Screen

from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError, DraftInUse
from mailtui.tui.delivery import run_apart
from mailtui.tui.draft_texts import known_text, left_text, not_saved_text, waiting_text
from mailtui.tui.keeping import Keeping, Kept, drafts_to_choose, unfinished
from mailtui.tui.keys import key_of
from mailtui.tui.leaving import OnceMore
from mailtui.tui.letter import Letter

if TYPE_CHECKING:
    from mailtui.drafts.entry import Entry
    from mailtui.drafts.journal import Journal
    from mailtui.drafts.opened import OpenDraft
    from mailtui.tui.screens.dispatch import Dispatch
    from mailtui.tui.screens.drafts import Choice


UNKNOWN = 76  # the exit code of the command for the same
_ON_THE_WAY = 0.05  # seconds for keys that were pressed before
_LAST_MOMENT = 1.0  # seconds that an answer has when the program is being ended


class Begun(NamedTuple):
    """A letter that comes from disk.

    Args:
        draft: Its text.
        journal: What was tried to send it.
        opened: The draft; None if it can only be read.
        holder: Who else has it open.
    """

    draft: Draft
    journal: Journal
    opened: OpenDraft | None
    holder: str = ""


class KeptScreen(Screen[None]):
    """Saves what is typed in a form of its own.

    Attributes:
        keeping: The draft of the letter in the form.
        dispatch: The letter as it was handed over last, or is being so.
    """

    kept: var[Kept] = var(Kept())
    keeping: Keeping

    def __init__(self, opened: OpenDraft | None = None) -> None:
        super().__init__()
        self._opened = opened
        self._once_more = OnceMore()
        self.dispatch: Dispatch | None = None

    @abstractmethod
    def typed(self) -> Draft:
        """The letter as it stands in the form."""

    @abstractmethod
    def load(self, draft: Draft, letter: Letter | None, *, read_only: bool = False) -> None:
        """Put another letter into the form.

        Args:
            draft: Its text.
            letter: What is known of who has it; None if it is new.
            read_only: Whether nothing can be typed.
        """

    def on_mount(self) -> None:
        """A draft that was opened from the command line."""
        self.keeping.rest(self.typed())
        if self._opened is not None:
            self.show_kept()
            self._show_known(self._opened.draft, self._opened.journal)

    def on_unmount(self) -> None:
        """What has not been kept by now has no other chance."""
        self.keeping.close()

    def on_keeping_told(self, message: Keeping.Told) -> None:
        """Something was saved, or was not."""
        if self.keeping.is_about(message):
            self.show_kept()

    def show_kept(self) -> None:
        """Say how the letter stands on disk; that it is not there, until it is."""
        self.kept = kept = self.keeping.kept
        self.show_notice("unsaved", not_saved_text(kept.problem), bad=True)

    def show_notice(self, name: str, text: str, *, bad: bool = False) -> None:
        """Show something below the first line that stays; nothing takes it away.

        Args:
            name: Of what it is about.
            text: That replaces the one before.
            bad: Whether something went wrong.
        """
        shown = self.query(f"#{name}")
        if not text and not shown:
            return
        from mailtui.tui.widgets.notice import Notice  # most letters need none

        for notice in shown.results(Notice):
            notice.show(text)
        if not shown:
            self.mount(Notice(text, bad=bad, id=name), after="TopBar")

    def leave(self, action: str) -> tuple[int, str] | None:
        """Keep the letter, because the program is about to end.

        Args:
            action: The id of the binding that asks.

        Returns:
            The exit code, and what is to be said afterwards; None if it is to stay.
        """
        if not self._may_go(action):
            return None
        unknown = self._break_off()
        return UNKNOWN if unknown else 0, left_text(*self.keeping.close(), unknown=unknown)

    async def last_moment(self) -> str:
        """Keep the letter, because the program is being ended; an answer that is about to come is waited for.

        Returns:
            What is to be said afterwards.
        """
        self._keep()
        await asyncio.sleep(_ON_THE_WAY)
        self._keep()
        delivery = self.dispatch.delivery if self.dispatch else None
        may_have_left = (delivery is not None and delivery.submission.may_have_left) or self._break_off()
        end = monotonic() + _LAST_MOMENT
        while may_have_left and self._under_way and monotonic() < end:
            await asyncio.sleep(0.02)
        return left_text(*self.keeping.close(), unknown=may_have_left and self._under_way)

    def last_words(self) -> str:
        """Keep the letter, because something is broken; what is to be said afterwards."""
        with suppress(Exception):  # what is broken may be what is asked here
            self._keep()
        unknown = self._break_off()
        return left_text(*self.keeping.close(), unknown=unknown)

    def action_new(self) -> None:
        """Begin a new letter; the one before is kept."""
        if self._may_go("new"):
            key = self.keeping.close().key
            self.load(Draft(), None)
            self._begin(None)
            self._tell_kept(key)

    def action_discard(self) -> None:
        """Drop the letter with its draft, when this is asked for a second time, and begin a new one."""
        if not self._once_more.is_yes(("discard", self.typed())):
            self.notify("Discard once more drops this letter for good.", severity="warning")
            return
        try:
            self.keeping.discard()
        except DraftError as error:
            self.notify(str(error), title="Not discarded", severity="error", timeout=15)
            return
        self.keeping.close()
        self.load(Draft(), None)
        self._begin(None)

    @work(group="drafts", exclusive=True)
    async def action_drafts(self) -> None:
        """Show the drafts, to go on with one of them."""
        try:
            entries = await run_apart(partial(drafts_to_choose, self.keeping.key))
        except DraftError as error:
            self.notify(str(error), severity="error", timeout=15)
            return
        if entries:
            self._offer(entries)
        else:
            self.notify("There are no other drafts.")

    @work(group="drafts")
    async def look_for_drafts(self) -> None:
        """Offer those that were left unfinished; where a letter has been begun already, say that there are some."""
        try:
            entries = await run_apart(partial(drafts_to_choose, self.keeping.key))
        except DraftError as error:
            self.notify(str(error), title="The drafts cannot be read", severity="warning", timeout=15)
            return
        waiting = unfinished(entries)
        if not waiting:
            return
        if self.typed() or not self.is_current:
            self.notify(waiting_text(len(waiting), key_of(self, "drafts")), timeout=8)
        else:
            self._offer(entries)

    def _offer(self, entries: list[Entry]) -> None:
        from mailtui.tui.screens.drafts import DraftsScreen  # most starts find none

        if self.is_current:
            self.app.push_screen(DraftsScreen(entries), self._chosen)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is None:
            return
        if choice.entry is None:
            self.action_new()
            return
        try:
            begun = _opened(choice.entry)
        except DraftError as error:
            self.notify(str(error), title="The draft was not opened", severity="error", timeout=15)
            return
        if not self._may_go("drafts"):
            if begun.opened is not None:
                begun.opened.close()
            return
        key = self.keeping.close().key
        self.load(begun.draft, Letter.of(begun.draft, begun.journal), read_only=begun.opened is None)
        self._begin(begun)
        self._tell_kept(key)

    def _begin(self, begun: Begun | None) -> None:
        if begun is None:
            self.keeping.begin(self.typed())
            self.show_notice("known", "")
        else:
            self.keeping.begin(self.typed(), begun.opened, holder=begun.holder)
            self._show_known(begun.draft, begun.journal)
        self.show_kept()

    def show_known(self) -> None:
        """Say what is known of who has the letter in the form, until it is handed over again."""
        if self.keeping.journal is not None:
            self._show_known(self.typed(), self.keeping.journal)

    def _show_known(self, draft: Draft, journal: Journal) -> None:
        self.show_notice("known", known_text(journal, draft))

    def _may_go(self, action: str) -> bool:
        """Whether the letter is on disk and not on its way; if it is otherwise, whether the person knows that."""
        draft, under_way = self.typed(), self._under_way
        problem = self._keep()
        if (problem is None and not under_way) or self._once_more.is_yes((action, draft, under_way)):
            return True
        key = key_of(self, action)
        if under_way:
            text = f"This letter is being handed over; wait for the answer. {key} once more leaves without it."
            self.notify(text, severity="warning")
        else:
            text = f"{problem}\n{key} once more drops what is not on disk."
            self.notify(text, title="The letter could not be kept", severity="error", timeout=20)
        return False

    @property
    def _under_way(self) -> bool:
        return self.dispatch is not None and self.dispatch.under_way

    def _break_off(self) -> bool:
        """Keep the letter from everybody, if that can still be done; whether somebody may get it all the same."""
        return self.dispatch is not None and self.dispatch.break_off()

    def _keep(self) -> DraftError | None:
        """Have what was typed on disk, or say why it is not."""
        try:
            self.keeping.keep(self.typed())
        except NoMatches:  # the form is not there yet, or not any more
            return None
        except DraftError as error:
            return error
        return None

    def _tell_kept(self, key: str) -> None:
        if key:
            again = key_of(self, "drafts")
            self.notify(f"The letter before is kept as draft {key}; {again} comes back to it.")


def _opened(entry: Entry) -> Begun:
    from mailtui.drafts.store import Drafts
    from mailtui.drafts.unpacked import folder_for_files, hold_files

    drafts = Drafts()
    try:
        opened = drafts.open(entry.key, unpack_to=folder_for_files)
    except DraftInUse as error:
        now = drafts.entry(entry.key)
        return Begun(now.draft, now.journal, None, f"process {error.process}" if error.process else "another process")
    hold_files(opened.draft)
    return Begun(opened.draft, opened.journal, opened)
