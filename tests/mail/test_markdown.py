from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings

from mailtui import Draft, DummyMailHandler, InvalidEmail, Markdown
from mailtui.mail.markdown import html_of
from tests.mail.emails import email_of, parsed, with_plain_ends
from tests.strategies import bodies


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def inside(html: str) -> str:
    return html.partition("<body>\n")[2].removesuffix("</body>\n</html>\n")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "# Hello\n\n**bold** *it* `code`",
            "<h1>Hello</h1>\n<p><strong>bold</strong> <em>it</em> <code>code</code></p>\n",
        ),
        ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
        ("Best wishes\n-- \nAnn", "<p>Best wishes<br />\n--<br />\nAnn</p>\n"),
        ("Name\n=====", "<p>Name<br />\n=====</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("~~no~~", "<p><s>no</s></p>\n"),
        ("see https://example.com/x.", '<p>see <a href="https://example.com/x">https://example.com/x</a>.</p>\n'),
        ("example.com and ann@example.com", "<p>example.com and ann@example.com</p>\n"),
        ("1 < 2 & <b>raw</b>", "<p>1 &lt; 2 &amp; &lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert inside(html_of(text)) == html


def test_a_table_is_one() -> None:
    assert [tag for tag, _ in Tags(html_of("|a|b|\n|-|-|\n|1|2|")).found if tag[0] == "t"] == [
        "table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td",
    ]  # fmt: skip


_HARMLESS = re.compile(
    "html|head|meta|body|h[1-6]|p|br|strong|em|s|code|pre|a|img|[uo]l|li|blockquote|hr|t[rhd]|table|thead|tbody"
)


@settings(max_examples=60)
@given(bodies)
def test_no_text_makes_html_that_acts(text: str) -> None:
    for tag, attributes in Tags(html_of(text)).found:
        assert _HARMLESS.fullmatch(tag)
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](JaVaScRiPt:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        '[x](https://example.com "a\\"onclick=alert(1)")',
        '<https://example.com/"onclick=alert(1)>',
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "</body><iframe>",
    ],
)
def test_html_in_it_is_text(text: str) -> None:
    for tag, attributes in Tags(html_of(text)).found:
        assert _HARMLESS.fullmatch(tag)
        assert attributes.keys() <= {"href", "src", "alt", "title", "charset", "style"}
        for name in ("href", "src"):
            assert (attributes.get(name) or "https:").startswith("https:")


@settings(max_examples=60)
@given(bodies)
def test_the_text_goes_as_it_was_typed_and_the_html_beside_it(text: str) -> None:
    plain, rich = parsed(email_of(Markdown(text))).iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert received(plain) == with_plain_ends(text)
    assert rich.get_content_type() == "text/html"
    assert received(rich) == with_plain_ends(html_of(text))


def received(part: Any) -> str:
    return str(part.get_payload(decode=True).decode().replace("\r\n", "\n"))


def test_a_draft_asks_for_it() -> None:
    email = DummyMailHandler().prepare(Draft(body="**Hello**", markdown=True))
    assert [part.get_content_type() for part in parsed(email).walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert parsed(DummyMailHandler().prepare(Draft(body="**Hello**"))).get_content_type() == "text/plain"


def test_html_that_was_given_is_the_one_that_goes() -> None:
    assert email_of((Markdown("**a**"), "<p>b</p>")).html == "<p>b</p>"


def test_an_attached_image_is_shown_where_the_text_names_it(tmp_path: Path) -> None:
    for name in ("chart.png", "plan.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    files = [tmp_path / "plan.pdf", tmp_path / "chart.png"]
    message = parsed(email_of(Markdown("Look: ![chart](cid:chart.png)"), files=files))
    assert structure(message) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png"])]),
            "application/pdf",
        ],
    )
    html = message.get_body(("html",))
    assert html is not None
    ((_, attributes),) = [found for found in Tags(received(html)).found if found[0] == "img"]
    (image,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert attributes["src"] == f"cid:{image['Content-ID'].strip('<>')}"  # RFC 2392 2
    assert image.get_content_disposition() == "inline"
    assert image.get_filename() == "chart.png"
    assert image.get_payload(decode=True) == b"chart.png"


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("chart(1).png", "cid:chart(1).png"),
        ("my chart.png", "<cid:my chart.png>"),
        ("ü.png", "cid:ü.png"),
        ("a&b.png", "cid:a&b.png"),
        ("50%.png", "cid:50%25.png"),
        ("x.png", "CID:x.png"),
    ],
)
def test_an_image_of_any_name_is_shown(tmp_path: Path, name: str, link: str) -> None:
    (tmp_path / name).write_bytes(b"image")
    files = [tmp_path / name, (name, __file__)]
    message = parsed(email_of(Markdown(f"![chart]({link})"), files=files))
    (image,) = [part for part in message.walk() if part["Content-ID"]]
    html = message.get_body(("html",))
    assert html is not None
    ((_, attributes),) = [found for found in Tags(received(html)).found if found[0] == "img"]
    assert unquote(attributes["src"] or "") == f"cid:{image['Content-ID'].strip('<>')}"
    assert image.get_payload(decode=True) == b"image"
    assert [part.get_filename() for part in message.iter_attachments()] == [name]  # of two it is the first


def test_an_image_that_no_file_has_is_told() -> None:
    with pytest.raises(InvalidEmail, match=r"Body: it shows the image cid:nothere\.png, but no attached file"):
        email_of(Markdown("![](cid:nothere.png)"))


def test_two_images_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidEmail, match=r"Attach: b.png: another file is called cid:x, too"):
        email_of(("a", "b"), files=[("a.png", __file__, "x"), ("b.png", __file__, "x")])


def test_a_file_that_the_html_does_not_show_stands_beside_it() -> None:
    message = parsed(email_of(("text", "<p>"), files=[("x.pdf", __file__, "x")]))
    assert structure(message)[0] == "multipart/mixed"
    assert [part.get_content_disposition() for part in message.iter_attachments()] == ["attachment"]


def test_an_image_that_is_named_from_code_goes_with_its_html(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"image")
    files = [("logo.png", tmp_path / "x.png", "logo@example.com")]
    message = parsed(email_of(("text", '<img src="cid:logo@example.com">'), files=files))
    assert structure(message) == (
        "multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png"])],
    )  # fmt: skip
    _, _, related, _, image = message.walk()
    assert related.get_param("type") == "text/html"  # RFC 2387 3.1
    assert image["Content-ID"] == "<logo@example.com>"


def structure(part: Any) -> Any:
    if not part.is_multipart():
        return part.get_content_type()
    return part.get_content_type(), [structure(one) for one in part.iter_parts()]
