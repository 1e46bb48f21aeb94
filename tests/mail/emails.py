"""Messages for the tests, and what another parser makes of their bytes."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mailtui.mail.draft import Defaults, Fields
from mailtui.mail.message import Email

DEFAULTS = Defaults(complete=False)


def email_of(body: str | tuple[str, str] = "Hello", **fields: Any) -> Email:
    return Email.build(
        Fields(body=body, **({"to": ["ann@example.com"], "from_addr": "me@example.com"} | fields)), DEFAULTS
    )


def parsed(email: Email) -> EmailMessage:
    message = message_from_bytes(email.as_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def header_lines(email: Email) -> list[str]:
    return email.as_bytes().partition(b"\r\n\r\n")[0].decode().split("\r\n")


def field_names(email: Email) -> list[str]:
    """The names on the wire, counted without a parser."""
    return [line.partition(":")[0] for line in header_lines(email) if line[0] not in " \t"]


def with_plain_ends(text: str) -> str:
    """As a receiver has it: line feeds only, the last line ended."""
    text = re.sub("\r\n?", "\n", text)
    return text if text.endswith("\n") else f"{text}\n"
