"""The main screen: the letter, and what becomes of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive, var
from textual.screen import Screen

from mailtui.mail.errors import InvalidEmail, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Draft, Email, Fields
from mailtui.mail.receipt import Receipt
from mailtui.tui.keys import key_hints
from mailtui.tui.texts import QUIET, Outcome
from mailtui.tui.widgets.compose_form import ComposeForm
from mailtui.tui.widgets.header_fields import HeaderInput
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.preview import TABS, Preview
from mailtui.tui.widgets.text_view import TextView
from mailtui.tui.widgets.top_bar import TopBar

_ONCE_MORE = 10.0  # seconds within which the same key means yes
WIDE = 100  # columns from which on letter and preview stand side by side


class ComposeScreen(Screen[None]):
    """Draft in the form, preview beside it; Send prepares, has it reviewed where mail leaves, and delivers."""

    AUTO_FOCUS = "#to"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="send", tooltip="Hand the letter to the handler"),
        Binding("f3", "preview", "Preview", id="preview", tooltip="Show the preview, then its next tab"),
        Binding(
            "escape",
            "form",
            "Back",
            id="form",
            key_display="esc",
            tooltip="From the preview back to the letter",
        ),
        Binding("ctrl+t", "app.pick_handler", "Handler", id="handler", tooltip="Choose the handler"),
        Binding("f2", "app.settings", "Settings", id="settings", tooltip="The handlers and their options"),
        Binding("ctrl+n", "new", "New", id="new", tooltip="Begin a new letter"),
        # Priority: keys that arrive together, as over a slow line, must reach the field that is meant.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("enter", "next_field", show=False, priority=True),
    ]

    mail: var[MailHandler | None] = var[MailHandler | None](None)
    draft: var[Draft] = var(Draft())
    prepared: var[Email | InvalidEmail | None] = var[Email | InvalidEmail | None](None)
    outcome: var[Outcome | None] = var[Outcome | None](None)
    busy: reactive[bool] = reactive(False, bindings=True)

    class Answered(Message):
        """The handler has answered.

        Args:
            mail: The handler.
            draft: What was submitted.
            answer: Its receipt, or why there is none.
        """

        def __init__(self, mail: MailHandler, draft: Draft, answer: Receipt | Exception) -> None:
            super().__init__()
            self.mail = mail
            self.draft = draft
            self.answer = answer

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._letter = draft.letter or _new_letter()
        self._submitted = Draft()
        self._submits = 0
        self._left: Draft | None = None  # what somebody may have got by now
        self._asked: tuple[str, Draft, float] | None = None
        self.set_reactive(ComposeScreen.draft, replace(draft, letter=self._letter))

    def compose(self) -> ComposeResult:
        """Name and handler, the two panes, the keys."""
        # Textual would set it after a first layout, and lay out and style everything once more.
        self.add_class("-wide" if self.app.size.width >= WIDE else "-narrow")
        yield TopBar(id="handler").data_bind(ComposeScreen.mail)
        with Horizontal(id="panes"):
            yield ComposeForm(self.draft, id="form").data_bind(
                ComposeScreen.mail, ComposeScreen.prepared, ComposeScreen.busy
            )
            yield Preview(id="preview").data_bind(
                ComposeScreen.mail, ComposeScreen.draft, ComposeScreen.prepared, ComposeScreen.outcome
            )
        yield KeyBar()

    def may_drop_letter(self, action: str) -> bool:
        """Whether what was typed may go: it was submitted and all went well, or the same is asked for a second time.

        Args:
            action: The id of the binding that asks.
        """
        draft = self._typed()
        asked, self._asked = self._asked, (action, draft, monotonic())
        again = asked is not None and asked[:2] == (action, draft) and monotonic() - asked[2] < _ONCE_MORE
        if not draft or (draft == self._submitted and not self.busy) or again:
            return True
        key = next(hint.keys[0] for hint in key_hints(self) if hint.binding.id == action)
        state = "is being handed over; wait for the answer" if self.busy else "was not sent"
        effect = "leaves without it" if self.busy else "drops it"
        self.notify(f"This letter {state}. {key} once more {effect}.", severity="warning", markup=False)
        return False

    def watch_mail(self) -> None:
        """Another handler: other defaults, and what it answers is not known yet."""
        self._submits = 0
        self._check()
        self.outcome = None
        problems = self.prepared.problems if isinstance(self.prepared, InvalidEmail) else {}
        if self.is_mounted and self.draft and "from_addr" in problems:
            reason = {"from_addr": problems["from_addr"]}
            self.call_after_refresh(self.query_one(ComposeForm).reveal_problems, reason)

    def watch_draft(self) -> None:
        """Follow the typing."""
        self._check()
        self.outcome = None

    def on_compose_form_changed(self, message: ComposeForm.Changed) -> None:
        """Take over what was typed."""
        self.draft = self._typed()

    def on_compose_form_submitted(self) -> None:
        """The Send button is the key."""
        self.action_send()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No second letter while one is on its way; keys that mean something only here or there."""
        if action == "next_field":
            return isinstance(self.focused, HeaderInput)
        if action == "form":
            return not self.is_mounted or isinstance(self.focused, TextView)
        return None if self.busy and action in ("send", "new") else True

    def action_send(self) -> None:
        """Prepare the letter; deliver it at once, or after a review where mail leaves."""
        if self.busy or self.mail is None:
            return
        self.draft = self._typed()
        try:
            email = self.mail.prepare(self.draft)
        except InvalidEmail as error:
            self.prepared = error
            self.remove_class("-preview")
            self.query_one(ComposeForm).reveal_problems(error.problems)
            return
        except Exception as error:  # noqa: BLE001  a handler's own prepare may fail as well
            self.post_message(self.Answered(self.mail, self.draft, error))
            return
        self.prepared = email
        self.busy = True
        self._deliver_or_review(self.mail, email, self.draft)

    def action_next_field(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    def action_preview(self) -> None:
        """Show the preview; when it is there, its next tab; in a narrow terminal the letter after the last."""
        preview = self.query_one(Preview)
        if not self.has_class("-narrow"):
            preview.next_tab()
        elif not self.has_class("-preview"):
            preview.tab = TABS[0]
            self._show_preview()
        elif preview.next_tab():
            self.action_form()

    def action_form(self) -> None:
        """Back to the letter, where the cursor was."""
        self.remove_class("-preview")
        if self.query_one(ComposeForm) not in (self.focused.ancestors if self.focused else ()):
            self.query_one(ComposeForm).resume()

    def action_new(self) -> None:
        """Begin a new letter."""
        if self.may_drop_letter("new"):
            self._begin_letter()
            self._submitted = Draft()
            self.remove_class("-preview")
            self.query_one(ComposeForm).load(Draft())

    def _typed(self) -> Draft:
        """The letter as it stands in the form; a changed one that somebody may have got is another letter."""
        draft = self.query_one(ComposeForm).draft
        if self._left is not None and draft != self._left:
            self._begin_letter()
        return replace(draft, letter=self._letter)

    def _begin_letter(self) -> None:
        self._letter, self._submits, self._left = _new_letter(), 0, None

    def _check(self) -> None:
        """Look at the letter as it stands; the handler itself is asked when Send is pressed."""
        if self.mail is not None:
            try:
                self.prepared = Email.build(Fields.of(self.draft), self.mail.defaults)
            except InvalidEmail as error:
                self.prepared = error

    def _deliver_or_review(self, mail: MailHandler, email: Email, draft: Draft) -> None:
        if not mail.delivers:
            self._deliver(mail, email, draft)
            return
        from mailtui.tui.screens.review import ReviewScreen

        form = self.query_one(ComposeForm)
        form.hold()

        def reviewed(send: bool | None) -> None:
            if send:
                self._deliver(mail, email, draft)
            else:
                self.busy = False
                form.release()

        self.app.push_screen(ReviewScreen(mail, email), reviewed)

    @work(thread=True, group="delivery")
    def _deliver(self, mail: MailHandler, email: Email, draft: Draft) -> None:
        answer: Receipt | Exception
        try:
            answer = mail.deliver(email)
        except SystemExit as error:
            answer = RuntimeError(f"it asked to leave with {error.code}")
        except Exception as error:  # noqa: BLE001  a handler's defect must cost neither the letter nor the truth about it
            answer = error
        self.post_message(self.Answered(mail, draft, answer))

    def on_compose_screen_answered(self, message: Answered) -> None:
        """Show what became of the letter."""
        self.busy = False
        self._submits += 1
        outcome = Outcome(message.mail, message.answer, datetime.now(), self._submits)
        if outcome.good:
            self._submitted = message.draft
        if isinstance(message.answer, Receipt):
            left = any(recipient.status in ("accepted", "unknown") for recipient in message.answer.recipients)
        else:
            left = message.mail.delivers and not isinstance(message.answer, MailError)
        self._left = replace(message.draft, letter="") if left else None
        if message.mail.delivers:  # the form was held; a y too many is not meant for the letter
            self.set_timer(QUIET, self.query_one(ComposeForm).release)
        self.outcome = outcome
        if self.has_class("-narrow"):
            self._show_preview()

    def _show_preview(self) -> None:
        self.add_class("-preview")
        self.query_one(TextView).focus()


def _new_letter() -> str:
    return os.urandom(16).hex()
