"""What no cell shows is typed, pasted, kept and sent as it is."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.widgets import Input, TextArea

from mailtui import Draft, MailtuiApp, Settings
from mailtui.drafts.store import Drafts
from mailtui.tui.stand_ins import with_stand_ins, without_stand_ins
from mailtui.visible import visible
from tests.readers.texts import naughty_strings
from tests.tui.conftest import LETTER, MakeApp, RecordingMailHandler, letter, screen_text
from tests.tui.waits import settle

WIDE = (120, 36)
FAMILY = "👨\u200d👩\u200d👧"
WANT = "می\u200cخواهم"
MARKED = "\u200fabc\u200e \u2067x\u2069\u2028y \U0001f3f4\U000e0067\U000e0062\U000e007f"
UNSEEN = f"{FAMILY} {WANT} {MARKED}"


@given(st.text() | st.sampled_from(naughty_strings()))
def test_a_field_holds_every_character_in_one_cell_and_gives_it_back(text: str) -> None:
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs"))
    held = with_stand_ins(text)
    assert without_stand_ins(held) == text
    assert len(held) == len(text)
    assert visible(held) == visible(text)


async def test_it_is_sent_as_it_was_typed_and_shown_by_signs(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(replace(LETTER, subject=WANT, body=UNSEEN), recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert "👨�👩�👧" in screen_text(app)
        letter(app).query_one("#to", Input).post_message(Paste(f"{WANT} <z@x.org>"))
        letter(app).query_one("#body", TextArea).post_message(Paste(f"{MARKED}\n"))
        await pilot.press("ctrl+s")
        await settle(pilot)
    (draft,) = recording.prepared
    assert (draft.subject, draft.body) == (WANT, f"{MARKED}\n{UNSEEN}")
    assert draft.to == f"ann@example.com{WANT} <z@x.org>" or draft.to == f"{WANT} <z@x.org>ann@example.com"


async def test_a_keyboard_types_it(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        for field in ("#subject", "#body"):
            letter(app).query_one(field).focus()
            for sign in f"{FAMILY}\xa0!{WANT}":  # as an input method sends it
                app.post_message(Key("any", sign))
            await pilot.pause()
        assert letter(app).typed().subject == letter(app).typed().body == f"{FAMILY}\xa0!{WANT}"


@pytest.mark.parametrize("field", ["#subject", "#body"])
async def test_it_is_copied_and_put_in_again(make_app: MakeApp, field: str) -> None:
    app = make_app(replace(LETTER, subject=UNSEEN.replace("\u2028", ""), body=UNSEEN.replace("\u2028", "")))
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one(field).focus()
        await pilot.pause()
        for key in ("home", "shift+end", "ctrl+c", "end", "ctrl+v"):
            await pilot.press(key)
        copied = app.clipboard
        widget = letter(app).query_one(field)
        held = widget.value if isinstance(widget, Input) else widget.text  # type: ignore[attr-defined]
    assert copied == UNSEEN.replace("\u2028", "")
    assert held == with_stand_ins(2 * copied)


async def test_a_draft_that_was_only_looked_at_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    drafts = Drafts()
    opened = drafts.begin()
    opened.save(Draft(to="ann@x.org", subject="a\tb\nc", body=f"\x1b[31m\x85 {UNSEEN}\r\nend"))
    opened.close()
    before = Path(drafts.entry("1").path).read_bytes()
    opened = drafts.open("1")
    app = MailtuiApp(settings=Settings(), opened=opened)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("tab", "ctrl+q")
        await settle(pilot)
    assert app.return_code == 0
    assert Path(drafts.entry("1").path).read_bytes() == before
