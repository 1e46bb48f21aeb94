"""While a letter is being handed over: how far it is, and a way to break it off."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, ProgressBar, Static

from mailtui.tui.delivery import Delivery
from mailtui.tui.leaving import Dialog
from mailtui.tui.texts import handler_line, sending_text

_LOOK = 0.1  # seconds between two looks at how far it is
_IN_VAIN = "The handler has the letter; who stops waiting now does not learn what becomes of it."


class SendingScreen(Dialog[None]):
    """Follows a delivery, and goes when it is over.

    Args:
        delivery: Under way.
    """

    AUTO_FOCUS = ""  # enter, pressed once too often, must not cancel
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="sending.cancel", key_display="esc", tooltip="Break the sending off")
    ]

    def __init__(self, delivery: Delivery) -> None:
        super().__init__()
        self._delivery = delivery

    def compose(self) -> ComposeResult:
        """Where to, how far, and one button."""
        with Vertical(id="sending", classes="dialog") as box:
            box.border_title = "Sending"
            yield Static(handler_line(self._delivery.mail), id="sending-handler", markup=False)
            yield Static(id="sending-stage", markup=False)
            yield ProgressBar(id="sending-progress", show_percentage=False, show_eta=False)
            yield Static(id="sending-note", markup=False)
            yield Button("Cancel  esc", id="sending-cancel", compact=True)

    def on_mount(self) -> None:
        """Look at once, and then again and again."""
        self._look()
        self.set_interval(_LOOK, self._look)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The button is the key."""
        event.stop()
        self.action_cancel()

    def action_cancel(self) -> None:
        """Break it off."""
        self._delivery.cancel()
        self._look()

    def _look(self) -> None:
        if self._delivery.over:
            if self.is_current:
                self.dismiss()
            return
        submission = self._delivery.submission
        stage = "cancelling" if submission.cancelled else submission.stage
        seconds = monotonic() - self._delivery.started
        self.query_one("#sending-stage", Static).update(
            sending_text(stage, sent=submission.sent, size=submission.size, seconds=seconds)
        )
        bar = self.query_one(ProgressBar)
        bar.update(total=submission.size or None, progress=submission.sent)
        note = self.query_one("#sending-note", Static)
        note.update(_IN_VAIN)
        note.display = submission.may_have_left
        self.query_one(Button).label = "Stop waiting  esc" if submission.may_have_left else "Cancel  esc"
