"""What is said about a message that can be sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailtui.mail.advice import LARGE, advice
from mailtui.mail.draft import Defaults, Draft, Fields
from mailtui.mail.message import Email

LETTER = Draft(from_addr="me@example.com", to="ann@example.com", subject="Hello", body="Hi Ann,\n\nbye\n")


def said(draft: Draft) -> list[str]:
    return advice(Email.build(Fields.of(draft), Defaults(complete=False)))


def test_nothing_is_said_about_an_everyday_letter() -> None:
    assert said(LETTER) == []
    assert said(replace(LETTER, body="Hi\n-- \nAnn\n")) == []


def test_what_is_missing_is_said() -> None:
    assert said(replace(LETTER, to="")) == ["It is addressed to nobody."]
    assert said(replace(LETTER, subject=" ")) == ["The subject is empty."]
    assert said(replace(LETTER, body=" \n")) == ["The body is empty."]
    assert said(Draft(to="ann@x.org", subject="x").signed("Me")) == ["There is nothing above the signature."]
    assert said(replace(LETTER, body="-- \nMe")) == ["There is nothing above the signature."]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("The plan is attached.", "attached"),
        ("> Hi\nSee the ATTACHMENTS", "ATTACHMENTS"),
        ("Der Plan ist im Anhang.", "im Anhang"),
        ("Anbei der Plan", "Anbei"),
        ("> is it attached?\nNo.", ""),
        ("> x\n> is it attached?", ""),
        ("Detached house, Anhanggerät, 4attached", ""),
        ("Hi\n-- \nThis mail and all attachments are confidential", ""),
    ],
)
def test_a_letter_that_speaks_of_a_file_has_one(body: str, word: str, tmp_path: Path) -> None:
    draft = replace(LETTER, body=body)
    assert said(draft) == ([f"It says “{word}”, but no file goes along."] if word else [])
    (tmp_path / "plan.txt").write_text("x")
    assert said(replace(draft, attachments=str(tmp_path / "plan.txt"))) == []


def test_a_large_message_and_many_recipients_are_said(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    with file.open("wb") as opened:
        opened.truncate(LARGE)
    (warning,) = said(replace(LETTER, attachments=str(file)))
    assert "about 14 MB" in warning
    nine = ", ".join(f"a{number}@x.org" for number in range(9))
    assert said(replace(LETTER, to=nine, bcc="b@x.org, c@x.org")) == []
    assert said(replace(LETTER, to=nine, cc="a0@x.org")) == []
    (warning,) = said(replace(LETTER, to=nine, cc="b@x.org"))
    assert warning == "10 recipients see each other; Bcc hides them."


@pytest.mark.parametrize(
    "address",
    [
        "müller@bücher.de",
        "用户@例子.中国",
        "東京タワーtokyo@ひらがなカタ漢字.jp",
        "почта@пример.рф",
        "ann@пример.com",
        "한국어abc@example.kr",
        "ann@xn--bcher-kva.example",
        "Аня <ann@example.com>",
        "ann@localhost",
    ],
)
def test_international_addresses_are_no_mistake(address: str) -> None:
    assert said(replace(LETTER, to=address)) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ann@аpple.com", "Cyrillic and Latin letters are mixed in ann@аpple.com."),
        ("ann@xn--pple-43d.com", "Cyrillic and Latin letters are mixed in ann@аpple.com."),
        ("pаypal@example.com", "Cyrillic and Latin letters are mixed in pаypal@example.com."),
        ("ann@αpple.com", "Greek and Latin letters are mixed in ann@αpple.com."),
    ],
)
def test_letters_that_look_alike_in_an_address_are_said(address: str, told: str) -> None:
    (warning,) = said(replace(LETTER, to="", bcc=f"Ann <{address}>"))
    assert warning == told
