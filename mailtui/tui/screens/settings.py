"""The handlers and their options, made from what the handler classes declare."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.settings import Settings
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.visible import visible


class SettingsScreen(Screen[tuple[str, Settings] | None]):
    """Choose a handler and change its options for this run. Answers with the choice, or None.

    Args:
        settings: In use.
        name: Of the handler in use.
    """

    AUTO_FOCUS = "#handlers"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "use", "Use now", id="settings.use", tooltip="Use this handler with these options, in this run"
        ),
        Binding("escape", "back", "Back", id="settings.back", key_display="esc", tooltip="Back to the letter"),
        Binding("f2", "back", "Back", id="settings.back", tooltip="Back to the letter"),
    ]

    def __init__(self, settings: Settings, name: str) -> None:
        super().__init__()
        self._settings = settings
        self._active = name
        self._shown = name

    def compose(self) -> ComposeResult:
        """The handlers, beside them the options of one."""
        names = self._settings.names()
        yield Static(Content(f"Settings · {visible(self._settings.path or 'no file')}"), id="settings-title")
        with Horizontal(id="settings-panes"):
            handlers = OptionList(*(Option(self._badge(name), id=name) for name in names), id="handlers", compact=True)
            handlers.border_title = "Handlers"
            handlers.highlighted = names.index(self._active)
            yield handlers
            with Vertical(id="settings-right"):
                with VerticalScroll(id="options", can_focus=False):
                    yield from self._option_rows()
                with Horizontal(id="settings-actions"):
                    yield Button("Use now", id="use-now", compact=True, variant="primary")
                    yield Button("Back", id="settings-back", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the form after its handler."""
        self._entitle()

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the options of another handler."""
        event.stop()
        if event.option_id is not None and event.option_id != self._shown:
            self._shown = event.option_id
            options = self.query_one("#options")
            await options.remove_children()
            await options.mount_all(self._option_rows())
            self._entitle()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a handler uses it."""
        event.stop()
        self.action_use()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons act as the keys."""
        event.stop()
        if event.button.id == "use-now":
            self.action_use()
        else:
            self.action_back()

    def action_use(self) -> None:
        """Use the shown handler with the options as they stand; what is wrong is said at its option."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        rows = list(self.query(OptionRow))
        for row in rows:
            if row.changed:
                try:
                    values[row.option.name] = row.option.parse(row.text)
                except ValueError as error:
                    problems[row.option.name] = str(error)
        changed = self._settings.with_values(self._shown, values) if values else self._settings
        if not problems:
            try:
                changed.handler(self._shown)
            except InvalidOptions as error:
                problems = error.problems
            except MailError as error:
                self.notify(str(error), severity="error", markup=False)
                return
        for row in rows:
            row.show_problem(problems.get(row.option.name, ""))
        if elsewhere := problems.keys() - {row.option.name for row in rows}:
            key = min(elsewhere)
            self.notify(f"{key}: {problems[key]}", title=f"[mail.{self._shown}]", severity="error", markup=False)
        if not problems:
            self.dismiss((self._shown, changed))

    def action_back(self) -> None:
        """Back to the letter; nothing has changed."""
        self.dismiss(None)

    def _badge(self, name: str) -> Content:
        sign = "▸" if name == self._active else " "
        if self._settings.problem(name):
            return Content.assemble(f"{sign} {name}\n", ("    ✗ cannot be used", "$text-error"))
        kind = self._settings.handler_type(name)
        if kind.delivers:
            return Content.assemble(f"{sign} {name}\n", ("    ▲ delivers mail", "$text-warning"))
        return Content.assemble(f"{sign} {name}\n", ("    ● sends nothing", "$text-muted"))

    def _entitle(self) -> None:
        self.query_one("#settings-right").border_title = Content(
            f"{self._shown} · in use" if self._shown == self._active else self._shown
        )

    def _option_rows(self) -> list[Static | OptionRow]:
        try:
            kind = self._settings.handler_type(self._shown)
        except MailError as error:
            return [Static(Content(visible(str(error))), classes="option-problem -shown")]
        rows: list[Static | OptionRow] = [Static(Content(visible(kind.about())), classes="about")]
        if problem := self._settings.problem(self._shown):
            rows.append(Static(Content(f"✗ {visible(problem)}"), classes="option-problem -shown"))
        own = [option for name, option in kind.options().items() if name not in MailHandler.options()]
        inherited = [kind.options()[name] for name in MailHandler.options()]
        for option in (*own, *inherited):
            origin = self._settings.origin(self._shown, option.name)
            rows.append(OptionRow(option, self._settings.text(self._shown, option), origin))
        return rows
