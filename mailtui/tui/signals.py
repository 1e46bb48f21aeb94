"""What a system or another program says to end this one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

_ENDING = ("SIGHUP", "SIGTERM", "SIGINT")  # Windows has no SIGHUP


def heed_signals(end: Callable[[int], object]) -> None:
    """Have something called when the program is to end: by a system that shuts down, a terminal that is closed.

    Args:
        end: Called in the running loop with the number of the signal, at each of them.
    """
    loop = asyncio.get_running_loop()
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # on Windows; not in the main thread
                loop.add_signal_handler(number, partial(end, number))
