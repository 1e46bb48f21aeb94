"""The page of the settings with what a person prefers whatever the handler."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from mailtui.config.changes import saved_preferences
from mailtui.config.settings import Settings
from mailtui.config.signature import read_signature
from mailtui.mail.errors import InvalidOptions
from mailtui.tui.edits import PREFERENCES
from mailtui.tui.option_sheet import OptionSheet, preferences_sheet
from mailtui.tui.screens.settings_page import BACK, SAVE, USE, ActionRow, SettingsPage
from mailtui.tui.settings_texts import saved_preferences_text
from mailtui.tui.widgets.option_form import OptionForm
from mailtui.tui.widgets.option_row import OptionRow

_BUTTONS = (
    (USE, "screen.use", "Use these preferences, in this run"),
    (SAVE, "screen.save", "Write what was changed here to the file"),
    (BACK, "screen.back", "Back to the letter"),
)


class PreferencesPage(SettingsPage):
    """A form of the preferences; a theme is seen at once, on the whole screen.

    Args:
        settings: With the preferences.
        edits: What was typed on any page.
        id: Of the widget.
    """

    UNCHANGED = "No preference was changed."

    class ThemePointed(Message):
        """A theme is to be seen; nobody has kept it yet.

        Args:
            theme: Its name.
        """

        def __init__(self, theme: str) -> None:
            super().__init__()
            self.theme = theme

    def compose(self) -> ComposeResult:
        """The form, the buttons."""
        with Vertical(classes="settings-pane"):
            yield OptionForm(self._sheet(self.settings), self._edits.preferences, id="preferences")
            yield ActionRow(_BUTTONS)

    def on_mount(self) -> None:
        """Tell whether there are edits."""
        self._tell()

    @property
    def subject(self) -> str:
        """The preferences."""
        return PREFERENCES

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self.query_one(OptionForm).focus_first()

    def on_option_row_edited(self, message: OptionRow.Edited) -> None:
        """Keep what was typed."""
        message.stop()
        self._edits.preferences = self.query_one(OptionForm).typed
        self._tell()
        self.post_message(self.Edited())

    def on_option_row_pointed(self, message: OptionRow.Pointed) -> None:
        """Show a theme before it is chosen."""
        message.stop()
        if message.option == "theme":
            self.post_message(self.ThemePointed(message.choice))

    def on_option_form_left(self, message: OptionForm.Left) -> None:
        """Check the field that was left."""
        problems = {}
        try:
            self._as_typed()
        except InvalidOptions as error:
            problems = error.problems
        self.query_one(OptionForm).show_problems(problems)

    def made(self) -> Settings | None:
        """With the preferences as they stand; what is wrong is said at its option."""
        try:
            return self._as_typed()
        except InvalidOptions as error:
            self.query_one(OptionForm).reveal_problems(error.problems)
            return None

    def written(self, changed: Settings) -> Settings:
        """What was preferred otherwise."""
        return saved_preferences(changed)

    def settle(self, kept: Settings) -> str:
        """What was typed has become the values."""
        self._edits.preferences = {}
        self._tell()
        self.settings = kept
        self.post_message(self.Saved(kept))
        self.query_one(OptionForm).settle(self._sheet(kept))
        return saved_preferences_text(kept)

    def _tell(self) -> None:
        pane = self.query_one(".settings-pane")
        pane.border_title = "Preferences • edited" if self._edits.preferences else "Preferences"

    def _as_typed(self) -> Settings:
        typed = self.query_one(OptionForm).typed
        settings = self.settings.with_typed_preferences(typed)
        preferences = settings.preferences(self.app.available_themes)
        if "signature" in typed:
            read_signature(preferences.signature)
        return settings

    def _sheet(self, settings: Settings) -> OptionSheet:
        return preferences_sheet(settings, self.app.available_themes)
