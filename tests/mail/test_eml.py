from __future__ import annotations

import os
import re
import stat
import sys
import sysconfig
import tarfile
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.mail.address import InvalidAddress, parse_address, parse_addresses, split_addresses
from mailtui.mail.attachment import split_files
from mailtui.mail.draft import Defaults, Draft, Fields
from mailtui.mail.eml import draft_of_eml
from mailtui.mail.message import Email
from tests.mail.emails import email_of, with_plain_ends
from tests.mail.traps import traps
from tests.strategies import bodies, file_names, header_texts, mailboxes

CORPORA = Path(__file__).parent.parent / "corpora"
# Those of this Python, or of the one that Debian's package belongs to.
LIBRARIES = [Path(sysconfig.get_path("stdlib")), *sorted(Path("/usr/lib").glob("python3.*"))]
CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")


def opened(data: bytes) -> tuple[Draft, list[tuple[str, bytes]]]:
    """The draft, sound in every way, and its files: name and content."""
    with TemporaryDirectory() as name:
        folder = Path(name, "inner")
        folder.mkdir()
        draft = draft_of_eml(data, save_to=folder)
        paths = list(map(Path, split_files(draft.attachments)))
        assert os.listdir(name) == ["inner"]
        assert sorted(path.name for path in paths) == sorted(os.listdir(folder))
        assert {path.parent for path in paths} <= {folder}
        for path in paths:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert not CONTROL.search(path.name)
        files = [(path.name, path.read_bytes()) for path in paths]
    for field in ("from_addr", "to", "cc", "bcc", "subject", "reply_to", "headers", "attachments", "body"):
        value = getattr(draft, field)
        assert isinstance(value, str)
        value.encode()
        assert field in ("headers", "body") or not CONTROL.search(value), field
    assert "\r" not in draft.body
    assert draft.letter == ""
    assert re.fullmatch(r"((In-Reply-To|References): <[^\x00-\x20\x7f-\uffff]*>[ -~]*\n?){0,2}", draft.headers)
    if draft.reply_to:
        parse_addresses(draft.reply_to)
    return draft, files


def message(*headers: str, body: str | bytes = "") -> bytes:
    return (
        b"".join(f"{line}\n".encode() for line in headers) + b"\n" + (body.encode() if isinstance(body, str) else body)
    )


def multipart(subtype: str, *parts: bytes, boundary: str = "b", headers: tuple[str, ...] = ()) -> bytes:
    between = f"--{boundary}\n".encode()
    body = b"".join(between + part + b"\n" for part in parts) + f"--{boundary}--\n".encode()
    return message(*headers, f'Content-Type: multipart/{subtype}; boundary="{boundary}"', body=body)


def leaf(content_type: str, body: str | bytes, *headers: str) -> bytes:
    return message(f"Content-Type: {content_type}", *headers, body=body)


def enclosed(data: bytes) -> bytes:
    return leaf("message/rfc822", data, "Content-Disposition: inline")


def file(content_type: str, content: bytes, *headers: str) -> bytes:
    return leaf(content_type, b64encode(content), "Content-Transfer-Encoding: base64", *headers)


def to(value: str | bytes) -> str:
    value = value.encode() if isinstance(value, str) else value
    return opened(b"To: " + value + b"\n\nHello\n")[0].to


def subject(value: bytes) -> str:
    return opened(b"Subject: " + value + b"\n\nHello\n")[0].subject


def test_every_field_is_filled_in() -> None:
    draft, files = opened(
        message(
            "From: Me <me@example.com>",
            "To: Ann <ann@example.com>,",
            "\tbob@example.com",
            "CC: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>",
            "Bcc: hidden@example.com",
            "Subject: =?iso-8859-1?b?R3L832U=?=",
            " folded",
            "Reply-To: replies@example.com",
            "Date: Mon, 23 Nov 2026 14:58:33 +0000",
            "Message-ID: <old@example.com>",
            "In-Reply-To: <before@example.com>",
            "References: <first@example.com>",
            " <before@example.com>",
            "X-Mailer: other",
            "Received: from elsewhere",
            body="Hello\r\nyou\rthere\n",
        )
    )
    assert draft == Draft(
        from_addr="Me <me@example.com>",
        to="Ann <ann@example.com>, bob@example.com",
        cc="Zoë <zoe@example.com>",
        bcc="hidden@example.com",
        subject="Grüße folded",
        body="Hello\nyou\nthere\n",
        reply_to="replies@example.com",
        headers="In-Reply-To: <before@example.com>\nReferences: <first@example.com> <before@example.com>",
    )
    assert files == []


def assert_same(email: Email, draft: Draft) -> None:
    again = Email.build(Fields.of(draft), Defaults(complete=False))
    for field in ("from_addr", "to", "cc", "reply_to"):
        before, after = getattr(email, field), getattr(again, field)
        before, after = ((one,) if not isinstance(one, tuple) else one for one in (before, after))
        assert [(one.addr_spec, one.display_name) for one in before] == [
            (one.addr_spec, one.display_name) for one in after
        ]
    assert again.subject == email.subject
    assert with_plain_ends(again.text) == with_plain_ends(email.text)
    assert again.message_id != email.message_id


@settings(max_examples=30)
@given(st.lists(mailboxes(), min_size=1, max_size=3), mailboxes(), header_texts, bodies)
def test_what_we_write_comes_back(
    recipients: list[tuple[str, str, str]], author: tuple[str, str, str], subject: str, body: str
) -> None:
    written = [one[0] for one in recipients]
    email = email_of(body, to=written, cc=written[:1], from_addr=author[0], reply_to=[author[0]], subject=subject)
    draft, files = opened(email.as_bytes())
    assert_same(email, draft)
    assert files == []


@settings(max_examples=30)
@given(
    file_names.filter(lambda name: name.strip(" .") and "\\" not in name and "?" not in name), st.binary(max_size=200)
)
def test_files_come_back(name: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "f")
        path.write_bytes(content)
        data = email_of(("Hello", "<p>Hello</p>"), files=[(name, path), ("second.txt", path)]).as_bytes()
    draft, files = opened(data)
    assert draft.body == "Hello\n"
    assert [content for _, content in files] == [content, content]
    assert files[0][0] == name.strip(" .") or len(name.encode()) > 100
    assert files[1][0] == "second.txt"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("undisclosed-recipients:;", "undisclosed-recipients:;"),
        ("Friends: ;", "undisclosed-recipients:;"),
        ("Friends: ann@x.org, Bob <bob@x.org>;", "ann@x.org, Bob <bob@x.org>"),
        ("a@x.org, Friends: ann@x.org;, b@x.org", "a@x.org, ann@x.org, b@x.org"),
        ("A:a@x.org;B:b@x.org;", "a@x.org, b@x.org"),
        ("Friends: ann@x.org", "ann@x.org"),
        ('"a:b;c" <a@x.org>, (d:e;f) b@x.org', '"a:b;c" <a@x.org>, (d:e;f) b@x.org'),
        ("a@[IPv6:::1]", "a@[IPv6:::1]"),
        ("<@a,@b:c@x.org>, a@x.org", "<@a, @b:c@x.org>, a@x.org"),
        ("a@x.org; b@x.org", "a@x.org; b@x.org"),
        ("a@x.org\nTo: b@x.org\nto : c@x.org", "a@x.org, b@x.org"),
        ("a@x.org\n to: c@x.org", "a@x.org to: c@x.org"),
        ("=?utf-8?q?Doe=2C_Jane?= <j@x.org>", '"Doe, Jane" <j@x.org>'),
        ("=?utf-8?q?Doe,_Jane?= <j@x.org>", '"Doe, Jane" <j@x.org>'),
        ('"=?utf-8?q?Doe,_Jane?=" <j@x.org>', '"Doe, Jane" <j@x.org>'),
        ("=?utf-8?b?WsOr?= =?utf-8?b?wqs=?= <z@x.org>", '"Zë«" <z@x.org>'),
        ("=?utf-8?b?w?= =?utf-8?b?6s?= <z@x.org>", '"�" <z@x.org>'),
        ("z@x.org (=?utf-8?q?Zo=C3=AB?=)", "Zoë <z@x.org>"),
        ("=?utf-8?q?say_=22hi=22_=5C?= <z@x.org>", '"say \\"hi\\" \\\\" <z@x.org>'),
        ("=?utf-8?q?a=0Ab=0Dc=00?= <z@x.org>", '"a b c " <z@x.org>'),
        ("=?utf-8?q?Zo=C3=AB?=", "Zoë"),
        ("not an address", "not an address"),
        ("a@@x, b@x.org", "a@@x, b@x.org"),
        ('"open <a@x.org>', '"open <a@x.org>'),
        ("(((( a@x.org", "(((( a@x.org"),
        (",,, ,", ""),
        (b"Zo\xc3\xab <z@x.org>", "Zoë <z@x.org>"),
        (b"Zo\xeb <z@x.org>", "Zoë <z@x.org>"),
    ],
)
def test_addresses_come_as_they_are_typed(written: str | bytes, typed: str) -> None:
    assert to(written) == typed


@pytest.mark.parametrize(
    "written",
    [
        "=?utf-8?q?x_=3Cevil=40x=2Eorg=3E=2C?= <a@x.org>",
        "=?utf-8?q?evil=40x=2Eorg=2C?= <a@x.org>",
        "=?utf-8?b?ImV2aWxAeC5vcmciLA==?= a@x.org",
        "=?utf-8?q?evil=40x=2Eorg?=",
        "=?utf-8?q?evil?=@x.org",
        "=?utf-8?q?evil=40?=x.org",
        "<=?utf-8?q?evil=40x.org?=>",
        "a <=?utf-8?q?evil=40x.org?=>",
        '"=?utf-8?q?=22_=3Cevil=40x.org=3E=2C_=22?=" <a@x.org>',
        '"=?utf-8?q?=22=2C_evil=40x.org=2C_=22?=" broken@@x',
        "a@x.org (=?utf-8?q?=29=2C_evil=40x.org=2C_=28?=)",
        "(=?utf-8?q?=29=2C_evil=40x.org=2C_=28?=) a@x.org",
        "=?utf-8?q?g=3A_evil=40x.org=3B?=: ;",
        "=?utf-8?q?a=0ATo=3A_evil=40x.org?= <a@x.org>",
    ],
)
def test_an_encoded_word_never_becomes_a_recipient(written: str) -> None:
    draft = draft_of_eml(message(f"To: {written}", f"Reply-To: {written}"))
    for text in (draft.to, draft.reply_to):
        for item in split_addresses(text):
            with suppress(InvalidAddress):
                assert parse_address(item).addr_spec != "evil@x.org"
        with suppress(InvalidAddress):
            assert {one.addr_spec for one in parse_addresses(text)} <= {"a@x.org", ""}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"=?utf-8?q?a=0ABcc=3A_e=40x?=", "a Bcc: e@x"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?= c", "ab c"),
        (b"=?utf-8?q?a?=\n =?latin-1*en?q?=E9?=c", "aéc"),
        (b"a=?utf-8?q?b?=c", "abc"),
        (b"=?utf-8?q?a b?=", "a b"),
        (b"=?no-such?q?=C3=AB?= =?no-such?q?=EB?=", "Ã«ë"),
        (b"=?utf-7?q?+2AA-x?=", "�x"),
        (b"=?hex?q?6161?=", "6161"),
        (b"=?unicode_escape?q?=5Cud800?=", "\\ud800"),
        (b"=?\0?q?a?=", "=? ?q?a?="),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?utf-8?b?Y?=", ""),
        (b"=?utf-8?q?=ZZ=?=", "=ZZ"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?="),
        (b"\x1b[31mred\x07", "[31mred"),
        (b"\xc3\xbc \xed\xa1\xbf", "Ã¼ í¡¿"),
    ],
)
def test_a_subject_is_decoded(written: bytes, text: str) -> None:
    assert subject(written) == text


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("In-Reply-To: <a@b>", "In-Reply-To: <a@b>"),
        ("In-Reply-To: <a@b> <c@d>", "In-Reply-To: <a@b> <c@d>"),
        ("In-Reply-To: <a@\x1bb>", ""),
        ("In-Reply-To: Your letter of Monday", ""),
        ("In-Reply-To: <a@é>", ""),
        ("In-Reply-To: <a@b", ""),
        ("In-Reply-To:", ""),
        ("References: <a@b>\n\t<c@d>", "References: <a@b> <c@d>"),
        ("References: <a@b> \r\n\t<c@d>  <e@f>", "References: <a@b> <c@d> <e@f>"),
        ("Bcc2: <a@b>", ""),
        ("Sender: <a@b>", ""),
        ("X-Priority: 1", ""),
    ],
)
def test_only_the_thread_is_kept_of_other_headers(header: str, kept: str) -> None:
    assert opened(message(header))[0].headers == kept


@pytest.mark.parametrize(
    "written", ["nonsense", "a@@b", "a@x.org,, b", "=?utf-8?q?a=40x.org?=", ":;", "a@x.org, " * 500]
)
def test_an_unusable_reply_to_is_left_out(written: str) -> None:
    assert opened(message(f"Reply-To: {written}"))[0].reply_to == ""


PLAIN = leaf("text/plain; charset=utf-8", "plain é\n")
HTML = leaf("text/html", "<p>HTML</p>")
FOOTER = leaf("text/plain", "footer")
ATTACHED = leaf("text/plain", "a", "Content-Disposition: ATTACHMENT")
SIGNATURE = leaf("application/pgp-signature; name=signature.asc", "x")
PICTURE = file("image/png", b"\x89PNG")


@pytest.mark.parametrize(
    ("data", "body", "names"),
    [
        (PLAIN, "plain é\n", []),
        (HTML, "HTML", []),
        (PICTURE, "", ["attachment.png"]),
        (multipart("alternative", PLAIN, HTML), "plain é\n", []),
        (multipart("alternative", HTML, PLAIN), "plain é\n", []),
        (multipart("alternative", leaf("text/plain", " \n"), HTML), "HTML", []),
        (multipart("alternative", HTML), "HTML", []),
        (multipart("alternative", PLAIN, leaf("text/calendar", "BEGIN:VCALENDAR")), "plain é\n", []),
        (multipart("alternative", leaf("text/calendar", "BEGIN:VCALENDAR")), "", ["attachment.ics"]),
        (
            multipart("alternative", PLAIN, multipart("related", HTML, PICTURE, boundary="c")),
            "plain é\n",
            ["attachment.png"],
        ),
        (
            multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="c"), PICTURE, FOOTER),
            "plain é\nfooter",
            ["attachment.png"],
        ),
        (multipart("mixed", PLAIN, leaf("text/csv", "a,b")), "plain é\n", ["attachment.csv"]),
        (multipart("mixed", PLAIN, leaf('text/plain; name="a.txt"', "a")), "plain é\n", ["a.txt"]),
        (multipart("mixed", PLAIN, ATTACHED), "plain é\n", ["attachment.txt"]),
        (multipart("mixed", PLAIN, enclosed(PLAIN), enclosed(HTML)), "plain é\n", ["message.eml", "message-2.eml"]),
        (multipart("digest", message("Subject: a"), message("Subject: b")), "", ["message.eml", "message-2.eml"]),
        (multipart("signed", PLAIN, SIGNATURE), "plain é\n", ["signature.asc"]),
        (leaf("multipart/mixed", "no boundary"), "no boundary", []),
        (leaf("multipart/mixed; boundary=x", "no parts"), "no parts", []),
        (leaf("nonsense", "text"), "text", []),
        (multipart("mixed", PLAIN).replace(b"\n--b--", b""), "plain é\n", []),
        (multipart("mixed", PLAIN, PICTURE).replace(b"\n", b"\r\n"), "plain é\n", ["attachment.png"]),
        (multipart("mixed", PLAIN, PICTURE).replace(b"\n", b"\r"), "plain é\n", ["attachment.png"]),
    ],
)  # fmt: skip
def test_the_text_is_the_body_and_the_rest_are_files(data: bytes, body: str, names: list[str]) -> None:
    draft, files = opened(data)
    assert draft.body == body
    assert [name for name, _ in files] == names


def test_without_a_folder_files_are_left_out() -> None:
    draft = draft_of_eml(multipart("mixed", PLAIN, PICTURE))
    assert (draft.body, draft.attachments) == ("plain é\n", "")


@pytest.mark.parametrize(
    ("encoding", "written", "text"),
    [
        ("base64", b"SGVs\nbG8=", "Hello"),
        ("BASE64 (so)", b"SGVsbG8", "Hello"),
        ("base64", b"S!G\0Vs-bG8=\xff", "Hello"),
        ("base64", b"SGVsbG8aa", "Hello\x1a"),
        ("quoted-printable", b"H=65l=\nlo=C3=AB=Z", "Helloë=Z"),
        ("x-uuencode", b"begin 644 a\n%2&5L;&\\\n`\nend\n", "Hello"),
        ("uuencode", b"begin 644 a\n%2&5L;&\\garbage\n\n \xff\nend\n", "Hello"),
        ("uuencode", b"no uuencode\n", "no uuencode\n"),
        ("unheard-of", b"Hello", "Hello"),
        ("8bit", "ë".encode(), "ë"),
        ("8bit", "ë".encode("latin-1"), "ë"),
    ],
)
def test_a_body_is_decoded_as_far_as_it_can_be(encoding: str, written: bytes, text: str) -> None:
    assert opened(message(f"Content-Transfer-Encoding: {encoding}", body=written))[0].body == text


@pytest.mark.parametrize(
    ("charset", "written", "text"),
    [
        ("utf-8", b"a\xff", "a�"),
        ("us-ascii", b"\xc3\xab", "ë"),
        ("koi8-r", b"\xc1\xc2", "аб"),
        ("utf-16", "ë\r\nf".encode("utf-16"), "ë\nf"),
        ("iso-2022-jp", "日本".encode("iso-2022-jp"), "日本"),
        ("utf-7", b"+2AA-", "�"),
        ("unicode-1-1-utf-7", b"+AOs-", "ë"),
        ("nonsense", b"\xeb", "ë"),
        ("../../x", b"\xeb", "ë"),
        ("x" * 5000, b"\xeb", "ë"),
        ("rot13", b"abc", "abc"),
        ("undefined", b"abc", "abc"),
        ("utf-8", b"\xef\xbb\xbfabc\0\x1b", "abc\0\x1b"),
    ],
)
def test_every_charset_gives_a_text(charset: str, written: bytes, text: str) -> None:
    assert opened(file(f'text/plain; charset="{charset}"', written))[0].body == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br/><BR >c", "a\nb\n\nc"),
        ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("<h1>T</h1>x <b>y</b> z", "T\n\nx y z"),
        ("<title>t</title><style>p{}</style><script>if (a<b) x()</script>a", "a"),
        ("<SCRIPT src='>'>x</SCRIPT\n>a<!-- <p> -->b<!doctype x><?y?>", "ab"),
        ("&lt;p&gt; &amp;amp; &eacute;&#233;&#xE9;&nbsp;&#0;&#xD800;&#99999999999;", "<p> &amp; ééé ���"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ('<a href="x>y">z</a>', "z"),
        ("a < b > c <3", "a < b > c <3"),
        ("<p", ""),
        ("a<script>never closed", "a"),
        ("a<!-- never closed", "a"),
        ("</p></p>a</pre></pre>", "a"),
        ("no markup", "no markup"),
    ],
)
def test_html_is_shown_as_text(html: str, text: str) -> None:
    assert opened(leaf("text/html; charset=utf-8", html))[0].body == text


@given(st.text(st.one_of(st.sampled_from("<>!-/&#;\"' \n"), st.characters(codec="utf-8")), max_size=60))
@settings(max_examples=30)
def test_no_html_is_too_strange(html: str) -> None:
    opened(leaf("text/html; charset=utf-8", html))


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("a.txt", "a.txt"),
        ("../../x", "x"),
        ("/etc/passwd", "passwd"),
        ("C:\\\\a\\\\b.txt", "b.txt"),
        ("", "attachment.bin"),
        (".", "attachment.bin"),
        ("..", "attachment.bin"),
        ("../..", "attachment.bin"),
        ("a/", "attachment.bin"),
        (" ", "attachment.bin"),
        ("~root", "~root"),
        ("-rf", "-rf"),
        ("=?utf-8?q?=C3=AB=2F=2E=2E=2Fx=00.txt?=", "x .txt"),
        ("a, 'b' \\\"c\\\".txt", "a, 'b' \"c\".txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("ë" * 300, "ë" * 60),
        ("." + "x" * 300, "x" * 120),
    ],
)
def test_a_file_gets_a_safe_name(name: str, saved: str) -> None:
    _, files = opened(leaf("application/x-unheard-of", "x", f'Content-Disposition: attachment; filename="{name}"'))
    assert files == [(saved, b"x")]


@pytest.mark.parametrize(
    ("parameters", "saved"),
    [
        ("filename*=utf-8''%C3%AB.txt", "ë.txt"),
        ("filename*0*=utf-8''%C3%AB; filename*1=.txt", "ë.txt"),
        ("filename*=utf-8''..%2F..%2Fx", "x"),
        ("filename*=utf-7''+2AA-", "attachment.bin"),
        ("filename*=nonsense''%EB", "ë"),
        ("filename*=idna''%EB; x", "attachment.bin"),
        ("filename*=a; filename*0=b", "attachment.bin"),
        (f"filename*{'9' * 5000}=a", "attachment.bin"),
        ("filename*='", "'"),
        ("filename", "attachment.bin"),
        (";;=;==", "attachment.bin"),
    ],
)
def test_parameters_may_be_nonsense(parameters: str, saved: str) -> None:
    _, files = opened(leaf("application/x-unheard-of", "x", f"Content-Disposition: attachment; {parameters}"))
    assert len(files) == 1
    assert saved in (files[0][0], "attachment.bin")


def test_files_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    (tmp_path / "A-2.txt").symlink_to(tmp_path / "elsewhere")
    parts = [leaf(f"text/x; name={name}", name) for name in ("a.txt", "A.txt", "a.txt", "A-2.txt")]
    draft = draft_of_eml(multipart("mixed", *parts), save_to=tmp_path)
    contents = [Path(path).read_text() for path in split_files(draft.attachments)]
    assert contents == ["a.txt", "A.txt", "a.txt", "A-2.txt"]
    assert (tmp_path / "a.txt").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        draft_of_eml(PICTURE, save_to=tmp_path / "missing")


def test_an_enclosed_message_is_kept_byte_for_byte() -> None:
    inner = multipart(
        "mixed",
        leaf("text/plain", b"8bit \xeb\xff\nFrom here\n"),
        enclosed(message("Subject: =?utf-8?q?x?=", " folded", "X: \x1b", body="innermost")),
        headers=("To: " + "very-long, " * 30, "Received:by no one", "subject: lower case", "A:"),
    )
    _, files = opened(multipart("mixed", PLAIN, enclosed(inner), boundary="outer"))
    assert [name for name, _ in files] == ["message.eml"]
    assert re.sub(rb"(?m)^([\w-]+): ?", rb"\1:", files[0][1].strip()) == re.sub(
        rb"(?m)^([\w-]+): ?", rb"\1:", inner.strip()
    )


def test_an_enclosed_message_may_be_wrongly_encoded() -> None:
    _, files = opened(file("message/rfc822", message("Subject: inner", body="Hello"), "X: y"))
    assert files == [("message.eml", message("Subject: inner", body="Hello"))]


TORTURE = multipart(
    "mixed",
    leaf("text/plain; CHARSET=US-ASCII", "Welcome", "Content-Transfer-Encoding: 8bit"),
    enclosed(message("Subject: plain jane message", body="plain")),
    enclosed(
        multipart(
            "mixed",
            leaf("text/plain", "messages inside"),
            enclosed(
                multipart(
                    "mixed",
                    leaf("text/plain", "the original"),
                    file("application/x-gzip; NAME=foo.gz", b"foo", "Content-Disposition: attachment; filename=foo.gz"),
                    boundary="=-3",
                    headers=("Subject: the original message",),
                )
            ),
            boundary="=-2",
            headers=("Subject: messages inside messages inside...",),
        )
    ),
    enclosed(
        file("application/x-gzip; NAME=blah.gz", b"blah", "Content-Disposition: attachment; filename=blah.gz")
    ),
    enclosed(
        multipart(
            "mixed",
            leaf("text/plain", "filename vs. name"),
            file("application/x-gzip; NAME=blah2.gz", b"1", "Content-Disposition: attachment; filename=blah1.gz"),
            file("application/x-unheard-of", b"2", "Content-Disposition: attachment"),
            boundary="=-1066975756jd02",
        )
    ),
    enclosed(multipart("mixed", HTML, leaf("text/plain", "both inline"), boundary="=-ZCK")),
    enclosed(multipart("mixed", HTML, leaf("text/html; NAME=htmlfile.html", "x"), boundary="=-z")),
    enclosed(
        multipart(
            "signed",
            multipart(
                "mixed",
                multipart(
                    "related",
                    multipart("alternative", leaf("text/plain", "smiley"), HTML, boundary="=-7"),
                    file("image/png", b"png", "Content-Disposition: attachment; filename=smiley-3.png"),
                    boundary="=-6",
                ),
                file("image/gif; name=dot.gif", b"gif", "Content-Disposition: attachment; filename=dot.gif"),
                boundary="=-5",
            ),
            leaf("application/pgp-signature; name=signature.asc", "signed"),
            boundary="=-4",
            headers=("Subject: smiley!",),
        )
    ),
    enclosed(multipart("alternative", PLAIN, multipart("related", HTML, PICTURE, boundary="=-9"), boundary="=-8")),
    boundary="=-qYxqvD9rbH0PNeExagh1",
    headers=("From: Ryan <rfinnie@domain.dom>", "To: bob@domain.dom", "Subject: MIME torture"),
)  # fmt: skip


def test_messages_in_messages_open_one_after_another() -> None:
    """Parts nested as in the well-known MIME torture tests: each message inside opens as a letter of its own."""
    draft, files = opened(TORTURE)
    assert draft.body == "Welcome"
    assert [name for name, _ in files] == ["message.eml", *(f"message-{number}.eml" for number in range(2, 9))]
    letters = [opened(content) for _, content in files]
    assert [(letter.body.strip(), [name for name, _ in inner]) for letter, inner in letters] == [
        ("plain", []),
        ("messages inside", ["message.eml"]),
        ("", ["blah.gz"]),
        ("filename vs. name", ["blah1.gz", "attachment.bin"]),
        ("HTML\nboth inline", []),
        ("HTML", ["htmlfile.html"]),
        ("smiley", ["smiley-3.png", "dot.gif", "signature.asc"]),
        ("plain é", ["attachment.png"]),
    ]
    innermost, inner_files = opened(letters[1][1][0][1])
    assert (innermost.subject, innermost.body, inner_files) == (
        "the original message",
        "the original",
        [("foo.gz", b"foo")],
    )


HOSTILE = {
    "empty": b"",
    "a NUL": b"\0",
    "a line end": b"\n",
    "a carriage return": b"\r",
    "a byte order mark": b"\xef\xbb\xbfSubject: x\n\ny",
    "UTF-16": "From: a@x.org\n\nHello".encode("utf-16"),
    "every byte": bytes(range(256)),
    "every byte in a header": b"Subject: " + bytes(range(256)) + b"\n\n",
    "every byte in each field": b"".join(
        name + b": " + bytes(set(range(256)) - {10, 13}) + b"\n"
        for name in (b"From", b"To", b"Content-Type", b"References")
    ),
    "every byte as a name": file(
        'a/b; name="' + "".join(map(chr, range(1, 256))).replace("\n", "").replace("\r", "") + '"', b""
    ),
    "no headers": b"Hello\n\nthere",
    "only headers": b"Subject: x",
    "a header without a name": b": x\n\ny",
    "a header without a colon": b"Subject x\n\ny",
    "a continuation first": b" x\nSubject: y\n\nz",
    "an mbox": b"From ann@x.org Mon Nov 23 14:58:33 2026\nSubject: x\n\ny\n\nFrom bob@x.org\nSubject: z\n",
    "From everywhere": b"From \nFrom \n>From \nFrom: \n\nFrom ",
    "deep nesting": b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (i, i) for i in range(3000)),
    "deep messages": b"Content-Type: message/rfc822\n\n" * 3000,
    "messages up to the limit": b"Content-Type: message/rfc822\n\n" * 39 + b"Subject: x\n\ny",
    "too many parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 6_000,
    "parts with one boundary": multipart("mixed", multipart("mixed", PLAIN)),
    "a boundary of nothing": multipart("mixed", PLAIN, boundary=""),
    "a boundary of blanks": multipart("mixed", PLAIN, boundary="   "),
    "a boundary of other characters": multipart("mixed", PLAIN, boundary="ë"),
    "a boundary that is none": b"Content-Type: multipart/mixed; boundary*=utf-8''%FF\n\n--\xff\n\nx",
    "an enclosed one": enclosed(b"Content-Type: multipart/mixed; boundary*=utf-8''%C3%AB\n\n--\xc3\xab\n\nx"),
    "a boundary for each charset": b"Content-Type: multipart/mixed; boundary*=\0''x; boundary*0=y\n\n--x\n\nz",
    "mixed RFC 2231": b"Content-Type: multipart/mixed; boundary=x; a*=b; a*0=c\n\n--x\n\nz\n--x--\n",
    "a charset with NUL": leaf("text/plain; charset=\0", "x"),
    "a charset in pieces": leaf("text/plain; charset*0=ut; charset*1=f-8", b"\xc3\xab"),
    "a charset of a language": leaf("text/plain; charset*=undefined''%FF", b"\xc3\xab"),
    "a type of bytes": b"Content-Type: \xff/\xfe; \xfd=\xfc\n\nx",
    "a type of slashes": leaf("////", "x"),
    "an encoding of bytes": b"Content-Transfer-Encoding: \xff\n\nx",
    "base64 multipart": multipart("mixed", PLAIN, headers=("Content-Transfer-Encoding: base64",)),
    "delivery status": leaf("message/delivery-status", "A: b\n\nC: d\n\n\n\n"),
    "partial": leaf("message/partial; id=x; number=1; total=2", PLAIN),
    "external": leaf('message/external-body; access-type=local-file; name="/etc/passwd"', "Content-Type: a/b\n\n"),
    "groups": b'To: :;,:,;:\nCc: a:b:c:;;;\nFrom: ;;\nReply-To: ()<>[]:;@\\,."\n\n',
    "quotes": b'To: "\\\nCc: (\\\nBcc: [\nFrom: <\n\n',
    "half characters": b"Subject: \xed\xa0\x80\nTo: =?utf-8?q?=ED=A0=80?= <a@x.org>\n\n\xed\xa0\x80",
    "half characters in HTML": leaf("text/html; charset=utf-7", b"&#xD800; &#55296; +2AA-"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_nothing_is_too_hostile(data: bytes) -> None:
    opened(data)
    opened(b"\n" + data)
    opened(multipart("mixed", enclosed(data), boundary="around"))


def test_too_deep_a_message_is_shown_as_it_stands() -> None:
    draft, files = opened(b"Subject: x\n" + HOSTILE["deep nesting"])
    assert draft.subject == "x"
    assert draft.body == HOSTILE["deep nesting"].partition(b"\n\n")[2].decode()
    assert files == []


def test_more_parts_than_anybody_opens_are_shown_as_they_stand() -> None:
    for data in (HOSTILE["too many parts"], b"Content-Type: message/rfc822\n\n" * 60):
        draft, files = opened(data)
        assert (draft.body.encode(), files) == (data.partition(b"\n\n")[2], [])


def test_a_byte_order_mark_hides_no_field() -> None:
    assert opened(HOSTILE["a byte order mark"])[0].subject == "x"


def test_little_room_on_the_stack_is_enough() -> None:
    frames = 0
    frame = sys._getframe()
    while frame.f_back:
        frame, frames = frame.f_back, frames + 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(frames + 60)
    try:
        draft = draft_of_eml(b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 39 + b"y")
    finally:
        sys.setrecursionlimit(limit)
    assert draft.subject == "x"


@pytest.mark.parametrize("data", traps(3_000).values(), ids=traps(1))
def test_messages_that_take_others_long_open_as_well(data: bytes) -> None:
    opened(data)


SOURCES = [
    TORTURE,
    *(data for data in HOSTILE.values() if len(data) < 5_000),
    email_of("Grüße", subject="Zoë", cc=["Zoë <z@x.org>"]).as_bytes(),
]
PIECES = [b"", b"\n", b"\r\n\r\n", b"--b\n", b"=?utf-8?q?", b"?=", b'"', b"(", b";", b"\0", b"\xff", b":"]
PIECES += [b"message/rfc822", b"*0*=", b"charset=", b"base64"]


@settings(max_examples=60)
@given(
    st.sampled_from(SOURCES),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.sampled_from(PIECES), st.binary(max_size=20))),
        min_size=1,
        max_size=12,
    ),
)
def test_no_mangling_is_too_much(data: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for place, gone, new in changes:
        position = int(place * len(data))
        data = data[:position] + new + data[position + gone :]
    opened(data)


def test_pythons_own_messages_open() -> None:
    folders = [library / "test" / "test_email" / "data" for library in LIBRARIES]
    paths = next(filter(None, (sorted(folder.glob("msg_*")) for folder in folders)), [])
    if not paths:
        pytest.skip("Python's own tests are not installed (Debian package libpython3-testsuite)")
    drafts = {path.name: opened(path.read_bytes()) for path in paths if path.is_file()}
    assert len(drafts) > 40
    assert drafts["msg_07.txt"][0].body == "Hi there,\n\nThis is the dingus fish.\n"
    assert [name for name, _ in drafts["msg_07.txt"][1]] == ["dingusfish.gif"]


@pytest.mark.parametrize(
    ("package", "messages", "count"),
    [("mail_parser-4.8.0", r"/tests/mails/", 23), ("django-mailbox-4.10.1", r"/tests/messages/.*\.eml$", 21)],
)
def test_messages_of_other_packages_open(package: str, messages: str, count: int) -> None:
    archive = CORPORA / f"{package}.tar.gz"
    if not archive.exists():
        pytest.skip(f"{archive.name} is not in {CORPORA}; .ci/run downloads it")
    with tarfile.open(archive) as tar:
        members = [tar.extractfile(member) for member in tar if member.isfile() and re.search(messages, member.name)]
        drafts = [opened(member.read())[0] for member in members if member]
    assert len(drafts) == count
    assert sum(bool(draft.to) for draft in drafts) > count * 0.7


@pytest.mark.parametrize(
    "header", ["Bcc: a@x.org", "Cc: a@x.org", "To: undisclosed-recipients:;\nBcc: a@x.org", "To: \nBcc: a@x.org"]
)
def test_a_letter_to_nobody_in_the_open_goes_to_nobody_else(header: str) -> None:
    defaults = Defaults(to=("team@x.org",))
    email = Email.build(Fields.of(draft_of_eml(message("From: me@x.org", header))), defaults)
    assert email.envelope.recipients == ("a@x.org",)
