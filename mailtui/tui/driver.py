"""The terminal, left at once: Textual's own driver sleeps for up to two tenths of a second before it stops reading."""

from __future__ import annotations

import os
from codecs import getincrementaldecoder
from select import select
from socket import socketpair
from threading import Event
from typing import Any

from textual._xterm_parser import XTermParser  # private: without it, keys would have to be read by a parser of our own
from textual.drivers.linux_driver import LinuxDriver

TICK = 0.1  # seconds after which a lone escape is the key, as in Textual


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


class PromptDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, which stops reading as soon as it is asked to."""

    exit_event: ExitEvent

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.exit_event = ExitEvent()

    def run_input_thread(self) -> None:
        """Pass on what is typed, until input ends; see `LinuxDriver.run_input_thread`."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")("replace").decode  # a stray byte must not end the app
        while not self.exit_event.is_set():
            ready, _, _ = select([self.fileno, self.exit_event], [], [], TICK)
            if self.fileno in ready and (text := decode(os.read(self.fileno, 4096))):
                for message in parser.feed(text):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
