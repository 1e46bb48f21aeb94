"""The last look before a letter leaves: to whom, by which handler, and only `y` sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.tui.leaving import HELP, Unhurried
from mailtui.tui.texts import handler_line, review_text
from mailtui.tui.widgets.text_view import TextView

Answer = Literal["send", "edit", "keep"]

_ANSWERS: dict[str, Answer] = {"review-send": "send", "review-edit": "edit", "review-keep": "keep"}


class ReviewScreen(Unhurried[Answer]):
    """Shows the very message that leaves. Answers whether to send it, to edit it, or to keep it as a draft.

    Args:
        mail: The handler that prepared it.
        email: The message.
        known: What is known already of recipients, by address.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding("y", "answer('send')", "Send", id="review.send", tooltip="Send the letter as shown"),
        Binding("e,escape", "answer('edit')", "Edit", id="review.edit", tooltip="Back to the letter"),
        Binding("v", "source", "Source", id="review.source", tooltip="Show the source as it leaves, and back"),
        Binding("p", "answer('keep')", "Keep", id="review.keep", tooltip="Keep it as a draft, begin a new letter"),
    ]

    def __init__(self, mail: MailHandler, email: Email, known: Mapping[str, object]) -> None:
        super().__init__()
        self._mail = mail
        self._email = email
        self._known = known
        self._source_shown = False

    def compose(self) -> ComposeResult:
        """What leaves, and the answers."""
        with Vertical(id="review", classes="dialog") as box:
            box.border_title = "Send this letter?"
            yield Static(handler_line(self._mail), id="review-handler", markup=False)
            yield TextView(id="review-text")
            with Horizontal(id="review-answers"):
                yield Button("Send  y", id="review-send", compact=True, variant="warning")
                yield Button("Edit  e", id="review-edit", compact=True)
                yield Button("Source  v", id="review-source", compact=True)
                yield Button("Keep  p", id="review-keep", compact=True)

    def on_mount(self, event: events.Mount) -> None:
        """Nothing is chosen beforehand: the text has the focus."""
        self._show_text()
        self.query_one(TextView).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons answer as the keys."""
        event.stop()
        if event.button.id == "review-source":
            self.action_source()
        else:
            self.action_answer(_ANSWERS[event.button.id or ""])

    def action_source(self) -> None:
        """Show the source in place of the summary, and back."""
        self._source_shown = not self._source_shown
        self._show_text()

    def action_answer(self, answer: Answer) -> None:
        """Answer.

        Args:
            answer: What is to be done with the letter.
        """
        self.dismiss(answer)

    def _show_text(self) -> None:
        view = self.query_one(TextView)
        view.text = self._email.source() if self._source_shown else review_text(self._mail, self._email, self._known)
        view.scroll_home(animate=False)
