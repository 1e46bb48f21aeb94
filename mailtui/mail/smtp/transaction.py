"""MAIL, RCPT, DATA: from here on what became of each recipient is told, whatever happens (RFC 5321 3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailtui.mail.errors import DeliveryError
from mailtui.mail.message import Email
from mailtui.mail.receipt import Recipient, Status
from mailtui.mail.smtp.connection import Connection, Garbled, Reply
from mailtui.mail.smtp.session import reason_of
from mailtui.mail.submission import Submission

_AFTER_DATA = 600.0  # seconds: a busy server may still accept, and a mail sent again is two (RFC 5321 4.5.3.2.6)
_LAST_WORDS = 1.0  # seconds, for a server that has hung up in the middle and said why
_BLOCK = 64 * 1024  # bytes written at once
_CLOSING = 421


class Transaction:
    """Hands one message to the server of an open session.

    Args:
        connection: After the log-in.
        email: The message.
        submission: Is told how far it is, and may break it off.

    Raises:
        DeliveryError: The server does not take such a message; nothing of it was said.
    """

    def __init__(self, connection: Connection, email: Email, submission: Submission) -> None:
        self._connection = connection
        self._email = email
        self._submission = submission
        self._open = list(email.envelope.recipients)  # nothing is known of them yet
        self._settled: dict[str, Recipient] = {}
        submission.size = email.size
        self._parameters = _size_parameter(connection, submission.size) + _utf8_parameter(connection, email)

    def run(self) -> tuple[Recipient, ...]:
        """Hand it over.

        Returns:
            What became of each recipient.

        Raises:
            InvalidEmail: An attachment has changed meanwhile; nothing was accepted by anybody.
        """
        try:
            self._hand_over()
        except (OSError, DeliveryError) as error:
            self._settle_without_answer(error)
        return tuple(self._settled[address] for address in self._email.envelope.recipients)

    def _hand_over(self) -> None:
        envelope = self._email.envelope
        self._submission.stage = "naming the recipients"
        answer = self._connection.say(f"MAIL FROM:<{envelope.sender}>{self._parameters}")
        if not answer.good:
            return self._settle("refused", answer)
        for address in envelope.recipients:
            self._name(address)
        if not self._open:
            return None
        answer = self._connection.say("DATA")
        if answer.code != 354:
            return self._settle("refused", answer)
        self._submission.stage = "sending"
        try:
            self._write_message()
        except OSError:
            return self._settle("refused", self._last_words())
        return self._finish()

    def _name(self, address: str) -> None:
        answer = self._connection.say(f"RCPT TO:<{address}>")
        if answer.code == _CLOSING:
            raise Garbled(str(answer))
        if not answer.good:
            self._open.remove(address)
            self._settled[address] = Recipient(address, "refused", answer.code, answer.words)

    def _write_message(self) -> None:
        for block in _blocks(dot_stuffed(self._email.iter_bytes())):
            self._connection.send(block)
            self._submission.sent += len(block)
        self._connection.dialogue.say(f"({self._submission.sent:,} bytes of the message)")

    def _last_words(self) -> Reply:
        """What a server that broke off had to say.

        Raises:
            OSError: As before, when it said nothing.
        """
        self._connection.patience = min(self._connection.patience, _LAST_WORDS)
        answer = self._connection.reply()
        if answer.good:
            raise Garbled(f"it answered {answer} in the middle of the message")
        return answer

    def _finish(self) -> None:
        self._connection.patience = max(self._connection.patience, _AFTER_DATA)
        self._submission.let_go()
        self._submission.stage = "waiting for the server's answer"
        self._connection.dialogue.say(".")
        self._connection.send(b".\r\n")
        answer = self._connection.reply()
        self._settle("accepted" if answer.good else "refused", answer)

    def _settle(self, status: Status, answer: Reply) -> None:
        for address in self._open:
            self._settled[address] = Recipient(address, status, answer.code, answer.words)
        self._open.clear()

    def _settle_without_answer(self, error: Exception) -> None:
        reason = "cancelled" if self._submission.cancelled else f"the line broke: {reason_of(error)}"
        status: Status = "refused"
        rest = "nothing was handed over"
        if self._submission.may_have_left:
            status, rest = "unknown", "whether it was accepted is not known"
        for address in self._open:
            self._settled[address] = Recipient(address, status, None, f"{reason}; {rest}")
        self._connection.dialogue.note(reason)


def dot_stuffed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The message with a dot more before each line that begins with one (RFC 5321 4.5.2).

    Args:
        pieces: Of a message whose lines end in CR LF; cut anywhere.
    """
    before = b"\r\n"
    for piece in pieces:
        stuffed = (before + piece).replace(b"\r\n.", b"\r\n..")
        yield stuffed[len(before) :]
        before = (before + piece)[-2:]


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces put together, so that each is not a packet of its own."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield b"".join(block)
            block, size = [], 0
    yield b"".join(block)


def _size_parameter(connection: Connection, size: int) -> str:
    if not connection.has_extn("size"):
        return ""
    limit = connection.esmtp_features["size"]
    if limit.isdigit() and 0 < int(limit) < size:
        raise DeliveryError(
            f"{connection.where} takes messages of up to {int(limit):,} bytes (SIZE), and this one has {size:,}. "
            "Nothing was sent; make the attachments smaller."
        )
    return f" SIZE={size}"


def _utf8_parameter(connection: Connection, email: Email) -> str:
    unusual = [address.addr_spec for address in email.addresses if not address.addr_spec.isascii()]
    if not unusual:
        return ""
    if not connection.has_extn("smtputf8"):
        raise DeliveryError(
            f"{connection.where} takes ASCII addresses only (it has no SMTPUTF8), not {unusual[0]}. Nothing was sent."
        )
    connection.command_encoding = "utf-8"
    return " SMTPUTF8 BODY=8BITMIME"
