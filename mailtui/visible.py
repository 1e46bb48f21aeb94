"""Text from elsewhere made safe for a terminal: what would act is shown instead."""

from __future__ import annotations

import re

_ACTING = (
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 but for the line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidirectional marks
    "\u180e\u200b-\u200d\u2060-\u2065\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # no width: joiners, tags
    "\u2028\u2029\ud800-\udfff]"  # line separators, half characters
)


def visible(text: str) -> str:
    """The text with control characters, bidirectional marks and zero-width characters shown as signs.

    Args:
        text: Anything; line feeds stay, a tab becomes ␉ (expand tabs before).

    Source: ECMA-48 5.2 to 5.6 for what a terminal obeys; UAX #9 for marks that reorder text.
    """
    return text if text.isascii() and text.isprintable() else re.sub(_ACTING, _sign, text)


def visible_lines(text: str) -> str:
    """The same for a text of several lines: tabs stay, and every line ends in a line feed alone.

    Args:
        text: Anything.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\t".join(map(visible, lines.split("\t")))


def _sign(found: re.Match[str]) -> str:
    """One character of one cell, so that columns stay where they are: ␀ … ␟, ␡, or � where there is no picture."""
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"
