from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from email import policy

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mailtui.mail.address import (
    InvalidAddress,
    _is_everyday,
    as_typed,
    item_at,
    parse_address,
    parse_addresses,
    split_addresses,
)
from mailtui.mail.headers import address_field
from tests.strategies import ATEXT, IDN, Mailbox, any_text, mailboxes

RESERVED = {name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES}
# RFC 2142: the referee writes these in lower case.
ROLES = re.compile(
    "(?i)(info|marketing|sales|support|abuse|noc|security|postmaster|hostmaster|usenet|news|webmaster|www|uucp|ftp)"
)


def referee(spec: str) -> ValidatedEmail:
    return validate_email(
        spec,
        check_deliverability=False,
        globally_deliverable=False,
        strict=True,
        allow_quoted_local=True,
        allow_domain_literal=True,
    )


def is_reserved(domain: str) -> bool:
    return domain.rpartition(".")[2].lower() in RESERVED


nearly_locals = st.one_of(
    st.lists(st.text(ATEXT, min_size=1, max_size=8), min_size=1, max_size=4).map(".".join),
    st.text('aZ0.-_+ "@(é', max_size=10),
    st.sampled_from(["postmaster", "POSTMASTER", "Info", "a" * 64, "a" * 65, "a..b", ".a", "a.", "=?utf-8?q?a?="]),
)
labels = st.one_of(
    st.sampled_from(
        ["a", "Z", "0", "a-b", "x1", "com", "xn--a", "ab--c", "-a", "a-", "", "a" * 63, "a" * 64, "l" * 30]
    ),
    st.text("aZ0-", min_size=1, max_size=6),
)
nearly_domains = st.one_of(
    st.lists(labels, min_size=1, max_size=5).map(".".join),
    st.text("aZ09.-_é", max_size=12),
    st.sampled_from(
        ["1.2.3.4", "123", "0x7f.1", "xn--bcher-kva.de", "ab--c.de", ".".join("a" * 126), ".".join("a" * 127)]
    ),
)


@settings(max_examples=150)
@given(nearly_locals, nearly_domains)
def test_what_everybody_types_is_what_email_validator_takes(local: str, domain: str) -> None:
    assume(_is_everyday(local, domain) and not is_reserved(domain))
    valid = referee(f"{local}@{domain}")
    assert valid.local_part == (local.lower() if ROLES.fullmatch(local) else local)
    assert valid.ascii_domain == domain.lower()


@settings(max_examples=200)
@given(nearly_locals, nearly_domains)
def test_an_address_is_valid_if_email_validator_says_so(local: str, domain: str) -> None:
    spec = f"{local}@{domain}"
    assume(not is_reserved(domain) and not re.search(r'[ ("]|=\?', spec))
    try:
        valid = referee(spec)
    except EmailNotValidError:
        with pytest.raises(InvalidAddress):
            parse_address(spec)
    else:
        parsed = parse_address(spec)
        assert parsed.addr_spec.casefold() == f"{valid.local_part}@{valid.ascii_domain}".casefold()
        assert parsed.domain == valid.ascii_domain


@pytest.mark.parametrize(
    "spec",
    [
        "noreply@localhost",
        "root@myhost",
        "x@printer.local",
        "a@b.test",
        "a@b.invalid",
        "a@b.onion",
        "a@1.0.0.127.in-addr.arpa",
        "o'brien@example.com",
        '"Ann Lee"@example.com',
        '"a@b"@localhost',
        '"a,b"@example.com',
        "a@[127.0.0.1]",
        "a@[IPv6:2001:db8::1]",
        "a" * 64 + "@example.com",
        "a@" + "b" * 63 + ".de",
        "a@xn--bcher-kva.de",
        "üñ@example.com",
    ],
)
def test_hosts_of_ones_own_and_rare_forms_are_valid(spec: str) -> None:
    address = parse_address(spec)
    assert (address.text, address.addr_spec, address.display_name) == (spec, spec, "")


@pytest.mark.parametrize(("domain", "a_labels"), IDN.items())
def test_an_international_domain_becomes_a_labels(domain: str, a_labels: str) -> None:
    assert parse_address(f"Ann <ann@{domain}>").addr_spec == f"ann@{a_labels}"
    assert domain == "faß.example" or a_labels == domain.encode("idna").decode()


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("Ann@EXAMPLE.Com", "Ann@example.com"),
        ("a@PRINTER.Local", "a@printer.local"),
        ('"A B"@LOCALHOST', '"A B"@localhost'),
        ('"abc"@x.org', "abc@x.org"),
    ],
)
def test_the_domain_is_put_in_lower_case_and_needless_quotes_go(text: str, spec: str) -> None:
    assert parse_address(text).addr_spec == spec
    assert parse_address(text).text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the address is empty"),
        ("not an address", "there is a blank in the address"),
        ("ann", "ann: the @ and the domain are missing"),
        ("ann@", "the domain is missing"),
        ("@x.org", "there is nothing before the @"),
        ("Ann <>", "there is no address in <>"),
        ("Ann <@x.org>", "there is nothing before the @"),
        ("Ann <ann@x.org", "the closing > is missing"),
        ("Ann <ann@x.org> b@x.org", "something stands after the >; separate addresses with commas"),
        ("ann@x.org bob@x.org", "there is a blank in the address; separate addresses with commas"),
        ("ann @ x.org", "there is a blank in the address"),
        ("ann@x.org;bob@x.org", "separate addresses with commas, not with ;"),
        ("ann@x.org, bob@x.org", "one address is expected here; a name with a comma needs quotes"),
        ("Doe, Jane <j@x.org>", "one address is expected here; a name with a comma needs quotes"),
        ("friends: ann@x.org;", "groups are not taken; list the addresses themselves"),
        ('"Ann <ann@x.org>', 'the closing " is missing'),
        ("(Ann ann@x.org", "the closing ) is missing"),
        ("Ann) <ann@x.org>", ") may stand in quotes only"),
        ("Ann\\ Lee <ann@x.org>", "\\ may stand in quotes only"),
        ("[ann@x.org", "[ may stand in quotes only"),
        ("bob@y.org <ann@x.org>", "a name with an @ needs quotes; separate addresses with commas"),
        ('"bob@y.org" <ann@x.org>', "the name shows bob@y.org, but the mail would go to ann@x.org"),
        ("ann@x.org (bob@y.org)", "the name shows bob@y.org, but the mail would go to ann@x.org"),
        ("=?utf-8?q?Ann?= <ann@x.org>", "the name holds an encoded word (=?…?=); write the name itself"),
        ('"=?utf-8?q?Ann?=" <ann@x.org>', "the name holds an encoded word"),
        ("=(c)?utf-8?q?Ann?= <ann@x.org>", "the name holds an encoded word"),
        ('"=" "?utf-8?q?x?=" <a<b@x.org>', ""),
        ("a@b@x.org", "@"),
        ("a..b@x.org", "two periods"),
        (".a@x.org", "period"),
        ("a.@x.org", "period"),
        ("a@x..org", "two periods"),
        ("a@-x.org", "hyphen"),
        ("a@x-.org", "hyphen"),
        ("a@x_y.org", "underscore|_"),
        ("a@x.org.", "period"),
        ("a@[300.1.1.1]", "IPv4|address literal"),
        ("a" * 65 + "@x.org", "too long"),
        ("a@" + "b" * 64 + ".org", "1 character too many"),
        ("a@" + "b." * 125 + "org", "too long"),
        ("a@x.org\nBcc: b@y.org", "a line break at position 8 cannot be sent"),
        ("a@x.org\r", "a line break at position 8"),
        ("Ann\x1b[31m <a@x.org>", "the control character U+001B at position 4 cannot be sent"),
        ("Ann\x00 <a@x.org>", "U+0000"),
        ("Ann\x7f <a@x.org>", "U+007F"),
        ("Ann\x9b <a@x.org>", "U+009B"),
        ("Ann\tLee <a@x.org>", "U+0009"),
        ("Ann\ud800 <a@x.org>", "U+D800"),
        ("a\udcff@x.org", "U+DCFF"),
        ("a@x\udfff.org", "U+DFFF"),
    ],
)
def test_what_is_no_single_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        parse_address(text)
    message = str(caught.value)
    assert reason in message or re.search(reason, message)
    assert not message.endswith(".")


def test_an_encoded_word_before_the_at_is_refused() -> None:
    # Parsers, the standard library's among them, decode it and so read another address.
    assert policy.default.header_factory("To", "=?utf-8?q?eve?=@x.org").addresses[0].addr_spec == "eve@x.org"
    with pytest.raises(InvalidAddress, match="encoded word"):
        parse_address("=?utf-8?q?eve?=@x.org")


@pytest.mark.parametrize("text", ["山田　太郎 <y@example.jp>", "Jean\u00a0Dupont <j@example.fr>", "a\u202fb <a@x.org>"])
def test_a_name_may_hold_blanks_of_other_scripts(text: str) -> None:
    assert f"{parse_address(text).display_name} <" == text[: text.index("<") + 1]


@pytest.mark.parametrize(
    "text",
    [
        '"ann@x.org" <ann@x.org>',
        '"ANN@X.ORG" <ann@x.org>',
        "\"o'brien@x.org\" <o'brien@x.org>",
        '"ann@bücher.example" <ann@bücher.example>',
        '"mail to ann@x.org." <ann@x.org>',
    ],
)
def test_a_name_may_repeat_the_address(text: str) -> None:
    assert parse_address(text).text == text


@given(mailboxes())
def test_a_valid_mailbox_keeps_its_spelling_and_shows_its_parts(mailbox: Mailbox) -> None:
    address = parse_address(mailbox.text)
    assert address.text == mailbox.text
    assert address.display_name == mailbox.name
    assert address.addr_spec.casefold() == mailbox.spec.casefold()


@settings(max_examples=200)
@given(st.text())
@example('"open, quote')
@example("(open, comment")
@example("\\")
@example("a,,b, ,")
@example("[,]")
def test_splitting_takes_any_text(text: str) -> None:
    items = split_addresses(text)
    assert all(item and item == item.strip() for item in items)
    assert split_addresses(", ".join(items)) == items


@given(st.lists(mailboxes(), max_size=5), st.sampled_from([", ", ",", " ,\n ", ",, "]))
def test_splitting_gives_back_what_was_joined(given_mailboxes: list[Mailbox], comma: str) -> None:
    texts = [mailbox.text for mailbox in given_mailboxes]
    assert split_addresses(comma.join(texts)) == texts


@settings(max_examples=150)
@given(st.lists(mailboxes(ascii_only=True), min_size=1, max_size=5))
def test_a_list_is_read_as_the_standard_library_reads_it(given_mailboxes: list[Mailbox]) -> None:
    text = ", ".join(mailbox.text for mailbox in given_mailboxes)
    assume(text.isascii())  # what is not is written otherwise in a header
    header = policy.default.header_factory("To", text)
    others = [f"{address.username}@{address.domain.lower()}" for address in header.addresses]
    assert [unquoted(address.addr_spec) for address in parse_addresses(text)] == others


def unquoted(spec: str) -> str:
    local, _, domain = spec.rpartition("@")
    return re.sub(r"\\(.)", r"\1", local[1:-1]) + "@" + domain if local.startswith('"') else spec


def test_a_comma_without_quotes_in_a_name_is_explained() -> None:
    with pytest.raises(InvalidAddress, match=r'^a name with a comma needs quotes: "Doe, Jane" <j@x.org>$'):
        parse_addresses("Doe, Jane <j@x.org>")


def test_a_list_names_the_item_that_is_wrong() -> None:
    with pytest.raises(InvalidAddress, match=r"^bob: the @ and the domain are missing$"):
        parse_addresses("ann@x.org, bob, eve@x.org")


@pytest.mark.parametrize("call", [split_addresses, parse_addresses])
@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "(a" * 4_000,
        "[" * 30_000,
        '"' + "a" * 30_000,
        "\\" * 30_000,
        "a@" * 30_000,
        "a" * 20_000 + " <a@x.org>",
    ],
    ids=lambda text: text[:3],
)
def test_a_long_paste_is_read_without_a_crash(call: Callable[[str], object], text: str) -> None:
    with suppress(InvalidAddress):
        call(text)


@pytest.mark.parametrize(
    ("text", "name", "field"),
    [
        ("undisclosed-recipients:;", "undisclosed-recipients", b"To: undisclosed-recipients:;\r\n"),
        (" Nobody here : ; ", "Nobody here", b"To: Nobody here : ;\r\n"),
        ('"Lee, Ann":;', "Lee, Ann", b'To: "Lee, Ann":;\r\n'),
        ("Nobody (at all):;", "Nobody", b"To: Nobody :;\r\n"),
        ("Übrige:;", "Übrige", b"To: =?utf-8?b?w5xicmlnZQ==?= :;\r\n"),
    ],
)
def test_a_group_of_nobody_addresses_nobody(text: str, name: str, field: bytes) -> None:
    group = parse_address(text)
    assert (group.display_name, group.addr_spec) == (name, "")
    assert address_field("To", [group]) == field
    read = policy.default.header_factory("To", field.decode().removeprefix("To: ").strip())
    assert not read.defects
    assert [(one.display_name, one.addresses) for one in read.groups] == [(name, ())]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("team: ann@x.org;", "groups are not taken; list the addresses themselves"),
        ("team:; ann@x.org", "groups are not taken"),
        (":;", "groups are not taken"),
        ("a@x.org:;", "groups are not taken"),
        ("<a@x.org>:;", "groups are not taken"),
        ('"a@x.org":;', "the name shows a@x.org"),
        ("=?utf-8?q?a=40x=2Eorg=2C?=:;", "encoded word"),
        ("a:b:;", "groups are not taken"),
        ("team:", "groups are not taken"),
        ("team;", "separate addresses with commas"),
    ],
)
def test_a_group_that_hides_somebody_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress, match=reason):
        parse_address(text)


def test_a_group_of_nobody_may_stand_before_a_name() -> None:
    found = parse_addresses("nobody:;, Ann  Lee <ann@x.org>, b@x.org, none:;")
    assert [address.addr_spec for address in found] == ["", "ann@x.org", "b@x.org", ""]
    assert found[1].display_name == "Ann Lee"


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("ann|", "ann"),
        ("|", ""),
        ("ann@x.org, bo|", "bo"),
        ("ann@x.org, bo|, eve@x.org", "bo"),
        ("ann@x.org, bo|b@x.org, eve@x.org", "bob@x.org"),
        ("ann|, bob", "ann"),
        ("ann,| bob", "bob"),
        ("ann,  |  ", ""),
        ("ann, |, bob", ""),
        ('"Doe, Ja|', '"Doe, Ja'),
        ('ann, "Doe, Ja|, bob@x.org', '"Doe, Ja'),
        ('ann, "Doe, J|ane" <j@x.org>, bob', '"Doe, Jane" <j@x.org>'),
        ("a (Lee, Ann)|, bob", "a (Lee, Ann)"),
        ("a (Lee, A|, bob", "a (Lee, A"),
    ],
)
def test_the_item_at_a_cursor(text: str, item: str) -> None:
    position = text.index("|")
    start, end = item_at(text.replace("|", ""), position)
    assert text.replace("|", "")[start:end] == item
    if not item:
        assert start == position


@given(st.text(' ,"()<>@\\ab', max_size=30), st.integers(0, 30))
def test_the_item_at_a_cursor_is_in_the_list_and_the_others_stay(text: str, position: int) -> None:
    position = min(position, len(text))
    start, end = item_at(text, position)
    assert 0 <= start <= end <= len(text)
    if end > start and split_addresses(f"{text},z")[-1] == "z":  # all is closed
        assert text[start:end] in split_addresses(text)


@given(any_text)
@example("Doe, Jane")
@example('say "hi" \\')
@example("Dr. Ann")
@example("eve@x.org")
def test_an_address_is_written_as_it_is_read(name: str) -> None:
    text = as_typed(name, "ann@x.org")
    first, second = parse_addresses(f"{text}, bob@x.org")
    assert (first.addr_spec, second.addr_spec) == ("ann@x.org", "bob@x.org")
    assert first.display_name in (" ".join(name.split()), "")
    assert first.plain or not name.isascii() or text == "ann@x.org"


def test_a_name_has_quotes_where_it_needs_them() -> None:
    assert as_typed("Ann Lee", "ann@x.org") == "Ann Lee <ann@x.org>"
    assert as_typed("Doe, Jane", "jane@x.org") == '"Doe, Jane" <jane@x.org>'
    assert as_typed("", "jane@x.org") == as_typed("eve@x.org", "jane@x.org") == "jane@x.org"
