"""The HTML of a letter as a page for a browser: nothing in it runs, and nothing is fetched."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape, unescape
from string import Template
from urllib.parse import unquote

from mailtui.mail.attachment import Attachment, InvalidAttachment
from mailtui.mail.message import Email
from mailtui.tui.texts import reader_fields
from mailtui.visible import visible

PICTURES = 20_000_000  # bytes of them that go into a page
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
SANDBOX = "sandbox"  # with no exception: no scripts, forms, windows, and nothing of it leaves the frame
_FETCHING = re.compile("<(?=(?:link|meta|base|i?frame)\\b)", re.IGNORECASE)
_PICTURE = re.compile("""(\\bsrc\\s*=\\s*)(?:"cid:([^"]*)"|'cid:([^']*)'|cid:([^\\s>"']+))""", re.IGNORECASE)
_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="referrer" content="no-referrer">
<title>$subject</title>
<style>
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; }
table { padding: 12px 16px; border-bottom: 1px solid #ccc; background: #f6f6f6; }
th { width: 5em; text-align: left; vertical-align: top; font-weight: normal; color: #666; }
td { overflow-wrap: anywhere; }
iframe { flex: 1; border: 0; }
</style>
</head>
<body>
<table>
$fields
</table>
<iframe $sandbox title="The letter" srcdoc="$letter"></iframe>
</body>
</html>
""")


def page_of(email: Email) -> str:
    """A page with the headers that receivers see and, in a frame that may do nothing, the HTML of the letter.

    Args:
        email: With an HTML form.

    Source: https://www.w3.org/TR/CSP3/ for the policy, which the frame inherits;
    https://html.spec.whatwg.org/multipage/iframe-embed-object.html#attr-iframe-sandbox.
    """
    fields = (f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in reader_fields(email))
    return _PAGE.substitute(
        policy=escape(POLICY),
        sandbox=SANDBOX,
        subject=_text(email.subject),
        fields="\n".join(fields),
        letter=escape(_with_pictures(_still(email.html or ""), email.attachments)),
    )


def _text(text: str) -> str:
    return escape(visible(text))


def _still(html: str) -> str:
    """Without what a policy does not reach: connections made beforehand, for a link or a frame, and meta refresh."""
    return _FETCHING.sub("<x-", html)


def _with_pictures(html: str, attachments: tuple[Attachment, ...]) -> str:
    """What it shows of the attached files stands in it; what is too large or has changed stays away."""
    files = {file.cid: file for file in attachments if file.cid and file.content_type.startswith("image/")}
    left = PICTURES

    def embedded(found: re.Match[str]) -> str:
        nonlocal left
        file = files.get(unquote(unescape(found[2] or found[3] or found[4] or "")))
        if file is None or file.size > left:
            return found[0]
        left -= file.size
        try:
            content = b"".join(file.chunks())
        except InvalidAttachment:
            return found[0]
        return f'{found[1]}"data:{file.content_type};base64,{b64encode(content).decode()}"'

    return _PICTURE.sub(embedded, html)
