"""What was said between us and a server, without the secrets."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

from mailtui.mail.errors import one_line
from mailtui.mail.receipt import Transcript

_LIMIT = 500  # lines; a server that talks without end must not fill the memory


class Dialogue:
    """A transcript in the making. `>` begins what we say, `<` what the server says, `*` what is said about it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._secrets: list[str] = []

    def hide(self, *secrets: str) -> None:
        """Put stars for these texts, however they are written, in all that the server says from now on.

        Args:
            secrets: Empty ones are left out.
        """
        for secret in filter(None, secrets):
            data = secret.encode("utf-8", "surrogateescape")
            spellings = {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1], ascii(secret)[1:-1]}
            spellings |= {b64encode(data).decode(), b64encode(data).decode().rstrip("="), one_line(secret)}
            self._secrets += spellings
        self._secrets.sort(key=len, reverse=True)  # the whole before a part of it

    def redacted(self, words: str) -> str:
        """What a server said, in one line, with stars for every secret.

        Args:
            words: As they came.
        """
        text = words
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return one_line(text)

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
        """All lines so far."""
        return tuple(self._lines)

    def _add(self, mark: str, text: str) -> None:
        if len(self._lines) < _LIMIT:
            self._lines.append(mark + text)
        elif len(self._lines) == _LIMIT:
            self._lines.append("* the rest of the dialogue is not kept")
