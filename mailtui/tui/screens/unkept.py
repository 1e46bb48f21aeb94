"""The question before a letter leaves of which nothing can be written down."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from mailtui.tui.leaving import HELP, Dialog
from mailtui.visible import visible


class UnkeptScreen(Dialog[bool]):
    """Asks whether to send all the same. Answers whether to.

    Args:
        reason: Why nothing can be written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding(
            "escape", "dismiss(False)", "Back", id="unkept.back", key_display="esc", tooltip="Back, nothing is sent"
        ),
    ]

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    def compose(self) -> ComposeResult:
        """What that means, the answers."""
        with Vertical(classes="dialog", id="unkept") as dialog:
            dialog.border_title = "Send all the same?"
            yield Static(
                Content(
                    f"✗ {visible(self._reason)}\n\nNothing was sent. If mailtui ends before the answer comes, "
                    "it will not know at its next start that the letter was on its way."
                )
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button("Back  esc", id="unkept-back", compact=True)
                yield Button("Send all the same", id="unkept-send", compact=True, variant="warning")

    def on_mount(self) -> None:
        """An enter too many sends nothing."""
        self.query_one("#unkept-back").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send it, or do not."""
        event.stop()
        self.dismiss(event.button.id == "unkept-send")
