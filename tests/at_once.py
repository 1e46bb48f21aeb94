"""That somebody does not wait, told apart from waiting for the end: by far more than a busy machine costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_once(seconds: float = 10) -> Iterator[None]:
    """What is done here takes at most some seconds; what it must not wait for takes at least twice as long."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds
