"""What the screens say about messages and handlers, as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailtui.mail.errors import InvalidEmail, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt

SIGNS = {"accepted": "✓", "refused": "✗", "unknown": "?", "shown": "●"}
QUIET = 0.5  # seconds without a key before one counts around a review: a paste or typing on must not send
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Outcome:
    """What one press of Send came to.

    Args:
        mail: The handler that was asked.
        answer: Its receipt, or why there is none.
        at: When the answer came.
        count: How many times this letter has been submitted.
    """

    mail: MailHandler
    answer: Receipt | Exception
    at: datetime
    count: int

    @property
    def good(self) -> bool:
        """Whether everything went well."""
        return isinstance(self.answer, Receipt) and bool(self.answer)


def handler_line(mail: MailHandler) -> str:
    """The handler in use, with the sign of its risk.

    Args:
        mail: In use.
    """
    return f"▲ {mail.name} · delivers mail" if mail.delivers else f"● {mail.name} · nothing is sent"


def readiness(prepared: Email | InvalidEmail) -> str:
    """Whether the letter can be sent, in one line.

    Args:
        prepared: The message, or what must be mended.
    """
    if isinstance(prepared, InvalidEmail):
        return f"✗ not sendable yet: {prepared.fields}"
    count = len(prepared.envelope.recipients)
    files = len(prepared.attachments)
    return f"✓ ready · {_counted(count, 'recipient')}" + (f" · {_counted(files, 'file')}" if files else "")


def outcome_title(outcome: Outcome) -> str:
    """What became of the last submit: who answered, when, and what that means.

    Args:
        outcome: Of the submit.
    """
    if isinstance(outcome.answer, Exception):
        words = "failed" if isinstance(outcome.answer, MailError) else "broke off"
    elif not outcome.mail.delivers:
        words = "nothing was sent"
    else:
        accepted = sum(recipient.status == "accepted" for recipient in outcome.answer.recipients)
        words = f"accepted for {accepted} of {_counted(len(outcome.answer.recipients), 'recipient')}"
    times = f" · submit {outcome.count}" if outcome.count > 1 else ""
    sign = "✓" if outcome.good else "✗"
    return f"{sign} {outcome.mail.name} · answered {outcome.at:%H:%M:%S} · {words}{times}"


def outcome_text(outcome: Outcome) -> str:
    """All of the answer: the handler's output, a line a recipient, what identifies the message.

    Args:
        outcome: Of the submit.
    """
    answer = outcome.answer
    if isinstance(answer, Exception):
        told = str(answer) if isinstance(answer, MailError) else outcome.mail.broke_off(answer)
        return f"\n{told}\n\nThe letter is as you wrote it; nothing of it is lost."
    lines = [answer.output.rstrip("\n"), ""] if answer.output else []
    width = max((len(recipient.address) for recipient in answer.recipients), default=0)
    for recipient in answer.recipients:
        words = " ".join(filter(None, (recipient.status, str(recipient.code or ""), recipient.reply)))
        lines.append(f"{SIGNS[recipient.status]} {recipient.address:{width}}  {words}")
    lines += ["", f"ID    {answer.message_id}"]
    if answer.duration:
        lines.append(f"Took  {answer.duration * 1000:.0f} ms")
    lines += answer.transcript
    return "\n".join(lines)


def reader_text(email: Email) -> str:
    """The message as its receivers read it: no Bcc.

    Args:
        email: That can be sent.
    """
    author = (email.from_addr,) if email.from_addr else ()
    named = {"From": author, "To": email.to, "Cc": email.cc, "Reply-To": email.reply_to}
    lines = [
        f"{name:10}{', '.join(address.text for address in addresses)}" for name, addresses in named.items() if addresses
    ]
    lines += [f"{'Subject':10}{email.subject}", f"{'Date':10}{email.date:%A, %d %B %Y, %H:%M %Z}"]
    lines += [f"{name:10}{value}" for name, value in email.headers]
    for attachment in email.attachments:
        lines.append(f"{'File':10}{attachment.name} · {size_text(attachment.size)} · {attachment.content_type}")
    return "\n".join([*lines, "", email.text])


def review_text(email: Email) -> str:
    """What a person checks before a letter leaves: each recipient with its number, subject, files, warnings.

    Args:
        email: That would leave.
    """
    envelope = email.envelope
    hidden = {address.addr_spec for address in email.bcc} - {address.addr_spec for address in (*email.to, *email.cc)}
    lines = [f"From     {envelope.sender}", f"Subject  {email.subject or '⚠ empty'}", ""]
    lines.append(f"{_counted(len(envelope.recipients), 'recipient')}:")
    for number, address in enumerate(envelope.recipients, 1):
        lines.append(f"{number:4}  {address}{'  (hidden from the others)' if address in hidden else ''}")
    lines += [f"Answers  {address.text}" for address in email.reply_to]
    lines += [f"Header   {name}: {value}" for name, value in email.headers]
    lines += [f"File     {item.name} · {size_text(item.size)}" for item in email.attachments]
    return "\n".join([*lines, "", email.text])


def size_text(size: int) -> str:
    """A size as people write it: `84 kB`.

    Args:
        size: In bytes; a kB has 1000.
    """
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 or value >= 10 else f"{value:.1f} {_UNITS[unit]}"


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
