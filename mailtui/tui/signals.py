"""What a system or another program says to end this one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

_ENDING = ("SIGHUP", "SIGTERM", "SIGINT")  # Windows has no SIGHUP


def heed_signals(end: Callable[[int], object]) -> Callable[[], None]:
    """Have something called when the program is to end: by a system that shuts down, a terminal that is closed.

    Not by the loop's own way: by that one a ctrl+c that was meant for an editor would arrive when the editor has ended.

    Args:
        end: Called in the running loop with the number of the signal, at each of them.

    Returns:
        Leaves the signals to whoever heeded them before.
    """
    loop = asyncio.get_running_loop()

    def heed(number: int, _: object) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(end, number)

    before = {}
    for number in [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]:
        with suppress(ValueError):  # not in the main thread
            before[number] = signal.signal(number, heed)

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # None: it was not set by Python

    return give_back
