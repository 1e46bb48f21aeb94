"""What stands in the fields: the signature, the way back, the words, the checks, the editor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mailtui import Draft, MailtuiApp, Settings
from mailtui.config.sources import Setting
from mailtui.tui.widgets.body_area import BodyArea
from tests.tui.conftest import LETTER, DeliveringMailHandler, MakeApp, letter
from tests.tui.waits import choose_command, settle

SIZE = (80, 24)
BLOCK = "\n\n-- \nMe\nat home"


def told(app: MailtuiApp) -> str:
    return "\n".join(f"{toast.title}: {toast.message}" for toast in app._notifications)


def body(app: MailtuiApp) -> BodyArea:
    return letter(app).query_one(BodyArea)


def state(app: MailtuiApp) -> str:
    """The line beside the Send button."""
    return str(letter(app).query_one("#readiness", Static).render())


async def count_is(pilot: Pilot[None], words: str) -> bool:
    """Wait until so many words are told: they are counted in a pause of the typing."""
    for _ in range(100):
        if str(body(pilot.app).border_title or "").strip() == words:  # type: ignore[arg-type]
            return True
        await pilot.pause(0.05)
    return False


async def test_a_letter_begins_with_the_signature_which_nobody_has_typed(make_app: MakeApp, tmp_path: Path) -> None:
    file = tmp_path / "signature"
    file.write_text("Me\nat home\n")
    settings = Settings(preferred={"signature": Setting(str(file), "file")})
    app = make_app(Draft(), settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        assert (body(app).text, body(app).cursor_location) == (BLOCK, (0, 0))
        assert await count_is(pilot, "")
        assert "⚠" not in state(app)
        app.use("eml")  # which needs an author
        body(app).focus()
        await pilot.press("tab", "tab", "tab", "tab", "shift+tab")
        assert not [line for line in letter(app).query(".problem") if line.display]
        body(app).focus()
        await pilot.press("H", "i")
        assert await count_is(pilot, "1 word")
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert "The letter before is kept as draft 1; ^R comes back to it." in told(app)
        file.unlink()
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert body(app).text == ""
        assert "The signature cannot be read" in told(app)
        file.write_text("-- \nMe\nat home")
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert body(app).text == BLOCK
        await pilot.press("ctrl+q")
    assert app.return_code == 0


async def test_a_body_that_was_given_has_no_signature(make_app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "signature").write_text("Me")
    app = make_app(settings=Settings(preferred={"signature": Setting(f"{tmp_path}/signature", "file")}))
    async with app.run_test(size=SIZE):
        assert body(app).text == LETTER.body


async def test_whatever_changes_a_header_field_can_be_taken_back(make_app: MakeApp) -> None:
    app = make_app(Draft(to="ann@x.org"))
    async with app.run_test(size=SIZE) as pilot:
        field = letter(app).query_one("#to", Input)
        field.focus()
        await pilot.press("end", *", bob")
        field.post_message(events.Paste("carl@x.org\ndora@x.org"))
        await pilot.pause()
        field.value = "completed@x.org"
        await pilot.press("ctrl+w")
        shown = [field.value]
        for _ in range(6):
            await pilot.press("ctrl+z")
            shown.append(field.value)
        assert shown == [
            "completed@x.",
            "completed@x.org",
            "ann@x.org, bobcarl@x.org, dora@x.org",
            "ann@x.org, bob",
            "ann@x.org, ",
            "ann@x.org",
            "ann@x.org",
        ]
        await pilot.press("ctrl+y", "ctrl+y")
        assert (field.value, field.cursor_position) == ("ann@x.org, bob", 14)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Undo", "Redo", "Editor"} <= set(titles)
        await pilot.press("ctrl+n", "ctrl+n", "ctrl+z")
        assert letter(app).query_one("#to", Input).value == ""


async def test_keys_that_come_together_are_taken_in_their_order(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=SIZE) as pilot:
        for field in ("#to", "#body"):
            letter(app).query_one(field).focus()
            await pilot.pause()
            for key in ("a", "b", "backspace", "c", "home", "d", "delete", "end", "e", "f", "backspace", "tab", "g"):
                app.simulate_key(key)
            await pilot.pause()
        draft = letter(app).draft
        assert (draft.to, draft.cc, draft.body) == ("dce", "g", "dce")


async def test_another_text_for_the_body_is_one_step(make_app: MakeApp) -> None:
    app = make_app(replace(LETTER, body="one"))
    async with app.run_test(size=SIZE) as pilot:
        body(app).focus()
        await pilot.press("end", "x", "y", "backspace")
        body(app).rewrite("")
        body(app).rewrite("one two three\nfour")
        body(app).rewrite("one two three\nfour")
        body(app).rewrite("")
        await pilot.press("z")
        assert letter(app).draft.body == "z"
        assert await count_is(pilot, "1 word")
        shown = []
        for _ in range(5):
            await pilot.press("ctrl+z")
            shown.append(body(app).text)
        assert shown == ["", "one two three\nfour", "", "onex", "onexy"]
        await pilot.press("ctrl+y", "ctrl+y", "ctrl+y")
        assert await count_is(pilot, "4 words")


async def test_checks_are_told_beside_the_button_and_in_the_review(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    app = make_app(Draft(), delivering)
    async with app.run_test(size=SIZE) as pilot:
        assert "⚠" not in state(app)
        letter(app).query_one("#from", Input).value = "me@x.org"
        await pilot.press(*"ann@x.org", "tab", "tab", "tab", "tab", "tab")
        await pilot.pause()
        assert state(app) == "✓ ready · 1 recipient · ⚠ The subject is empty (+1)"
        line = letter(app).query_one("#readiness", Static)
        assert str(line.tooltip) == "The subject is empty.\nThe body is empty."
        await choose_command(pilot, "Checks")
        assert "The subject is empty.\nThe body is empty." in told(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        text = app.screen.query_one("#review-text").text  # type: ignore[attr-defined]
        assert text.startswith("⚠ The subject is empty.\n⚠ The body is empty.\n\n")


async def test_where_no_editor_can_have_the_terminal_that_is_told(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(140, 36)) as pilot:
        await pilot.press("f4")
        await pilot.pause()
        assert "The letter is as it was: An editor cannot have this terminal" in told(app)
        app.clear_notifications()
        bar = app.screen.query_one("KeyBar")
        await pilot.click("KeyBar", offset=(str(bar.render()).index("F4"), 0))
        await pilot.pause()
        assert "An editor cannot have this terminal" in told(app)
        assert letter(app).draft.body == LETTER.body


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(), "to"),
        (Draft(to="ann@x.org"), "subject"),
        (Draft(bcc="ann@x.org", subject="Hello"), "body"),
        (Draft(to="ann@x.org", subject="Hello", body="\n\n-- \nMe"), "body"),
        (LETTER, "to"),
    ],
)
async def test_a_letter_is_begun_where_it_is_still_empty(make_app: MakeApp, draft: Draft, field: str) -> None:
    app = make_app(draft)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert letter(app).focused is letter(app).query_one(f"#{field}")
        await pilot.press("ctrl+n", "ctrl+n")
        await pilot.pause()
        assert letter(app).focused is letter(app).query_one("#to")


async def test_the_cursor_goes_to_both_ends_of_the_body(make_app: MakeApp) -> None:
    app = make_app(replace(LETTER, body="\n".join(map(str, range(2000)))))
    async with app.run_test(size=SIZE) as pilot:
        letter(app).query_one("#body").focus()
        await pilot.press("ctrl+end", "!", "ctrl+home", "!")
        assert letter(app).typed().body.startswith("!0\n1\n")
        assert letter(app).typed().body.endswith("\n1999!")


async def test_what_a_letter_came_with_is_checked_at_once(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(Draft(to="bob@", attachments=str(tmp_path / "gone.txt")))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert str(letter(app).query_one("#to-problem").render()) == "✗ bob@: the domain is missing"
        assert "there is no such file" in letter(app).query_one("#attached").render_line(0).text


async def test_ctrl_c_without_a_selection_says_how_to_leave(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=SIZE) as pilot:
        letter(app).query_one("#send").focus()
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert "Nothing is selected to be copied. ^Q quits." in told(app)
