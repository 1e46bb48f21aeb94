"""An input that takes every key in its turn."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from mailtui.tui.keys import act_at_once


class PromptInput(Input):
    """One line of text."""

    async def on_key(self, event: events.Key) -> None:
        """Edit, before the next key is looked at."""
        await act_at_once(self, event)
