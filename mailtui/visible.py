"""Text from elsewhere made safe for a terminal: what would act is shown instead."""

from __future__ import annotations

import re

UNSEEN = (
    *("\u061c", "\u200e-\u200f", "\u202a-\u202e", "\u2066-\u206f"),  # bidirectional marks
    *("\u180e", "\u200b-\u200d", "\u2060-\u2065", "\ufeff", "\ufff9-\ufffb", "\U000e0000-\U000e007f"),  # joiners, tags
    "\u2028-\u2029",  # line separators
)
"""Characters that belong to a text and have no picture."""
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and line feed, DEL, C1
_HALVES = "\ud800-\udfff"  # of characters
_NO_TEXT = f"[{_CONTROLS}{_HALVES}]"
_ACTING = f"[\t{_CONTROLS}{''.join(UNSEEN)}{_HALVES}]"


def visible(text: str) -> str:
    """The text with control characters, bidirectional marks and zero-width characters shown as signs.

    Args:
        text: Anything; line feeds stay, a tab becomes ␉ (expand tabs before).

    Source: ECMA-48 5.2 to 5.6 for what a terminal obeys; UAX #9 for marks that reorder text.
    """
    return text if text.isascii() and text.isprintable() else re.sub(_ACTING, _sign, text)


def plain_text(text: str) -> str:
    """Text and nothing else, to go on with: signs for control characters and half characters, the rest as it is.

    Args:
        text: Anything; tabs stay, and every line ends in a line feed alone.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(_NO_TEXT, _sign, lines)


def _sign(found: re.Match[str]) -> str:
    """One character of one cell, so that columns stay where they are: ␀ … ␟, ␡, or � where there is no picture."""
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"
