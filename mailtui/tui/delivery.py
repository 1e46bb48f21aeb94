"""A letter being handed over, beside the screens: they stay alive whatever the handler does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import TypeVar

from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt, Recipient
from mailtui.mail.submission import cancelled

T = TypeVar("T")

_GIVE_UP = 0.5  # seconds after a cancel; a person waits for a second at most
_LEAVE_BEHIND = 2.0  # seconds after which a question is asked beside one that has no answer


async def run_apart(work: Callable[[], T]) -> T:
    """Run something in a thread of its own, which does not keep the program from ending.

    Args:
        work: May block for as long as it likes.

    Raises:
        Exception: What came out of it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        error: Exception | None = None
        try:
            result = work()
        except BaseException as other:  # noqa: BLE001  it is raised where it is awaited
            error = _raisable(other)
        with suppress(RuntimeError):  # the app has ended meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=run, daemon=True).start()
    return await future


def _raisable(error: BaseException) -> Exception:
    """An error that a loop can pass on: of some it makes something else, or nothing."""
    if isinstance(error, SystemExit):
        return RuntimeError(f"it asked to leave with {error.code}")
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


class LastQuestion:
    """Of many questions, each of which may block, only the last one counts; one is asked at a time.

    One without an answer is left behind after a moment.
    """

    def __init__(self) -> None:
        self._last = object()
        self._asked: asyncio.Future[object] | None = None

    async def answer(self, work: Callable[[], T]) -> T | None:
        """Ask in a thread.

        Args:
            work: Gives the answer, and is not None.

        Returns:
            None when another question has come since.
        """
        this = self._last = object()
        if self._asked is not None:
            await asyncio.wait({self._asked}, timeout=_LEAVE_BEHIND)
        if this is not self._last:
            return None
        task = asyncio.ensure_future(run_apart(work))
        self._asked = task  # type: ignore[assignment]
        answer = await asyncio.shield(task)
        return answer if this is self._last else None


class Delivery:
    """One message being handed over, which can be cancelled, and waited for no longer than a person wants to.

    Args:
        mail: The handler.
        email: The message, prepared by it.
    """

    def __init__(self, mail: MailHandler, email: Email) -> None:
        self.mail = mail
        self.email = email
        self.submission = mail.begin(email)
        self.started = monotonic()
        self.over = False
        self._run: asyncio.Task[Receipt] | None = None
        self._cancelled = asyncio.Event()

    def cancel(self) -> None:
        """Break it off."""
        self.submission.cancel()
        self._cancelled.set()

    async def answer(self) -> Receipt | Exception:
        """The handler's answer, or, soon after a cancel that it does not heed, what is known without it."""
        self._run = asyncio.create_task(run_apart(self.submission.run))
        cancelled = asyncio.create_task(self._cancelled.wait())
        await asyncio.wait({self._run, cancelled}, return_when=asyncio.FIRST_COMPLETED)
        cancelled.cancel()
        await asyncio.wait({self._run}, timeout=_GIVE_UP)
        self.over = True
        return _result(self._run) if self._run.done() else self._without_answer()

    async def late_answer(self) -> Receipt | Exception | None:
        """What the handler answers when it is no longer waited for; None if it has answered in time."""
        assert self._run is not None
        if self._run.done():
            return None
        await asyncio.wait({self._run})
        return _result(self._run)

    def _without_answer(self) -> Receipt | Exception:
        if not self.submission.may_have_left:
            return cancelled()
        reason = f"cancelled, and {self.mail.name} does not answer; whether it was accepted is not known"
        return Receipt(
            handler=self.mail.name,
            message_id=self.email.message_id,
            recipients=tuple(Recipient(address, "unknown", None, reason) for address in self.email.envelope.recipients),
            duration=monotonic() - self.started,
        )


def _result(task: asyncio.Task[Receipt]) -> Receipt | Exception:
    error = task.exception()
    if error is None:
        return task.result()
    assert isinstance(error, Exception)
    return error
