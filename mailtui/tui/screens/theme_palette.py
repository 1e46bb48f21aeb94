"""The themes, to choose from by name."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import Command
from textual.theme import ThemeProvider
from textual.widgets import OptionList

from mailtui.tui.leaving import Palette


class ThemePalette(Palette):
    """Shows at once what the cursor is on; without a choice everything looks as before."""

    def __init__(self) -> None:
        super().__init__(providers=[ThemeProvider], placeholder="Search for themes…")
        self._before = ""

    def on_mount(self) -> None:
        """Remember how everything looks."""
        self._before = self.app.theme

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show another theme."""
        option = event.option
        if isinstance(option, Command) and option.hit.text in self.app.available_themes:
            self.app.theme = option.hit.text

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go; a choice is made after that."""
        self.app.theme = self._before
        return super().dismiss(result)
