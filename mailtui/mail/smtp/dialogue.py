"""What was said between us and a server, without the secrets."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import deque
from urllib.parse import quote, quote_plus

from mailtui.mail.errors import one_line
from mailtui.mail.receipt import Transcript

_FIRST, _LAST = 400, 100  # lines that are kept; a server that talks without end must not fill the memory
_LONGEST = 1000  # characters of a line that are kept
_LEAST = 4  # bytes of a secret that is found inside of other base64, too


class Dialogue:
    """A transcript in the making. `>` begins what we say, `<` what the server says, `*` what is said about it."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=_LAST)
        self._left_out = 0
        self._spellings: set[str] = set()
        self._secret: re.Pattern[str] | None = None

    def hide(self, *secrets: str) -> None:
        """Put stars for these texts, however they are written, in all that the server says from now on.

        Args:
            secrets: Empty ones are left out.
        """
        self._spellings.update(*map(_spellings, filter(None, secrets)))
        longest_first = sorted(self._spellings, key=len, reverse=True)  # the whole before a part of it
        self._secret = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None

    def redacted(self, words: str) -> str:
        """What a server said, in one line, with stars for every secret.

        Args:
            words: As they came.
        """
        return one_line(self._secret.sub("***", words) if self._secret else words)

    def say(self, line: str) -> None:
        """We say something; secrets were left out by who knows where they stand.

        Args:
            line: Without its end.
        """
        self._add("> ", one_line(line))

    def hear(self, line: str) -> None:
        """The server says something.

        Args:
            line: Without its end.
        """
        self._add("< ", self.redacted(line))

    def note(self, text: str) -> None:
        """Something happens that nobody says.

        Args:
            text: Of ours.
        """
        self._add("* ", self.redacted(text))

    @property
    def transcript(self) -> Transcript:
        """All lines so far; of very many the first and the last."""
        left_out = [f"* {self._left_out:,} lines are left out"] if self._left_out else []
        return (*self._first, *left_out, *self._last)

    def _add(self, mark: str, text: str) -> None:
        kept = self._first if len(self._first) < _FIRST else self._last
        self._left_out += kept is self._last and len(kept) == _LAST
        kept.append(mark + text[:_LONGEST])


def _spellings(secret: str) -> set[str]:
    """How a server may write a secret that it quotes; upper and lower case are told apart by nobody here."""
    data = secret.encode()
    escaped = {repr(secret), ascii(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False)}
    plain = {secret, one_line(secret), repr(data)[2:-1], data.hex(), *(text[1:-1] for text in escaped)}
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    encoded = b64encode(data).decode()
    base64 = {encoded, encoded.rstrip("=")}
    if len(data) >= _LEAST:
        base64.update(_inside_of_base64(data, before) for before in range(3))
    return plain | quoted | base64 | {text.replace("+", "-").replace("/", "_") for text in base64}


def _inside_of_base64(data: bytes, before: int) -> str:
    """The characters that depend on these bytes alone, when others stand around them.

    Args:
        data: Of the secret.
        before: How many bytes precede it, modulo 3.
    """
    encoded = b64encode(bytes(before) + data).decode()
    return encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
