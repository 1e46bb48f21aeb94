"""The handler that hands messages to a mail server."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from mailtui.mail.errors import InvalidOptions, TLSFailed
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option, Secret
from mailtui.mail.receipt import Receipt, Transcript
from mailtui.mail.smtp.server import Mechanism, Security, Server, is_loopback, place
from mailtui.mail.submission import Submission

if TYPE_CHECKING:
    from ssl import SSLContext

_SECURED = {"tls": "TLS", "starttls": "STARTTLS", "none": "not encrypted"}


class SMTPMailHandler(MailHandler):
    """Hands the message to a mail server by SMTP; a certificate is always verified.

    Source: RFC 6409 (submission), RFC 8314 (TLS); https://docs.builtoncement.com/core-foundation/mail-messaging
    """

    label: ClassVar[str] = "smtp"

    host: Annotated[str, Option("Name or address of the mail server")] = "localhost"
    port: Annotated[int, Option("587 for starttls, 465 for tls, 25 between servers", ge=1, le=65535)] = 25
    security: Annotated[Security, Option("tls from the first byte, starttls before anything else, or none")] = (
        "starttls"
    )
    ca_file: Annotated[Path | None, Option("A certificate to trust beside those of the system")] = None
    username: Annotated[str, Option("For the log-in; empty for a server that asks for none")] = ""
    password: Annotated[Secret, Option("For the log-in; better is password_command")] = Secret("")
    password_command: Annotated[
        tuple[str, ...], Option("Prints the password in its first line: pass show mail/work", command=True)
    ] = ()
    mechanism: Annotated[Mechanism, Option("Of the log-in; for xoauth2 the password is an access token")] = "auto"
    allow_plaintext_login: Annotated[bool, Option("Log in even where others can read the password")] = False
    timeout: Annotated[float, Option("Seconds to wait for each answer", ge=0.1)] = 30.0

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        problems = {}
        if not self.host.strip("[].") or not all(map(_can_stand_in_a_host, self.host)):
            problems["host"] = f"expected the name or the address of a server, not {self.host!r}"
        elif self.host.count(":") == 1:
            problems["host"] = "the port has an option of its own: port"
        if self.username and not self.password and not self.password_command:
            problems["username"] = "a log-in needs password_command or password, too"
        if problems:
            raise InvalidOptions(type(self).__name__, problems)

    @property
    def destination(self) -> str:
        """Server and how the line to it is secured."""
        return f"{place(self.host, self.port)} · {_SECURED[self.security]}"

    @property
    def risks(self) -> tuple[str, ...]:
        """A line that others can read."""
        if self.security != "none" or is_loopback(self.host):
            return ()
        return (f"The line to {self.host} is not encrypted: whoever is on the way can read the letter.",)

    def begin(self, email: Email) -> Submission:
        """A submission that tells how far it is, and can be broken off; see `MailHandler.begin`."""
        from mailtui.mail.smtp.submission import SMTPSubmission  # a client is imported when there is something to send

        return SMTPSubmission(email, self._server, handler=self.name, timeout=self.timeout)

    def deliver(self, email: Email) -> Receipt:
        """Hand over one message in a session of its own; see `MailHandler.deliver`."""
        return self.begin(email).run()

    def check(self) -> Transcript:
        """Connect, secure the line, log in; see `MailHandler.check`."""
        from mailtui.mail.smtp.submission import check_server

        return check_server(self._server(), timeout=self.timeout)

    def _server(self, cancelled: Callable[[], bool] = lambda: False) -> Server:
        """What the options say of the server, and the password.

        Args:
            cancelled: Whether to ask for the password no longer.

        Raises:
            DeliveryError: There is no password, or no certificate in `ca_file`.
        """
        password = self.password
        if self.username and not password:
            from mailtui.mail.password_command import password_of

            password = password_of(self.password_command, handler=self.name, cancelled=cancelled)
        return Server(
            handler=self.name,
            host=self.host,
            port=self.port,
            security=self.security,
            context=self._context,
            username=self.username,
            password=password,
            mechanism=self.mechanism,
            allow_plaintext_login=self.allow_plaintext_login,
        )

    @cached_property
    def _context(self) -> SSLContext:
        """Verifies certificates and host names; made once, for reading the system's authorities takes its time."""
        import ssl

        context = ssl.create_default_context()
        if self.ca_file is not None:
            try:
                context.load_verify_locations(self.ca_file)
            except OSError as error:  # ssl.SSLError is one
                reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
                raise TLSFailed(f"ca_file of {self.name}: {self.ca_file}: {reason}. Nothing was sent.") from error
        return context


def _can_stand_in_a_host(character: str) -> bool:
    return character.isprintable() and not character.isspace() and character != "/"
