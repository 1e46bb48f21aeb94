"""Sending to a server on this machine, beside Cement and smtplib."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import interleaved, report
from tests.benchmarks.sink import Sink
from tests.benchmarks.terminal import ROOT
from tests.benchmarks.ways import WAYS, Letter, Way

_LETTERS, _BATCH = 500, 50  # the ways take turns after each batch
_BODY = "All work and no play makes Jack a dull boy, said the typewriter.\n" * 31  # 2 kB
_NUMBERS = count(1)  # no letter is like another
_MB = 1_000_000


def sending() -> None:
    """Measure and print."""
    with Sink() as sink, tempfile.TemporaryDirectory() as folder:
        ways = {name: way(sink.port) for name, way in WAYS.items()}
        _many_letters(sink, ways)
        _one_file(sink, ways, _file(folder, 10))
        _memory_and_stall(sink, _file(folder, 25))


def _many_letters(sink: Sink, ways: dict[str, Way]) -> None:
    batches = interleaved({name: partial(_batch_by, way, sink) for name, way in ways.items()}, runs=30)
    figures = {name: seconds * _LETTERS / _BATCH for name, seconds in batches.items()}
    title = f"{_LETTERS} letters of 2 kB, a connection each: CPU time of the sender"
    report(title, figures, "Cement", goals={"mailtui": "at most 0.50"})


def _one_file(sink: Sink, ways: dict[str, Way], file: Path) -> None:
    letter = Letter("ann@example.com", "A file", "Here it is.\n", (file,))
    figures = interleaved({name: partial(_one_letter_by, way, letter, sink) for name, way in ways.items()}, runs=5)
    faster = min("Cement", "smtplib", key=figures.__getitem__)
    report("A file of 10 MB: time", figures, faster, goals={"mailtui": "at most 0.25"})


def _memory_and_stall(sink: Sink, file: Path) -> None:
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for _ in range(3):
        for name, figures in seen.items():
            figures.append(_witnessed(name, file, sink))
    memory, stalls = ({name: median(pair[at] for pair in pairs) for name, pairs in seen.items()} for at in (0, 1))
    report("A file of 25 MB: more memory at the peak", memory, "Cement", unit="MB", goals={"mailtui": "under 4 MB"})
    title = "A file of 25 MB: longest wait of another thread that wants to run every millisecond"
    report(title, stalls, "Cement", goals={"mailtui": "at most 50 ms"})


def _batch_by(way: Way, sink: Sink) -> float:
    """The seconds of CPU time for a batch of letters, each to somebody else."""
    numbers = islice(_NUMBERS, _BATCH)
    letters = [Letter(f"reader{number}@example.com", f"Letter {number}", _BODY) for number in numbers]
    with _arriving(sink, letters):
        return _seconds(time.process_time, lambda: [way(letter) for letter in letters])


def _one_letter_by(way: Way, letter: Letter, sink: Sink) -> float:
    """The seconds until it is accepted."""
    with _arriving(sink, [letter]):
        return _seconds(time.perf_counter, lambda: way(letter))


def _witnessed(way: str, file: Path, sink: Sink) -> tuple[float, float]:
    """The bytes and the seconds that a process of its own has seen, after a letter with a small file."""
    letter = Letter("", "", "", (file,))
    words = [sys.executable, "-m", "tests.benchmarks.witness", way, str(sink.port), str(file)]
    with _arriving(sink, [letter], besides=1):
        output = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    memory, stall = map(float, output.split())
    return memory, stall


def _seconds(clock: Callable[[], float], work: Callable[[], object]) -> float:
    start = clock()
    work()
    return clock() - start


@contextmanager
def _arriving(sink: Sink, letters: list[Letter], besides: int = 0) -> Iterator[None]:
    """See that all letters arrive, each once and whole, for what is not sent is sent fast.

    Args:
        sink: Where they go.
        letters: That are sent meanwhile.
        besides: How many small ones are sent, too.
    """
    before = sink.taken()
    yield
    after = sink.taken()
    messages, size = after.messages - before.messages, after.size - before.size
    least, most = sum(letter.least for letter in letters), sum(letter.most for letter in letters)
    if messages != len(letters) + besides or not least <= size <= most + 8000 * besides:
        sys.exit(
            f"{messages} messages of {size:,} bytes arrived, where {len(letters) + besides} of {least:,} were sent"
        )


def _file(folder: str, megabytes: int) -> Path:
    """A file that cannot be compressed."""
    path = Path(folder, f"{megabytes}.bin")
    path.write_bytes(os.urandom(megabytes * _MB))
    return path
