"""The bytes of a message, files in their places; they leave only when they say what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.mail.headers import Value, field
from mailtui.mail.mime import Part, Piece, base64_body, base64_size, written
from mailtui.mail.readback import read_back


class Composition:
    """A message as it is written.

    Args:
        fields: Header fields in their order, the Content fields left out.
        content: Of the message.
    """

    def __init__(self, fields: Sequence[tuple[str, Value]], content: Part) -> None:
        self._fields = fields
        self._content = content
        self._pieces = list(self._composed())
        self._proven = False

    def prove(self) -> None:
        """Read it back, once.

        Raises:
            Misread: Others would read something else than what is meant.
        """
        if not self._proven:
            without_files = b"".join(piece for piece in self._pieces if isinstance(piece, bytes))
            read_back(without_files, self._fields, self._content)
            self._proven = True

    def iter_bytes(self) -> Iterator[bytes]:
        """The message as it leaves, files read as they are needed.

        Raises:
            Misread: Others would read something else than what is meant; nothing was given before.
            InvalidAttachment: A file is gone or has changed.
        """
        self.prove()
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from base64_body(piece)

    @property
    def size(self) -> int:
        """How many bytes that are, counted without reading the files.

        Raises:
            Misread: Others would read something else than what is meant.
        """
        self.prove()
        return sum(len(piece) if isinstance(piece, bytes) else base64_size(piece) for piece in self._pieces)

    @property
    def source(self) -> str:
        """The same for a person to read: plain line feeds, and a line with its size in place of each file."""
        shown = (
            piece if isinstance(piece, bytes) else f"[{piece.size:,} bytes in base64, not shown here]\n".encode()
            for piece in self._pieces
        )
        return b"".join(shown).decode().replace("\r\n", "\n")

    def _composed(self) -> Iterator[Piece]:
        """All that stands between files in one piece."""
        text = bytearray(b"".join(field(name, value) for name, value in self._fields))
        for piece in written(self._content):
            if isinstance(piece, bytes):
                text += piece
            else:
                yield bytes(text)
                yield piece
                text.clear()
        yield bytes(text)
