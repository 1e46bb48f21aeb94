"""Markdown as the HTML form of a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mailtui.mail.attachment import Attachment, can_be_shown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_SHOWN = re.compile('src="cid:([^"]*)"', re.IGNORECASE)
_MANY_LINKS = 1000  # from there on looking for them takes quadratic time
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
    """
    return _DOCUMENT.format(parser_of(text).render(text))


def parser_of(text: str) -> MarkdownIt:
    """What reads a text in Markdown.

    Args:
        text: All of it.

    Source: https://spec.commonmark.org; a line under another makes no heading, for `-- ` begins a signature
    (RFC 3676 4.3).
    """
    from markdown_it import MarkdownIt  # few letters ask for it

    linkify = text.count("://") < _MANY_LINKS
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": linkify})
    parser.enable(["table", "strikethrough", "linkify"]).disable("lheading")
    if parser.linkify:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # only what is written as a link
    return parser


def with_images(html: str, attachments: Sequence[Attachment]) -> tuple[str, tuple[Attachment, ...]]:
    """The HTML and the attachments; what it shows by the name of a file is an image in it (RFC 2392).

    Args:
        html: Made from Markdown.
        attachments: As given.

    Raises:
        ValueError: No file has such a name.
    """
    from html import unescape  # few letters show an image
    from urllib.parse import quote, unquote

    files = list(attachments)

    def named(link: re.Match[str]) -> str:
        name = unquote(unescape(link[1]))
        for number, file in enumerate(files):
            if file.name == name:
                cid = file.cid or (name if can_be_shown(name) else f"image{number + 1}")
                files[number] = replace(file, cid=cid)
                return f'src="cid:{quote(cid)}"'
        raise ValueError(f"it shows the image cid:{name}, but no attached file has that name")

    return _SHOWN.sub(named, html), tuple(files)
