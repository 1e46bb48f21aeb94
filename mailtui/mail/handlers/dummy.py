"""The handler that shows a message and sends nothing, byte for byte as Cement's does."""

from __future__ import annotations

from typing import Annotated, ClassVar

from mailtui.mail.address import Address, split_addresses
from mailtui.mail.draft import Defaults, Draft
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option
from mailtui.mail.receipt import Receipt

_WIDTH = 77


class DummyMailHandler(MailHandler):
    """Shows the message and sends nothing: for development, and for a look before the real thing.

    Source: https://docs.builtoncement.com/core-foundation/mail-messaging
    """

    label: ClassVar[str] = "dummy"
    delivers: ClassVar[bool] = False
    needs_recipients: ClassVar[bool] = False

    from_addr: Annotated[str, Option("Author of a message that names none")] = "noreply@example.com"
    subject: Annotated[str, Option("Subject of a message that has none")] = "Default Subject Line"

    def deliver(self, email: Email) -> Receipt:
        """Show the message; see `MailHandler.deliver`."""
        return self.receipt(email, "shown", output=dummy_text_of_email(email))


def dummy_text(*, to: str, from_addr: str, cc: str, bcc: str, subject: str, body: str) -> str:
    """The text that Cement's dummy handler prints, without the line end that `print` adds.

    Args:
        to: Recipients, joined by a comma and a blank, as the others.
        from_addr: The author.
        cc: Recipients of a copy.
        bcc: Recipients of a hidden copy.
        subject: With its prefix.
        body: As given.

    Source: `DummyMailHandler.send` of Cement 3.0.
    """
    return (
        f"\n{'=' * _WIDTH}\nDUMMY MAIL MESSAGE\n{'-' * _WIDTH}\n\n"
        f"To: {to}\nFrom: {from_addr}\nCC: {cc}\nBCC: {bcc}\nSubject: {subject}\n\n---\n\n"
        f"{body}\n\n{'-' * _WIDTH}\n"
    )


def dummy_text_of_email(email: Email) -> str:
    """The dummy's text of a message that can be sent.

    Args:
        email: Of any handler.
    """
    return dummy_text(
        to=_spelled(email.to),
        from_addr=email.from_addr.text if email.from_addr else "",
        cc=_spelled(email.cc),
        bcc=_spelled(email.bcc),
        subject=email.subject,
        body=email.text,
    )


def dummy_text_of_draft(draft: Draft, defaults: Defaults) -> str:
    """The dummy's text of a message as typed, nonsense included.

    Args:
        draft: As typed.
        defaults: Of the active handler, for blank fields.
    """
    return dummy_text(
        to=_listed(draft.to, defaults.to),
        from_addr=draft.from_addr.strip() or defaults.from_addr.strip(),
        cc=_listed(draft.cc, defaults.cc),
        bcc=_listed(draft.bcc, defaults.bcc),
        subject=defaults.prefixed(draft.subject if draft.subject.strip() else defaults.subject),
        body=draft.body,
    )


def _listed(typed: str, default: tuple[str, ...]) -> str:
    return ", ".join(split_addresses(typed) or [item.strip() for item in default])


def _spelled(addresses: tuple[Address, ...]) -> str:
    return ", ".join(address.text for address in addresses)
