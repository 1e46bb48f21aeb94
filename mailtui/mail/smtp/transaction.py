"""MAIL, RCPT, DATA: from here on what became of each recipient is told, whatever happens (RFC 5321 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from mailtui.mail.errors import DeliveryError
from mailtui.mail.message import Email
from mailtui.mail.receipt import Recipient, Status
from mailtui.mail.smtp.connection import Connection, Garbled, Reply
from mailtui.mail.smtp.session import reason_of
from mailtui.mail.submission import Submission

_AFTER_DATA = 600.0  # seconds: a busy server may still accept, and a mail sent again is two (RFC 5321 4.5.3.2.6)
_LAST_WORDS = 1.0  # seconds, for a server that has hung up in the middle and said why
_BLOCK = 64 * 1024  # bytes written at once
_NUMBER = re.compile(r"[0-9]{1,20}")
_CLOSING, _GO_ON = 421, 354


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
        self._taken_size = 0  # bytes of the message, as far as it was read
        self._begun = False  # the server waits for the message, and for nothing else
        self._ended = False  # the message was sent to its end, so that the server may have accepted it
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
            self._break_off(error)
        return tuple(self._settled[address] for address in self._email.envelope.recipients)

    def _hand_over(self) -> None:
        envelope = self._email.envelope
        self._submission.stage = "naming the recipients"
        recipients = (f"RCPT TO:<{address}>" for address in envelope.recipients)
        answers = self._connection.answers([f"MAIL FROM:<{envelope.sender}>{self._parameters}", *recipients, "DATA"])
        self._hear_of_recipients(answers)
        if not self._open:
            return self._hear_the_rest(answers)
        answer = _sensible(next(answers), 3)
        if answer.bad:
            return self._settle("refused", answer)
        self._write_message()
        answer = self._end_message()
        return self._settle("refused" if answer.bad else "accepted", answer)

    def _hear_of_recipients(self, answers: Iterator[Reply]) -> None:
        answer = _sensible(next(answers), 2)
        if answer.bad:
            return self._settle("refused", answer)
        for address in self._email.envelope.recipients:
            answer = _sensible(next(answers), 2)
            if answer.code == _CLOSING:
                return self._settle("refused", answer)
            if answer.bad:
                self._open.remove(address)
                self._settled[address] = Recipient(address, "refused", answer.code, answer.words)
        return None

    def _hear_the_rest(self, answers: Iterator[Reply]) -> None:
        """What was said ahead is answered, too. A server that waits for the message of nobody now gets none."""
        with suppress(OSError):
            while self._connection.unheard:
                if next(answers).code == _GO_ON:
                    return self._connection.close()
            return None
        return self._connection.close()

    def _write_message(self) -> None:
        self._submission.stage = "sending"
        self._begun = True
        for block in _blocks(dot_stuffed(self._taken())):
            self._connection.send(block)
            self._submission.sent = self._taken_size
        self._connection.dialogue.say(f"({self._submission.sent:,} bytes of the message)")

    def _taken(self) -> Iterator[bytes]:
        """The message, counted without the dots that are added on the way."""
        for piece in self._email.iter_bytes():
            self._taken_size += len(piece)
            yield piece

    def _end_message(self) -> Reply:
        self._submission.let_go()
        self._connection.end_of_data()
        self._ended = True
        self._submission.stage = "waiting for the server's answer"
        self._connection.patience = max(self._connection.patience, _AFTER_DATA)
        return _sensible(self._connection.reply(), 2)

    def _settle(self, status: Status, answer: Reply) -> None:
        for address in self._open:
            self._settled[address] = Recipient(address, status, answer.code, answer.words)
        self._open.clear()

    def _break_off(self, error: Exception) -> None:
        """Settle the rest without an answer, and hang up: what is said now could be taken for more of the message."""
        reason = "cancelled" if self._submission.cancelled else f"the line broke: {reason_of(error)}"
        if self._ended:
            self._settle_without_answer("unknown", f"{reason}; whether it was accepted is not known")
        elif self._may_have_last_words(error) and (last_words := self._last_words()):
            self._settle("refused", last_words)
        else:
            self._settle_without_answer("refused", f"{reason}; nothing was handed over")
        self._connection.dialogue.note(reason)
        self._connection.close()

    def _may_have_last_words(self, error: Exception) -> bool:
        """Whether what comes now is about the whole message, not an answer to one recipient."""
        return self._begun or not (self._connection.unheard or isinstance(error, TimeoutError))

    def _last_words(self) -> Reply | None:
        """A refusal by a server that then hung up, or that said it in the middle of the message."""
        self._connection.patience = min(self._connection.patience, _LAST_WORDS)
        with suppress(OSError):
            answer = self._connection.reply()
            return answer if answer.bad else None
        return None

    def _settle_without_answer(self, status: Status, reason: str) -> None:
        for address in self._open:
            self._settled[address] = Recipient(address, status, None, reason)
        self._open.clear()


def _sensible(answer: Reply, expected: int) -> Reply:
    """An answer that says no, or what was expected by its first digit (RFC 5321 4.2.1).

    Raises:
        Garbled: It says something else, so that nobody knows what it is an answer to.
    """
    if not answer.bad and answer.code // 100 != expected:
        raise Garbled(f"it answered {answer}")
    return answer


def dot_stuffed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The message with a dot more before each line that begins with one (RFC 5321 4.5.2).

    Args:
        pieces: Of a message whose lines end in CR LF; cut anywhere.
    """
    before = b"\r\n"
    for piece in pieces:
        stuffed = piece
        if b"." in piece:  # which base64 never is
            stuffed = (before + piece).replace(b"\r\n.", b"\r\n..")[len(before) :]
        yield stuffed
        before = (before + piece[-2:])[-2:]


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
    if _NUMBER.fullmatch(limit) and 0 < int(limit) < size:  # RFC 1870 3
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
