"""An input that takes every key in its turn."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

_AT_ONCE = {
    "backspace": Input.action_delete_left,
    "delete": Input.action_delete_right,
    "left": Input.action_cursor_left,
    "right": Input.action_cursor_right,
    "home": Input.action_home,
    "end": Input.action_end,
}


class PromptInput(Input):
    """Acts on editing keys at once; Textual's own acts on them later than on letters that arrive together with them."""

    def on_key(self, event: events.Key) -> None:
        """Edit, before the next key is looked at."""
        if event.key in _AT_ONCE:
            event.stop()
            event.prevent_default()
            _AT_ONCE[event.key](self)
