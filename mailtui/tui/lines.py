"""A line of text that knows how it looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

Look = Literal["title", "heading", "strong", "emphasis", "strike", "code", "link", "muted"]
LOOKS: tuple[Look, ...] = get_args(Look)


class Piece(NamedTuple):
    """A part of a line that looks the same throughout.

    Args:
        text: Without line ends.
        looks: All that apply.
    """

    text: str
    looks: tuple[Look, ...] = ()


class Line(str):
    """A text in one line, with the looks of its parts.

    Args:
        pieces: From left to right.
        hang: What the rows after the first begin with when the line is wrapped; no part of the text.
    """

    __slots__ = ("hang", "pieces")

    pieces: tuple[Piece, ...]
    hang: str

    def __new__(cls, pieces: Iterable[Piece] = (), hang: str = "") -> Line:
        pieces = tuple(pieces)
        line = super().__new__(cls, "".join(piece.text for piece in pieces))
        line.pieces, line.hang = pieces, hang
        return line

    def __eq__(self, other: object) -> bool:
        """The same text that looks the same."""
        same = isinstance(other, Line) and (self.pieces, self.hang) == (other.pieces, other.hang)
        return self is other or same

    def __ne__(self, other: object) -> bool:
        """Another text, or one that looks otherwise."""
        return not self == other

    __hash__ = str.__hash__
