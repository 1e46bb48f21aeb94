"""Markdown as the HTML form of a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from mailtui.mail.attachment import Attachment, can_be_shown

_DOCUMENT = """\
<!DOCTYPE html>
<html>
<head><meta charset="utf-8"></head>
<body>
{}</body>
</html>
"""


class Markdown(str):
    """A body that goes as text, and beside it as the HTML made from it: `send(Markdown("**Hello**"), …)`.

    In it `![](cid:chart.png)` shows the attached file of that name.
    """

    __slots__ = ()


@lru_cache(maxsize=4)
def html_of(text: str) -> str:
    """The HTML of a text in Markdown, in which HTML of its own is text, and a line of a letter stays a line.

    Args:
        text: In CommonMark, with tables, ~~strikethrough~~ and bare links.

    Source: https://spec.commonmark.org; a line under another makes no heading, for `-- ` begins a signature
    (RFC 3676 4.3).
    """
    from markdown_it import MarkdownIt  # few letters ask for it

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"]).disable("lheading")
    if parser.linkify:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # only what is written as a link
    return _DOCUMENT.format(parser.render(text))


def with_images(attachments: Sequence[Attachment], html: str) -> tuple[Attachment, ...]:
    """The attachments, those that the HTML shows by their names made images in it (RFC 2392).

    Args:
        attachments: As given.
        html: Made from Markdown.
    """
    return tuple(
        replace(one, cid=one.name) if can_be_shown(one.name) and f'src="cid:{one.name}"' in html else one
        for one in attachments
    )
