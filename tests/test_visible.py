from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mailtui.visible import visible

EVERYTHING = [chr(code) for code in range(sys.maxunicode + 1)]
MARKS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize("category", ["Cc", "Cs", "Zl", "Zp"])
def test_no_character_of_a_category_that_acts_comes_through(category: str) -> None:
    for character in EVERYTHING:
        if unicodedata.category(character) == category and character != "\n":
            assert visible(character) != character
            assert unicodedata.category(visible(character)) == "So"


def test_no_mark_that_reorders_text_comes_through() -> None:
    marks = [character for character in EVERYTHING if unicodedata.bidirectional(character) in MARKS]
    assert len(marks) == 9
    for character in [*marks, "\u200e", "\u200f", "\u061c"]:
        assert visible(f"a{character}b") == "a�b"


@pytest.mark.parametrize(
    "character",
    ["\u200b", "\u200c", "\u200d", "\u2060", "\u2064", "\ufeff", "\u180e", "\U000e0001", "\U000e0041"],
    ids=ascii,
)
def test_no_character_without_a_width_comes_through(character: str) -> None:
    assert visible(f"a{character}b") == "a�b"


def test_control_characters_have_their_pictures() -> None:
    assert visible("\0\x07\t\x1b[31m\r\x7f\x9b") == "␀␇␉␛[31m␍␡�"


def test_a_line_feed_stays() -> None:
    assert visible("a\nb\n") == "a\nb\n"


@given(st.text())
def test_the_length_stays_and_only_what_acts_is_replaced(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    for before, after in zip(text, shown, strict=True):
        assert before == after or unicodedata.category(before) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    assert visible(shown) == shown
    shown.encode()


@given(st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\n")))
def test_each_sign_takes_one_cell(text: str) -> None:
    assert cell_len(visible(text)) == len(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Mn", "Zs"])))
def test_what_people_write_is_left_alone(text: str) -> None:
    assert visible(text) == text


def test_what_acts_in_any_terminal_is_shown() -> None:
    for sequence in (
        "\x1b]0;title\x07",
        "\x1b]52;c;aGk=\x07",
        "\x1bP\x1b\\",
        "\x9b31m",
        "\x90",
        "\x1b[201~",
        "\x08\x08",
        "\x0e",
    ):
        assert not set(visible(sequence)) & {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}
