"""A session with a mail server, from the first packet to the log-in; what fails is told in the person's words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOTCONN

from mailtui.mail.errors import AuthenticationFailed, ConnectionFailed, DeliveryError, TLSFailed
from mailtui.mail.smtp.connection import Connection, Garbled
from mailtui.mail.smtp.login import log_in
from mailtui.mail.smtp.server import Server, is_loopback

_TLS_FROM_THE_START = 465  # RFC 8314 3.3


def open_session(server: Server, connection: Connection, enter: Callable[[str], None]) -> None:
    """Connect, secure the line, say hello, log in.

    Args:
        server: To talk to.
        connection: Not yet open.
        enter: Is told each stage.

    Raises:
        ConnectionFailed: The server cannot be reached, or does not talk as it should.
        TLSFailed: The line cannot be secured.
        AuthenticationFailed: The log-in was refused, or would have been unsafe.
    """
    enter("connecting")
    with told_of(server, "connecting"):
        greeting = connection.open(server.host, server.port, server.context if server.security == "tls" else None)
        if greeting.code != 220:
            hint = "Try again later" if greeting.code < 500 else f"Check host and port of {server.handler}"
            raise ConnectionFailed(f"{server} takes no mail from here: {greeting}. {hint}.", code=greeting.code)
        _say_hello(server, connection)
    if server.security == "starttls":
        enter("securing the line")
        with told_of(server, "securing the line"):
            _start_tls(server, connection)
            _say_hello(server, connection)
    if server.username:
        enter("logging in")
        with told_of(server, "logging in"):
            _log_in(server, connection)


@contextmanager
def told_of(server: Server, stage: str) -> Iterator[None]:
    """Turn what Python raises about a line into what a person can act upon.

    Args:
        server: That was talked to.
        stage: What was going on.

    Raises:
        DeliveryError: Of the kind that fits.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise _failure(server, stage, error) from error


def reason_of(error: Exception) -> str:
    """Why a line broke, in a few words.

    Args:
        error: That Python or smtplib raised.
    """
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {(getattr(error, 'reason', None) or 'unknown reason').replace('_', ' ').lower()}"
    if isinstance(error, smtplib.SMTPException):
        return str(error)
    if isinstance(error, OSError):
        if error.errno == ENOTCONN:
            return "it closed the connection"
        return (error.strerror or str(error) or type(error).__name__).lower()
    return str(error)


def _failure(server: Server, stage: str, error: Exception) -> DeliveryError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TLSFailed(
            f"The certificate of {server} cannot be verified: {error.verify_message.rstrip('.')}. Nothing was sent. "
            f"If you know whose it is, name the certificate of its authority in ca_file of {server.handler}."
        )
    if isinstance(error, ssl.SSLError):
        hint = 'security = "starttls"' if server.security == "tls" else "another port or security"
        return TLSFailed(
            f"{server} does not speak TLS as it should ({reason_of(error)}). Nothing was sent. "
            f"Perhaps {server.handler} needs {hint}."
        )
    if isinstance(error, Garbled):
        return ConnectionFailed(
            f"{server} does not talk as a mail server: {error}. Check host and port of {server.handler}."
        )
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return ConnectionFailed(f"{server.host} could not be looked up: {reason_of(error)}. Check the network.")
    if isinstance(error, socket.gaierror):
        return ConnectionFailed(
            f"There is no host {server.host}: {reason_of(error)}. Check host of {server.handler}, and the network."
        )
    if isinstance(error, UnicodeError):
        return ConnectionFailed(f"{server.host} cannot be the name of a host. Check host of {server.handler}.")
    if isinstance(error, ConnectionRefusedError):
        return ConnectionFailed(
            f"Connection refused at {server}. Is a mail server running there? Check host and port of {server.handler}."
        )
    if isinstance(error, TimeoutError):
        return ConnectionFailed(f"{server} gave no answer in time while {stage}. {_port_hint(server)}")
    return ConnectionFailed(f"The connection to {server} broke while {stage}: {reason_of(error)}. {_port_hint(server)}")


def _port_hint(server: Server) -> str:
    if server.port == _TLS_FROM_THE_START and server.security != "tls":
        return f'Port {_TLS_FROM_THE_START} usually wants security = "tls".'
    return f"Check host, port and security of {server.handler}, or try again later."


def _say_hello(server: Server, connection: Connection) -> None:
    code, words = connection.ehlo()
    if code >= 500:  # perhaps it is so old that it does not know it
        code, words = connection.helo()
    if code != 250:
        answer = connection.answer_of(code, words)
        hint = "Try again later" if code < 500 else f"Check host and port of {server.handler}"
        raise ConnectionFailed(f"{server} does not want to talk: {answer}. {hint}.", code=code)


def _start_tls(server: Server, connection: Connection) -> None:
    if not connection.has_extn("starttls"):
        hint = f'security = "tls" and port {_TLS_FROM_THE_START}'
        if is_loopback(connection.peer):
            hint = 'security = "none", which is safe on this machine'
        raise TLSFailed(
            f"{server} does not offer STARTTLS, so the line cannot be secured. Nothing was sent. "
            f"Perhaps {server.handler} needs {hint}."
        )
    answer = connection.say("STARTTLS")
    if answer.code != 220:
        hint = f'or set security of {server.handler} to "tls" and port to {_TLS_FROM_THE_START}'
        raise TLSFailed(
            f"{server} refused STARTTLS: {answer}. Nothing was sent. Try again later, {hint}.", code=answer.code
        )
    if connection.spoke_up():  # in clear, which anybody may have put in (CVE-2011-0411)
        raise Garbled("it said more than it should before TLS began; somebody may be on the line")
    connection.secure(server.host, server.context)


def _log_in(server: Server, connection: Connection) -> None:
    safe = server.security != "none" or is_loopback(connection.peer)  # what was connected to, not what DNS is asked
    if not safe and not server.allow_plaintext_login:
        raise AuthenticationFailed(
            f"The password was not sent to {server}: the line is not encrypted. "
            f'Set security of {server.handler} to "starttls" or "tls".'
        )
    try:
        log_in(connection, server.mechanism, server.username, server.password)
    except AuthenticationFailed as error:
        hint = f"Check username and password of {server.handler}" if error.code else "Nothing was sent"
        raise AuthenticationFailed(f"{server} {error}. {hint}.", code=error.code) from error
