"""The terminal: left at once, and what it sends ends nothing and acts only as far as it was typed.

Textual's own driver sleeps for up to two tenths of a second before it stops reading, and ends the app with an error at
a byte that is not UTF-8 or a sequence that its parser does not foresee.
"""

from __future__ import annotations

import os
import re
import signal
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from contextlib import suppress
from select import select
from socket import socketpair
from threading import Event
from time import monotonic
from typing import Any, TextIO, cast

from textual._xterm_parser import XTermParser  # private: without it, keys would have to be read by a parser of our own
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from mailtui.tui.pastes import Pastes

TICK = 0.1  # seconds after which a lone escape is the key, as in Textual
_PARTS = re.compile("(?s)(?P<sequence>(?:\\A.|\x1b).{0,40})|[^\x1b]+")  # longer ones are none to Textual's parser


class ExitEvent(Event):
    """An event that can be waited for together with a file."""

    def __init__(self) -> None:
        super().__init__()
        self._receiver, self._sender = socketpair()

    def fileno(self) -> int:
        """What can be read while the event is set."""
        return self._receiver.fileno()

    def set(self) -> None:
        """See `Event.set`."""
        if not self.is_set():
            self._sender.send(b"\0")
        super().set()

    def clear(self) -> None:
        """See `Event.clear`."""
        if self.is_set():
            self._receiver.recv(1)
        super().clear()


class LastingFile:
    """A terminal that may be gone: its writer goes on, for whoever writes would wait for it for ever.

    Args:
        file: The terminal.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """See `TextIO.write`."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """See `TextIO.flush`."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """See `TextIO.fileno`."""
        return self._file.fileno()


class PromptDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, which stops reading as soon as it is asked to."""

    exit_event: ExitEvent

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.exit_event = ExitEvent()
        self._file = cast(Any, LastingFile(cast(TextIO, self._file)))

    def _sigcont_application(self, *arguments: object) -> None:
        """Go on after a stop. A terminal that is closed says so, too: then there is nothing to go on with."""
        if os.isatty(self.fileno):
            super()._sigcont_application(*arguments)

    def run_input_thread(self) -> None:
        """Pass on what is typed, until input ends; see `LinuxDriver.run_input_thread`."""
        keys, pastes = Keys(), Pastes()
        decode = getincrementaldecoder("utf-8")("replace").decode  # a stray byte must not end the app
        while not self.exit_event.is_set():
            ready, _, _ = select([self.fileno, self.exit_event], [], [], pastes.wait(monotonic(), TICK))
            data = self._read() if self.fileno in ready else None
            if data == b"":  # the terminal is gone
                os.kill(os.getpid(), signal.SIGHUP)
                return
            sent = decode(data) if data else ""
            for message in keys.read(pastes.feed(sent, monotonic())):
                self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""


class Keys:
    """Textual's parser of keys, that goes on after a sequence which it cannot read."""

    def __init__(self) -> None:
        self._parser = XTermParser()

    def read(self, text: str) -> Iterator[Message]:
        """What was pressed, and what the terminal has answered.

        Args:
            text: As it came; an empty one lets a lone escape be the key after a while.
        """
        for found in _PARTS.finditer(text):
            for part in found["sequence"] or (found[0],):  # by character: what comes after a bad one is not lost
                yield from self._guarded(self._parser.feed(part))
        yield from self._guarded(self._parser.tick())

    def _guarded(self, messages: Iterable[Message]) -> Iterator[Message]:
        try:
            yield from messages
        except (ArithmeticError, LookupError, ValueError):  # of numbers that no terminal sends
            stopped, self._parser = self._parser, XTermParser()
            self._parser.mouse_pixels = stopped.mouse_pixels
            self._parser.terminal_size = stopped.terminal_size
            self._parser.terminal_pixel_size = stopped.terminal_pixel_size
