"""The way back of a header field, without a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.tui.widgets.undo import History

texts = st.text(alphabet="aab é😀,", max_size=6)
edits = st.lists(st.tuples(texts, st.sampled_from([0.1, 5.0])), max_size=12)


def steps(*texts: str, pause: float = 0.1) -> list[str]:
    """What undo shows, one press after the other."""
    history = History(texts[0])
    for number, text in enumerate(texts):
        history.note(text, number * pause)
    return [text for text, _ in iter(history.undo, None)]


@given(texts, edits)
def test_all_the_way_back_is_the_first_text_and_all_the_way_on_the_last(
    first: str, then: list[tuple[str, float]]
) -> None:
    history = History(first)
    at = 0.0
    for text, pause in then:
        at += pause
        history.note(text, at)
    last = then[-1][0] if then else first
    back = [first_or_between for first_or_between, _ in iter(history.undo, None)]
    on = [between_or_last for between_or_last, _ in iter(history.redo, None)]
    assert [*back[-1:], *on[-1:]] in ([], [first, last])
    assert back[:-1] == on[-2::-1]
    assert bool(back) or first == last


@given(texts, texts)
def test_one_change_is_one_step_and_the_cursor_stands_behind_it(old: str, new: str) -> None:
    history = History(old)
    history.note(new, 0)
    if old != new:
        text, cursor = history.undo() or ("", -1)
        assert text == old
        assert 0 <= cursor <= len(old)
        text, cursor = history.redo() or ("", -1)
        assert text == new
        assert text[cursor:] == old[len(old) - (len(new) - cursor) :]


def test_a_word_a_run_of_deletions_and_a_paste_are_a_step_each() -> None:
    assert steps("", "a", "ab", "ab ", "ab c", "ab cd") == ["ab ", ""]
    assert steps("abcd", "abc", "ab", "abx") == ["ab", "abcd"]
    assert steps("abcd", "bcd", "cd") == ["abcd"]
    assert steps("", "a", "a, bob@x.org", "a, bob@x.orgs") == ["a, bob@x.org", "a", ""]
    assert steps("ab", "abc", "xabc") == ["abc", "ab"]
    assert steps("", "a", "ab", pause=3) == ["a", ""]


def test_typing_after_undo_is_a_new_step_and_ends_the_way_on() -> None:
    history = History("")
    history.note("a", 0)
    history.note("ab", 0.1)
    history.undo()
    history.note("x", 0.2)
    assert history.redo() is None
    assert history.undo() == ("", 0)
    assert history.redo() == ("x", 1)
    history.note("xy", 0.3)
    assert history.undo() == ("x", 1)


def test_the_steps_are_bounded() -> None:
    assert len(steps(*map(str, range(1000)), pause=9)) == 200
