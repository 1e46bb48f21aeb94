from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.mail.draft import Draft
from mailtui.mail.mailto import draft_of_links


# Examples of RFC 6068 6.
@pytest.mark.parametrize(
    ("link", "draft"),
    [
        ("mailto:chris@example.com", Draft(to="chris@example.com")),
        (
            "mailto:infobot@example.com?subject=current-issue",
            Draft(to="infobot@example.com", subject="current-issue"),
        ),
        (
            "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
            Draft(to="infobot@example.com", body="send current-issue\nsend index"),
        ),
        (
            "mailto:joe@example.com?cc=bob@example.com&body=hello",
            Draft(to="joe@example.com", cc="bob@example.com", body="hello"),
        ),
        ("mailto:?to=joe@example.com&cc=bob@example.com", Draft(to="joe@example.com", cc="bob@example.com")),
        ("mailto:gorby%25kremvax@example.com", Draft(to="gorby%kremvax@example.com")),
        ("mailto:unlikely%3Faddress@example.com?blat=foop", Draft(to="unlikely?address@example.com")),
        ("mailto:%22not%40me%22@example.org", Draft(to='"not@me"@example.org')),
        (
            "mailto:user@example.org?subject=caf%C3%A9&body=caf%C3%A9",
            Draft(to="user@example.org", subject="café", body="café"),
        ),
        ("mailto:bill+ietf@example.org?subject=a+b", Draft(to="bill+ietf@example.org", subject="a+b")),
        ("mailto:addr1@an.example,addr2@an.example", Draft(to="addr1@an.example,addr2@an.example")),
        ("mailto:?to=addr1@an.example&to=addr2@an.example", Draft(to="addr1@an.example, addr2@an.example")),
        ("MAILTO:a@x.org?SUBJECT=x&%62cc=b@x.org", Draft(to="a@x.org", subject="x", bcc="b@x.org")),
        ("mailto:", Draft()),
        ("mailto:?", Draft()),
        ("mailto:a@x.org?&&subject&=x", Draft(to="a@x.org")),
    ],
)
def test_a_link_fills_in_what_it_asks_for(link: str, draft: Draft) -> None:
    assert draft_of_links([link]) == draft


@pytest.mark.parametrize(
    "query",
    [
        "attach=/etc/passwd",
        "attachments=/etc/passwd",
        "from=e@x.org",
        "from_addr=e@x.org",
        "headers=X: y",
        "letter=x",
        "reply_to=e@x.org",
        "In-Reply-To=%3Ca@b%3E",
    ],
)
def test_a_link_fills_in_nothing_else(query: str) -> None:
    assert draft_of_links([f"mailto:a@x.org?{query}"]) == Draft(to="a@x.org")


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
)
def test_any_text_can_be_put_in_a_link(subject: str, body: str) -> None:
    draft = draft_of_links([f"mailto:a@x.org?subject={quote(subject)}&body={quote(body, safe='')}"])
    assert (draft.subject, draft.body) == (subject, body)


@given(st.text())
def test_no_link_is_too_strange(text: str) -> None:
    assert isinstance(draft_of_links([f"mailto:{text}"]), Draft)
