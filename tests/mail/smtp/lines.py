"""Handlers for the fault server, letters for it, and a delivery that runs while a test looks on."""

from __future__ import annotations

import ssl
import threading
from functools import cache
from pathlib import Path
from typing import Any

from mailtui import DeliveryError, Draft, Email, Receipt, SMTPMailHandler
from mailtui.mail.submission import Submission
from tests.at_once import at_once
from tests.fault_server import (
    Act,
    FaultServer,
    drip,
    drop,
    flood_line,
    flood_lines,
    hang,
    raw,
    reset,
    say,
)
from tests.smtp_server import authority

SECURITIES = ["none", "starttls", "tls"]
TO = ["ann@example.org", "bob@example.org", "carl@example.org"]
PATIENCE = 0.15  # seconds, where the server says nothing
REFUSALS: dict[str, Act] = {
    "421": say("421 4.3.2 shutting down"),
    "451": say("451-4.3.0 not\r\n", "451 now"),
    "550": say("550 5.7.1 not here"),
    "556": say("556 \x1b[31m\x9bno\x07 \u202e"),
}
GARBAGE: dict[str, Act] = {
    "binary": raw(bytes(range(128, 256)) + b"\r\n"),
    "HTTP": say("HTTP/1.1 400 Bad Request\r\n", "Server: x\r\n"),
    "nonsense": say("999 what?"),
    "unfinished": say("2500"),
    "two codes": say("250-one\r\n", "550 two"),
    "empty lines": raw(b"\r\n" * 3),
    "flood of lines": flood_lines,
    "flood in a line": flood_line,
}
LOST: dict[str, Act] = {"drop": drop, "reset": reset}
SLOW: dict[str, Act] = {"hang": hang, "drip": drip}
FAULTS = REFUSALS | GARBAGE | LOST | SLOW


@cache
def trusting() -> ssl.SSLContext:
    """Trusts the tests' own authority alone; made without the system's, which takes its time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority().configure_trust(context)
    return context


def mail_to(server: FaultServer, security: str = "none", **options: Any) -> SMTPMailHandler:
    given: dict[str, Any] = {"host": server.host, "port": server.port, "from_addr": "me@example.com", "timeout": 8}
    mail = SMTPMailHandler(**given | {"security": security} | options)
    vars(mail)["_context"] = trusting()
    return mail


def letter(mail: SMTPMailHandler, *, body: str = "Hello", file: Path | None = None) -> Email:
    return mail.prepare(Draft(to=", ".join(TO), body=body, attachments=str(file or "")))


def large_file(folder: Path, size: int = 6_000_000) -> Path:
    """More than all buffers between two programs hold."""
    path = folder / "large"
    with path.open("wb") as file:
        file.truncate(size)
    return path


def outcome_of(submission: Submission) -> Receipt | DeliveryError:
    """What it returns or raises; a function of its own, so that a traceback begins here."""
    try:
        return submission.run()
    except DeliveryError as error:
        return error


def statuses(receipt: object) -> list[tuple[str, int | None]]:
    assert isinstance(receipt, Receipt), receipt
    assert [recipient.address for recipient in receipt.recipients] == TO
    return [(recipient.status, recipient.code) for recipient in receipt.recipients]


class Running:
    """A submission in a thread of its own."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self._outcome: list[Receipt | DeliveryError] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cancelled(self) -> Receipt | DeliveryError:
        """Its outcome after a cancel, which comes at once."""
        with at_once():
            self.submission.cancel()
            self._thread.join(20)
        (outcome,) = self._outcome
        return outcome

    def _run(self) -> None:
        self._outcome.append(outcome_of(self.submission))
