"""A message on its way to a mail server, in a session of its own; and the same session without a message."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from mailtui.mail.errors import DeliveryError
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt, Transcript
from mailtui.mail.smtp.connection import Connection
from mailtui.mail.smtp.dialogue import Dialogue
from mailtui.mail.smtp.server import Server
from mailtui.mail.smtp.session import open_session
from mailtui.mail.smtp.transaction import Transaction
from mailtui.mail.submission import Submission, cancelled


class SMTPSubmission(Submission):
    """Hands one message to a server.

    Args:
        email: The message.
        server: Tells which server when it begins, and may ask a program for the password then; it is given the
            question whether the message is cancelled.
        handler: The name of the handler.
        timeout: Seconds to wait for each answer.
    """

    def __init__(
        self, email: Email, server: Callable[[Callable[[], bool]], Server], *, handler: str, timeout: float
    ) -> None:
        super().__init__()
        self._email = email
        self._server = server
        self._handler = handler
        self._connection = Connection(Dialogue(), timeout)

    def cancel(self) -> None:
        """Break it off at once, wherever it waits; see `Submission.cancel`."""
        super().cancel()
        self._connection.cut()

    def _run(self) -> Receipt:
        started = perf_counter()
        connection = self._connection
        try:
            if self.cancelled:
                raise cancelled()
            self.stage = "preparing the log-in"
            open_session(self._server(lambda: self.cancelled), connection, self._enter)
            recipients = Transaction(connection, self._email, self).run()
            connection.say_goodbye()
        except DeliveryError as error:
            failure = cancelled() if self.cancelled else error
            failure.transcript = connection.dialogue.transcript
            raise failure from error.__cause__
        finally:
            connection.close()
        return Receipt(
            handler=self._handler,
            message_id=self._email.message_id,
            recipients=recipients,
            transcript=connection.dialogue.transcript,
            duration=perf_counter() - started,
        )

    def _enter(self, stage: str) -> None:
        self.stage = stage


def check_server(server: Server, *, timeout: float) -> Transcript:
    """Connect, secure the line, log in, and say goodbye.

    Args:
        server: To be tried.
        timeout: Seconds to wait for each answer.

    Raises:
        DeliveryError: It failed; `.transcript` tells how far it came.
    """
    connection = Connection(Dialogue(), timeout)
    try:
        open_session(server, connection, lambda stage: None)
        connection.say_goodbye()
    except DeliveryError as error:
        error.transcript = connection.dialogue.transcript
        raise
    finally:
        connection.close()
    return connection.dialogue.transcript
