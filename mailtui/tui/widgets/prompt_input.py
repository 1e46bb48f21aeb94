"""An input that takes every key in its turn."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from mailtui.tui.keys import act_at_once
from mailtui.visible import visible


class PromptInput(Input):
    """One line of text."""

    async def on_key(self, event: events.Key) -> None:
        """Edit, before the next key is looked at."""
        await act_at_once(self, event)

    def action_paste(self) -> None:
        """The same for what was copied here as for a paste."""
        self.on_paste(events.Paste(self.app.clipboard))

    def on_paste(self, event: events.Paste) -> None:
        """Put in the first line, and nothing that would stand there unseen; but leave a password as it is."""
        event.prevent_default()
        event.stop()
        line = next(iter(event.text.splitlines()), "")
        self.replace(line if self.password else visible(line.replace("\t", " ")), *sorted(self.selection))
