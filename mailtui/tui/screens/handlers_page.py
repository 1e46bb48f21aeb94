"""The page of the settings with the handlers and their options."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Checkbox, OptionList

from mailtui.config.changes import removed, saved, with_copy, with_handler
from mailtui.config.settings import Settings
from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.tui.edits import Edits
from mailtui.tui.option_sheet import handler_sheet
from mailtui.tui.screens.handler_dialogs import NewHandlerScreen, RemoveScreen
from mailtui.tui.screens.settings_page import BACK, SAVE, USE, ActionRow, SettingsPage
from mailtui.tui.settings_texts import not_removable, removal_text, saved_text
from mailtui.tui.widgets.handler_list import HandlerList, destination
from mailtui.tui.widgets.option_form import OptionForm
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.tui.widgets.start_box import StartBox
from mailtui.visible import visible

MEDIUM = 76  # columns from which on handlers and options stand side by side
_CHECK = "Connect and log in as the form says; nothing is sent"
_BUTTONS = (
    (USE, "screen.use", "Use this handler with these options, in this run"),
    (SAVE, "screen.save", "Write what was changed about this handler to the file"),
    ("Check", "check", _CHECK),
    (BACK, "screen.back", "Back to the letter"),
)
_LIST_BUTTONS = (
    ("add", "Add", "A new handler"),
    ("copy", "Copy", "A new handler with the values of this one"),
    ("remove", "Remove", "Take this handler out of the file"),
)


class HandlersPage(SettingsPage):
    """The handlers, beside them the options of one.

    Args:
        settings: With the handlers.
        active: The name of the handler in use.
        edits: What was typed on any page.
        id: Of the widget.
    """

    UNCHANGED = "Nothing of {} was changed."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "check", "Check", id="settings.check", tooltip=_CHECK),
        Binding("ctrl+n", "add", "Add", id="settings.add", show=False, tooltip=_LIST_BUTTONS[0][2]),
        Binding("f5", "copy", "Copy", id="settings.copy", show=False, tooltip=_LIST_BUTTONS[1][2]),
        Binding("f8", "remove", "Remove", id="settings.remove", show=False, tooltip=_LIST_BUTTONS[2][2]),
    ]

    def __init__(self, settings: Settings, active: str, edits: Edits, *, id: str) -> None:  # noqa: A002
        super().__init__(settings, edits, id=id)
        self._active = active
        self._shown = self._at_first()

    def compose(self) -> ComposeResult:
        """The handlers, beside them the options of one."""
        with Horizontal(id="settings-panes"):
            with Vertical(id="settings-left") as left:
                left.border_title = "Handlers"
                yield HandlerList(self._active, id="handlers")
                with Horizontal(id="handler-actions"):
                    for action, label, tooltip in _LIST_BUTTONS:
                        yield Button(
                            Content(label), id=f"handler-{action}", name=action, compact=True, tooltip=Content(tooltip)
                        )
            with Vertical(id="settings-right"):
                yield OptionForm(handler_sheet(self.settings, self._shown), {}, id="options")
                yield StartBox(id="at-start")
                yield ActionRow(_BUTTONS)

    @property
    def subject(self) -> str:
        """The shown handler."""
        return self._shown

    def focus_first(self) -> None:
        """Put the cursor into the list."""
        self.query_one(HandlerList).focus()

    def on_mount(self) -> None:
        """Tell of the handlers."""
        self._tell()

    def on_resize(self) -> None:
        """One line or two for each handler."""
        self._tell()

    def watch_settings(self) -> None:
        """Tell of what has changed, also on another page."""
        if self.is_mounted and self._shown in self.settings.names():
            self._tell()

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the options of another handler."""
        event.stop()
        if event.option_id is not None and event.option_id != self._shown:
            self._take_edits()
            await self._show(event.option_id)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a handler uses it."""
        event.stop()
        await self.run_action("screen.use")

    def on_option_row_edited(self, message: OptionRow.Edited) -> None:
        """Keep what was typed."""
        message.stop()
        self._take_edits()
        self._tell()
        self.post_message(self.Edited())

    def on_option_form_left(self, message: OptionForm.Left) -> None:
        """Check the field that was left."""
        problems = {}
        try:
            self._as_typed()
        except InvalidOptions as error:
            problems = error.problems
        except MailError:
            return  # which is told above the form
        self.query_one(OptionForm).show_problems(problems)

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Another handler for the next start, once this is saved."""
        event.stop()
        self._edits.start = self._shown if event.value else ""
        self._tell()
        self.post_message(self.Edited())

    def made(self) -> Settings | None:
        """With the options of the shown handler as they stand; what is wrong is said at its option."""
        made = self._made()
        return None if made is None else made[0]

    def written(self, changed: Settings) -> Settings:
        """What was changed about the shown handler."""
        return saved(changed, self._shown, at_start=self._edits.start == self._shown)

    def settle(self, kept: Settings) -> str:
        """The shown handler has no edits any more."""
        self._edits.forget(self._shown)
        self._keep(kept, self._shown)
        self.query_one(OptionForm).settle(handler_sheet(kept, self._shown))
        return saved_text(kept, self._shown)

    def action_check(self) -> None:
        """Check the shown handler as it stands in the form."""
        from mailtui.tui.screens.check import CheckScreen

        made = self._made()
        if made is not None:
            self.app.push_screen(CheckScreen(made[1]))

    def action_add(self) -> None:
        """Ask for class and name of a new handler."""

        def add(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self.call_later(self._show_added, with_handler(self.settings, *answer), answer[0])

        self.app.push_screen(NewHandlerScreen(self.settings), add)

    def action_copy(self) -> None:
        """Ask for the name of a copy of the shown handler, edits included."""
        name = self._shown
        try:
            label = self.settings.label(name)
            self.settings.handler_type(name)
        except MailError as error:
            self.notify(str(error), title="Not copied", severity="error")
            return

        def copy(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self._edits.typed[answer[0]] = self._edits.typed.get(name, {})
                self.call_later(self._show_added, with_copy(self.settings, name, answer[0]), answer[0])

        self.app.push_screen(NewHandlerScreen(self.settings, label=label, copied=name), copy)

    def action_remove(self) -> None:
        """Ask whether the shown handler is to go; say why where it cannot."""
        name = self._shown
        if refusal := not_removable(self.settings, name, in_use=name == self._active):
            self.notify(refusal, severity="warning")
            return

        def remove(answer: bool | None) -> None:
            if answer:
                self.call_later(self._remove, name)

        self.app.push_screen(RemoveScreen(name, removal_text(self.settings, name)), remove)

    async def _remove(self, name: str) -> None:
        try:
            kept = removed(self.settings, name)
        except MailError as error:
            self.notify(str(error), title="Not removed", severity="error", timeout=15)
            return
        self._edits.forget(name)
        self._keep(kept, name)
        await self._show(name if name in kept.names() else self._at_first())

    async def _show_added(self, settings: Settings, name: str) -> None:
        self._take_edits()
        self._edits.added.add(name)
        self._shown = name
        self.settings = settings
        self.post_message(self.Changed(settings))
        await self._show(name)
        self.query_one(OptionForm).focus_first()

    async def _show(self, name: str) -> None:
        self._shown = name
        self._tell()
        await self.query_one(OptionForm).show(handler_sheet(self.settings, name), self._edits.typed.get(name, {}))

    def _keep(self, settings: Settings, name: str) -> None:
        self.settings = settings
        self.post_message(self.Saved(settings, name))

    def _at_first(self) -> str:
        names = self.settings.names()
        return self._active if self._active in names else names[0]

    def _take_edits(self) -> None:
        self._edits.typed[self._shown] = self.query_one(OptionForm).typed

    def _as_typed(self) -> tuple[Settings, MailHandler]:
        """The settings and the shown handler, as the form stands."""
        settings = self.settings.with_typed(self._shown, self.query_one(OptionForm).typed)
        return settings, settings.handler(self._shown)

    def _made(self) -> tuple[Settings, MailHandler] | None:
        """The same; None if something is wrong, which is told."""
        try:
            return self._as_typed()
        except InvalidOptions as error:
            if untold := self.query_one(OptionForm).reveal_problems(error.problems):
                self.notify(untold, title=f"[mail.{self._shown}]", severity="error")
        except MailError as error:
            self.notify(str(error), severity="error")
        return None

    def _destination(self) -> str:
        """Where mail would go by what was typed, if that can be used."""
        settings, name = self.settings, self._shown
        try:
            return destination(settings.with_typed(name, self._edits.typed.get(name, {})), name)
        except MailError:
            return destination(settings, name)

    def _tell(self) -> None:
        """What stands around the form."""
        settings, name = self.settings, self._shown
        narrow = self.screen.size.width < MEDIUM
        self.query_one(HandlerList).show(settings, name, self._edits.names, narrow=narrow)
        right = self.query_one("#settings-right")
        right.border_title = Content(f"{name} · in use" if name == self._active else name)
        right.border_subtitle = Content(visible(self._destination()))
        self.query_one(StartBox).show(starts=settings.at_start.value == name, ticked=self._edits.start == name)
