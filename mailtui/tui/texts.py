"""What the screens say about messages and handlers, as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailtui.mail.advice import advice
from mailtui.mail.attachment import Attachment
from mailtui.mail.errors import DeliveryError, InvalidEmail, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.markdown import Markdown
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt, Recipient, Transcript
from mailtui.tui.lines import Line, Piece
from mailtui.visible import visible

SIGNS = {"accepted": "✓", "refused": "✗", "unknown": "?", "shown": "●"}
_NOT_SENT = "not sent"
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

    @property
    def transcript(self) -> Transcript:
        """The dialogue with the server, as far as it came."""
        told = self.answer if isinstance(self.answer, Receipt | DeliveryError) else None
        return () if told is None else told.transcript


def handler_line(mail: MailHandler) -> str:
    """The handler in use, with the sign of its risk and where the mail goes.

    Args:
        mail: In use.
    """
    if not mail.delivers:
        return visible(f"● {mail.name} · nothing is sent")
    return visible(f"▲ {mail.name} · {mail.destination or 'delivers mail'}")


def readiness(prepared: Email | InvalidEmail, *, begun: bool) -> str:
    """Whether the letter can be sent, in one line.

    Args:
        prepared: The message, or what must be mended.
        begun: Whether something was typed; before that nothing is a mistake.
    """
    if isinstance(prepared, InvalidEmail):
        return f"✗ not sendable yet: {prepared.fields}" if begun else f"○ new letter · needs {prepared.fields}"
    count = len(prepared.envelope.recipients)
    files = f" · {files_text(prepared.attachments)}" if prepared.attachments else ""
    return f"✓ ready · {_counted(count, 'recipient')}{files}"


def files_text(files: Sequence[Attachment]) -> str:
    """How many files, and how large they are together: `2 files, 84 kB`.

    Args:
        files: One at least.
    """
    return f"{_counted(len(files), 'file')}, {size_text(sum(file.size for file in files))}"


def attached_text(files: Sequence[Attachment]) -> str:
    """What a pasted path has led to.

    Args:
        files: One at least.
    """
    what = files_text(files) if len(files) > 1 else f"{visible(files[0].name)} ({size_text(files[0].size)})"
    them = "the paths" if len(files) > 1 else "the path"
    return f"Attached {what}. Paste it once more to put {them} into the letter."


def first_of(warnings: Sequence[str]) -> str:
    """The first of what may have been overlooked, and how much more there is.

    Args:
        warnings: A sentence each.
    """
    if not warnings:
        return ""
    more = f" (+{len(warnings) - 1})" if warnings[1:] else ""
    return f"⚠ {warnings[0].removesuffix('.')}{more}"


def outcome_title(outcome: Outcome) -> str:
    """What became of the last submit: who answered, when, and what that means.

    Args:
        outcome: Of the submit.
    """
    sign = "✓" if outcome.good else "✗"
    said = "" if outcome.mail.delivers else "answered "
    if isinstance(outcome.answer, Exception):
        said = "failed " if isinstance(outcome.answer, MailError) else "broke off "
    times = f" · submit {outcome.count}" if outcome.count > 1 else ""
    return visible(f"{sign} {outcome.mail.name} · {said}{outcome.at:%H:%M:%S} · {_meaning(outcome)}{times}")


def outcome_text(outcome: Outcome, settings_key: str) -> str:
    """All of the answer but the dialogue: the handler's output, a line a recipient, what identifies the message.

    Args:
        outcome: Of the submit.
        settings_key: That opens the settings.
    """
    answer = outcome.answer
    if isinstance(answer, Exception):
        told = str(answer) if isinstance(answer, MailError) else outcome.mail.broke_off(answer)
        todo = (
            "Mend it, then send again." if isinstance(answer, InvalidEmail) else f"{settings_key} opens the settings."
        )
        return f"\n{told}\n\nThe letter is as you wrote it; nothing of it is lost. {todo}"
    lines = [answer.output.rstrip("\n"), ""] if answer.output else []
    width = max((len(recipient.address) for recipient in answer.recipients), default=0)
    lines += [_recipient_line(recipient, width) for recipient in answer.recipients]
    lines += ["", f"ID    {answer.message_id}"]
    if answer.duration:
        lines.append(f"Took  {answer.duration * 1000:,.0f} ms")
    if outcome.mail.delivers and not answer:
        unknown = any(recipient.status == "unknown" for recipient in answer.recipients)
        hint = "also to those who may have it: find out first" if unknown else "to those only who do not have it"
        lines += ["", f"The letter is as you wrote it. Retry asks once more, and goes {hint}."]
    return "\n".join(lines)


def _meaning(outcome: Outcome) -> str:
    answer = outcome.answer
    if isinstance(answer, MailError):
        return "nothing was sent"
    if isinstance(answer, Exception):
        return "what became of it is not known" if outcome.mail.delivers else "nothing was sent"
    if not outcome.mail.delivers:
        return "nothing was sent"
    counts = Counter(map(_status_word, answer.recipients))
    if len(counts) == 1:
        ((word, count),) = counts.items()
        return "nothing was sent" if word == _NOT_SENT else f"{word} for {_counted(count, 'recipient')}"
    return ", ".join(f"{word} for {count}" for word, count in counts.items()) or "it says nothing of the recipients"


def _recipient_line(recipient: Recipient, width: int) -> str:
    words = " ".join(filter(None, (_status_word(recipient), str(recipient.code or ""), recipient.reply)))
    return f"{SIGNS[recipient.status]} {recipient.address:{width}}  {words}"


def _status_word(recipient: Recipient) -> str:
    """Refused is what a server did; without its answer the message did not get so far."""
    return _NOT_SENT if recipient.status == "refused" and recipient.code is None else recipient.status


def reader_fields(email: Email) -> list[tuple[str, str]]:
    """What stands above the message as its receivers read it, each with its name: no Bcc.

    Args:
        email: That can be sent.
    """
    author = (email.from_addr,) if email.from_addr else ()
    named = {"From": author, "To": email.to, "Cc": email.cc, "Reply-To": email.reply_to}
    fields = [
        (name, ", ".join(address.text for address in addresses)) for name, addresses in named.items() if addresses
    ]
    fields += [("Subject", email.subject), ("Date", f"{email.date:%A, %d %B %Y, %H:%M %Z}")]
    fields += [("Form", _form(email))] if email.has_html else []
    fields += email.headers
    for attachment in email.attachments:
        fields.append(("File", f"{attachment.name} · {size_text(attachment.size)} · {attachment.content_type}"))
    return fields


def reader_lines(email: Email, body: Sequence[str]) -> list[str]:
    """The message as its receivers read it.

    Args:
        email: That can be sent.
        body: Its text, in lines as shown.
    """
    fields = (
        Line([Piece(f"{name:10}", ("muted",)), Piece(visible(value.expandtabs()))], " " * 10)
        for name, value in reader_fields(email)
    )
    return [*fields, "", *body]


def no_html_text(prepared: Email | InvalidEmail | None, markdown_key: str) -> str:
    """Why there is nothing to see in the browser.

    Args:
        prepared: The message, or what must be mended.
        markdown_key: That makes the body Markdown.
    """
    if isinstance(prepared, InvalidEmail):
        return f"The browser shows the letter when this is mended: {prepared.fields}."
    return f"The letter goes as text alone. {markdown_key} sends it as HTML, too, made from Markdown."


def browser_text(path: Path, *, opened: bool) -> str:
    """Where the page lies that the browser shows.

    Args:
        path: Of its file.
        opened: Whether a browser has been asked to.
    """
    if opened:
        return f"The browser shows the letter. If it does not, open {path} in it."
    return f"There is no browser here that has a window of its own. Until mailtui ends the page lies at {path}"


def _form(email: Email) -> str:
    return f"text, and {'the same as HTML' if isinstance(email.text, Markdown) else 'HTML of its own'}"


def review_text(mail: MailHandler, email: Email, known: Mapping[str, object]) -> str:
    """What a person checks before a letter leaves: each recipient with its number, subject, files, warnings.

    Args:
        mail: That would hand it over.
        email: That would leave.
        known: What is known already of recipients, by address.
    """
    envelope = email.envelope
    open_to_all = {address.addr_spec for address in (*email.to, *email.cc)}
    names = {address.addr_spec: address.display_name for address in email.addresses}
    lines = [f"⚠ {warning}" for warning in (*mail.risks, *advice(email))]
    lines += [""] if lines else []
    lines += [f"From     {_named(envelope.sender, names)}", "", f"{_counted(len(envelope.recipients), 'recipient')}:"]
    for number, address in enumerate(envelope.recipients, 1):
        marks = [] if address in open_to_all else ["hidden from the others"]
        marks += [f"⚠ {known[address]}"] if address in known else []
        told = f"  ({'; '.join(marks)})" if marks else ""
        lines.append(f"{number:4}  {_named(address, names)}{told}")
    lines += [f"   –  {address}  not again: {known.get(address, 'has it already')}" for address in sorted(email.served)]
    lines += ["", f"Subject  {email.subject}", f"Size     {size_text(email.size)}"]
    lines += [f"File     {item.name} · {size_text(item.size)}" for item in email.attachments]
    lines += [f"Form     {_form(email)}"] if email.has_html else []
    lines += [f"Answers  {address.text}" for address in email.reply_to]
    lines += [f"Header   {name}: {value}" for name, value in email.headers]
    return "\n".join([*lines, "", "─" * 8, "", email.text])


def _named(address: str, names: Mapping[str, str]) -> str:
    """The address first: a name can say anything."""
    return f"{address}  {names[address]}" if names.get(address) else address


def sending_text(delivery_stage: str, *, sent: int, size: int, seconds: float) -> str:
    """How far a delivery is, in one line.

    Args:
        delivery_stage: What happens now.
        sent: Bytes of the message that have been written.
        size: Of the message; 0 when it is not known.
        seconds: Since it began.
    """
    share = f" · {sent * 100 // size} % of {size_text(size)}" if 0 < sent < size else ""
    return f"{visible(delivery_stage)}{share} · {seconds:.0f} s"


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
