"""What became of a message, recipient by recipient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["accepted", "refused", "unknown", "shown"]
Transcript = tuple[str, ...]  # the dialogue with a server, a line each, secrets redacted


@dataclass(frozen=True)
class Recipient:
    """What became of the message for one recipient.

    Args:
        address: As it stands in the envelope.
        status: `accepted`; `refused`, so that this recipient does not get it; `unknown` when the answer was lost;
            `shown` by a handler that delivers nothing.
        code: The server's reply code (RFC 5321 4.2), if it gave one.
        reply: The server's words, or without a code the reason why nothing was handed over or is known.
    """

    address: str
    status: Status
    code: int | None = None
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What happened to one Email. True only if something was done and no recipient was refused or is unknown.

    Args:
        handler: The name of the handler that dealt with it.
        message_id: Of the Email, angle brackets included.
        recipients: One entry for each recipient of the envelope, in its order.
        output: What the handler wants shown: the dummy's text, the path of a file.
        transcript: The dialogue with the server, secrets redacted.
        duration: Of the delivery, in seconds.
    """

    handler: str
    message_id: str
    recipients: tuple[Recipient, ...] = ()
    output: str = ""
    transcript: Transcript = ()
    duration: float = 0.0

    def __bool__(self) -> bool:
        done = bool(self.recipients or self.output)
        return done and all(recipient.status in ("accepted", "shown") for recipient in self.recipients)
