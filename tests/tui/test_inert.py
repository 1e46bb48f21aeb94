from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from mailtui.tui.inert import INERT
from mailtui.visible import visible

BLACK = Color(0, 0, 0)


def test_a_line_of_which_nothing_acts_is_left_alone() -> None:
    line = [Segment("│ Ann Ångström 漢字 "), Segment("x", Style(bold=True)), Segment("\x1b[?25l", None, [(1,)])]  # type: ignore[list-item]
    assert INERT.apply(line, BLACK) is line


def test_what_acts_is_shown_and_the_line_keeps_its_width() -> None:
    bold = Style(bold=True)
    line = [Segment("a\x1b[31m\n", bold), Segment("bcd     ")]
    assert INERT.apply(line, BLACK) == [Segment("a␛[31m␊", bold), Segment("bcd   ")]


@given(st.lists(st.text(), max_size=5))
def test_nothing_of_any_line_acts(texts: list[str]) -> None:
    line = list(map(Segment, texts))
    painted = INERT.apply(line, BLACK)
    assert "".join(visible(one.text).replace("\n", "") for one in painted) == "".join(one.text for one in painted)
    assert Segment.get_line_length(painted) <= max(Segment.get_line_length(line), 0)
