"""Characters that no cell shows, such as joiners and marks of direction, in fields whose cursor goes from cell to cell.

A field holds a stand-in for each, which takes one cell and is painted as a sign: half a character, which no text has.
"""

from __future__ import annotations

import re

from textual.strip import Strip

from mailtui.tui.inert import inert, is_inert
from mailtui.visible import UNSEEN, plain_text

_UNSEEN = [chr(code) for span in UNSEEN for code in range(ord(span[0]), ord(span[-1]) + 1)]
_STAND_INS = [chr(0xD800 + number) for number in range(len(_UNSEEN))]
_STAND_IN_OF = dict(zip(_UNSEEN, _STAND_INS, strict=True))
_UNSEEN_OF = dict(zip(_STAND_INS, _UNSEEN, strict=True))
_ANY_UNSEEN = f"[{''.join(UNSEEN)}]"
_ANY_STAND_IN = f"[{_STAND_INS[0]}-{_STAND_INS[-1]}]"


def with_stand_ins(text: str) -> str:
    """What a field holds of a text; each character has its place.

    Args:
        text: Anything. Control characters become signs for good: they are no text.
    """
    return re.sub(_ANY_UNSEEN, lambda found: _STAND_IN_OF[found[0]], plain_text(text))


def without_stand_ins(held: str) -> str:
    """The text that a field holds.

    Args:
        held: By the field.
    """
    return re.sub(_ANY_STAND_IN, lambda found: _UNSEEN_OF[found[0]], held)


def painted(line: Strip) -> Strip:
    """A line of a field with a sign for each stand-in.

    Args:
        line: As Textual paints it.
    """
    return line if is_inert(line) else Strip(inert(line), line.cell_length)
