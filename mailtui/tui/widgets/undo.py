"""What was typed in one line, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import NamedTuple

_LIMIT = 200  # steps
_PAUSE = 2.0  # seconds after which typing on is another step


class _Step(NamedTuple):
    """One thing that was done: at a place some text was put in the place of other text."""

    start: int
    removed: str
    put: str

    @property
    def end(self) -> int:
        return self.start + len(self.put)

    @property
    def back(self) -> _Step:
        return _Step(self.start, self.put, self.removed)

    def applied(self, text: str) -> str:
        return text[: self.start] + self.put + text[self.start + len(self.removed) :]


class History:
    """The steps of a text that is edited somewhere else.

    A word that is typed, a run of deletions, and any other change, such as a paste, is one step.

    Args:
        text: What stands there at first.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._done: deque[_Step] = deque(maxlen=_LIMIT)
        self._undone: list[_Step] = []
        self._changed_at: float | None = None  # None: the next change is a step of its own

    def note(self, text: str, at: float) -> None:
        """Say what stands there now.

        Args:
            text: The whole of it.
            at: When that came about, in seconds from anywhere.
        """
        if text == self._text:
            return
        step = _difference(self._text, text)
        goes_on = self._changed_at is not None and at - self._changed_at < _PAUSE
        joined = _joined(self._done[-1], step) if goes_on and self._done else None
        if joined:
            self._done[-1] = joined
        else:
            self._done.append(step)
        self._undone.clear()
        self._text = text
        self._changed_at = at if len(step.put) + len(step.removed) == 1 else None

    def undo(self) -> tuple[str, int] | None:
        """Take the last step back.

        Returns:
            The text, and where its cursor belongs; None when there is nothing to take back.
        """
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._applied(self._undone[-1].back)

    def redo(self) -> tuple[str, int] | None:
        """Do once more what was taken back last.

        Returns:
            The text, and where its cursor belongs; None when nothing was taken back, or something was typed since.
        """
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._applied(self._done[-1])

    def _applied(self, step: _Step) -> tuple[str, int]:
        self._text, self._changed_at = step.applied(self._text), None
        return self._text, step.end


def _difference(old: str, new: str) -> _Step:
    shorter = min(len(old), len(new))
    start = bisect_left(range(shorter), True, key=lambda at: old[: at + 1] != new[: at + 1])
    same_end = bisect_left(
        range(shorter - start), True, key=lambda at: old[len(old) - at - 1 :] != new[len(new) - at - 1 :]
    )
    return _Step(start, old[start : len(old) - same_end], new[start : len(new) - same_end])


def _joined(last: _Step, step: _Step) -> _Step | None:
    """Both as one step, if the second goes on with what the first did: a letter more of a word, or one letter less."""
    begins_word = last.put[-1:].isspace() and not step.put.isspace()
    if not last.removed and not step.removed and len(step.put) == 1 and step.start == last.end and not begins_word:
        return _Step(last.start, "", last.put + step.put)
    if not last.put and not step.put and len(step.removed) == 1:
        if step.start == last.start:
            return _Step(last.start, last.removed + step.removed, "")
        if step.start == last.start - 1:
            return _Step(step.start, step.removed + last.removed, "")
    return None
