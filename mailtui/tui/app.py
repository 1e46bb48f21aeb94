"""The app: it owns the settings and the handler in use, `app.mail`."""

from __future__ import annotations

import asyncio
import gc
import re
import signal
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandListItem, CommandPalette, SimpleProvider
from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.widget import AwaitMount

from mailtui.config.preferences import Preferences
from mailtui.config.settings import DEFAULT_HANDLER, Settings
from mailtui.mail.draft import Draft
from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.tui.inert import INERT, inert
from mailtui.tui.keys import key_hints, key_of
from mailtui.tui.leaving import Dialog, Palette
from mailtui.tui.screens.compose import ComposeScreen
from mailtui.tui.stand_ins import without_stand_ins
from mailtui.tui.widgets.top_bar import TopBar
from mailtui.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel

    from mailtui.drafts.opened import OpenDraft
    from mailtui.tui.keymap import Action
    from mailtui.tui.screens.preferences_page import PreferencesPage
    from mailtui.tui.screens.settings import SettingsScreen

_ON_A_KEY = re.compile(r"\^.|f\d+")  # what is printed there in capitals
_BY_SIGNAL = 128  # exit codes from here on, as a shell has them


class MailtuiApp(App[None]):
    """The composer.

    Args:
        settings: Default: the configuration file and the environment.
        draft: What stands in the form at first.
        mail_handler: The handler to use, instead of the one configured.
        opened: A draft from disk to go on with, in place of `draft`.

    Raises:
        InvalidSettings: The configuration cannot be read.
        UnknownHandler: There is no handler of the name given here.
        InvalidOptions: The section of the handler given here is wrong.
    """

    TITLE = "mailtui"
    CSS_PATH = Path(__file__).with_name("mailtui.tcss")  # an app derived from this one finds it too
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="help", priority=True, tooltip="Help for the field, and all keys"),
        Binding("ctrl+q", "quit", "Quit", id="quit", priority=True, tooltip="Leave mailtui"),
        Binding(
            "ctrl+p", "command_palette", "Palette", id="palette", priority=True, tooltip="Every command by its name"
        ),
    ]

    mail: var[MailHandler] = var(lambda: Settings().handler())
    settings: var[Settings] = var(Settings)
    preferences: var[Preferences] = var(Preferences)

    def __init__(
        self,
        settings: Settings | None = None,
        draft: Draft | None = None,
        mail_handler: str | None = None,
        opened: OpenDraft | None = None,
    ) -> None:
        super().__init__()
        settings = Settings.load() if settings is None else settings
        self._draft = Draft() if draft is None else draft
        self._opened = opened
        self._end: asyncio.Task[None] | None = None
        self._give_signals_back: Callable[[], None] | None = None
        self._settings_screen: SettingsScreen | None = None
        self._problem = ""
        self._wrong_preferences: list[str] = []
        if mail_handler is not None:
            settings = settings.using(mail_handler, "command line")
            mail = settings.handler()
        else:
            try:
                mail = settings.handler()
            except MailError as error:
                self._problem = str(error)
                settings = settings.using(DEFAULT_HANDLER, "this run")
                mail = Settings().handler()
        self.set_reactive(MailtuiApp.settings, settings)
        self.set_reactive(MailtuiApp.mail, mail)
        self._follow_settings()

    def get_driver_class(self) -> type[Driver]:
        """As Textual chooses; on Linux and macOS one that leaves at once."""
        chosen = super().get_driver_class()
        try:
            from mailtui.tui.driver import PromptDriver
        except ImportError:  # on Windows, or a later Textual has its parser of keys elsewhere
            return chosen
        return PromptDriver if issubclass(PromptDriver, chosen) else chosen

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Whatever a widget paints, nothing in it acts on the terminal."""
        return [*super().get_line_filters(), INERT]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Tell in a corner; see `App.notify`.

        Args:
            message: May be from elsewhere, as the title; nothing in them acts.
            title: Above it.
            severity: Gives the colour.
            timeout: In seconds.
            markup: Never used.
        """
        super().notify(visible(message), title=visible(title), severity=severity, timeout=timeout, markup=False)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; see `App.exit`. The message may be from elsewhere."""
        super().exit(result, return_code, visible(message) if isinstance(message, str) else message)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy; see `App.copy_to_clipboard`.

        Args:
            text: As a field holds it, or any other.
        """
        super().copy_to_clipboard(without_stand_ins(text))

    def panic(self, *renderables: RenderableType) -> None:
        """End with an error; see `App.panic`. Its text may hold anything."""
        from rich.segment import SegmentLines

        told = (self.console.render_lines(one, pad=False) for one in renderables)
        super().panic(*(SegmentLines(map(inert, lines), new_lines=True) for lines in told))

    def get_default_screen(self) -> Screen[None]:
        """The composer."""
        self._letter_screen = ComposeScreen(self._draft, self.preferences, self._opened)
        return self._letter_screen.data_bind(MailtuiApp.mail, MailtuiApp.preferences)

    def on_mount(self) -> None:
        """Say what of the configuration is not in use, and why."""
        if not self.is_headless:
            from mailtui.tui.signals import heed_signals

            self._give_signals_back = heed_signals(self._end_by)
        self._tell_wrong_preferences()
        if self._problem:
            self.notify(
                f"{self._problem}\nUsing {DEFAULT_HANDLER}, which sends nothing.",
                title="The configured handler cannot be used",
                severity="error",
                timeout=20,
            )

    def on_unmount(self) -> None:
        """A program that goes on without the app has its signals again."""
        if self._give_signals_back is not None:
            self._give_signals_back()

    def on_ready(self) -> None:
        """The first frame is shown: collect garbage from now on, but not among what was needed for it."""
        gc.freeze()
        gc.enable()
        if self._opened is None:
            self._letter_screen.look_for_drafts()

    async def on_event(self, event: events.Event) -> None:
        """Files that are dropped onto the letter go along, wherever the cursor is."""
        if not (isinstance(event, events.Paste) and not event.is_forwarded and self._take_drop(event.text)):
            await super().on_event(event)

    def get_key_display(self, binding: Binding) -> str:
        """Keys as they are printed on a keyboard: `^S`, `F3`, `home`."""
        shown = super().get_key_display(binding)
        return shown.upper() if _ON_A_KEY.fullmatch(shown) else shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing comes between a dialog and its answer."""
        if action == "command_palette":
            return not isinstance(self.screen, ModalScreen)
        if action == "quit" and isinstance(self.screen, Dialog) and self.screen.TAKES_EVERY_KEY:
            return False
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every binding that a person can use now, and what Textual itself offers."""
        for hint in key_hints(screen):
            if hint.enabled and hint.binding.id != "palette":
                act = partial(self.run_action, hint.binding.action, hint.node)
                yield SystemCommand(hint.binding.description, hint.tooltip, act)
        left_out = {"Quit", "Keys", "Screenshot", "Maximize", "Minimize"}  # one field alone is no letter
        if self._settings_screen is None:
            for page, about in (("Preferences", "Theme, signature, address book"), ("Keys", "All keys, to be changed")):
                yield SystemCommand(page, about, partial(self.action_settings, page))
        else:
            left_out.add("Theme")  # it stands in the preferences
        if screen is self._letter_screen:
            yield from self._letter_screen.commands()
        for command in super().get_system_commands(screen):
            if command.title not in left_out:
                yield command

    def action_command_palette(self) -> None:
        """Show every command by its name."""
        if not CommandPalette.is_open(self):  # type: ignore[arg-type]
            self.push_screen(Palette(id="--command-palette"))

    def search_commands(
        self, commands: Sequence[CommandListItem], placeholder: str = "Search for commands…"
    ) -> AwaitMount:
        """Show a short list to choose from; see `App.search_commands`."""
        provider = SimpleProvider(self.screen, list(commands))
        # An instance is called to be made, and gives itself.
        return self.push_screen(Palette(providers=[provider], placeholder=placeholder))  # type: ignore[list-item]

    def action_pick_handler(self) -> None:
        """A short list of handlers; type to filter, enter switches."""
        self.search_commands([self._choice_of(name) for name in self.settings.names()], "Use which handler?")

    def _choice_of(self, name: str) -> CommandListItem:
        if problem := self.settings.problem(name):
            why = partial(self.notify, problem, title=f"{name} cannot be used", severity="error")
            return name, why, "✗ cannot be used; enter says why"
        in_use = "in use · " if name == self.mail.name else ""
        effect = "delivers mail" if self.settings.handler_type(name).delivers else "sends nothing"
        return name, partial(self.use, name), f"{in_use}{effect}"

    def on_top_bar_pressed(self, message: TopBar.Pressed) -> None:
        """A click on the handler in use."""
        self.action_pick_handler()

    def use(self, name: str, settings: Settings | None = None) -> None:
        """Switch to another handler at once; the letter stays as it is.

        Args:
            name: Of a section, or a label.
            settings: With other values for it, in this run.

        Raises:
            UnknownHandler: There is none of that name.
            InvalidOptions: Its options are wrong; nothing has changed.
        """
        changed = (settings or self.settings).using(name, "this run")
        mail = changed.handler()
        self.settings, self.mail = changed, mail

    def search_themes(self) -> None:
        """Show the themes; the one that the cursor is on is seen at once, and holds in this run when it is chosen."""
        from mailtui.tui.screens.theme_palette import ThemePalette

        self.push_screen(ThemePalette())

    def action_settings(self, page: str = "Handlers") -> None:
        """Open the settings.

        Args:
            page: Shown at first.
        """
        from mailtui.tui.screens.settings import SettingsScreen  # not needed to write a letter

        def chosen(choice: tuple[str, Settings] | None) -> None:
            self._settings_screen = None
            if choice is None or choice[0] not in choice[1].names():
                self.settings = self.settings if choice is None else choice[1]
            else:
                self.use(*choice)
            self._follow_settings()  # also back to the theme of before

        if self.theme != self.preferences.theme:  # chosen in the palette
            self.settings = self.settings.with_preferences({"theme": self.theme})
        self._settings_screen = SettingsScreen(self.settings, self.mail.name, self._actions(), page)
        self.push_screen(self._settings_screen, chosen)

    def on_preferences_page_theme_pointed(self, message: PreferencesPage.ThemePointed) -> None:
        """Show a theme that may be kept."""
        self.theme = message.theme

    def on_settings_screen_saved(self, message: SettingsScreen.Saved) -> None:
        """Go on with what was saved; the handler in use is made anew when it was about that."""
        self.settings = message.settings
        seen, preferred = self.theme, self.preferences.theme
        self._follow_settings()
        if self.preferences.theme == preferred:
            self.theme = seen  # which somebody may be looking at, and not have kept yet
        if message.name == self.mail.name:
            try:
                self.mail = self.settings.handler(self.mail.name)
            except MailError as error:  # the file was edited elsewhere, too
                self.notify(str(error), severity="error", timeout=15)

    def action_help(self) -> None:
        """Open the help for the focused field."""
        if isinstance(self.screen, ModalScreen):
            raise SkipAction  # the key is the dialog's
        from mailtui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen.about(self.screen))

    def _follow_settings(self) -> None:
        """Take over preferences, theme and keys; what is wrong with them is left out, and told once."""
        settings, themes, told = self.settings, self.available_themes, self._wrong_preferences
        try:
            self.preferences = settings.preferences(themes)
            self._wrong_preferences = []
        except InvalidOptions as error:
            self._wrong_preferences = [str(error)]
            self.preferences = settings.without_preferences(error.problems).preferences()
        self.theme = self.preferences.theme
        chosen = {}
        if settings.keys:
            from mailtui.tui.keymap import keymap

            keys = keymap(self._actions(), settings.keys)
            self._wrong_preferences += keys.told(settings.keys)
            chosen = keys.for_textual()
        self.set_keymap(chosen)
        if self.is_running and self._wrong_preferences != told:
            self._tell_wrong_preferences()

    def _tell_wrong_preferences(self) -> None:
        if self._wrong_preferences:
            self.notify(
                "\n".join([*self._wrong_preferences, "The default is used instead."]),
                title="A preference is wrong",
                severity="error",
                timeout=20,
            )

    def _actions(self) -> tuple[Action, ...]:
        from mailtui.tui.actions import all_actions  # imports all screens

        return all_actions(type(self))

    def _take_drop(self, text: str) -> bool:
        return self.screen is self._letter_screen and self._letter_screen.take_drop(text)

    def _end_by(self, number: int) -> None:
        """Keep the letter and go, as a signal asks; it is heeded once."""
        if self._end is None:
            self._end = asyncio.create_task(self._leave_by(number))

    async def _leave_by(self, number: int) -> None:
        text = await self._letter_screen.last_moment()
        heard = number != getattr(signal, "SIGHUP", None)  # else the terminal may be gone
        self.exit(return_code=_BY_SIGNAL + number, message=text if heard else None)

    def _fatal_error(self) -> None:
        """Textual's last words after a crash, without the values of variables: passwords and letters are among them."""
        from rich.console import Group
        from rich.traceback import Traceback

        self.bell()
        self.panic(Group(Traceback(show_locals=False, width=None), self._letter_screen.last_words()))

    def action_help_quit(self) -> None:
        """Ctrl+c copies what is selected; where nothing is, somebody may want to leave."""
        self.notify(f"Nothing is selected to be copied. {key_of(self.screen, 'quit')} quits.")

    async def action_quit(self) -> None:
        """Leave; the letter is kept as a draft. Settings that were not kept are asked about once."""
        if self._settings_screen is not None and not self._settings_screen.may_leave("quit"):
            return
        left = self._letter_screen.leave("quit")
        if left is not None:
            code, text = left
            self.exit(return_code=code, message=text or None)
