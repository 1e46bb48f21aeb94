from __future__ import annotations

import pytest

from mailtui.mail.address import parse_address
from mailtui.people.person import Person, fitting, fitting_parts


def person(name: str, address: str) -> Person:
    found = Person.known_as(name, address)
    assert found is not None
    return found


ANN, JANE, ZOE = (
    person("Ann Lee", "ann@x.org"),
    person("Doe, Jane", "jd@annual.example"),
    person("Zoë Ångström", "zoe@y.org"),
)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "a@x.org, eve@x.org",
        "a@x.org>,<eve@x.org",
        "a b@x.org",
        "a\x1b]52;@x.org",
        "a\u202e@x.org",
        '"a"@x.org',
        f"{'a' * 260}@x.org",
    ],
)
def test_what_is_no_plain_address_is_nobody(address: str) -> None:
    assert Person.known_as("Ann", address) is None


def test_nothing_in_a_name_acts_and_it_is_no_essay() -> None:
    assert person("\x1b]52;c;eA==\x07 [@click=app.quit]x[/]\n", "a@x.org").name == "␛]52;c;eA==␇ [@click=app.quit]x[/]"
    assert person("x" * 101, "a@x.org").name == ""
    assert person("a@x.org", "a@x.org").text == "a@x.org"


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("Ann <ann@X.org>", "Ann", "ann@X.org"),
        ('"Doe, Jane" <jane@x.org>', "Doe, Jane", "jane@x.org"),
        ("ann@x.org", "", "ann@x.org"),
        ("ann@X.org (Ann)", "Ann", "ann@x.org"),
        ("zoe@exämple.org", "", "zoe@exämple.org"),
    ],
)
def test_a_recipient_is_known_as_typed(typed: str, name: str, address: str) -> None:
    assert Person.addressed(parse_address(typed)) == Person(address, name)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a", [ANN, JANE, ZOE]),  # ZOE by her second name
        ("ann", [ANN, JANE]),
        ("LEE", [ANN]),
        ("lee ann", [ANN]),
        ("angstrom", [ZOE]),
        ("Zoë", [ZOE]),
        ('"Doe, Ja', [JANE]),
        ("ann <ann@", [ANN]),
        ("@x.org", [ANN]),
        ("oe", [JANE, ZOE]),
        ("g", []),  # one letter begins a word
        ("nobody", []),
        (' " ', []),
    ],
)
def test_who_fits_and_in_which_order(typed: str, found: list[Person]) -> None:
    assert fitting(typed, [JANE, ZOE, ANN]) == found


def test_what_fits_is_marked_where_it_stands() -> None:
    assert list(fitting_parts("an", "Joann Ångström")) == [(6, 8)]
    assert list(fitting_parts("an", "Joann")) == [(2, 4)]
    assert list(fitting_parts("ström ang", "Ångström")) == [(3, 8), (0, 3)]
