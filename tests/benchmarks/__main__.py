"""`python -m tests.benchmarks [PART …]`: figures, each as a ratio of medians from interleaved runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from statistics import median

from mailtui.mail.address import InvalidAddress, parse_addresses
from mailtui.mail.eml import draft_of_eml
from tests.benchmarks.figures import interleaved, report
from tests.benchmarks.sending import sending
from tests.benchmarks.terminal import ROOT, Terminal
from tests.mail.traps import traps

HERE = "tests/benchmarks"


def first_frame(*words: str) -> float:
    """The seconds until a program shows the word Subject."""
    terminal = Terminal(*words)
    seconds = terminal.wait_for("Subject")
    terminal.close()
    return seconds


def end(*words: str) -> float:
    """The seconds from ctrl+q to the end of a program that has shown the word Subject."""
    terminal = Terminal(*words)
    terminal.wait_for("Subject")
    terminal.settle(0.5)
    terminal.key("\x11")
    return terminal.wait_for_end()


def key_to_screen(preview: str, size: int, letters: Iterable[str], *tab: str) -> list[float]:
    """The seconds from each key to its letter on the screen."""
    terminal = Terminal(f"{HERE}/composer.py", preview, str(size), *tab)
    terminal.wait_for("Send")
    terminal.settle(0.5)
    seconds = []
    for letter in letters:
        terminal.key(letter)
        seconds.append(terminal.wait_for(letter))
        terminal.settle()
    terminal.close()
    return seconds


def reading(text: str) -> float:
    """The seconds to read a text typed as recipients."""
    parse_addresses.cache_clear()
    start = time.perf_counter()
    with suppress(InvalidAddress):
        parse_addresses(text)
    return time.perf_counter() - start


def opened_in(data: bytes) -> float:
    """The seconds to open a saved message."""
    start = time.perf_counter()
    draft_of_eml(data)
    return time.perf_counter() - start


def process(*words: str) -> float:
    """The seconds that a whole process takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


PROGRAMS = {"smallest Textual app": (f"{HERE}/smallest_app.py",), "mailtui": ("-m", "mailtui")}


def start() -> None:
    """Until something can be done."""
    measures = {name: partial(first_frame, *words) for name, words in PROGRAMS.items()}
    report("First useful frame", interleaved(measures, runs=11), "smallest Textual app")


def quit() -> None:  # noqa: A001  parts have the names of what is measured
    """From ctrl+q to the end of the process."""
    measures = {name: partial(end, *words) for name, words in PROGRAMS.items()}
    report("Quitting", interleaved(measures, runs=11), "smallest Textual app", goals={"mailtui": "100 ms"})


def keys() -> None:
    """Typing in a long letter."""
    letters = "ÀÈÌÒÙÁÉÍÓÚ"  # none of them is in the text, nor in what a terminal is told
    for size, *tab in ((0,), (100_000,), (1_000_000,), (2_000, "Message"), (100_000, "Message")):
        figures: dict[str, list[float]] = {"hidden": [], "shown": []}
        for _ in range(3):
            for preview, values in figures.items():
                values += key_to_screen(preview, size, letters, *tab)[1:]
        report(
            f"Key to screen, {size:,} bytes of body{', Markdown as read' if tab else ''}",
            {f"preview {k}": median(v) for k, v in figures.items()},
            "preview hidden",
        )


def saving() -> None:
    """Typing while it is saved."""
    letters = "ÀÈÌÒÙÁÉÍÓÚ" * 2
    figures: dict[str, list[float]] = {"unsaved": [], "shown": []}
    for _ in range(3):
        for way, values in figures.items():
            values += key_to_screen(way, 20_000, letters)[1:]
    medians = {"saved" if way == "shown" else way: median(values) for way, values in figures.items()}
    report("Key to screen, 20,000 bytes of body", medians, "unsaved")


def paste() -> None:
    """Recipients without end."""
    for piece in ("(", "(a", "[", "a@", "ann@example.com, "):
        sizes = {f"{count:,} times {piece!r}": partial(reading, piece * count) for count in (2_000, 20_000)}
        report("A paste into To, ten times as long", interleaved(sizes, runs=3), next(iter(sizes)))


def opening() -> None:
    """Saved messages that are hard to read."""
    small, large = traps(2_000), traps(20_000)
    for name in small:
        sizes = {f"{n:,} times": partial(opened_in, data[name]) for n, data in ((2_000, small), (20_000, large))}
        report(f"A saved message ten times as long: {name}", interleaved(sizes, runs=3), next(iter(sizes)))


def command() -> None:
    """One message from a script."""
    report(
        "One dummy message, whole process",
        interleaved(
            {
                "python -c pass": lambda: process("-c", "pass"),
                "mailtui send": lambda: process(
                    "-m", "mailtui", "send", "--body", "Hello", "-s", "Hello", "ann@example.com"
                ),
                "Cement app": lambda: process(f"{HERE}/cement_app.py"),
            },
            runs=21,
        ),
        "python -c pass",
    )


def main() -> None:
    """Measure and print the parts that are named, or all."""
    parts = {part.__name__: part for part in (start, quit, keys, saving, paste, opening, command, sending)}
    parser = ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("part", nargs="*", help=f"{', '.join(parts)}; default: all")
    names = parser.parse_args().part
    if unknown := [name for name in names if name not in parts]:
        parser.error(f"there is no part {unknown[0]}, only {', '.join(parts)}")
    os.environ["HOME"] = tempfile.mkdtemp()
    for name in names or parts:
        parts[name]()


if __name__ == "__main__":
    main()
