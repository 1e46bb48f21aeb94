"""Logging in: with one mechanism, once, so that a wrong password does not lock the account (RFC 4954)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import get_args

from mailtui.mail.errors import AuthenticationFailed
from mailtui.mail.options import Secret
from mailtui.mail.smtp.connection import Connection, Reply
from mailtui.mail.smtp.server import Mechanism

_BY_ITSELF: tuple[Mechanism, ...] = ("plain", "login")  # what auto tries to find, in this order
_CHALLENGE = 334


def log_in(connection: Connection, mechanism: Mechanism, username: str, password: Secret) -> None:
    """Log in.

    Args:
        connection: After EHLO.
        mechanism: `auto` takes PLAIN if the server offers it, else LOGIN.
        username: As the server knows it.
        password: Or for XOAUTH2 the access token. A Secret to the end, for a traceback may show the locals.

    Raises:
        AuthenticationFailed: The server offers no such mechanism, or says no.
        OSError: The line broke.

    Source: RFC 4616 for PLAIN; draft-murchison-sasl-login-00; https://developers.google.com/gmail/imap/xoauth2-protocol
    """
    offered = connection.esmtp_features.get("auth", "").lower().split()
    chosen = _choose(mechanism, offered)
    if not (_can_be_said(username) and _can_be_said(password.reveal())):
        raise AuthenticationFailed("was not told the password: that or the username holds a NUL, or is not UTF-8")
    connection.dialogue.hide(password.reveal())
    answer = {"plain": _plain, "login": _login, "xoauth2": _xoauth2}[chosen](connection, username, password)
    if not 200 <= answer.code < 300:
        raise AuthenticationFailed(f"refused the log-in of {username}: {answer}", code=answer.code)


def _choose(mechanism: Mechanism, offered: Sequence[str]) -> Mechanism:
    wanted = _BY_ITSELF if mechanism == "auto" else (mechanism,)
    for name in wanted:
        if name in offered:
            return name
    if not offered:
        raise AuthenticationFailed("offers no log-in on this line; leave username empty, or check security and port")
    known = [name for name in get_args(Mechanism) if name in offered]
    hint = f"set mechanism to {' or '.join(known)}" if known else "mailtui knows none of these"
    asked = " or ".join(name.upper() for name in wanted)
    raise AuthenticationFailed(f"takes no log-in by {asked}, only by {' '.join(offered[:9]).upper()}; {hint}")


def _can_be_said(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # from an environment that is not UTF-8
        return False


def _plain(connection: Connection, username: str, password: Secret) -> Reply:
    return _say_secret(connection, "AUTH PLAIN", Secret(f"\0{username}\0{password.reveal()}"))


def _login(connection: Connection, username: str, password: Secret) -> Reply:
    answer = connection.say("AUTH LOGIN")
    for word in (Secret(username), password):
        if answer.code != _CHALLENGE:
            return answer
        answer = _say_secret(connection, "", word)
    return answer


def _xoauth2(connection: Connection, username: str, password: Secret) -> Reply:
    answer = _say_secret(connection, "AUTH XOAUTH2", Secret(f"user={username}\1auth=Bearer {password.reveal()}\1\1"))
    if answer.code != _CHALLENGE:
        return answer
    reason = connection.dialogue.redacted(_decoded(answer.words))
    refused = connection.say("")  # the error has been read; only then does the server say no
    return refused._replace(words=f"{refused.words} {reason}".strip())


def _say_secret(connection: Connection, command: str, secret: Secret) -> Reply:
    response = Secret(b64encode(secret.reveal().encode()).decode())
    connection.dialogue.hide(response.reveal())
    return connection.say(command, secret=response)


def _decoded(challenge: str) -> str:
    try:
        return b64decode(challenge, validate=True).decode("utf-8", "replace")
    except ValueError:
        return challenge
