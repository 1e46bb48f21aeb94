from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cement import App
from hypothesis import given
from hypothesis import strategies as st

from mailtui.config.settings import Settings
from mailtui.mail.draft import Draft
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.handlers.dummy import DummyMailHandler, dummy_text_of_draft, dummy_text_of_email
from tests.cement_reference import cement_prints, printed
from tests.letters import letter

COUNT, BATCHES = 2_000, 4


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_message_is_printed_as_cement_prints_it(batch: int) -> None:
    for number in range(batch, COUNT, BATCHES):
        configured, body, message = letter(number)
        mail = DummyMailHandler(**configured)
        ours = printed(partial(mail.send, body, **message))
        assert ours == cement_prints(body, configured, **message), number


def test_the_letters_are_of_all_kinds() -> None:
    letters = [letter(number) for number in range(COUNT)]
    assert len({repr(one) for one in letters}) == COUNT
    for keyword in ("to", "cc", "bcc", "from_addr", "subject"):
        for where in ([one.message for one in letters], [one.configured for one in letters]):
            assert 100 < sum(keyword in given for given in where) < COUNT - 100
        assert sum(one.message.get(keyword) in ([], "") for one in letters) > 50
    assert sum(len(one.message.get("to", ())) == 30 for one in letters) > 50


@pytest.mark.parametrize("spelling", [" ann@x.org", "ann@x.org ", "\tann@x.org", "  Ann  <ann@x.org> "])
def test_blanks_around_an_address_are_no_part_of_it(spelling: str) -> None:
    mail = DummyMailHandler()
    ours = printed(lambda: mail.send("Hello", to=[spelling], from_addr=spelling))
    assert ours == cement_prints("Hello", to=[spelling.strip()], from_addr=spelling.strip())


# What Cement prints and no server can be given.
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", ["not an address"]),
        ("to", ["ann"]),
        ("to", [""]),
        ("to", ["ann@"]),
        ("to", ["@x.org"]),
        ("to", ["Ann <>"]),
        ("to", ["Ann <ann@x.org"]),
        ("to", ["ann@x.org bob@x.org"]),
        ("to", ["ann@x.org, bob@x.org"]),
        ("to", ["a@x;b@y"]),
        ("to", ["a@x..org"]),
        ("to", ["a..b@x.org"]),
        ("to", ["Doe, Jane <j@x.org>"]),
        ("to", ["friends: ann@x.org, bob@x.org;"]),
        ("to", ["ann@x.org\nBcc: eve@x.org"]),
        ("to", ["ann@x.org\r\n\r\nbody"]),
        ("to", ["Ann\x1b[31m <ann@x.org>"]),
        ("to", ["=?utf-8?q?x_=3Cevil=40x=2Eorg=3E=2C?= <a@b.c>"]),
        ("to", ["=?utf-8?q?eve?=@x.org"]),
        ("to", ['"=?utf-8?q?Ann?=" <ann@x.org>']),
        ("to", ["bob@y.org <ann@x.org>"]),
        ("to", ['"bob@y.org" <ann@x.org>']),
        ("to", ["ann@x.org (bob@y.org)"]),
        ("cc", ["ann@x.org", "ann"]),
        ("cc", ["a@x.org\n"]),
        ("bcc", ["a@x;b@y"]),
        ("bcc", ["Doe, Jane <j@x.org>"]),
        ("from_addr", "not an address"),
        ("from_addr", "me@x.org\nBcc: eve@x.org"),
        ("from_addr", "me@x.org, you@x.org"),
        ("from_addr", "=?utf-8?q?Boss?= <me@x.org>"),
        ("from_addr", '"boss@x.org" <eve@y.org>'),
        ("from_addr", None),
        ("subject", "a\nBcc : e@x"),
        ("subject", "a\r\nb"),
        ("subject", "\x1b]0;title\x07"),
        ("subject", "tab\tbed"),
        ("subject", "\x9b31m"),
        ("subject", None),
    ],
)
def test_what_cement_prints_and_cannot_be_sent_is_refused(field: str, value: Any) -> None:
    given = {"to": ["ann@x.org"], field: value}
    shown = ", ".join(value) if isinstance(value, list) else str(value)
    assert shown.encode() in cement_prints("Hello", **given)
    if value is None:  # here the handler's default is meant
        assert b"None" not in printed(lambda: DummyMailHandler().send("Hello", **given))
    else:
        with pytest.raises(InvalidEmail) as caught:
            DummyMailHandler().send("Hello", **given)
        assert caught.value.problems.keys() == {field}


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_a_text_of_recipients_is_never_taken_apart_into_letters(field: str) -> None:
    label = field.upper().encode() if field != "to" else b"To"
    assert label + b": a, b, @, x, ., o, r, g\n" in cement_prints("Hello", {}, **{field: "ab@x.org"})
    receipts = []
    output = printed(lambda: receipts.append(DummyMailHandler().send("Hello", **{field: "ab@x.org"})))  # type: ignore[arg-type]
    assert label + b": ab@x.org\n" in output
    assert [recipient.address for recipient in receipts[0].recipients] == ["ab@x.org"]


@pytest.mark.parametrize("keyword", ["charset", "X_Header", "files_", "from"])
def test_a_keyword_that_cement_ignores_is_an_error(keyword: str) -> None:
    assert cement_prints("Hello", {}, **{keyword: "x"})
    with pytest.raises(TypeError, match=keyword):
        DummyMailHandler().send("Hello", **{keyword: "x"})  # type: ignore[arg-type]


def test_the_same_section_in_both_configuration_files_prints_the_same(tmp_path: Path) -> None:
    (tmp_path / "app.conf").write_text(
        "[mail.dummy]\nto = ann@x.org, bob@x.org\nfrom_addr = me@x.org\ncc = c@x.org\nsubject = Hello\n"
        "subject_prefix = [ops]\n"
    )
    (tmp_path / "config.toml").write_text(
        '[mail.dummy]\nto = "ann@x.org, bob@x.org"\nfrom_addr = "me@x.org"\ncc = ["c@x.org"]\nsubject = "Hello"\n'
        'subject_prefix = "[ops]"\n'
    )
    with App("configured", argv=[], catch_signals=[], config_files=[str(tmp_path / "app.conf")]) as app:
        theirs = printed(lambda: app.mail.send("The body"))
    mail = Settings.load(tmp_path / "config.toml", environ={}).handler()
    assert printed(lambda: mail.send("The body")) == theirs
    assert b"To: ann@x.org, bob@x.org\nFrom: me@x.org\nCC: c@x.org\nBCC: \nSubject: [ops] Hello\n" in theirs


def test_the_defaults_are_those_of_cement() -> None:
    assert printed(lambda: DummyMailHandler().send("Hello")) == cement_prints("Hello")


def test_a_truth_value_is_what_cement_returns() -> None:
    receipts = []
    printed(lambda: receipts.append(DummyMailHandler().send("Hello")))
    assert bool(receipts[0]) is True


def test_the_html_form_is_not_shown() -> None:
    output = printed(lambda: DummyMailHandler().send(("Hello", "<p>Hello</p>"), to=["ann@x.org"]))
    assert output == cement_prints("Hello", to=["ann@x.org"])


def test_the_preview_of_a_valid_draft_is_the_mail() -> None:
    for number in range(500):
        configured, body, message = letter(number)
        mail = DummyMailHandler(**configured)
        lists = {name: ", ".join(message.get(name, ())) for name in ("to", "cc", "bcc")}
        lists |= {name: message.get(name, "") for name in ("from_addr", "subject")}
        draft = replace(Draft(body=body), **lists)  # type: ignore[arg-type]
        assert dummy_text_of_draft(draft, mail.defaults) == dummy_text_of_email(mail.prepare(draft)), number


@given(st.text(), st.text(), st.text(), st.text(), st.text(), st.text())
def test_the_preview_shows_nonsense_too(author: str, to: str, cc: str, bcc: str, subject: str, body: str) -> None:
    draft = Draft(from_addr=author, to=to, cc=cc, bcc=bcc, subject=subject, body=body)
    text = dummy_text_of_draft(draft, DummyMailHandler().defaults)
    assert author.strip() in text
    assert body in text
