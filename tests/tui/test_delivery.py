"""What comes out of a thread arrives where it is awaited, whatever it is."""

from __future__ import annotations

import asyncio

import pytest

from mailtui.tui.delivery import run_apart


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (ValueError("a"), ValueError, "a"),
        (SystemExit(3), RuntimeError, "it asked to leave with 3"),
        (StopIteration("b"), RuntimeError, "StopIteration: b"),
        (asyncio.CancelledError("c"), RuntimeError, "CancelledError: c"),
        (KeyboardInterrupt("d"), RuntimeError, "KeyboardInterrupt: d"),
    ],
)
async def test_every_error_is_told(error: BaseException, kind: type[Exception], told: str) -> None:
    def work() -> None:
        raise error

    with pytest.raises(kind, match=f"^{told}$"):
        await asyncio.wait_for(run_apart(work), 10)
