"""The first line: the program's name, the handler in use, how the letter stands on disk."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from mailtui.mail.interface import MailHandler
from mailtui.tui.draft_texts import kept_text
from mailtui.tui.keeping import Kept
from mailtui.tui.texts import handler_line

WIDE = 100  # columns from which on there is room for words


class TopBar(Widget):
    """Name, and the handler in use with what it does with a mail; a click asks for another. At the end the draft."""

    mail: reactive[MailHandler | None] = reactive[MailHandler | None](None)
    kept: reactive[Kept] = reactive(Kept())

    class Pressed(Message):
        """Another handler is wanted."""

    def render(self) -> RenderResult:
        """One line; the colour says whether mail leaves."""
        if self.mail is None:
            return ""
        look = "bold $text-warning" if self.mail.delivers else "$text-success"
        line = Content.assemble((" mailtui  ", "bold $text-accent"), (handler_line(self.mail), look))
        told = self._kept_text()
        room = self.size.width - told.cell_length
        return Content.assemble(line.truncate(room, ellipsis=True, pad=True), told) if told else line

    def on_click(self, event: events.Click) -> None:
        """Ask for another handler."""
        event.stop()
        self.post_message(self.Pressed())

    def _kept_text(self) -> Content:
        kept = self.kept
        width = self.size.width
        text = kept_text(kept.at, problem=kept.problem, holder=kept.holder, wide=width >= WIDE)
        if not text:
            return Content("")
        look = "bold $text-error" if kept.problem else "bold $text-warning" if kept.holder else "$foreground 60%"
        return Content.assemble("  ", (text, look), " ")
