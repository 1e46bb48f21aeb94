"""Text from elsewhere made safe for a terminal: what would act is shown instead."""

from __future__ import annotations

import re

# C0 but for the line feed, DEL and C1; bidirectional marks, zero-width characters, line separators; half characters.
_ACTING = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"


def visible(text: str) -> str:
    """The text with control characters, bidirectional marks and zero-width characters shown as signs.

    Args:
        text: Anything; line feeds stay, a tab becomes ␉ (expand tabs before).

    Source: ECMA-48 5.2 to 5.6 for what a terminal obeys; UAX #9 for marks that reorder text.
    """
    return text if text.isascii() and text.isprintable() else re.sub(_ACTING, _sign, text)


def _sign(found: re.Match[str]) -> str:
    """One character of one cell, so that columns stay where they are: ␀ … ␟, ␡, or � where there is no picture."""
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"
