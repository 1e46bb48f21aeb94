"""What the command says: results on stdout, talk on stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

from mailtui.visible import visible


class NotWritten(Exception):
    """A result could not be written to stdout; the message says why."""


def print_result(text: str) -> None:
    """A result: exact into a pipe or a file; on a terminal what would act on it is made visible.

    Args:
        text: A line end is added. What stdout cannot hold is written with backslashes.

    Raises:
        NotWritten: The disk is full, say.
        BrokenPipeError: Nobody reads it any more.
    """
    stream = sys.stdout
    if stream is not None:
        shown = visible(text.expandtabs()) if is_on_terminal() else text
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotWritten(f"The result could not be written: {error.strerror}.") from error


def is_on_terminal() -> bool:
    """Whether a person reads the results, and no program or file."""
    return sys.stdout is not None and sys.stdout.isatty()


def talk(text: str) -> None:
    """A sentence for the person, each line of it with the name of the program.

    Args:
        text: Nothing in it can act on the terminal.
    """
    if sys.stderr is not None:
        with suppress(OSError):  # nobody reads it; the exit code says the same
            for line in text.split("\n"):
                print(f"mailtui: {visible(line)}", file=sys.stderr)


class Stopped(SystemExit):
    """The program ends; the message says why.

    Args:
        message: In one line.
        code: Of the exit.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(code)
        self.message = message


def stop(message: str, code: int) -> NoReturn:
    """Say why, and end the program.

    Args:
        message: Line ends in it are made visible.
        code: Of the exit.
    """
    message = message.replace("\n", "␊")
    talk(message)
    raise Stopped(message, code)


def drop_stdout() -> None:
    """Nobody can read it any more; Python would complain once again when it flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def drop_all_output() -> None:
    """The terminal has been closed, and nobody can read anything any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
