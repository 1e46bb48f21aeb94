"""What can go wrong with a mail, as one tree.

    MailError
    ├── InvalidEmail       the message cannot be sent as it is (also a ValueError)
    ├── UnknownHandler     no handler has that name (also a LookupError)
    ├── InvalidOptions     an option of a handler is unknown, of a wrong type, out of range (also a ValueError)
    ├── InvalidSettings    the configuration cannot be read, or says something unknown (also a ValueError)
    ├── DraftError         a draft cannot be saved, or a sent mail kept; the file before it is as it was
    │   ├── DraftInUse     it is open in another process
    │   └── UnknownDraft   there is none of that number (also a LookupError)
    └── DeliveryError      nothing was accepted by anybody; `.transcript` tells how far it came
        ├── ConnectionFailed      the server cannot be reached, or does not talk as it should
        ├── TLSFailed             the line cannot be secured, or the certificate cannot be verified
        └── AuthenticationFailed  the log-in was refused, or was not tried because it would have been unsafe

Each says what happened, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping

FIELD_NAMES = {
    "from_addr": "From",
    "to": "To",
    "cc": "Cc",
    "bcc": "Bcc",
    "reply_to": "Reply-To",
    "subject": "Subject",
    "attachments": "Attach",
    "headers": "Header",
    "date": "Date",
    "message_id": "Message-ID",
    "body": "Body",
}


class MailError(Exception):
    """Base of every error that mailtui raises on purpose.

    Args:
        lines: What to tell the person, a sentence a line; what would act on a terminal is escaped in them.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(map(one_line, lines)))


class InvalidEmail(MailError, ValueError):
    """The message cannot be sent as it is.

    Args:
        problems: For each field that must be mended (`to`, `subject`, …) the reason, in the order of the form.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = {field: one_line(reason) for field, reason in problems.items()}
        super().__init__(*(f"{FIELD_NAMES.get(field, field)}: {reason}" for field, reason in self.problems.items()))

    @property
    def fields(self) -> str:
        """The names of the fields to mend, as the form shows them: `To, Subject`."""
        return ", ".join(FIELD_NAMES.get(field, field) for field in self.problems)


class Misread(ValueError):
    """Others would read something else than what was meant.

    Args:
        where: The name of a header field, `body` or `attachments`.
        read: What they would read.
    """

    def __init__(self, where: str, read: object) -> None:
        super().__init__(f"mail programs would read {read!r}")
        self.where = where


class UnknownHandler(MailError, LookupError):
    """No handler, built in, installed or configured, has that name."""


class InvalidOptions(MailError, ValueError):
    """Options of a handler are unknown, of a wrong type or out of range.

    Args:
        owner: The handler that was to be made, as the user knows it: `dummy`, `[mail.work]`.
        problems: For each option the reason.
    """

    def __init__(self, owner: str, problems: Mapping[str, str]) -> None:
        self.owner = owner
        self.problems = {option: one_line(reason) for option, reason in problems.items()}
        super().__init__(*(f"{owner}: {option}: {reason}" for option, reason in self.problems.items()))


class InvalidSettings(MailError, ValueError):
    """The configuration cannot be read, or holds something that mailtui does not know."""


class DraftError(MailError):
    """A draft cannot be saved, or a sent mail kept; the file before it is as it was."""


class DraftInUse(DraftError):
    """A draft is open in another process, which alone may change it.

    Args:
        key: Of the draft.
        process: The number of that process; 0 where it is not known.
    """

    def __init__(self, key: str, process: int) -> None:
        self.process = process
        holder = f"process {process}" if process else "another process"
        super().__init__(f"Draft {key} is in use by {holder}. Leave that one first; until then it can only be read.")


class UnknownDraft(DraftError, LookupError):
    """There is no draft of that number."""


class DeliveryError(MailError):
    """Nothing was delivered, and nothing can have been accepted by anybody.

    Args:
        message: What happened, where, and what to do next.
        transcript: The dialogue with the server so far, secrets redacted.
        code: The server's reply code (RFC 5321 4.2), if it gave one; from 400 to 499 a later try may succeed.
    """

    def __init__(self, message: str, *, transcript: tuple[str, ...] = (), code: int | None = None) -> None:
        self.transcript = transcript
        self.code = code
        super().__init__(message)


class ConnectionFailed(DeliveryError):
    """The server cannot be reached, or does not talk as it should."""


class TLSFailed(DeliveryError):
    """The line cannot be secured, or the server's certificate cannot be verified."""


class AuthenticationFailed(DeliveryError):
    """The server refused the log-in, or it was not tried because the password would have been unsafe."""


def one_line(text: str) -> str:
    """A text in one line in which nothing acts on a terminal, for it may quote what was given.

    Args:
        text: Anything.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
