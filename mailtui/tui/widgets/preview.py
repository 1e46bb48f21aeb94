"""The preview: what the handler would show, or has answered; the message as read; its source."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Static

from mailtui.mail.draft import Draft
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.handlers.dummy import dummy_text_of_draft
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.tui.keys import key_of
from mailtui.tui.texts import Outcome, outcome_text, outcome_title, reader_text, readiness
from mailtui.tui.widgets.tab_strip import TabStrip
from mailtui.tui.widgets.text_view import TextView

TABS = ("Output", "Message", "Source")


class Preview(Vertical):
    """Follows the typing. Only the tab that is shown is worked out, and only while it can be seen."""

    BORDER_TITLE = "Preview"

    draft: var[Draft] = var(Draft())
    mail: var[MailHandler | None] = var[MailHandler | None](None)
    prepared: var[Email | InvalidEmail | None] = var[Email | InvalidEmail | None](None)
    outcome: var[Outcome | None] = var[Outcome | None](None)
    tab: var[str] = var("Output")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stale = False

    def compose(self) -> ComposeResult:
        """A line of tabs, a line of state, the text."""
        yield TabStrip(TABS, id="tabs").data_bind(Preview.tab)
        yield Static(id="state", markup=False)
        yield TextView(id="text")

    def next_tab(self) -> bool:
        """Show the next tab, after the last the first again.

        Returns:
            Whether it began anew.
        """
        self.tab = TABS[(TABS.index(self.tab) + 1) % len(TABS)]
        return self.tab == TABS[0]

    def watch_draft(self) -> None:
        """Follow the typing."""
        self._refresh_soon()

    def watch_mail(self) -> None:
        """Follow the handler: its defaults are shown."""
        self._refresh_soon()

    def watch_prepared(self) -> None:
        """Follow what can be sent."""
        self._refresh_soon()

    async def watch_outcome(self, outcome: Outcome | None) -> None:
        """Show an answer at once, from its top, and what can be done about it."""
        if not self.is_mounted:
            return
        await self.query("ResultBar").remove()
        if outcome is not None:
            from mailtui.tui.widgets.result_bar import ResultBar  # not needed to write a letter

            self.tab = "Output"
            self.query_one(TextView).scroll_home(animate=False)
            await self.mount(ResultBar(outcome.transcript, retry=not outcome.good))
        self._refresh_soon()

    def watch_tab(self) -> None:
        """Show another tab."""
        self._refresh_soon()

    def on_show(self) -> None:
        """Catch up with what was typed while it was hidden."""
        self._refresh_soon()

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """Show the tab that was clicked."""
        self.tab = message.tab

    def _refresh_soon(self) -> None:
        """Once for all that one key has changed."""
        if not self._stale:
            self._stale = True
            self.call_later(self._refresh_now)

    def _refresh_now(self) -> None:
        self._stale = False
        if self.display and self.mail is not None:
            title, text = self._state_and_text(self.mail)
            state = self.query_one("#state", Static)
            state.set_class(title.startswith("✗"), "-bad")
            state.set_class(title.startswith("✓"), "-good")
            state.update(title)
            view = self.query_one(TextView)
            view.set_class(not text.startswith("\n"), "-below-state")  # the dummy's text brings its own empty line
            view.text = text
            self.query("ResultBar").set(display=self.tab == "Output")

    def _state_and_text(self, mail: MailHandler) -> tuple[str, str]:
        prepared = self.prepared
        if self.outcome is not None:
            state = outcome_title(self.outcome)
        elif isinstance(prepared, Email):
            state = f"○ live preview · nothing handed to {mail.name} yet"
        else:
            state = readiness(prepared) if prepared else ""
        if self.tab == "Output" and self.outcome is not None:
            return state, outcome_text(self.outcome, key_of(self.screen, "settings"))
        if self.tab == "Output":
            return state, dummy_text_of_draft(self.draft, mail.defaults)
        if not isinstance(prepared, Email):
            return state, f"\n{prepared or ''}\n\nThe {self.tab.lower()} is shown when this is mended."
        return state, reader_text(prepared) if self.tab == "Message" else prepared.source()
