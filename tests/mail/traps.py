"""Messages that take a careless reader time with the square of their length."""

from __future__ import annotations


def traps(n: int) -> dict[str, bytes]:
    """Messages of about so many pieces, by what is in them."""
    return {
        "nested comments": b"To: " + b"(" * n + b")" * n + b"\n\n",
        "open comments": b"To: a:" + b"(" * n + b"\n\n",
        "colons": b"To: " + b":" * n + b"\n\n",
        "groups": b"To: " + b"a:;" * n + b"\n\n",
        "quotes never closed": b"To: a:" + b'\\"' * n + b"\\\n\n",
        "quotes in quotes": b'To: a:"' + b'\\"' * n + b"\\\n\n",
        "brackets": b"To: a:" + b"[" * n + b"\n\n",
        "encoded words": b"To: " + b"=?utf-8?q?a?= " * n + b"\n\n",
        "encoded words never closed": b"Subject: " + b"=?a?q?" * n + b"\n\n",
        "blanks in a subject": b"Subject: =?a?q?b?=" + b" " * n + b"x\n\n",
        "punycode": b"Subject: =?punycode?q?a-" + b"b" * n + b"?=\n\n",
        "folded lines": b"Subject: a" + b"\n a" * n + b"\n\n",
        "fields": b"a:\n" * n + b"\n",
        "parameters": b"Content-Type: a/b" + b";" * n + b"\n\n",
        "parameters in a quote": b'Content-Type: a/b; c="' + b";" * n + b"\n\n",
        "message ids": b"References: " + b"<a@b> " * n + b"x\n\n",
        "a long line": b"\n" + b"a" * 100 * n,
        "lines at depth": b"Content-Type: message/rfc822\n\n" * 39 + b"\n" * n,
        "lines in parts": b"".join(b"Content-Type: multipart/a; boundary=%d\n\n--%d\n" % (i, i) for i in range(38))
        + b"-\n" * n,
        "uuencode": _leaf(b"a/b", b"begin 644 x\n" + b"#86)C\n" * n, b"Content-Transfer-Encoding: uuencode\n"),
        "tags never closed": _leaf(b"text/html", b"<a " * n),
        "comments never closed": _leaf(b"text/html", b"<!--" * n),
        "declarations never closed": _leaf(b"text/html", b"<![" * n),
        "scripts never closed": _leaf(b"text/html", b"<script" * n),
        "attributes never closed": _leaf(b"text/html", b"<a \"'" * n),
        "a huge character reference": _leaf(b"text/html", b"&#" + b"1" * n),
        "ampersands": _leaf(b"text/html", b"&" * n),
        "signs before a comment": b"To: " + b",".join([b"=?" + b"@" * 1990 + b"?="] * (n // 1000)) + b"\n\n",
        "blanks": _leaf(b"text/html", b"a" + b" " * n + b"a"),
    }


def _leaf(content_type: bytes, body: bytes, header: bytes = b"") -> bytes:
    return b"Content-Type: " + content_type + b"\n" + header + b"\n" + body
