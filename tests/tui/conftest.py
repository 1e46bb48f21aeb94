"""Apps and handlers for the tests of the screens."""

from __future__ import annotations

import asyncio
import html
import re
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import textual.app
import textual.pilot
from textual.app import App
from textual.events import Key

from mailtui import Draft, Email, MailHandler, MailtuiApp, Receipt, Settings
from mailtui.mail.receipt import Status
from mailtui.tui import leaving
from mailtui.tui.screens import compose
from mailtui.tui.screens.compose import ComposeScreen
from mailtui.tui.widgets.preview import Preview
from mailtui.tui.widgets.text_view import TextView


class RecordingMailHandler(MailHandler):
    """Keeps what it is asked to do; `gate` lets a delivery wait."""

    label: ClassVar[str] = "recording"
    delivers: ClassVar[bool] = False

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.prepared: list[Draft] = []
        self.delivered: list[Email] = []
        self.gate = threading.Event()
        self.gate.set()
        self.status: Status = "shown"
        self.error: Exception | None = None

    def prepare(self, draft: Draft) -> Email:
        """Keep the draft."""
        self.prepared.append(draft)
        return super().prepare(draft)

    def deliver(self, email: Email) -> Receipt:
        """Keep the message, wait for the gate."""
        self.delivered.append(email)
        self.gate.wait(60)
        if self.error is not None:
            raise self.error
        return self.receipt(email, self.status, output=f"message {len(self.delivered)}")


class DeliveringMailHandler(RecordingMailHandler):
    """The same for a handler that delivers."""

    label: ClassVar[str] = "delivering"
    delivers: ClassVar[bool] = True


async def wait_until_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until nothing but timers is left to run.

    Textual takes a process for idle that uses little processor time; on a busy machine one that still has much to do
    gets no more than that.
    """
    loop = asyncio.get_running_loop()
    idle, end = 0, loop.time() + 20 * max_sleep
    while idle < 2 and loop.time() < end:
        await asyncio.sleep(0.01)
        idle = 0 if loop._ready else idle + 1  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second without a key is a tenth."""
    monkeypatch.setattr(leaving, "QUIET", 0.1)
    monkeypatch.setattr(compose, "QUIET", 0.1)


@pytest.fixture(autouse=True)
def _no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told stays, and idle is idle, also on a busy machine."""
    monkeypatch.setattr(App, "NOTIFICATION_TIMEOUT", 60)
    monkeypatch.setattr(textual.app, "wait_for_idle", wait_until_idle)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", wait_until_idle)


LETTER = Draft(from_addr="me@example.com", to="ann@example.com", subject="Hello", body="Hi Ann,\n\nbye")


@pytest.fixture
def recording() -> RecordingMailHandler:
    """A handler that delivers nothing."""
    return RecordingMailHandler()


@pytest.fixture
def delivering() -> DeliveringMailHandler:
    """A handler that delivers."""
    return DeliveringMailHandler()


MakeApp = Callable[..., MailtuiApp]


@pytest.fixture
def make_app() -> MakeApp:
    """An app without configuration; `mail` replaces its handler before it starts."""

    def make(draft: Draft = LETTER, mail: MailHandler | None = None, settings: Settings | None = None) -> MailtuiApp:
        app = MailtuiApp(settings=settings or Settings(), draft=draft)
        if mail is not None:
            app.mail = mail
        return app

    return make


def burst(app: App[None], *keys: str, at: float | None = None) -> None:
    """Keys that arrive in one piece, as over a slow line.

    Args:
        keys: Their names.
        at: When they were pressed, as `monotonic` has it; None for now.
    """
    for key in keys:
        event = Key(key, key if len(key) == 1 else {"tab": "\t", "enter": "\r"}.get(key))
        event.time = event.time if at is None else at
        app.post_message(event)


def pane(app: MailtuiApp) -> str:
    """The text of the preview pane."""
    return app.screen_stack[0].query_one("#preview TextView", TextView).text


def state(app: MailtuiApp) -> str:
    """The line above it."""
    return str(app.screen_stack[0].query_one("#state").render())


def preview(app: MailtuiApp) -> Preview:
    """The preview."""
    return app.screen_stack[0].query_one(Preview)


def letter(app: MailtuiApp) -> ComposeScreen:
    """The main screen."""
    screen = app.screen_stack[0]
    assert isinstance(screen, ComposeScreen)
    return screen


def screen_text(app: MailtuiApp) -> str:
    """All that is on the screen, with one blank where there are more."""
    text = re.sub("<style.*?</style>|<[^>]*>|&#160;", " ", app.export_screenshot(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())
