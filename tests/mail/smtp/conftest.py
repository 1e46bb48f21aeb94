from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fault_server import clock
from tests.mail.smtp.lines import PATIENCE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A socket or a process that is left open is a failure here."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("error::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits that no option shortens."""
    monkeypatch.setattr("mailtui.mail.smtp.transaction._AFTER_DATA", PATIENCE)
    monkeypatch.setattr("mailtui.mail.smtp.transaction._LAST_WORDS", 0.03)
    monkeypatch.setattr("mailtui.mail.smtp.connection._FAREWELL", 0.05)
    monkeypatch.setattr("mailtui.mail.smtp.connection.monotonic", clock)
    monkeypatch.setattr(clock, "ahead", 0.0)


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port of loopback where nobody answers: the queue of those who wait there is full."""
    with socket.socket() as listener, ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            line = waiting.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(listener.getsockname())
        time.sleep(0.01)
        yield listener.getsockname()[1]
