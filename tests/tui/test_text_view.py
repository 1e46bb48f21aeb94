import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.selection import Selection

from mailtui.tui.lines import Line, Piece
from mailtui.tui.widgets import text_view
from mailtui.tui.widgets.text_view import TextView


class ViewApp(App[None]):
    """A view that fills the screen."""

    CSS = "TextView { height: 1fr; scrollbar-size-vertical: 0; .text-view--strong { text-style: bold; } }"

    def compose(self) -> ComposeResult:
        """The view."""
        yield TextView(id="text")

    def rows(self) -> list[str]:
        """What stands on the screen."""
        view = self.query_one(TextView)
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def test_long_lines_are_wrapped_after_a_blank() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 8)) as pilot:
        app.query_one(TextView).text = "one two three four five six\n\nx" + "y" * 30
        await pilot.pause()
        assert app.rows()[:5] == ["one two three four", "five six", "", "x" + "y" * 19, "y" * 11]


async def test_a_rule_is_cut_and_not_wrapped() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 5)) as pilot:
        app.query_one(TextView).text = "=" * 77 + "\nafter"
        await pilot.pause()
        assert app.rows()[:2] == ["=" * 20, "after"]


@pytest.mark.parametrize("text", ["漢字" * 30, "漢字 " * 30, "Grüße und " * 9, "🎉" * 41, "e\u0301" * 50, "\ta\tb\tcé"])
async def test_no_row_is_wider_than_the_view_and_nothing_is_lost(text: str) -> None:
    app = ViewApp()
    async with app.run_test(size=(21, 20)) as pilot:
        app.query_one(TextView).text = text
        await pilot.pause()
        rows = app.rows()
        assert all(cell_len(row) <= 21 for row in rows)
        assert "".join("".join(rows).split()) == "".join(text.split())


async def test_what_would_act_on_the_terminal_is_shown_as_signs() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one(TextView).text = "a\x1b[31mb\x07\x9b\u202ec\x7f"
        await pilot.pause()
        assert app.rows()[0] == "a␛[31mb␇��c␡"


async def test_only_what_is_seen_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    original = text_view._shown

    def counting(line: str) -> str:
        shown.append(line)
        return original(line)

    monkeypatch.setattr(text_view, "_shown", counting)
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        view = app.query_one(TextView)
        view.text = "\n".join(f"line {number}" for number in range(20_000))
        await pilot.pause()
        assert view.virtual_size.height == 20_000
        view.scroll_to(y=15_000, animate=False)
        await pilot.pause()
        assert app.rows()[0] == "line 15000"
        assert len(shown) < 200


async def test_a_selection_across_wrapped_rows_is_copied_without_their_ends() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 8)) as pilot:
        view = app.query_one(TextView)
        view.text = "one two three four five six\nseven"
        await pilot.pause()
        await pilot.mouse_down(view, offset=(4, 0))
        await pilot.hover(view, offset=(8, 1))
        await pilot.mouse_up(view, offset=(8, 1))
        await pilot.pause()
        assert app.screen.get_selected_text() == "two three four five six"
        assert view.get_selection(Selection(Offset(4, 0), Offset(3, 1))) == ("two three four five six\nsev", "\n")


async def test_rows_after_the_first_hang_under_the_text_and_what_they_hang_from_is_not_copied() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 8)) as pilot:
        view = app.query_one(TextView)
        view.lines = [
            Line([Piece("▌ ", ("muted",)), Piece("one two "), Piece("three four five", ("strong",))], "▌ "),
            "",
        ]
        await pilot.pause()
        assert app.rows()[:3] == ["▌ one two three four", "▌ five", ""]
        looks = [(segment.text, bool(segment.style and segment.style.bold)) for segment in view.render_line(0)]
        assert looks == [("▌ ", False), ("one two ", False), ("three four", True)]
        await pilot.mouse_down(view, offset=(6, 0))
        await pilot.hover(view, offset=(1, 1))
        assert app.screen.get_selected_text() == "two three four f"
        await pilot.hover(view, offset=(9, 6))
        await pilot.mouse_up(view, offset=(9, 6))
        assert app.screen.get_selected_text() == "two three four five"
        assert view.get_selection(Selection(Offset(0, 1), Offset(0, 1))) == ("", "\n")
        await pilot.resize_terminal(4, 30)
        await pilot.pause()
        assert app.rows()[:5] == ["▌", "one", "two", "thre", "e"]  # no room to hang


async def test_a_scroll_bar_hides_nothing_and_there_is_one_at_most() -> None:
    class BarApp(ViewApp):
        CSS = "TextView { height: 1fr; scrollbar-size-vertical: 1; }"

    app = BarApp()
    async with app.run_test(size=(20, 8)) as pilot:
        view = app.query_one(TextView)
        for count in (3, 30, 3, 30):
            view.text = "\n".join(["x" * 20] * count)
            await pilot.pause()
            assert app.rows()[0] == "x" * 19
            assert not view.show_horizontal_scrollbar
            assert view.show_vertical_scrollbar == (count == 30)


async def test_a_resize_wraps_anew() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 8)) as pilot:
        app.query_one(TextView).text = "one two three four five six é"
        await pilot.pause()
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert app.rows()[:2] == ["one two three four five six é", ""]
