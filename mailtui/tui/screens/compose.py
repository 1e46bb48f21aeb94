"""The main screen: the letter, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive, var

from mailtui.config.preferences import Preferences
from mailtui.config.signature import read_signature
from mailtui.mail.draft import Draft, Fields
from mailtui.mail.errors import InvalidEmail, InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.tui.delivery import run_apart
from mailtui.tui.files import Sights, as_seen
from mailtui.tui.keeping import Keeping
from mailtui.tui.keys import key_of
from mailtui.tui.leaving import QUIET
from mailtui.tui.letter import Letter
from mailtui.tui.screens.dispatch import Dispatch
from mailtui.tui.screens.kept import KeptScreen
from mailtui.tui.texts import Outcome, no_html_text, outcome_text, outcome_title
from mailtui.tui.widgets.attachments_input import AttachmentsInput
from mailtui.tui.widgets.compose_form import ComposeForm, first_field
from mailtui.tui.widgets.header_fields import HeaderFields, HeaderInput
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.panes import WIDE, Panes
from mailtui.tui.widgets.preview import Preview
from mailtui.tui.widgets.text_view import TextView
from mailtui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from mailtui.drafts.opened import OpenDraft
    from mailtui.tui.screens.review import Answer
    from mailtui.tui.widgets.result_bar import ResultBar


class ComposeScreen(KeptScreen):
    """Draft in the form, preview beside it; Send prepares, has it reviewed where mail leaves, and delivers."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="send", tooltip="Hand the letter to the handler"),
        # Priority: of keys that arrive together, as over a slow line, those that follow are for what is opened.
        Binding("ctrl+o", "attach", "Attach", id="attach", priority=True, tooltip="Choose files that go along"),
        Binding("f3", "preview", "Preview", id="preview", tooltip="Show the preview, then its next tab"),
        Binding("f4", "editor", "Editor", id="editor", tooltip="Write the body in your editor, $VISUAL or $EDITOR"),
        Binding(
            "escape",
            "form",
            "Back",
            id="form",
            key_display="esc",
            tooltip="From the preview back to the letter",
        ),
        Binding("ctrl+t", "app.pick_handler", "Handler", id="handler", priority=True, tooltip="Choose the handler"),
        Binding(
            "f2", "app.settings", "Settings", id="settings", priority=True, tooltip="The handlers and their options"
        ),
        Binding(
            "f8",
            "markdown",
            "Markdown",
            show=False,
            id="markdown",
            tooltip="Send the body as HTML, too, made from Markdown",
        ),
        Binding(
            "f5",
            "browser",
            "Browser",
            show=False,
            id="browser",
            tooltip="Show the HTML of the letter in the browser; nothing in it runs or is fetched",
        ),
        Binding("ctrl+n", "new", "New", id="new", tooltip="Begin a new letter; the one before is kept as a draft"),
        Binding("ctrl+r", "drafts", "Drafts", show=False, id="drafts", tooltip="Go on with another draft"),
        # Priority here, too: the keys that follow must reach the field that is meant.
        Binding("tab", "go_on", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("enter", "next_field", show=False, priority=True),
    ]

    mail: var[MailHandler | None] = var[MailHandler | None](None)
    preferences: var[Preferences] = var(Preferences)
    draft: var[Draft] = var(Draft())
    prepared: var[Email | InvalidEmail | None] = var[Email | InvalidEmail | None](None)
    outcome: var[Outcome | None] = var[Outcome | None](None)
    busy: reactive[bool] = reactive(False, bindings=True)

    def __init__(self, draft: Draft, preferences: Preferences, opened: OpenDraft | None = None) -> None:
        super().__init__(opened)
        self.set_reactive(ComposeScreen.preferences, preferences)
        draft = opened.draft if opened else self._begun(draft)
        self._letter = Letter.of(draft, opened.journal) if opened else Letter(draft.letter)
        self.keeping = Keeping(self, draft, opened)
        self.AUTO_FOCUS = f"#{first_field(draft)}"  # type: ignore[misc]
        self._last_key = 0.0
        self._sights: Sights = {}
        self._folder = ""  # that files were chosen from last
        self.set_reactive(ComposeScreen.draft, self._letter.named(draft))

    def compose(self) -> ComposeResult:
        """Name and handler, the two panes, the keys."""
        # Textual would set it after a first layout, and lay out and style everything once more.
        self.add_class("-wide" if self.app.size.width >= WIDE else "-narrow")
        yield TopBar(id="handler").data_bind(ComposeScreen.mail, ComposeScreen.kept)
        with Panes(id="panes"):
            yield ComposeForm(self.draft, id="form").data_bind(
                ComposeScreen.mail, ComposeScreen.prepared, ComposeScreen.busy, ComposeScreen.preferences
            )
            yield Preview(id="preview").data_bind(
                ComposeScreen.mail, ComposeScreen.draft, ComposeScreen.prepared, ComposeScreen.outcome
            )
        yield KeyBar()

    def on_key(self) -> None:
        """Remember when the last key came that no field took."""
        self._last_key = monotonic()

    def watch_mail(self) -> None:
        """Another handler: other defaults, and what it answers is not known yet."""
        self._check()
        self.outcome = None
        problems = self.prepared.problems if isinstance(self.prepared, InvalidEmail) else {}
        if self.is_mounted and self.draft and "from_addr" in problems:
            reason = {"from_addr": problems["from_addr"]}
            self.call_after_refresh(self.query_one(ComposeForm).reveal_problems, reason)

    def watch_draft(self) -> None:
        """Follow the typing; who did not get the letter stays in sight."""
        self._check()
        failed = self.outcome is not None and self.outcome.mail.delivers and not self.outcome.good
        if failed or self.query("#known"):
            self.show_known()
        self.outcome = None

    def on_attachments_input_looked(self, message: AttachmentsInput.Looked) -> None:
        """The disk has said something of the files."""
        if message.sights != self._sights:
            self._sights = message.sights
            self._check()

    def on_screen_resume(self) -> None:
        """Back from another screen: the files may have changed."""
        for field in self.query(AttachmentsInput):  # none while the screen is made
            field.look()

    def on_compose_form_changed(self, message: ComposeForm.Changed) -> None:
        """Take over what was typed, and have it saved."""
        self.draft = self.typed()
        self.keeping.save(self.draft)

    def on_compose_form_submitted(self) -> None:
        """The Send button is the key."""
        self.action_send()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No second letter while one is on its way; keys that mean something only here or there."""
        if action == "next_field":
            return isinstance(self.focused, HeaderInput)
        if action == "form":
            return not self.is_mounted or isinstance(self.focused, TextView)
        if action in ("new", "drafts"):
            return None if self.busy else True
        held = self.busy or self.keeping.holder
        return None if held and action in ("send", "markdown", "editor", "attach") else True

    def action_send(self) -> None:
        """Prepare the letter; deliver it at once, or after a review where mail leaves."""
        if self.busy or self.keeping.holder or self.mail is None:
            return
        mail, form = self.mail, self.query_one(ComposeForm)
        form.close_proposals()
        self.draft = draft = self.typed()
        if draft.attachments.strip():
            self.busy = True
            form.hold("… reading the files")
            self._read_files(mail, draft)
        else:
            self._submit(mail, draft, partial(mail.prepare, draft))

    @work(group="delivery")
    async def _read_files(self, mail: MailHandler, draft: Draft) -> None:
        """Prepare a letter with files apart: they may be large, or far away."""
        reading = asyncio.ensure_future(run_apart(partial(mail.prepare, draft)))
        await asyncio.wait({reading})
        self._back_to_letter()
        self._submit(mail, draft, reading.result)

    def _submit(self, mail: MailHandler, draft: Draft, prepare: Callable[[], Email]) -> None:
        form = self.query_one(ComposeForm)
        try:
            self.prepared = email = prepare()
        except InvalidEmail as error:
            self.prepared = error
            self.query_one(Panes).show_letter()
            form.reveal_problems(error.problems)
            return
        except Exception as error:  # noqa: BLE001  a handler's own prepare may fail as well
            broken = MailError(mail.broke_off(error, handed_over=False))
            self._show(Outcome(mail, broken, datetime.now(), self._letter.submit(draft)))
            return
        rest = self._letter.for_the_rest(mail, email, draft) if mail.delivers else email
        if rest is None:
            self.notify(
                "Everybody has this letter. Change it to send another one, or begin a new one.",
                title="Not sent again",
                severity="warning",
            )
            return
        self.busy = True
        dispatch = self.dispatch = Dispatch(self, self.keeping, self._letter, mail, rest, draft)
        if mail.delivers:
            form.hold("… nothing is sent yet")
            self.app.push_screen(dispatch.review(), partial(self._reviewed, dispatch))
        else:
            self._hand_over(dispatch)

    def action_attach(self) -> None:
        """Choose files that go along."""
        if self.busy or self.keeping.holder:
            return
        try:
            from mailtui.tui.screens.attach import AttachScreen, Chosen  # not needed to write a letter

            picker = AttachScreen(self._folder)
        except FileNotFoundError:  # of the working folder, which its library, too, asks for
            text = "The folder in which mailtui was started is gone. Type the path of the file, or start mailtui anew."
            self.notify(text, title="No files to choose from", severity="error")
            return

        def chosen(choice: Chosen | None) -> None:
            if choice is not None:
                self._folder = choice.folder
                self.query_one(ComposeForm).attach(choice.paths)

        self.app.push_screen(picker, chosen)

    def on_header_fields_label_pressed(self, message: HeaderFields.LabelPressed) -> None:
        """A click on the name of a field: that of the files opens the picker."""
        if message.field.PRESSABLE:
            self.action_attach()
        else:
            message.field.focus()

    def take_drop(self, text: str) -> bool:
        """Attach the files whose paths were pasted or dropped; the same once more goes where the cursor is.

        Args:
            text: Of a paste.

        Returns:
            Whether it was such a text.
        """
        return not self.busy and self.query_one(ComposeForm).take_drop(text)

    def action_go_on(self) -> None:
        """Take the recipient who is marked among those proposed, or go on to the next field."""
        if not self.query_one(ComposeForm).take_proposal():
            self.focus_next()

    def action_next_field(self) -> None:
        """The same, for a key that means something else where it is no field."""
        self.action_go_on()

    def action_preview(self) -> None:
        """The preview, its next tab, or back to the letter."""
        self.query_one(Panes).turn()

    def action_form(self) -> None:
        """Back to the letter, where the cursor was."""
        self.query_one(Panes).show_letter()

    def action_browser(self) -> None:
        """Show the HTML of the letter in the browser, or say why there is none."""
        if isinstance(self.prepared, Email) and self.prepared.has_html:
            self.query_one(Preview).open_browser()
        else:
            self.notify(no_html_text(self.prepared, key_of(self, "markdown")), severity="warning")

    def action_markdown(self) -> None:
        """The body is Markdown, or plain text again."""
        self.query_one(ComposeForm).toggle_markdown()

    def action_editor(self) -> None:
        """Write the body in an editor, which has the terminal until it is left."""
        from mailtui.tui.editor import EditorFailed, edit_in_terminal  # not needed by everybody

        form = self.query_one(ComposeForm)
        draft = form.draft
        try:
            text = edit_in_terminal(self.app, draft.body, markdown=draft.markdown)
        except EditorFailed as error:
            self.notify(str(error), title="The letter is as it was", severity="warning", timeout=20)
        else:
            form.rewrite_body(text)

    def action_copy_answer(self) -> None:
        """Put the answer, with its transcript, where other programs can paste it from."""
        if self.outcome is not None:
            text = outcome_text(self.outcome, key_of(self, "settings")).strip("\n")
            parts = [outcome_title(self.outcome), text, *self.outcome.transcript]
            self.app.copy_to_clipboard("\n".join(parts))
            self.notify("The answer is in the clipboard.")

    def on_result_bar_wanted(self, message: ResultBar.Wanted) -> None:
        """A button below the answer."""
        {"retry": self.action_send, "new": self.action_new, "copy": self.action_copy_answer}[message.wish]()

    def commands(self) -> Iterable[SystemCommand]:
        """What can be done about the answer that is shown, and what may have been overlooked."""
        if warnings := self.query_one(ComposeForm).warnings:
            tell = partial(self.notify, "\n".join(warnings), title="Before you send")
            yield SystemCommand("Checks", "All that may have been overlooked in the letter", tell)
        if self.draft and not self.busy and not self.keeping.holder:
            yield SystemCommand("Discard", "Drop this letter and its draft for good", self.action_discard)
        if self.outcome is not None:
            yield SystemCommand("Copy", "Copy the answer with its transcript", self.action_copy_answer)
            if not self.outcome.good:
                yield SystemCommand("Retry", "Hand the letter over once more, to the rest", self.action_send)

    def _begun(self, draft: Draft) -> Draft:
        """A letter as it begins: where nothing is written yet, with the signature."""
        try:
            return draft.signed(read_signature(self.preferences.signature))
        except InvalidOptions as error:
            self.notify(f"{error}\nThe letter has none.", title="The signature cannot be read", severity="error")
            return draft

    def typed(self) -> Draft:
        """The letter as it stands in the form."""
        return self._letter.named(self.query_one(ComposeForm).draft)

    def load(self, draft: Draft, letter: Letter | None, *, read_only: bool = False) -> None:
        """Put another letter into the form; see `KeptScreen.load`."""
        form = self.query_one(ComposeForm)
        form.release()
        self._letter = letter or Letter()
        self.query_one(Panes).show_letter()
        form.load(draft if letter else self._begun(draft))
        if read_only:
            form.hold("read only here")
            self.query_one(Panes).show_answer()

    def _check(self) -> None:
        """Look at the letter as it stands; the handler itself is asked when Send is pressed."""
        if self.mail is not None:
            try:
                self.prepared = Email.build(Fields.of(self.draft), self.mail.defaults, measure=as_seen(self._sights))
            except InvalidEmail as error:
                self.prepared = error

    def _reviewed(self, dispatch: Dispatch, answer: Answer | None) -> None:
        if answer == "send":
            self._hand_over(dispatch)
            return
        self._back_to_letter()
        if answer == "keep":
            self.action_new()

    def _back_to_letter(self) -> None:
        self.busy = False
        self.query_one(ComposeForm).release()

    @work(group="delivery")
    async def _hand_over(self, dispatch: Dispatch) -> None:
        """Hand the letter over, show what becomes of it, and keep that."""
        if not await dispatch.may_begin():
            self._back_to_letter()
            return
        self.show_notice("known", "")
        if (form := self.query_one(ComposeForm)).disabled:
            form.hold()
        outcome = await dispatch.outcome()
        self._show(outcome)
        await self._write_down(dispatch, outcome)
        late = await dispatch.late_outcome()
        if late is not None:
            self.notify(outcome_title(late), title="The answer has come after all", timeout=20)
            if self.outcome is outcome:
                self.outcome = late
            await self._write_down(dispatch, late)

    async def _write_down(self, dispatch: Dispatch, outcome: Outcome) -> None:
        dispatch.write_down(outcome, self.typed())
        self.show_kept()
        await dispatch.keep_for_later(outcome, self.preferences)

    def _show(self, outcome: Outcome) -> None:
        """Show what became of the letter."""
        self.busy = False
        if outcome.mail.delivers:  # the form was held
            self.query_one(ComposeForm).hold("")
            self.set_timer(QUIET, self._release_form)
        self.outcome = outcome
        self.query_one(Panes).show_answer()

    def _release_form(self) -> None:
        """Take keys again, but not before half a second without one: a y too many is not meant for the letter."""
        if self.busy or self.keeping.holder:  # with the next submit, which frees it when it is over
            return
        left = self._last_key + QUIET - monotonic()
        if left > 0:
            self.set_timer(left, self._release_form)
        else:
            self.query_one(ComposeForm).release()
