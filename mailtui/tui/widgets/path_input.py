"""An input for parts of paths, onto which files can be dropped."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from mailtui.mail.attachment import Attachment
from mailtui.tui.files import dropped_files
from mailtui.tui.widgets.prompt_input import PromptInput


class PathInput(PromptInput):
    """One line of text; a paste that names files is not typed, but told."""

    class Dropped(Message):
        """Files were dropped, or pasted as paths.

        Args:
            files: All of them.
        """

        def __init__(self, files: Sequence[Attachment]) -> None:
            super().__init__()
            self.files = files

    def on_paste(self, event: events.Paste) -> None:
        """Leave the paths of files to the screen."""
        if files := dropped_files(event.text):
            event.prevent_default()
            event.stop()
            self.post_message(self.Dropped(files))

    def take_off(self, prefix: str) -> None:
        """Forget the beginning of what was typed; the cursor stays where it is in the rest.

        Args:
            prefix: Nothing happens when it no longer stands there.
        """
        if self.value.startswith(prefix):
            place = self.cursor_position - len(prefix)
            self.value = self.value[len(prefix) :]
            self.cursor_position = max(place, 0)
