"""The drafts that were left: to go on with one, delete one, or begin a new letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from mailtui.drafts.entry import Entry
from mailtui.drafts.store import Drafts
from mailtui.mail.errors import MailError
from mailtui.tui.draft_texts import entry_texts
from mailtui.tui.leaving import HELP, OnceMore, Unhurried
from mailtui.visible import visible


class Choice(NamedTuple):
    """What to write.

    Args:
        entry: The draft to go on with; None for a new letter.
    """

    entry: Entry | None


class DraftsScreen(Unhurried[Choice]):
    """Shows drafts, the newest first. Answers with the choice, or None: things stay as they are.

    Args:
        entries: One at least.
    """

    MOVING_IS_TYPING = False
    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding("n", "new", "New letter", id="drafts.new", tooltip="Begin a new letter; the drafts stay"),
        Binding("d,delete", "delete", "Delete", id="drafts.delete", tooltip="Delete the marked draft"),
        Binding("escape", "dismiss", "Back", id="drafts.back", key_display="esc", tooltip="Back to the letter"),
    ]

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = list(entries)
        self._once_more = OnceMore()

    def compose(self) -> ComposeResult:
        """The drafts, the answers."""
        with Vertical(id="drafts", classes="dialog") as dialog:
            dialog.border_title = "Drafts"
            yield OptionList(*map(_option, self._entries), id="drafts-list", compact=True, markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Open  enter", id="drafts-open", compact=True, variant="primary")
                yield Button("New letter  n", id="drafts-new", compact=True)
                yield Button("Delete  d", id="drafts-delete", compact=True)

    def on_mount(self, event: events.Mount) -> None:
        """The newest is marked."""
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click on one."""
        event.stop()
        self.dismiss(Choice(self._entries[event.option_index]))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons answer as the keys."""
        event.stop()
        if event.button.id == "drafts-open":
            self.query_one(OptionList).action_select()
        elif event.button.id == "drafts-new":
            self.action_new()
        else:
            self.action_delete()

    def action_new(self) -> None:
        """Begin a new letter."""
        self.dismiss(Choice(None))

    def action_delete(self) -> None:
        """Delete the marked one, when this is asked for a second time."""
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return
        entry = self._entries[listed.highlighted]
        name = f"draft {entry.key}"
        if not self._once_more.is_yes(entry.key):
            self.notify(f"Delete once more deletes {name} for good.", severity="warning")
            return
        try:
            Drafts().delete(entry.key)
        except MailError as error:
            self.notify(str(error), title="Not deleted", severity="error", timeout=15)
            return
        del self._entries[listed.highlighted]
        listed.remove_option_at_index(listed.highlighted)
        self.notify(f"Deleted {name}.")
        if not self._entries:
            self.dismiss(None)


def _option(entry: Entry) -> Option:
    subject, about = entry_texts(entry)
    return Option(Content.assemble((visible(subject), "bold"), (f"\n{visible(about)}", "$text-muted")))
