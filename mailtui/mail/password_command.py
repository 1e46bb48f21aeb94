"""A password from another program, such as a password manager."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from mailtui.mail.errors import AuthenticationFailed

_PATIENCE = 30.0  # seconds


def password_of(command: Sequence[str], *, handler: str) -> str:
    """Run a program without a shell and without stdin; the first line that it prints is the password.

    Args:
        command: The program and its arguments.
        handler: For messages, the name of the handler that needs it.

    Raises:
        AuthenticationFailed: It could not be run, failed, printed nothing, or took longer than 30 seconds.
    """
    told = f"password_command of {handler}: {command[0]}"
    try:
        process = subprocess.Popen(  # noqa: S603  the person's own command, as a list
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that nothing asks in the terminal that the composer is drawn in
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise AuthenticationFailed(f"{told} cannot be run: {reason}. Nothing was sent.") from error
    try:
        printed, complaint = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise AuthenticationFailed(f"{told} printed no password within {_PATIENCE:g} s. Nothing was sent.") from None
    if process.returncode != 0:
        words = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise AuthenticationFailed(
            f"{told} failed with {process.returncode}{f': {words}' if words else ''}. Nothing was sent."
        )
    try:
        password = printed.decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise AuthenticationFailed(f"{told} printed what is not UTF-8. Nothing was sent.") from None
    if not password:
        raise AuthenticationFailed(f"{told} printed no password in its first line. Nothing was sent.")
    return password


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):  # it has just ended
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
