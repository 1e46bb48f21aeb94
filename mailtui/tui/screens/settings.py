"""The settings: a page for the handlers, one for the preferences, one for the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import var
from textual.widgets import ContentSwitcher, Static

from mailtui.config.settings import Settings
from mailtui.tui.edits import Edits
from mailtui.tui.files import with_tilde
from mailtui.tui.keymap import Action
from mailtui.tui.keys import key_of
from mailtui.tui.leaving import OnceMore, Workplace
from mailtui.tui.screens.handlers_page import MEDIUM, HandlersPage
from mailtui.tui.screens.keys_page import KeysPage
from mailtui.tui.screens.preferences_page import PreferencesPage
from mailtui.tui.screens.settings_page import SettingsPage
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.tab_strip import TabStrip
from mailtui.visible import visible

WIDE = 100  # columns from which on an option's name stands beside its value
HANDLERS, PREFERENCES, KEYS = PAGES = ("Handlers", "Preferences", "Keys")


class SettingsScreen(Workplace[tuple[str, Settings] | None]):
    """Change settings, for this run or for good. Answers with what is to be used and the settings, or None.

    Args:
        settings: In use.
        name: Of the handler in use.
        actions: All that have keys.
        page: Shown at first.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "use", "Use now", id="settings.use", tooltip="Use this as it stands, in this run"),
        Binding("f10", "save", "Save", id="settings.save", tooltip="Write what was changed here to the file"),
        Binding("f3", "next_page", "Next page", id="settings.page", tooltip="Handlers, preferences, keys"),
        Binding("escape", "back", "Back", id="settings.back", key_display="esc", tooltip="Back to the letter"),
        Binding("f2", "back", "Back", id="settings.back", tooltip="Back to the letter"),
        # Priority: keys that arrive together must reach the field that is meant, a password above all.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    settings: var[Settings] = var(Settings)  # with the handlers that were added here
    page: var[str] = var(HANDLERS)

    class Saved(Message):
        """Settings that hold whatever a person does next.

        Args:
            settings: After something was saved or removed.
            name: Of the handler that this was about, if it was about one.
        """

        def __init__(self, settings: Settings, name: str) -> None:
            super().__init__()
            self.settings = settings
            self.name = name

    def __init__(self, settings: Settings, name: str, actions: Sequence[Action], page: str = HANDLERS) -> None:
        super().__init__()
        self.set_reactive(SettingsScreen.settings, settings)
        self.set_reactive(SettingsScreen.page, page)
        self._active = name
        self._actions = actions
        self._edits = Edits()
        self._once_more = OnceMore()

    def compose(self) -> ComposeResult:
        """Where they are stored, the names of the pages, one page."""
        with Horizontal(id="settings-top"):
            yield TabStrip(PAGES, id="settings-pages").data_bind(tab=SettingsScreen.page)
            yield Static(id="settings-title", markup=False)
        with ContentSwitcher(initial=self._page_id, id="settings-switcher"):
            yield self._made_page()
        yield KeyBar()

    def on_mount(self) -> None:
        """Tell of the file, begin on the page."""
        self._tell()
        self._shown.focus_first()

    def may_leave(self, action: str) -> bool:
        """Whether nothing would be lost, or the same is asked for a second time.

        Args:
            action: The id of the binding that asks.
        """
        return self._may_drop(self._edits.names, action)

    def watch_settings(self) -> None:
        """Tell of the file, which may be there only now."""
        if self.is_mounted:
            self._tell()

    async def watch_page(self) -> None:
        """Show another page; it is made when it is wanted."""
        if not self.is_mounted:
            return
        switcher = self.query_one(ContentSwitcher)
        if not switcher.query_children(f"#{self._page_id}"):
            await switcher.add_content(self._made_page())
        switcher.current = self._page_id
        self._shown.focus_first()

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """Show the page that was clicked."""
        self.page = message.tab

    def on_settings_page_edited(self, message: SettingsPage.Edited) -> None:
        """Something was typed: what was asked before is asked again."""
        self._once_more.forget()

    def on_settings_page_changed(self, message: SettingsPage.Changed) -> None:
        """Other settings are shown on all pages."""
        self.settings = message.settings

    def on_settings_page_saved(self, message: SettingsPage.Saved) -> None:
        """They hold from now on."""
        self.settings = message.settings
        self.post_message(self.Saved(self._edits.without_added(message.settings), message.name))

    def action_use(self) -> None:
        """Use what the page shows, as it stands."""
        subject, made = self._shown.subject, self._shown.made()
        if made is not None and self._may_drop(self._edits.names_after_use(subject), "settings.use"):
            self.dismiss((subject, self._edits.without_added(made, but=subject)))

    def action_save(self) -> None:
        """Write what was changed on the page to the file; it holds in this run, too."""
        self._shown.save()

    def action_next_page(self) -> None:
        """Show the next page, after the last the first again."""
        self.page = PAGES[(PAGES.index(self.page) + 1) % len(PAGES)]

    def action_back(self) -> None:
        """Back to the letter; what was neither used nor saved is asked about once."""
        if self.may_leave("settings.back"):
            self.dismiss(None)

    @property
    def _page_id(self) -> str:
        return f"page-{self.page.lower()}"

    @property
    def _shown(self) -> SettingsPage:
        return self.query_one(f"#{self._page_id}", SettingsPage)

    def _made_page(self) -> SettingsPage:
        page: SettingsPage
        if self.page == HANDLERS:
            page = HandlersPage(self.settings, self._active, self._edits, id=self._page_id)
        elif self.page == PREFERENCES:
            page = PreferencesPage(self.settings, self._edits, id=self._page_id)
        else:
            page = KeysPage(self.settings, self._actions, self._edits, id=self._page_id)
        return page.data_bind(SettingsScreen.settings)

    def _may_drop(self, names: set[str], action: str) -> bool:
        """Whether some edits may go: there are none, or the same is asked for a second time."""
        if self._once_more.is_yes(action) or not names:
            return True
        edited = ", ".join(sorted(names))
        self.notify(
            f"Neither used nor saved: {edited}. {key_of(self, action)} once more drops these edits.",
            severity="warning",
        )
        return False

    def _tell(self) -> None:
        where = visible(with_tilde(self.settings.path)) or "no file"
        self.query_one("#settings-title", Static).update(where)
