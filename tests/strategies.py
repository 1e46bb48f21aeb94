"""What people and other programs put in a mail, for hypothesis."""

from __future__ import annotations

import string
from typing import NamedTuple

from hypothesis import strategies as st

ATEXT = string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-"

# Anything that can stand in a header: no control characters, no half characters.
any_text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=120)
ascii_text = st.text(string.ascii_letters + string.digits + string.punctuation + " ", max_size=200)
_tricks = st.sampled_from(
    ["=?", "?=", "=?utf-8?q?a=0ABcc=3A_e=40x?=", "=?utf-8?q?x_=3Cevil=40x=2Eorg=3E=2C?=", "=?x?b?!?=", "=?utf-8?b?"]
)
header_texts = st.one_of(
    any_text,
    ascii_text,
    st.lists(st.one_of(_tricks, st.sampled_from([" ", "  ", "a", "é", ",", "\u3000"]), any_text), max_size=6).map(
        "".join
    ),
    st.text(string.ascii_letters, min_size=50, max_size=1100),
)

bodies = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
        ascii_text,
        st.sampled_from(
            [
                "\n",
                "\r\n",
                "\r",
                ".",
                "..",
                "From ",
                ">From ",
                "-- ",
                "--",
                "=",
                "=20",
                "\t",
                " ",
                "\0",
                "\x1b[31m",
                "\u2028",
            ]
        ),
        st.sampled_from(["x" * 75, "x" * 76, "x" * 77, "é" * 30, "From " + "x" * 71, "\U0001f600"]),
    ),
    max_size=12,
).map("".join)


class Mailbox(NamedTuple):
    """A mailbox as written, and what it is made of."""

    text: str
    name: str
    spec: str


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_atoms = st.text(ATEXT, min_size=1, max_size=12)
_labels = st.sampled_from(
    ["a", "example", "EXAMPLE", "x-y", "3com", "a1-b2-c3", "0", "Sub", "l" * 63, "com", "org", "de"]
)

locals_ = st.one_of(
    st.lists(_atoms, min_size=1, max_size=3).map(".".join).filter(lambda local: "=?" not in local),
    st.sampled_from(["ann", "postmaster", "O'Brien", "a+b", "first.last"]),
)
quoted_locals = st.sampled_from(['"Ann Lee"', '"a@b"', '"a,b"', '"..x"', '"a\\"b"', '"(c)"'])
domains = st.one_of(
    # A local part of 38 characters beside it makes 254, the longest address (RFC 3696, erratum 1690).
    st.lists(_labels, min_size=1, max_size=4).map(".".join).filter(lambda domain: len(domain) <= 215),
    st.sampled_from(["example.com", "EXAMPLE.Com", "localhost", "printer.local", "b.test", "b.invalid", "[127.0.0.1]"]),
)

# Spelling and A-labels, of the registries' own documents.
IDN = {
    "bücher.example": "xn--bcher-kva.example",
    "例え.テスト": "xn--r8jz45g.xn--zckzah",
    "faß.example": "xn--fa-hia.example",
    "пример.рф": "xn--e1afmkfd.xn--p1ai",
}

_letters = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters='"(),:;<>@[]\\'),
    min_size=1,
    max_size=10,
)
_phrases = st.lists(st.one_of(_letters, _atoms, st.sampled_from(["Ann", "J.", "山田"])), min_size=1, max_size=4).map(
    " ".join
)
_free_names = st.one_of(any_text, ascii_text, st.sampled_from(["Doe, Jane", "[ops]", "a; b", "x\\y", 'say "hi"']))
_comments = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="()\\@"), max_size=20)


def _is_honest(name: str) -> bool:
    return "=?" not in name and "@" not in name


@st.composite
def mailboxes(draw: st.DrawFn, *, ascii_only: bool = False, plain_locals: bool = False) -> Mailbox:
    """A valid mailbox in any of its spellings: bare, in angle brackets, with a name, with a comment."""
    local = draw(locals_ if plain_locals else st.one_of(locals_, locals_, locals_, quoted_locals))
    domain = draw(domains if ascii_only else st.one_of(domains, domains, st.sampled_from(sorted(IDN))))
    spec = f"{local}@{IDN.get(domain, domain.lower())}"
    written = f"{local}@{domain}"
    match draw(st.integers(0, 5)):
        case 0:
            return Mailbox(f"<{written}>", "", spec)
        case 1:
            name = draw(_phrases.filter(_is_honest))
            return Mailbox(f"{name} <{written}>", name, spec)
        case 2:
            name = draw(_free_names.filter(_is_honest))
            return Mailbox(f"{_quoted(name)} <{written}>", name, spec)
        case 3:
            name = draw(_comments.filter(_is_honest))
            return Mailbox(f"{written} ({name})", name.strip(), spec)
        case _:
            return Mailbox(written, "", spec)


file_names = st.one_of(
    any_text,
    ascii_text,
    header_texts.map(lambda text: text[:150]),
    st.sampled_from(
        ["a b.txt", "a;b.txt", 'a"b.txt', "a\\b.txt", "a'b.txt", "ü.pdf", "3.04\u202fPM.png", "👩‍💻.txt", "x" * 200]
    ),
).map(lambda name: name.replace("/", "_"))
