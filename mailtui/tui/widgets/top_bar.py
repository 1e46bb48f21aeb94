"""The first line: the program's name and the handler in use."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from mailtui.mail.interface import MailHandler
from mailtui.tui.texts import handler_line


class HandlerBadge(Static):
    """The handler in use and what it does with a mail; a click asks for another."""

    mail: reactive[MailHandler | None] = reactive(None)

    class Pressed(Message):
        """Another handler is wanted."""

    def watch_mail(self, mail: MailHandler | None) -> None:
        """Show the handler."""
        if mail is not None:
            self.set_class(mail.delivers, "-delivers")
            self.update(Content(handler_line(mail)))

    def on_click(self, event: events.Click) -> None:
        """Ask for another handler."""
        event.stop()
        self.post_message(self.Pressed())


class TopBar(Horizontal):
    """Name and handler."""

    mail: reactive[MailHandler | None] = reactive(None)

    def compose(self) -> ComposeResult:
        """Two pieces of text."""
        yield Static("mailtui", id="brand")
        yield HandlerBadge(id="handler").data_bind(TopBar.mail)
