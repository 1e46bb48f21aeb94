"""The first line: the program's name and the handler in use."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from mailtui.mail.interface import MailHandler
from mailtui.tui.texts import handler_line


class TopBar(Widget):
    """Name, and the handler in use with what it does with a mail; a click asks for another."""

    mail: reactive[MailHandler | None] = reactive[MailHandler | None](None)

    class Pressed(Message):
        """Another handler is wanted."""

    def render(self) -> RenderResult:
        """One line; the colour says whether mail leaves."""
        if self.mail is None:
            return ""
        look = "bold $text-warning" if self.mail.delivers else "$text-success"
        return Content.assemble((" mailtui  ", "bold $text-accent"), (handler_line(self.mail), look))

    def on_click(self, event: events.Click) -> None:
        """Ask for another handler."""
        event.stop()
        self.post_message(self.Pressed())
