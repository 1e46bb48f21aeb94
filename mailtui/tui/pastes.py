"""Pastes as a terminal sends them, made whole: nothing in a pasted text is taken for a key."""

from __future__ import annotations

import re
from math import inf

START, END = "\x1b[200~", "\x1b[201~"
WAIT = 0.1  # seconds after the end of a paste within which nobody can have begun another one
FASTEST = 200  # characters that the keys of a person send in a second; more of them come from a paste that goes on
_MOUSE = re.compile("\x1b\\[<[0-9;]+[Mm]")  # moves more often than anybody types


class Pastes:
    """Stands before the parser of keys, and passes on what is typed as it comes, a paste when it is complete.

    A pasted text may hold the very mark that ends a paste, and after it what would be keys: they could change a
    setting, or run a program. So a paste ends with the last such mark that comes within a moment, or before what
    nobody could have typed. Within it, escape is a sign as any other.

    Source: ctlseqs, "Bracketed Paste Mode".
    """

    def __init__(self) -> None:
        self._passed = ""  # the last characters: the mark of a beginning may come in two pieces
        self._held: str | None = None  # of a paste, after that mark
        self._ended_at = inf  # as it seems
        self._since = 0  # characters
        self._complete_at = inf

    def feed(self, text: str, now: float) -> str:
        """Take what the terminal has sent.

        Args:
            text: Of any length.
            now: In seconds.

        Returns:
            What the parser is to get of it now.
        """
        due = self.due(now)
        if self._held is not None:
            return due + self._hold(text, now)
        seen = self._passed + text
        before, start, pasted = seen.partition(START)
        if not start:
            self._passed = seen[1 - len(START) :]
            return due + text
        before = (before + start)[len(self._passed) :]
        self._passed, self._held = "", ""
        return due + before + self._hold(pasted, now)

    def due(self, now: float) -> str:
        """The paste that is complete by now, if there is one, and what was typed after it.

        Args:
            now: In seconds.
        """
        if self._held is None or now < self._complete_at:
            return ""
        pasted, _, typed = self._held.rpartition(END)
        self._held, self._ended_at, self._complete_at = None, inf, inf
        return _inert(pasted) + END + self.feed(typed, now)

    def wait(self, now: float, most: float) -> float:
        """How long nothing is due.

        Args:
            now: In seconds.
            most: That is asked for.
        """
        return min(most, max(0.0, self._complete_at - now))

    def _hold(self, text: str, now: float) -> str:
        """Keep a part of a paste; nothing of it is passed on yet."""
        assert self._held is not None
        unseen = max(0, len(self._held) - len(END) + 1)
        self._held += text
        end = self._held.rfind(END, unseen)
        if end >= 0:
            self._ended_at, self._since = now, 0
            text = self._held[end + len(END) :]
        self._since += len(_MOUSE.sub("-", text))
        self._complete_at = self._ended_at + max(WAIT, self._since / FASTEST)
        return ""


def _inert(pasted: str) -> str:
    """Without escape, which would reorder the text, and zero, which would be dropped; pastes in a row stay several."""
    return (END + START).join(one.replace("\x1b", "␛").replace("\0", "␀") for one in pasted.split(END + START))
