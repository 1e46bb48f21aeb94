"""The smallest Textual app that shows something: the floor for the composer's first frame."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class SmallestApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("Subject")


SmallestApp().run()
