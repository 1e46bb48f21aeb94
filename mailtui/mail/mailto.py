"""`mailto:` links as drafts."""

from __future__ import annotations

from urllib.parse import unquote

from mailtui.mail.message import Draft

# What a link may fill in (RFC 6068 4 and 7): never an author, an attachment or any other header.
_FIELDS = {"to", "cc", "bcc", "subject", "body"}


def draft_of_link(link: str) -> Draft:
    """The draft that a link asks for; fields that a link may not fill in are left out.

    Args:
        link: Such as `mailto:ann@example.com?subject=Hello&body=Dear%20Ann`.

    Source: RFC 6068 2.
    """
    address, _, query = link.partition(":")[2].partition("?")
    values = {"to": unquote(address)}
    for item in filter(None, query.split("&")):
        name, _, value = item.partition("=")
        name = unquote(name).lower()
        if name in _FIELDS:
            joined = [values.get(name, ""), unquote(value).replace("\r\n", "\n")]
            values[name] = ("\n" if name == "body" else ", ").join(filter(None, joined))
    return Draft(**values)
