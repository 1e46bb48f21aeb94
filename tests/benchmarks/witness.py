"""What sending one file does to its process: `witness.py WAY PORT FILE` prints bytes of memory and seconds of stall."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from threading import Event, Thread

from tests.benchmarks.ways import WAYS, Letter

_TICK = 0.001  # seconds


class Ticker:
    """A thread that wants to do something every millisecond, as one that keeps a screen fresh."""

    def __init__(self) -> None:
        self.stall = 0.0
        self._over = Event()
        self._thread = Thread(target=self._tick)

    def __enter__(self) -> Ticker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _tick(self) -> None:
        before = time.perf_counter()
        while not self._over.is_set():
            time.sleep(_TICK)
            now = time.perf_counter()
            self.stall = max(self.stall, now - before - _TICK)
            before = now


def forget_peak() -> None:
    """Let the peak of memory begin anew at what is held now, which Linux alone can do."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    if sys.platform == "linux":
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss  # in bytes on macOS


def main(way: str, port: str, file: str) -> None:
    """Send a small letter, so that everything is imported; then the file."""
    send = WAYS[way](int(port))
    send(Letter("ann@example.com", "First", "A letter.\n", (Path(__file__),)))
    forget_peak()
    before = peak()
    with Ticker() as ticker:
        send(Letter("ann@example.com", "A file", "Here it is.\n", (Path(file),)))
    print(peak() - before, ticker.stall)


if __name__ == "__main__":
    main(*sys.argv[1:])
