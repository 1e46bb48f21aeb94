"""The preview's tabs: what they remember, what can be selected in them, what the browser gets."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Collapsible

from mailtui import DeliveryError, MailtuiApp
from mailtui.tui import browser
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.widgets.text_view import TextView
from tests.tui.conftest import (
    LETTER,
    DeliveringMailHandler,
    MakeApp,
    RecordingMailHandler,
    letter,
    pane,
    preview,
    state,
)
from tests.tui.waits import settle, until_free, until_heeded

WIDE, NARROW = (120, 36), (80, 24)
LONG = replace(LETTER, body="\n".join(f"line {number}" for number in range(100)))
NEWS = replace(
    LETTER,
    markdown=True,
    body="# News\n\nSee the **[plan](https://example.org/plan)** " + "and so on " * 12 + "\n\n- end",
)


def view(app: MailtuiApp) -> TextView:
    return letter(app).query_one("#preview #text", TextView)


async def drag(pilot: Pilot[None], view: TextView, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Select with the mouse, copy with the key; what is in the clipboard then."""
    pilot.app.copy_to_clipboard("")
    await pilot.mouse_down(view, offset=start)
    await pilot.hover(view, offset=end)
    await pilot.mouse_up(view, offset=end)
    await pilot.pause()
    await pilot.press("ctrl+c")
    return pilot.app.clipboard


async def test_each_tab_keeps_its_scroll_while_others_are_shown_and_while_typing(make_app: MakeApp) -> None:
    app = make_app(LONG)
    async with app.run_test(size=WIDE) as pilot:
        for row in (20, 30, 40):
            await pilot.pause()
            view(app).scroll_to(y=row, animate=False)
            await pilot.pause()
            await pilot.press("f3")
        for row in (20, 30, 40):
            await pilot.pause()
            assert view(app).scroll_y == row
            await pilot.press("f3")
        await pilot.press("f3")
        await pilot.pause()
        assert (preview(app).tab, view(app).scroll_y) == ("Message", 30)
        await pilot.press("end", *", bob@")  # cannot be sent for a while, which is short to tell
        await pilot.pause()
        assert (preview(app).tab, view(app).scroll_y) == ("Message", 0)
        assert "the domain is missing" in pane(app)
        await pilot.press(*"x.org")
        await pilot.pause()
        assert (preview(app).tab, view(app).scroll_y) == ("Message", 30)


async def test_an_answer_is_seen_from_its_top_each_time_and_the_others_stay(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    recording.error = DeliveryError("no " * 2000)
    app = make_app(LONG, recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        view(app).scroll_to(y=20, animate=False)
        await pilot.press("f3")
        for told in ("nothing was sent", "submit 2"):
            await pilot.press("ctrl+s")
            while told not in state(app):
                await pilot.pause(0.02)
            assert (preview(app).tab, view(app).scroll_y) == ("Output", 0)
            view(app).scroll_to(y=50, animate=False)
            await pilot.pause()
            assert view(app).scroll_y == 50
        await pilot.press("x")
        await pilot.pause()
        assert "live preview" in state(app)
        assert view(app).scroll_y == 20


async def test_in_a_narrow_terminal_f3_comes_back_to_the_tab_that_was_left(make_app: MakeApp) -> None:
    app = make_app(LONG)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("f3", "f3")
        await pilot.pause()
        view(app).scroll_to(y=30, animate=False)
        await pilot.press("escape")
        await pilot.press("f3")
        await pilot.pause()
        assert (preview(app).tab, view(app).scroll_y) == ("Message", 30)
        assert letter(app).focused is view(app)
        tabs = []
        while preview(app).display:
            tabs.append(preview(app).tab)
            await pilot.press("f3")
        assert tabs == ["Message", "Source", "Output"]
        await pilot.press("ctrl+n", "ctrl+n", "f3")
        await pilot.pause()
        assert preview(app).tab == "Message"


async def test_text_is_selected_and_copied_in_every_tab_as_it_is_shown(make_app: MakeApp) -> None:
    app = make_app(NEWS)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        row = pane(app).split("\n").index("To: ann@example.com")
        assert await drag(pilot, view(app), (4, row), (8, row + 1)) == "ann@example.com\nFrom: me@"
        await pilot.press("f3")
        await pilot.pause()
        row = pane(app).split("\n").index("News")  # nothing is wrapped above
        copied = await drag(pilot, view(app), (2, row), (2, row + 7))  # below the end
        assert copied == f"ws\n\nSee the plan <https://example.org/plan> {'and so on ' * 12}".rstrip() + "\n\n• end"
        await pilot.press("f3")
        await pilot.pause()
        assert await drag(pilot, view(app), (0, 1), (50, 1)) == "From: me@example.com"
        assert app.screen.get_selected_text()
        await pilot.press("f3")
        await pilot.pause()
        assert app.screen.get_selected_text() is None  # it was of another text
        await pilot.press("ctrl+c")
        assert app.clipboard == pane(app).strip("\n")


async def test_text_is_selected_in_the_review_and_in_the_transcript(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    error = DeliveryError("The server is gone.")
    error.transcript = ("* connecting", "< 220 mail.example.com " + "long " * 20, "")
    delivering.error = error
    app = make_app(mail=delivering)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await until_heeded(pilot, ReviewScreen)
        text = app.screen.query_one("#review-text", TextView)
        assert await drag(pilot, text, (9, 5), (13, 5)) == "Hello"
        await until_heeded(pilot, ReviewScreen)
        await pilot.press("y")
        await settle(pilot)
        await until_free(pilot)
        letter(app).query_one(Collapsible).collapsed = False
        transcript = letter(app).query_one("#transcript", TextView)
        while transcript.size.height < 3:
            await pilot.pause(0.05)
        assert await drag(pilot, transcript, (2, 0), (50, 3)) == f"connecting\n< 220 mail.example.com {'long ' * 20}"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a browser notes which file it was to show; one for terminals comes first, and would note another."""
    for name, told in (("w3m", "no"), ("browser", '"$1"')):
        (tmp_path / name).write_text(
            f"#!/bin/sh\necho {told} > {tmp_path}/part; mv {tmp_path}/part {tmp_path}/opened\n"
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{tmp_path}/w3m:{tmp_path}/browser")
    return tmp_path / "opened"


def toasts(app: MailtuiApp) -> list[str]:
    return [toast.message for toast in app._notifications]


async def test_the_browser_gets_a_private_page_that_goes_with_the_app(make_app: MakeApp, opened: Path) -> None:
    app = make_app(NEWS)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        url = opened.read_text().strip()
        opened.unlink()
        path = Path(url.removeprefix("file://"))
        assert "href=&quot;https://example.org/plan&quot;" in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert str(path) in toasts(app)[0]
        await pilot.click("#tabs", offset=(letter(app).query_one("#tabs").size.width - 2, 0))
        await settle(pilot)
        assert opened.read_text().strip() != url
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Browser" in titles
    assert not path.parent.exists()


async def test_where_there_is_no_browser_the_file_is_told(
    make_app: MakeApp, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("BROWSER", os.environ["BROWSER"].partition(":")[0])
    monkeypatch.setenv("PATH", str(opened.parent), prepend=os.pathsep)
    monkeypatch.setenv("TERM", "xterm")
    app = make_app(NEWS)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        (told,) = toasts(app)
        assert told.startswith("There is no browser here")
        assert Path(told.split()[-1]).is_file()
        assert not opened.exists()
        monkeypatch.setattr(browser.Pages, "add", failing)
        await pilot.press("f5")
        await settle(pilot)
        assert "cannot be shown: [Errno 28] No space left on device" in toasts(app)[-1]


def failing(pages: browser.Pages, page: str) -> Path:
    raise OSError(28, os.strerror(28))


async def test_without_html_the_browser_key_says_why(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        assert toasts(app) == ["The letter goes as text alone. F8 sends it as HTML, too, made from Markdown."]
        assert "Browser" not in str(letter(app).query_one("#tabs").render())
        await pilot.press(*",x", "f5")
        await settle(pilot)
        assert toasts(app)[-1] == "The browser shows the letter when this is mended: To."
