"""The preview: what the handler would show, or has answered; the message as read; its source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Static

from mailtui.mail.draft import Draft
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.handlers.dummy import dummy_text_of_draft
from mailtui.mail.interface import MailHandler
from mailtui.mail.markdown import Markdown
from mailtui.mail.message import Email
from mailtui.tui.delivery import run_apart
from mailtui.tui.keys import key_of
from mailtui.tui.texts import Outcome, browser_text, outcome_text, outcome_title, reader_lines, readiness
from mailtui.tui.widgets.tab_strip import TabStrip
from mailtui.tui.widgets.text_view import TextView
from mailtui.visible import visible

if TYPE_CHECKING:
    from mailtui.tui.browser import Pages
    from mailtui.tui.markdown_lines import MarkdownReader

TABS = ("Output", "Message", "Source")
View = str  # a tab, or what stands in its stead; each has a scroll of its own

_BROWSER = "↗ Browser"


class Preview(Vertical):
    """Follows the typing. Only the tab that is shown is worked out, and only while it can be seen."""

    BORDER_TITLE = "Preview"

    draft: var[Draft] = var(Draft())
    mail: var[MailHandler | None] = var[MailHandler | None](None)
    prepared: var[Email | InvalidEmail | None] = var[Email | InvalidEmail | None](None)
    outcome: var[Outcome | None] = var[Outcome | None](None)
    tab: var[str] = var("Output")
    aside: var[str] = var("")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stale = False
        self._place: View = "nothing yet"
        self._scrolls: dict[View, float] = {}
        self._markdown: MarkdownReader | None = None
        self._pages: Pages | None = None

    def compose(self) -> ComposeResult:
        """A line of tabs, a line of state, the text."""
        yield TabStrip(TABS, id="tabs").data_bind(Preview.tab, Preview.aside)
        yield Static(id="state", markup=False)
        yield TextView(id="text")

    def next_tab(self) -> str:
        """Show the next tab, after the last the first again.

        Returns:
            Its name.
        """
        self.tab = TABS[(TABS.index(self.tab) + 1) % len(TABS)]
        return self.tab

    def watch_draft(self, draft: Draft) -> None:
        """Follow the typing; another letter is seen from its top."""
        if not draft:
            self._scrolls.clear()
        self._refresh_soon()

    def watch_mail(self) -> None:
        """Follow the handler: its defaults are shown."""
        self._refresh_soon()

    def watch_prepared(self, prepared: Email | InvalidEmail | None) -> None:
        """Follow what can be sent."""
        self.aside = _BROWSER if isinstance(prepared, Email) and prepared.has_html else ""
        self._refresh_soon()

    async def watch_outcome(self, outcome: Outcome | None) -> None:
        """Show an answer at once, from its top, and what can be done about it."""
        if not self.is_mounted:
            return
        await self.query("ResultBar").remove()
        if outcome is not None:
            from mailtui.tui.widgets.result_bar import ResultBar  # not needed to write a letter

            self.tab = "Output"
            self._leave("nothing yet")
            self._scrolls["answer"] = 0
            await self.mount(ResultBar(outcome.transcript, retry=not outcome.good))
        self._refresh_soon()

    def watch_tab(self) -> None:
        """Show another tab."""
        self._refresh_soon()

    def on_show(self) -> None:
        """Catch up with what was typed while it was hidden."""
        self._refresh_soon()

    def on_unmount(self) -> None:
        """Pages for the browser are not left behind."""
        if self._pages is not None:
            self._pages.remove()

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """Show the tab that was clicked."""
        self.tab = message.tab

    def on_tab_strip_aside_pressed(self) -> None:
        """The browser was clicked."""
        self.open_browser()

    @work(group="browser")
    async def open_browser(self) -> None:
        """Show the HTML of the letter in the browser, and say where the page lies."""
        from mailtui.tui.browser import Pages, open_in_browser  # few letters are looked at there
        from mailtui.tui.page import page_of

        email = self.prepared
        if not isinstance(email, Email) or not email.has_html:
            return
        try:
            self._pages = self._pages or Pages()
            path = self._pages.add(await run_apart(partial(page_of, email)))
            opened = await open_in_browser(path)
        except OSError as error:
            self.notify(f"The page for the browser cannot be shown: {error}", severity="error")
            return
        self.notify(browser_text(path, opened=opened), timeout=10 if opened else 30)

    def _refresh_soon(self) -> None:
        """Once for all that one key has changed."""
        if not self._stale:
            self._stale = True
            self.call_later(self._refresh_now)

    def _refresh_now(self) -> None:
        self._stale = False
        if self.display and self.mail is not None:
            self._show_state(self.mail)
            place, lines = self._place_and_lines(self.mail)
            view = self.query_one(TextView)
            view.set_class(lines[0] != "", "-below-state")  # the dummy's text brings its own empty line
            moved = self._leave(place)
            view.lines = lines
            if moved:
                view.scroll_to(y=self._scrolls.get(place, 0), animate=False, force=True, immediate=True)
            self.query("ResultBar").set(display=self.tab == "Output")

    def _leave(self, place: View) -> bool:
        """Remember how far one has read, and say whether the place is another one."""
        self._scrolls[self._place] = self.query_one(TextView).scroll_y
        self._place, left = place, self._place
        return place != left

    def _show_state(self, mail: MailHandler) -> None:
        if self.outcome is not None:
            title = outcome_title(self.outcome)
        elif isinstance(self.prepared, Email):
            title = f"○ live preview · Send hands it to {visible(mail.name)}"
        else:
            title = readiness(self.prepared, begun=bool(self.draft)) if self.prepared else ""
        state = self.query_one("#state", Static)
        state.set_class(title.startswith("✗"), "-bad")
        state.set_class(title.startswith("✓"), "-good")
        state.update(title)

    def _place_and_lines(self, mail: MailHandler) -> tuple[View, Sequence[str]]:
        if self.tab == "Output" and self.outcome is not None:
            return "answer", outcome_text(self.outcome, key_of(self.screen, "settings")).split("\n")
        if self.tab == "Output":
            return self.tab, dummy_text_of_draft(self.draft, mail.defaults).split("\n")
        if not isinstance(self.prepared, Email):
            problems = f"\n{self.prepared or ''}\n\nThe {self.tab.lower()} is shown when this is mended."
            return "problems", problems.split("\n")
        if self.tab == "Source":
            return self.tab, self.prepared.source().split("\n")
        return self.tab, reader_lines(self.prepared, self._body_lines(self.prepared.text))

    def _body_lines(self, text: str) -> Sequence[str]:
        if not isinstance(text, Markdown):
            return text.split("\n")
        if self._markdown is None:
            from mailtui.tui.markdown_lines import MarkdownReader  # few letters ask for it

            self._markdown = MarkdownReader()
        return self._markdown.lines(text)
