"""The handlers and their options, made from what the handler classes declare."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Checkbox, OptionList, Static
from textual.widgets.button import ButtonVariant

from mailtui.config.changes import removed, saved, with_copy, with_handler, without
from mailtui.config.settings import Settings
from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.tui.edits import Edits
from mailtui.tui.keys import key_hints
from mailtui.tui.leaving import OnceMore, Place
from mailtui.tui.screens.handler_dialogs import NewHandlerScreen, RemoveScreen
from mailtui.tui.settings_texts import not_removable, removal_text, saved_text, short_path
from mailtui.tui.widgets.handler_list import HandlerList, destination
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.option_form import OptionForm
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.tui.widgets.start_box import StartBox
from mailtui.visible import visible

MEDIUM = 76  # columns from which on handlers and options stand side by side
WIDE = 100  # and from which on an option's name stands beside its value
_BUTTONS: tuple[tuple[str, str, ButtonVariant, str], ...] = (
    ("use", "Use now", "primary", "Use this handler with these options, in this run"),
    ("save", "Save", "default", "Write what was changed about this handler to the file"),
    ("check", "Check", "default", "Connect and log in as the form says; nothing is sent"),
    ("back", "Back", "default", "Back to the letter"),
)
_LIST_BUTTONS = (
    ("add", "Add", "A new handler"),
    ("copy", "Copy", "A new handler with the values of this one"),
    ("remove", "Remove", "Take this handler out of the file"),
)


class SettingsScreen(Place[tuple[str, Settings] | None]):
    """Change handlers, for this run or for good, and choose one. Answers with the choice, or None.

    Args:
        settings: In use.
        name: Of the handler in use.
    """

    AUTO_FOCUS = "#handlers"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "use", "Use now", id="settings.use", tooltip=_BUTTONS[0][3]),
        Binding("f10", "save", "Save", id="settings.save", tooltip=_BUTTONS[1][3]),
        Binding("f9", "check", "Check", id="settings.check", tooltip=_BUTTONS[2][3]),
        Binding("escape", "back", "Back", id="settings.back", key_display="esc", tooltip=_BUTTONS[3][3]),
        Binding("f2", "back", "Back", id="settings.back", tooltip=_BUTTONS[3][3]),
        Binding("ctrl+n", "add", "Add", id="settings.add", show=False, tooltip=_LIST_BUTTONS[0][2]),
        Binding("f5", "copy", "Copy", id="settings.copy", show=False, tooltip=_LIST_BUTTONS[1][2]),
        Binding("f8", "remove", "Remove", id="settings.remove", show=False, tooltip=_LIST_BUTTONS[2][2]),
        # Priority: keys that arrive together must reach the field that is meant, a password above all.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    class Saved(Message):
        """Settings that hold whatever a person does next.

        Args:
            settings: After something was saved or removed.
            name: Of the handler that this was about.
        """

        def __init__(self, settings: Settings, name: str) -> None:
            super().__init__()
            self.settings = settings
            self.name = name

    def __init__(self, settings: Settings, name: str) -> None:
        super().__init__()
        self._settings = settings  # with the handlers that were added here
        self._active = name
        self._shown = self._at_first()
        self._edits = Edits()
        self._once_more = OnceMore()

    def compose(self) -> ComposeResult:
        """The handlers, beside them the options of one."""
        yield Static(id="settings-title", markup=False)
        with Horizontal(id="settings-panes"):
            with Vertical(id="settings-left") as left:
                left.border_title = "Handlers"
                yield HandlerList(self._active, id="handlers")
                with Horizontal(id="handler-actions"):
                    for action, label, tooltip in _LIST_BUTTONS:
                        yield Button(
                            label, id=f"handler-{action}", action=f"screen.{action}", compact=True, tooltip=tooltip
                        )
            with Vertical(id="settings-right"):
                yield OptionForm(self._settings, self._shown, id="options")
                yield StartBox(id="at-start")
                with Horizontal(id="settings-actions"):
                    for action, label, variant, tooltip in _BUTTONS:
                        yield Button(
                            label,
                            id={"use": "use-now"}.get(action, f"settings-{action}"),
                            action=f"screen.{action}",
                            compact=True,
                            variant=variant,
                            tooltip=tooltip,
                        )
        yield KeyBar()

    def may_leave(self, action: str) -> bool:
        """Whether nothing would be lost, or the same is asked for a second time.

        Args:
            action: The id of the binding that asks.
        """
        return self._may_drop(self._edits.names, action)

    def on_mount(self) -> None:
        """Tell of the handlers."""
        self._tell()

    def on_resize(self) -> None:
        """One line or two for each handler."""
        self._tell()

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the options of another handler."""
        event.stop()
        if event.option_id is not None and event.option_id != self._shown:
            self._take_edits()
            await self._show(event.option_id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a handler uses it."""
        event.stop()
        self.action_use()

    def on_option_row_edited(self, message: OptionRow.Edited) -> None:
        """Keep what was typed."""
        self._once_more.forget()
        self._take_edits()
        self._tell()

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
        self._once_more.forget()
        self._edits.start = self._shown if event.value else ""
        self._tell()

    def action_use(self) -> None:
        """Use the shown handler with the options as they stand; what is wrong is said at its option."""
        made = self._made()
        if made is not None and self._may_drop(self._edits.names_after_use(self._shown), "settings.use"):
            self.dismiss((self._shown, self._without_added(made[0], but=self._shown)))

    def action_save(self) -> None:
        """Write what was changed about the shown handler to the file; it holds in this run, too."""
        made = self._made()
        if made is None:
            return
        changed = made[0]
        try:
            kept = saved(changed, self._shown, at_start=self._edits.start == self._shown)
        except MailError as error:
            self.notify(str(error), title="Not saved", severity="error", timeout=15, markup=False)
            return
        if kept is changed:
            self.notify(f"Nothing of {self._shown} was changed.", markup=False)
            return
        self._edits.forget(self._shown)
        self._keep(kept, self._shown)
        self._tell()
        self.query_one(OptionForm).settle(kept)
        self.notify(visible(saved_text(kept, self._shown)), timeout=10, markup=False)

    def action_check(self) -> None:
        """Check the shown handler as it stands in the form."""
        from mailtui.tui.screens.check import CheckScreen

        made = self._made()
        if made is not None:
            self.app.push_screen(CheckScreen(made[1]))

    def action_back(self) -> None:
        """Back to the letter; what was neither used nor saved is asked about once."""
        if self.may_leave("settings.back"):
            self.dismiss(None)

    def action_add(self) -> None:
        """Ask for class and name of a new handler."""

        def add(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self.call_later(self._show_added, with_handler(self._settings, *answer), answer[0])

        self.app.push_screen(NewHandlerScreen(self._settings), add)

    def action_copy(self) -> None:
        """Ask for the name of a copy of the shown handler, edits included."""
        name = self._shown
        try:
            label = self._settings.label(name)
        except MailError as error:
            self.notify(str(error), title="Not copied", severity="error", markup=False)
            return

        def copy(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                self._edits.typed[answer[0]] = self._edits.typed.get(name, {})
                self.call_later(self._show_added, with_copy(self._settings, name, answer[0]), answer[0])

        self.app.push_screen(NewHandlerScreen(self._settings, label=label, copied=name), copy)

    def action_remove(self) -> None:
        """Ask whether the shown handler is to go; say why where it cannot."""
        name = self._shown
        if refusal := not_removable(self._settings, name, in_use=name == self._active):
            self.notify(refusal, severity="warning", markup=False)
            return

        def remove(answer: bool | None) -> None:
            if answer:
                self.call_later(self._remove, name)

        self.app.push_screen(RemoveScreen(name, removal_text(self._settings, name)), remove)

    async def _remove(self, name: str) -> None:
        try:
            kept = removed(self._settings, name)
        except MailError as error:
            self.notify(str(error), title="Not removed", severity="error", timeout=15, markup=False)
            return
        self._edits.forget(name)
        self._keep(kept, name)
        await self._show(name if name in kept.names() else self._at_first())

    async def _show_added(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._edits.added.add(name)
        self._take_edits()
        await self._show(name)
        self.query_one(OptionForm).focus_first()

    async def _show(self, name: str) -> None:
        self._shown = name
        self._tell()
        await self.query_one(OptionForm).show(self._settings, name, self._edits.typed.get(name, {}))

    def _keep(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self.post_message(self.Saved(self._without_added(settings), name))

    def _without_added(self, settings: Settings, but: str = "") -> Settings:
        """Without the handlers that were added here and neither used nor saved."""
        for name in self._edits.added - {but}:
            settings = without(settings, name)
        return settings

    def _at_first(self) -> str:
        names = self._settings.names()
        return self._active if self._active in names else names[0]

    def _take_edits(self) -> None:
        self._edits.typed[self._shown] = self.query_one(OptionForm).typed

    def _as_typed(self) -> tuple[Settings, MailHandler]:
        """The settings and the shown handler, as the form stands."""
        settings = self._settings.with_typed(self._shown, self.query_one(OptionForm).typed)
        return settings, settings.handler(self._shown)

    def _made(self) -> tuple[Settings, MailHandler] | None:
        """The same; None if something is wrong, which is told."""
        try:
            return self._as_typed()
        except InvalidOptions as error:
            if untold := self.query_one(OptionForm).reveal_problems(error.problems):
                self.notify(untold, title=f"[mail.{self._shown}]", severity="error", markup=False)
        except MailError as error:
            self.notify(str(error), severity="error", markup=False)
        return None

    def _may_drop(self, names: set[str], action: str) -> bool:
        """Whether the edits of some handlers may go: there are none, or the same is asked for a second time."""
        if self._once_more.is_yes(action) or not names:
            return True
        key = next(hint.keys[0] for hint in key_hints(self) if hint.binding.id == action)
        edited = ", ".join(sorted(names))
        self.notify(
            f"Neither used nor saved: {edited}. {key} once more drops these edits.", severity="warning", markup=False
        )
        return False

    def _tell(self) -> None:
        """What stands around the form."""
        settings, name = self._settings, self._shown
        narrow = self.size.width < MEDIUM
        self.query_one(HandlerList).show(settings, name, self._edits.names, narrow=narrow)
        self.query_one("#settings-title", Static).update(
            f"Settings · {visible(short_path(settings.path)) or 'no file'}"
        )
        right = self.query_one("#settings-right")
        right.border_title = Content(f"{name} · in use" if name == self._active else name)
        right.border_subtitle = Content(visible(destination(settings, name)))
        self.query_one(StartBox).show(starts=settings.at_start.value == name, ticked=self._edits.start == name)
