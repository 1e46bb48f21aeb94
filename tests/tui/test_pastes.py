from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from mailtui.tui.driver import Keys
from mailtui.tui.pastes import END, START, WAIT, Pastes

LATER = WAIT * 1.01
MUCH_LATER = 5
KEYS = "\x13y\x1bOQ"  # send, yes, settings


def passed(*parts: str) -> str:
    """What the parser gets of parts that come at once, and a moment later."""
    pastes = Pastes()
    return "".join(pastes.feed(part, 0) for part in parts) + pastes.feed("", MUCH_LATER)


def test_what_is_typed_is_passed_on_at_once() -> None:
    pastes = Pastes()
    for typed in ("a", "\x1b", "[A", "\x1b[2", "1~", "\x1b[20", "x"):
        assert pastes.feed(typed, 0) == typed
    assert pastes.wait(0, 5) == 5


def test_a_paste_comes_whole_and_the_keys_after_it_follow() -> None:
    pastes = Pastes()
    assert pastes.feed(f"a{START}Hi ", 0) == f"a{START}"
    assert pastes.feed("Ann", 3) == ""
    assert pastes.wait(3, 5) == 5  # a slow line
    assert pastes.feed(f"!{END}\t", 3) == ""
    assert pastes.wait(3, 5) == pytest.approx(WAIT)
    assert pastes.feed("b", 3 + LATER) == f"Hi Ann!{END}\tb"
    assert pastes.wait(3 + LATER, inf) == inf


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        (f"a{END}{KEYS}", "a␛[201~\x13y␛OQ"),
        (f"a{END}{KEYS}{START}b", "a␛[201~\x13y␛OQ␛[200~b"),
        (f"{END}{KEYS}{END}{END}", "␛[201~\x13y␛OQ␛[201~␛[201~"),
        (f"{START}a{START}", "␛[200~a␛[200~"),
        ("\x1b[31m\x1b\x1b\x1b[<0;1;1M\0", "␛[31m␛␛␛[<0;1;1M␀"),
    ],
)
def test_nothing_in_a_paste_is_taken_for_a_key(pasted: str, shown: str) -> None:
    assert passed(START, pasted, END) == START + shown + END


def test_pastes_with_nothing_between_them_and_with_time_between_them_stay_apart() -> None:
    two = f"{START}a{END}{START}b{END}"
    assert passed(two) == two
    assert [event.text for event in Keys().read(two) if isinstance(event, events.Paste)] == ["a", "b"]
    pastes = Pastes()
    first = pastes.feed(f"{START}a{END}", 0) + pastes.feed("x", LATER)
    second = pastes.feed(f"{START}b{END}", LATER) + pastes.feed("y", 3)
    assert first + second == f"{START}a{END}x{START}b{END}y"


def test_what_comes_faster_than_it_can_be_typed_belongs_to_the_paste() -> None:
    pastes = Pastes()
    parts = [f"{START}{END}{KEYS}", *["." * 4096] * 3, END]
    assert [pastes.feed(part, number * 0.9 * WAIT) for number, part in enumerate(parts)] == [START, "", "", "", ""]
    assert pastes.feed("", MUCH_LATER) == f"␛[201~\x13y␛OQ{'.' * 3 * 4096}{END}"


def test_keys_that_repeat_and_the_mouse_are_not_held_up() -> None:
    pastes = Pastes()
    assert pastes.feed(f"{START}a{END}", 0) == START
    moves = ["\x1b[B\x1b[<35;100;20M"] * 3
    assert [pastes.feed(move, WAIT / 3 * number) for number, move in enumerate(moves, 1)] == [
        "",
        "",
        f"a{END}{''.join(moves)}",
    ]


def test_a_paste_that_begins_in_time_and_ends_late_is_another_one() -> None:
    pastes = Pastes()
    assert pastes.feed(f"{START}a{END}x{START}b", 0) == START
    assert pastes.feed("c", LATER) == f"a{END}x{START}"
    assert pastes.feed(END, LATER) + pastes.feed("", 3 * LATER) == f"bc{END}"


@given(st.lists(st.sampled_from(["a", "\x1b", START, END, "\r", "\x13", "é"]), max_size=12), st.data())
def test_it_does_not_matter_where_a_text_is_cut(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    assert passed(*(text[start:end] for start, end in pairwise([0, *cuts, len(text)]))) == passed(text)
