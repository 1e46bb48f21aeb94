"""Text from elsewhere made safe for a terminal: what would act is shown instead."""

from __future__ import annotations

import re

# Each becomes one character of one cell, so that columns stay where they are.
_REPLACED = {code: 0x2400 + code for code in range(0x20)}  # ␀ … ␟, "control pictures"
_REPLACED[0x7F] = 0x2421  # ␡
_REPLACED |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)  # C1: 8-bit CSI, OSC and the like
_REPLACED |= dict.fromkeys((0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)), 0xFFFD)
_REPLACED |= dict.fromkeys((0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000)), 0xFFFD)
del _REPLACED[0x0A]

_ACTING = re.compile("[" + "".join(map(re.escape, map(chr, _REPLACED))) + "]")


def visible(text: str) -> str:
    """The text with control characters, bidirectional marks and zero-width characters shown as signs.

    Args:
        text: Anything; line feeds stay, a tab becomes ␉ (expand tabs before).

    Source: ECMA-48 5.2 to 5.6 for what a terminal obeys; UAX #9 for marks that reorder text.
    """
    return (
        text
        if text.isascii() and text.isprintable()
        else _ACTING.sub(lambda found: chr(_REPLACED[ord(found[0])]), text)
    )
