"""The installed command in a real pseudo-terminal, its screen read back by a terminal emulator."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

COMMAND = shutil.which("mailtui", path=str(Path(sys.executable).parent)) or "mailtui"
KEYS = {
    "F1": "\x1bOP",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "end": "\x1b[F",
}
KEYS |= {"F9": "\x1b[20~", "F10": "\x1b[21~"}
KEYS |= {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}


class Terminal:
    """`mailtui` with a home folder of its own.

    Args:
        home: HOME of the process; nothing else of the environment that mailtui reads is kept.
        environ: Further variables.
        words: Of the command line.
        size: Columns and rows.
        command: The program.
    """

    def __init__(
        self,
        home: Path,
        *words: str,
        size: tuple[int, int] = (120, 36),
        command: str = COMMAND,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        keep = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
        environment = {**keep, "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", **(environ or {})}
        columns, rows = size
        self.emulator = pyte.Screen(columns, rows)
        self.output = b""  # all that the program wrote
        self._stream = pyte.ByteStream(self.emulator)
        self._child = pexpect.spawn(command, list(words), env=environment, dimensions=(rows, columns), timeout=20)
        self._child.delaybeforesend = None
        self._attributes = termios.tcgetattr(self._child.child_fd)

    @property
    def text(self) -> str:
        """What a person sees."""
        return "\n".join(self.emulator.display)

    @property
    def is_restored(self) -> bool:
        """Whether a shell finds it as it was: the cursor shown, lines wrapped, no other mode on, keys echoed again."""
        modes = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.output))
        on = {mode for mode, switch in modes.items() if switch == b"h"}
        return on == {b"7", b"25"} and termios.tcgetattr(self._child.child_fd) == self._attributes

    def press(self, *keys: str) -> None:
        """Press keys by name; anything that is no name is typed, `\\udcff` is the byte 0xff."""
        for key in keys:
            self._child.send(KEYS.get(key, key).encode(errors="surrogateescape"))
            self.read(0.05)

    def type(self, text: str, pace: float) -> None:
        """Write a text key by key, so many seconds apart; all at once if that is 0."""
        if not pace:
            self._child.send(text.encode())
            return
        for character in text:
            self._child.send(character.encode())
            end = time.monotonic() + pace
            while (left := end - time.monotonic()) > 0:
                self.read(left)

    def wait_for_stop(self) -> None:
        """Wait until the program has stopped, as at ctrl+z in a shell."""
        self.wait_until(lambda: os.waitpid(self._child.pid, os.WUNTRACED | os.WNOHANG) != (0, 0), "stopped")
        self.read(0.1)

    def resume(self) -> None:
        """Let it go on."""
        self._child.kill(signal.SIGCONT)

    def wait_for(self, *texts: str, seconds: float = 15) -> None:
        """Wait until all the texts are on the screen."""
        self.wait_until(lambda: all(text in self.text for text in texts), f"{texts}", seconds)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 15) -> None:
        """Wait until something is true of the screen."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"never seen: {what}\n{self.text}"
            self.read(0.1)

    def read(self, seconds: float) -> None:
        """Take what the program writes within a time."""
        try:
            written = self._child.read_nonblocking(65536, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.output += written
        self._stream.feed(written)

    def look_on(self, seconds: float) -> None:
        """Take what the program writes until so much time has passed."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def signal(self, number: int, *, times: int = 1) -> None:
        """Send it a signal."""
        for _ in range(times):
            self._child.kill(number)

    def close(self) -> object:
        """Take the terminal away, and wait for the end of the program."""
        process = self._child.ptyproc
        process.fileobj.close()  # once: by then its number may be another file's
        self._child.closed = process.closed = True
        end = time.monotonic() + 20
        while (ended := os.waitpid(self._child.pid, os.WNOHANG)) == (0, 0):
            assert time.monotonic() < end, "it goes on without a terminal"
            time.sleep(0.01)
        return os.waitstatus_to_exitcode(ended[1])

    def exit_code(self) -> object:
        """Wait for the end of the program."""
        self._child.expect(pexpect.EOF)
        self.output += self._child.before or b""
        self._child.wait()
        return self._child.exitstatus
