"""The check of a handler: what can be tried without sending, and how that went."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from mailtui.mail.errors import DeliveryError, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.receipt import Transcript
from mailtui.tui.delivery import run_apart
from mailtui.tui.leaving import HELP, Dialog
from mailtui.tui.widgets.text_view import TextView
from mailtui.visible import visible


class CheckScreen(Dialog[None]):
    """Checks a handler and shows the dialogue. Can be left at any time; the check then ends by itself.

    Args:
        mail: The handler.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding("escape", "dismiss", "Close", id="check.close", key_display="esc", tooltip="Back to the settings"),
    ]

    def __init__(self, mail: MailHandler) -> None:
        super().__init__()
        self._mail = mail
        self._started = monotonic()

    def compose(self) -> ComposeResult:
        """How it went, the dialogue, the way back."""
        with Vertical(classes="dialog", id="check") as dialog:
            dialog.border_title = Content(f"Check · {visible(self._mail.name)}")
            yield Static(id="check-state", markup=False)
            yield TextView(id="check-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Close", id="check-close", compact=True)

    def on_mount(self) -> None:
        """Begin."""
        self._clock = self.set_interval(1, self._tell_time)
        self._tell_time()
        self.query_one(TextView).focus()
        self._check()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Back to the settings."""
        event.stop()
        self.dismiss()

    @work
    async def _check(self) -> None:
        try:
            transcript = await run_apart(self._mail.check)
        except Exception as error:  # noqa: BLE001  a handler's defect is told like any other failure
            self._show("failed", told(self._mail, error))
        else:
            self._show("went well", "\n".join(transcript) or "There is nothing to connect to; the options are right.")

    def _tell_time(self) -> None:
        place = self._mail.destination or self._mail.name
        self.query_one("#check-state", Static).update(
            f"checking {visible(place)} … {monotonic() - self._started:.0f} s"
        )

    def _show(self, how: str, text: str) -> None:
        self._clock.stop()
        good = how == "went well"
        state = self.query_one("#check-state", Static)
        state.update(f"{'✓' if good else '✗'} {visible(self._mail.name)}: the check {how}")
        state.set_class(good, "-good")
        state.set_class(not good, "-bad")
        self.query_one(TextView).text = text


def told(mail: MailHandler, error: Exception) -> str:
    """An error of a check in words, with the dialogue that led to it and without secrets.

    Args:
        mail: The handler.
        error: That came out of it.
    """
    defect = f"The check broke off with {type(error).__name__}: {error}. That is a defect of this handler."
    transcript: Transcript = error.transcript if isinstance(error, DeliveryError) else ()
    text = "\n".join(
        [str(error) if isinstance(error, MailError) else defect, *([""] if transcript else []), *transcript]
    )
    return mail.redacted(text)
