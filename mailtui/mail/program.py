"""A program that takes a message on stdin, within a deadline, and that can be killed from another thread."""

from __future__ import annotations

import os
import select
import selectors
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from time import monotonic, sleep

from mailtui.mail.errors import one_line
from mailtui.mail.receipt import Transcript

_WORDS_KEPT = 2000  # characters
_TICK = 0.02  # seconds between two looks at whether the program has ended
_GRACE = 0.4  # seconds for a killed program to be gone


class Program:
    """A program in a session of its own, so that all of it can be killed, and none of it asks in our terminal.

    Args:
        words: The program and its arguments.
        timeout: In seconds from now, for all that it does.
    """

    def __init__(self, words: Sequence[str], timeout: float) -> None:
        self._deadline = monotonic() + timeout
        self._process = subprocess.Popen(  # noqa: S603  the person's own command, as a list
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._said = b""
        self._lock = Lock()
        self._ready = selectors.DefaultSelector()
        for pipe, event in ((self._stdin, selectors.EVENT_WRITE), (self._stdout, selectors.EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            self._ready.register(pipe, event)

    @property
    def lines(self) -> Transcript:
        """The last of what it said; in each line nothing acts on a terminal."""
        text = self._said.decode("utf-8", "replace").strip()[-_WORDS_KEPT:]
        return tuple(map(one_line, text.splitlines()))

    def write(self, data: bytes) -> None:
        """Write all of it to stdin, and hear what the program says meanwhile.

        Args:
            data: The next bytes.

        Raises:
            BrokenPipeError: Nobody reads any more.
            TimeoutError: The time is over.
        """
        rest = memoryview(data)
        while rest:
            if monotonic() > self._deadline:
                raise TimeoutError
            if self._stdin in self._ready_pipes():
                with suppress(BlockingIOError):
                    rest = rest[os.write(self._stdin.fileno(), rest) :]

    def end_input(self) -> None:
        """Close stdin: the message is complete."""
        self._stdin.close()

    def wait(self) -> int | None:
        """Its exit status, negative for a signal; None when the time was over first. Nothing is written after it."""
        self._ready.unregister(self._stdin)
        while (status := self._poll()) is None and monotonic() < self._deadline:
            self._ready_pipes()
        self._hear()  # no further: a child of it may live on, and hold the pipe
        return status

    def kill(self) -> None:
        """Kill it and its children, from any thread, unless it has ended."""
        self._deadline = min(self._deadline, monotonic() + _GRACE)
        with self._lock:
            if self._process.returncode is None:  # else its number may be another's by now
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def is_cut_off(self) -> bool:
        """Whether nobody can read stdin any more, so that nobody takes its close for the message's end."""
        pipe = select.poll()
        pipe.register(self._stdin, 0)  # that there is no reader is told unasked
        return bool(pipe.poll(_GRACE * 1000))

    def close(self) -> None:
        """Kill it unless it has ended, and let go of its pipes."""
        self.kill()
        self._ready.close()
        self._stdin.close()
        self._stdout.close()
        while self._poll() is None and monotonic() < self._deadline:
            sleep(_TICK)

    def _ready_pipes(self) -> set[object]:
        ready: set[object] = {key.fileobj for key, _ in self._ready.select(_TICK)}
        if self._stdout in ready and not self._hear():
            self._ready.unregister(self._stdout)
        return ready

    def _hear(self) -> bool:
        """Whether there may be more to hear."""
        with suppress(BlockingIOError):
            said = os.read(self._stdout.fileno(), 1 << 20)
            self._said = (self._said + said)[-4 * _WORDS_KEPT :]
            return bool(said)
        return True

    def _poll(self) -> int | None:
        with self._lock:  # not while `kill` relies on its number
            return self._process.poll()
