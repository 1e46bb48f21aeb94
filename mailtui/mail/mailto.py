"""`mailto:` links as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from mailtui.mail.draft import Draft

# What a link may fill in (RFC 6068 4 and 7), never an author, an attachment or any other header; and what stands
# between two values of it.
_JOINED = {"to": ", ", "cc": ", ", "bcc": ", ", "subject": " ", "body": "\n"}


def draft_of_links(links: Sequence[str]) -> Draft:
    """The draft that links ask for, all of them together; fields that a link may not fill in are left out.

    Args:
        links: Such as `mailto:ann@example.com?subject=Hello&body=Dear%20Ann`.

    Source: RFC 6068 2.
    """
    values: dict[str, Any] = {}
    for link in links:
        address, _, query = link.partition(":")[2].partition("?")
        for item in (f"to={address}", *query.split("&")):
            name, _, value = item.partition("=")
            name, text = unquote(name).lower(), unquote(value).replace("\r\n", "\n")
            if name in _JOINED and text:
                values[name] = values[name] + _JOINED[name] + text if name in values else text
    return Draft(**values)
