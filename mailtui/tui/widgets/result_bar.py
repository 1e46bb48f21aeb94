"""What can be done about an answer, and the dialogue that led to it; below the answer itself."""

from __future__ import annotations

from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Collapsible

from mailtui.mail.receipt import Transcript
from mailtui.tui.widgets.text_view import TextView

Wish = Literal["retry", "new", "copy"]


class ResultBar(Vertical):
    """Buttons, and the transcript where there is one.

    Args:
        transcript: Of the handler's answer.
        retry: Whether it makes sense to ask once more.
    """

    class Wanted(Message):
        """A button was pressed.

        Args:
            wish: What for.
        """

        def __init__(self, wish: Wish) -> None:
            super().__init__()
            self.wish = wish

    def __init__(self, transcript: Transcript, *, retry: bool) -> None:
        super().__init__(id="result")
        self._transcript = transcript
        self._retry = retry

    def compose(self) -> ComposeResult:
        """The transcript, closed; below it the buttons."""
        if self._transcript:
            view = TextView(id="transcript")
            view.text = "\n".join(self._transcript)
            many = len(self._transcript) > 1
            yield Collapsible(
                view, title=f"Transcript, {len(self._transcript)} lines" if many else "Transcript, 1 line"
            )
        with Horizontal(id="result-buttons"):
            if self._retry:
                yield Button("Retry", id="retry", compact=True, variant="warning")
            yield Button("New", id="new", compact=True)
            yield Button("Copy", id="copy", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Tell the screen."""
        event.stop()
        wishes: dict[str | None, Wish] = {"retry": "retry", "new": "new", "copy": "copy"}
        self.post_message(self.Wanted(wishes[event.button.id]))
