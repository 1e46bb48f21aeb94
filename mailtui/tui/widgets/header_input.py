"""One-line inputs for header fields."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class HeaderInput(Input):
    """Enter goes on to the next field; a pasted text keeps all its lines, joined by blanks."""

    SEPARATOR = " "

    def on_paste(self, event: events.Paste) -> None:
        """Put in the whole paste; Textual's own Input would keep its first line only."""
        event.prevent_default()
        event.stop()
        lines = (line.strip().rstrip(",") for line in event.text.splitlines())
        self.replace(self.SEPARATOR.join(filter(None, lines)), *sorted(self.selection))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field."""
        event.stop()
        self.screen.focus_next()


class AddressInput(HeaderInput):
    """Addresses: a pasted column of them becomes a list."""

    SEPARATOR = ", "
