"""A real mail server on loopback, which keeps what it is given, and certificates for it."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Delivered:
    """One message as the server has it."""

    sender: str
    recipients: list[str]
    data: bytes
    options: list[str]
    encrypted: bool


@dataclass
class Mailbox:
    """Decides what the server takes, and keeps it.

    Args:
        refused: Answers to RCPT, by address.
        mail_answer: To MAIL, when it refuses.
        data_answer: To the message, when it refuses.
        password: Of everybody.
        delay: Seconds before the answer to the message.
        arrived: How many messages came whole, taken or not.
    """

    refused: dict[str, str] = field(default_factory=dict)
    mail_answer: str = ""
    data_answer: str = ""
    password: str = "right horse"
    delay: float = 0.0
    messages: list[Delivered] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    arrived: int = 0

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or not."""
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message, or not."""
        self.arrived += 1
        await asyncio.sleep(self.delay)
        if self.data_answer:
            return self.data_answer
        assert isinstance(envelope.content, bytes)
        self.messages.append(
            Delivered(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                envelope.content,
                list(envelope.mail_options),
                server.transport is not None and server.transport.get_extra_info("cipher") is not None,
            )
        )
        return "250 2.0.0 queued as 4711"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Compare the password."""
        assert isinstance(data, LoginPassword)
        password = data.password.decode()
        self.logins.append((mechanism, password))
        if password != self.password:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=data)


@contextmanager
def smtp_server(
    mailbox: Mailbox,
    *,
    security: str = "none",
    host: str = "127.0.0.1",
    certified: Sequence[str] = ("127.0.0.1", "localhost"),
    auth_required: bool = False,
    without_mechanisms: Sequence[str] = (),
    **options: Any,
) -> Iterator[int]:
    """Serve on a free port; gives the port.

    Args:
        mailbox: Keeps what comes.
        security: `tls`, `starttls` or `none`.
        host: To listen at.
        certified: Names in the certificate.
        auth_required: Whether MAIL needs a log-in.
        without_mechanisms: That are not offered.
        options: Of aiosmtpd's SMTP.
    """
    context = None if security == "none" else server_context(tuple(certified))
    ready: list[int] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        mailbox.connections += 1
        return SMTP(
            mailbox,
            loop=loop,
            hostname="mx.example.org",
            ident="test",
            tls_context=context if security == "starttls" else None,
            authenticator=mailbox.authenticate,
            auth_required=auth_required,
            auth_require_tls=False,
            auth_exclude_mechanism=without_mechanisms,
            **{"enable_SMTPUTF8": True} | options,
        )

    def serve() -> None:
        asyncio.set_event_loop(loop)
        encrypted = context if security == "tls" else None
        server = loop.run_until_complete(loop.create_server(protocol, host, 0, ssl=encrypted))
        ready.append(server.sockets[0].getsockname()[1])
        started.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@cache
def authority() -> trustme.CA:
    """Who signs the servers' certificates."""
    return trustme.CA()


@cache
def server_context(names: tuple[str, ...]) -> ssl.SSLContext:
    """A server's certificate for some names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(*names).configure_cert(context)
    return context


def write_authority(folder: Path) -> Path:
    """The authority's certificate, to trust."""
    path = folder / "authority.pem"
    authority().cert_pem.write_to_path(path)
    return path
