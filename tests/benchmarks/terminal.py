"""Programs in a pseudo-terminal, timed from outside."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect

ROOT = Path(__file__).parents[2]
COLUMNS, ROWS = 120, 36


class Terminal:
    """A Python program of this project in a pseudo-terminal of 120×36.

    Args:
        words: After `python`.
    """

    def __init__(self, *words: str) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.started = time.perf_counter()
        self._child = pexpect.spawn(
            sys.executable, list(words), dimensions=(ROWS, COLUMNS), env=environment, cwd=str(ROOT), timeout=30
        )
        self._child.delaybeforesend = None

    def wait_for(self, text: str) -> float:
        """The seconds since the start, or since the last key, until a text is written."""
        self._child.expect_exact(text.encode())
        return time.perf_counter() - self.started

    def wait_for_end(self) -> float:
        """The seconds until the program has ended."""
        self._child.expect(pexpect.EOF)
        self._child.wait()
        return time.perf_counter() - self.started

    def key(self, key: str) -> None:
        """Press a key, and start the clock anew."""
        self.started = time.perf_counter()
        self._child.send(key.encode())

    def settle(self, quiet: float = 0.15) -> None:
        """Wait until nothing was written for a while."""
        while True:
            try:
                self._child.read_nonblocking(65536, timeout=quiet)
            except pexpect.TIMEOUT:
                return

    def close(self) -> None:
        """End the program."""
        self._child.close(force=True)
