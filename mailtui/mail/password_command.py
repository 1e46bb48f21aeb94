"""A password from another program, such as a password manager."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

from mailtui.mail.errors import AuthenticationFailed
from mailtui.mail.options import Secret

_PATIENCE = 30.0  # seconds
_TICK = 0.05  # seconds between two looks at whether to go on
_LIMIT = 64 * 1024  # bytes; notes may follow the password
_WORDS_KEPT = 200  # characters of what a program complains


def password_of(command: Sequence[str], *, handler: str, cancelled: Callable[[], bool] = lambda: False) -> Secret:
    """Run a program without a shell and without stdin; the first line that it prints is the password.

    Args:
        command: The program and its arguments.
        handler: For messages, the name of the handler that needs it.
        cancelled: Asked again and again whether the program is to be killed.

    Raises:
        AuthenticationFailed: It could not be run, failed, printed nothing, or took longer than 30 seconds.
    """
    told = f"password_command of {handler}: {command[0]}"
    todo = "Nothing was sent; try the command in a terminal."
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
        raise AuthenticationFailed(f"{told} cannot be run: {reason}. {todo}") from error
    with process:
        try:
            answer = _answer_of(process, cancelled)
        finally:
            _kill(process)
    if isinstance(answer, str):
        raise AuthenticationFailed(f"{told} {answer}. {todo}")
    return answer


def _answer_of(process: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> Secret | str:
    """The password, or what went wrong. Raises nothing, for a traceback may show the locals."""
    deadline = monotonic() + _PATIENCE
    while True:
        ended = process.poll() is not None
        try:
            printed, complaint = process.communicate(timeout=_TICK)
            break
        except subprocess.TimeoutExpired as waiting:
            printed, complaint = waiting.output or b"", waiting.stderr or b""
        if ended:  # all that it printed has been read; but a child of it lives on, and holds the pipe
            break
        if len(printed) + len(complaint) > _LIMIT:
            return "prints without end"
        if cancelled():
            return "was broken off"
        if monotonic() > deadline:
            return f"printed no password within {_PATIENCE:g} s"
    if process.returncode:
        words = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2][:_WORDS_KEPT].strip()
        return _failure(process.returncode) + (f": {words.rstrip('.')}" if words else "")
    try:
        password = printed.partition(b"\n")[0].rstrip(b"\r").decode()
    except UnicodeDecodeError:
        return "printed what is not UTF-8"
    return Secret(password) if password else "printed no password in its first line"


def _failure(status: int) -> str:
    return f"failed with {status}" if status > 0 else f"was killed by signal {-status}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(OSError):  # it has just ended
        os.killpg(process.pid, signal.SIGKILL)
