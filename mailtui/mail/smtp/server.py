"""Which mail server, and how to talk to it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal

from mailtui.mail.options import Secret

if TYPE_CHECKING:
    from ssl import SSLContext

Security = Literal["tls", "starttls", "none"]
Mechanism = Literal["auto", "plain", "login", "xoauth2"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Server:
    """A mail server as a handler's options describe it.

    Args:
        handler: The name of the handler, for messages.
        host: Name or address.
        port: Number.
        security: `tls` from the first byte, `starttls` before anything else is said, or `none`.
        context: How its certificate is verified.
        username: Empty: no log-in.
        password: Or for `xoauth2` the access token.
        mechanism: Of the log-in; `auto` takes PLAIN if the server offers it, else LOGIN.
        allow_plaintext_login: Whether the password may go over a line that others can read.
    """

    handler: str
    host: str
    port: int
    security: Security
    context: SSLContext
    username: str
    password: Secret
    mechanism: Mechanism
    allow_plaintext_login: bool

    def __str__(self) -> str:
        return place(self.host, self.port)


def place(host: str, port: int) -> str:
    """Where a server is, in the usual way of writing: `mail.example.com:587`, `[::1]:25`.

    Args:
        host: Name or address.
        port: Number.
    """
    return f"[{host.strip('[]')}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where nobody else is on the line.

    Args:
        host: A name or an address.
    """
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
