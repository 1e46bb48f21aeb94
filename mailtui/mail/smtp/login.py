"""Logging in: with one mechanism, once, so that a wrong password does not lock the account (RFC 4954)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import get_args

from mailtui.mail.errors import AuthenticationFailed
from mailtui.mail.smtp.connection import Connection, Reply
from mailtui.mail.smtp.server import Mechanism

_BY_ITSELF: tuple[Mechanism, ...] = ("plain", "login")  # what auto tries to find, in this order
_CHALLENGE = 334


def log_in(connection: Connection, mechanism: Mechanism, username: str, password: str) -> None:
    """Log in.

    Args:
        connection: After EHLO.
        mechanism: `auto` takes PLAIN if the server offers it, else LOGIN.
        username: As the server knows it.
        password: Or for XOAUTH2 the access token.

    Raises:
        AuthenticationFailed: The server offers no such mechanism, or says no.
        OSError: The line broke.

    Source: RFC 4616 for PLAIN; draft-murchison-sasl-login-00; https://developers.google.com/gmail/imap/xoauth2-protocol
    """
    offered = connection.esmtp_features.get("auth", "").lower().split()
    chosen = _choose(mechanism, offered)
    connection.dialogue.hide(password)
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
    raise AuthenticationFailed(
        f"does not take the log-in by {' or '.join(wanted).upper()}, only by {' '.join(offered).upper()}; {hint}"
    )


def _plain(connection: Connection, username: str, password: str) -> Reply:
    return _say_secret(connection, "AUTH PLAIN", f"\0{username}\0{password}")


def _login(connection: Connection, username: str, password: str) -> Reply:
    answer = connection.say("AUTH LOGIN")
    for word in (username, password):
        if answer.code != _CHALLENGE:
            return answer
        answer = _say_secret(connection, "", word)
    return answer


def _xoauth2(connection: Connection, username: str, password: str) -> Reply:
    answer = _say_secret(connection, "AUTH XOAUTH2", f"user={username}\1auth=Bearer {password}\1\1")
    if answer.code != _CHALLENGE:
        return answer
    reason = _decoded(answer.words)
    refused = connection.say("")  # the error has been read; only then does the server say no
    return refused._replace(words=f"{refused.words} {connection.dialogue.redacted(reason)}".strip())


def _say_secret(connection: Connection, command: str, secret: str) -> Reply:
    response = b64encode(secret.encode()).decode()
    connection.dialogue.hide(response)
    return connection.say(f"{command} {response}".strip(), shown=f"{command} ***".strip())


def _decoded(challenge: str) -> str:
    try:
        return b64decode(challenge, validate=True).decode("utf-8", "replace")
    except ValueError:
        return challenge
