"""The form in which a letter is typed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive, var
from textual.widget import Widget
from textual.widgets import Button, Input, Static, TextArea

from mailtui.config.preferences import Preferences
from mailtui.mail.advice import advice
from mailtui.mail.draft import Draft, above_signature
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.tui.files import Sights, listed
from mailtui.tui.keys import key_of
from mailtui.tui.stand_ins import with_stand_ins
from mailtui.tui.texts import first_of, readiness
from mailtui.tui.widgets.attachments_input import AttachmentsInput
from mailtui.tui.widgets.body_area import BodyArea
from mailtui.tui.widgets.header_fields import AddressInput, HeaderFields, HeaderInput
from mailtui.tui.widgets.markdown_switch import MarkdownSwitch
from mailtui.visible import visible

if TYPE_CHECKING:
    from mailtui.tui.widgets.attachment_list import AttachmentList

# The widget of each field of the draft: id, label.
FIELDS = {
    "from_addr": ("from", "From"),
    "to": ("to", "To"),
    "cc": ("cc", "Cc"),
    "bcc": ("bcc", "Bcc"),
    "subject": ("subject", "Subject"),
    "attachments": ("attachments", "+Attach"),
    "body": ("body", "Body"),
}
_KINDS: dict[str, type[HeaderInput]] = {"subject": HeaderInput, "attachments": AttachmentsInput}
_WAITING = "… waiting for the answer"
_FIELD_OF = {widget_id: field for field, (widget_id, _) in FIELDS.items()}


def first_field(draft: Draft) -> str:
    """The id of the widget in which a letter is begun: the first that is still to be filled in.

    Args:
        draft: Of that letter.
    """
    written = {"to": draft.to + draft.cc + draft.bcc, "subject": draft.subject, "body": above_signature(draft.body)}
    return next((field for field, text in written.items() if not text.strip()), "to")


class ComposeForm(Vertical):
    """Header fields, body and the Send button. Posts the draft as typed, and shows what must be mended."""

    BORDER_TITLE = "Letter"

    mail: var[MailHandler | None] = var[MailHandler | None](None)
    prepared: var[Email | InvalidEmail | None] = var[Email | InvalidEmail | None](None)
    preferences: var[Preferences] = var(Preferences)
    busy: reactive[bool] = reactive(False)

    class Changed(Message):
        """Something was typed.

        Args:
            draft: All that stands in the form now.
        """

        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    class Submitted(Message):
        """The Send button was pressed."""

    def __init__(self, draft: Draft, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.warnings: list[str] = []  # what may have been overlooked; nothing while nothing was typed
        self._draft = draft
        self._why = _WAITING
        self._left = _filled(draft)  # fields whose mistakes are shown
        self._sights: Sights = {}
        self._list: AttachmentList | None = None
        self._last_field: Widget | None = None

    def compose(self) -> ComposeResult:
        """The header fields, the body, the Send button with the state of the letter."""
        with HeaderFields().data_bind(ComposeForm.preferences):
            for field, (widget_id, label) in FIELDS.items():
                if field != "body":
                    kind = _KINDS.get(field, AddressInput)
                    yield kind(label, getattr(self._draft, field), id=widget_id)
        yield BodyArea(self._draft.body, id="body")
        with Horizontal(id="actions"):
            yield Button("Send", id="send", compact=True, variant="primary")
            yield Static(id="readiness", markup=False)
            yield MarkdownSwitch(self._draft.markdown, id="markdown")

    @property
    def draft(self) -> Draft:
        """All that stands in the form at this moment, whatever messages are still on their way."""
        typed = {_FIELD_OF[widget.id or ""]: widget.typed for widget in self.query(HeaderInput)}
        markdown = self.query_one(MarkdownSwitch).value
        return replace(self._draft, body=self.query_one(BodyArea).typed, markdown=markdown, **typed)

    def load(self, draft: Draft) -> None:
        """Put another letter into the form.

        Args:
            draft: Its text.
        """
        self._left = _filled(draft)
        self._draft = draft
        for widget in self.query(HeaderInput):
            widget.load(getattr(draft, _FIELD_OF[widget.id or ""]))
        self.query_one(HeaderFields).settle()
        self.query_one(BodyArea).load(draft.body)
        self.query_one(MarkdownSwitch).value = draft.markdown
        self.query_one(f"#{first_field(draft)}").focus()

    def take_proposal(self) -> bool:
        """Put in the recipient who is marked among those proposed, if one is."""
        return self.query_one(HeaderFields).take_proposal()

    def close_proposals(self) -> None:
        """Propose no recipients until something is typed."""
        self.query_one(HeaderFields).action_close_proposals()

    def rewrite_body(self, text: str) -> None:
        """Put another text in the place of the body; it can be taken back in one step.

        Args:
            text: From an editor.
        """
        self.query_one(BodyArea).rewrite(text)

    def attach(self, paths: Sequence[str]) -> None:
        """Let files go along.

        Args:
            paths: Where they are.
        """
        self.query_one(AttachmentsInput).add(paths)

    def take_drop(self, text: str) -> bool:
        """Attach the files whose paths were pasted or dropped anywhere.

        Args:
            text: Of a paste.

        Returns:
            Whether it was such a text, and the form takes it.
        """
        return not self.disabled and self.query_one(AttachmentsInput).take_drop(text)

    def toggle_markdown(self) -> None:
        """Send the body as HTML, too, or as plain text alone."""
        switch = self.query_one(MarkdownSwitch)
        switch.value = not switch.value

    def resume(self) -> None:
        """Put the cursor where it was last."""
        (self._last_field or self.query_one("#to")).focus()

    def reveal_problems(self, problems: Mapping[str, str]) -> None:
        """Show every reason, and put the cursor into the first field to mend.

        Args:
            problems: By field, as InvalidEmail has them.
        """
        self._left |= problems.keys()
        self.query_one(AttachmentsInput).look()
        self._show_problems()
        for field, (widget_id, _) in FIELDS.items():
            if field in problems:
                self.query_one(f"#{widget_id}").focus()
                return

    def watch_mail(self, mail: MailHandler | None) -> None:
        """Show the handler's defaults where nothing is typed: they are what is used."""
        if mail is None or not self.is_mounted:
            return
        defaults = mail.defaults
        shown = {"from": defaults.from_addr, "subject": defaults.subject}
        shown |= {name: ", ".join(getattr(defaults, name)) for name in ("to", "cc", "bcc")}
        shown["attachments"] = "paths of files, separated by commas"
        for widget_id, text in shown.items():
            self.query_one(f"#{widget_id}", Input).placeholder = visible(text)

    def watch_prepared(self, prepared: Email | InvalidEmail | None) -> None:
        """Show whether the letter can be sent."""
        if prepared is not None and self.is_mounted:
            line = self.query_one("#readiness", Static)
            line.set_class(isinstance(prepared, InvalidEmail) and bool(self._draft), "-bad")
            self.warnings = advice(prepared) if isinstance(prepared, Email) and self._draft else []
            held = self.busy or self.disabled
            line.update((held and self._why) or self._state_of(prepared))
            line.tooltip = Content(visible("\n".join(self.warnings))) if self.warnings else None
            self._show_problems()

    def watch_busy(self, busy: bool) -> None:
        """Say that the letter is on its way."""
        if self.is_mounted:
            self.query_one("#send", Button).disabled = busy
            self.watch_prepared(self.prepared)

    def hold(self, why: str = _WAITING) -> None:
        """Take no keys: what leaves is what was reviewed.

        Args:
            why: Shown in place of the state of the letter, unless it is empty.
        """
        self.disabled = True
        self._why = why
        self.watch_prepared(self.prepared)

    def release(self) -> None:
        """Take keys again, where the cursor was if it is nowhere else by now."""
        self.disabled = False
        self._why = _WAITING
        self.watch_prepared(self.prepared)
        if self.screen.focused is None:
            self.resume()

    def on_mount(self) -> None:
        """Show what came before the widgets were there."""
        self.watch_mail(self.mail)
        self.watch_prepared(self.prepared)
        self.watch(self.screen, "focused", self._note_field)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(MarkdownSwitch.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._show_files()
        self._draft = self.draft
        self.post_message(self.Changed(self._draft))

    def on_attachments_input_looked(self, message: AttachmentsInput.Looked) -> None:
        """Show what the disk says of the files."""
        self._sights = message.sights
        self._show_problems()

    def on_attachment_list_removed(self, message: AttachmentList.Removed) -> None:
        """Take a file out of the letter."""
        message.stop()
        if self.query_one(AttachmentsInput).remove_file(message.file):
            self._show_files()
            key = key_of(self.screen, "undo") or "Undo"
            name = os.path.basename(message.file.path)
            self.notify(f"Removed {name}. {key} in Attach brings it back.")

    def on_attachment_list_left(self, message: AttachmentList.Left) -> None:
        """Back to the field; what was typed in the list is typed there."""
        message.stop()
        field = self.query_one(AttachmentsInput)
        field.focus()
        if message.typed:
            field.insert_text_at_cursor(with_stand_ins(message.typed))

    def on_attachment_list_undone(self, message: AttachmentList.Undone) -> None:
        """Bring a file back that was taken out."""
        message.stop()
        self.query_one(AttachmentsInput).action_undo()

    def on_attachments_input_list_wanted(self, message: AttachmentsInput.ListWanted) -> None:
        """Go into the list, if there are files."""
        message.stop()
        if self._list is not None and self._list.display:
            self._list.enter()

    @on(Button.Pressed, "#send")
    def _send_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Submitted())

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A field that was left is checked."""
        field = _FIELD_OF.get(event.widget.id or "")
        if field and self.draft:  # an empty letter has no mistakes yet
            self._left.add(field)
            self._show_problems()

    def _note_field(self, focused: Widget | None) -> None:
        """Remember where the cursor was last. Events of two fields that follow each other may come in any order."""
        if focused is not None and self in focused.ancestors and focused is not self._list:
            self._last_field = focused

    def _state_of(self, prepared: Email | InvalidEmail) -> Content:
        warning = visible(first_of(self.warnings))
        told = (" · ", (warning, "$text-warning")) if warning else ()
        return Content.assemble(readiness(prepared, begun=bool(self._draft)), *told)

    def _show_problems(self) -> None:
        problems = self.prepared.problems if isinstance(self.prepared, InvalidEmail) else {}
        headers = self.query_one(HeaderFields)
        told = self._show_files()
        for widget in headers.query(HeaderInput):
            field = _FIELD_OF[widget.id or ""]
            reason = problems.get(field, "") if field in self._left else ""
            headers.show_problem(widget, reason, told=told and field == "attachments")

    def _show_files(self) -> bool:
        """List the files: good ones at once, the others when their field has been left.

        Returns:
            Whether the list says what is wrong with one.
        """
        field = self.query_one(AttachmentsInput)
        left = "attachments" in self._left
        files = [file for file in listed(field.typed, self._sights) if left or file.good]
        if self._list is not None:
            if not files and self._list.has_focus:
                field.focus()
            self._list.show(files)
        elif files:
            from mailtui.tui.widgets.attachment_list import AttachmentList  # most letters have no file

            self._list = AttachmentList(files, id="attached")
            self.query_one(HeaderFields).mount(self._list, after=field)
        return any(isinstance(file.sight, str) for file in files)


def _filled(draft: Draft) -> set[str]:
    """The fields that a letter came with: nobody is typing there."""
    return {field for field in FIELDS if getattr(draft, field)}
