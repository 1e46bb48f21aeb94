from __future__ import annotations

import os
import shlex
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui import MailtuiApp
from mailtui.tui.screens import attach
from mailtui.tui.screens.compose import ComposeScreen
from mailtui.tui.widgets.attachment_list import AttachmentList
from tests.tui.conftest import LETTER, MakeApp, RecordingMailHandler, burst, letter
from tests.tui.waits import choose_command, settle, until

WIDE, NARROW = (120, 36), (60, 20)


@pytest.fixture(autouse=True)
def _a_disk_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr("mailtui.tui.files._PATIENCE", 20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, below another one that is the home folder."""
    home = tmp_path / "home"
    (home / "docs" / "old").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home / "docs")
    for name, size in {"report.pdf": 84_000, "notes, old.txt": 5, ".hidden": 1, "old/2025.zip": 0}.items():
        Path(name).write_bytes(b"x" * size)
    return home / "docs"


def typed(app: MailtuiApp) -> str:
    return letter(app).draft.attachments


def attached(app: MailtuiApp) -> list[str]:
    """The lines below the field."""
    shown = [one for one in letter(app).query(AttachmentList) if one.display]
    return [" ".join(str(option.prompt).split()) for one in shown for option in one.options]


def in_picker(app: MailtuiApp) -> list[str]:
    """The entries of the picker."""
    return [" ".join(str(option.prompt).split()) for option in app.screen.query_one("FolderList").options]  # type: ignore[attr-defined]


def said(app: MailtuiApp) -> str:
    return str(app.screen.query_one("#attach-state").render())


def toasts(app: MailtuiApp) -> list[str]:
    return [toast.message for toast in app._notifications]


async def press_key(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+o")


async def click_label(pilot: Pilot[None]) -> None:
    await pilot.click("HeaderFields", offset=(3, 5))


async def choose_in_palette(pilot: Pilot[None]) -> None:
    await choose_command(pilot, "Attach")


@pytest.mark.parametrize("ask", [press_key, click_label, choose_in_palette])
async def test_the_picker_attaches_what_is_chosen(
    ask: object, make_app: MakeApp, folder: Path, recording: RecordingMailHandler
) -> None:
    assert callable(ask)
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        await ask(pilot)
        await settle(pilot)
        assert [line.split()[0] for line in in_picker(app)] == ["../", "old/", "notes,", "report.pdf"]
        await pilot.press(*"REP", "enter")
        await settle(pilot)
        assert app.screen is letter(app)
        assert typed(app) == "~/docs/report.pdf"
        assert attached(app) == ["✓ report.pdf 84 kB application/pdf ✕"]
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert [file.name for email in recording.delivered for file in email.attachments] == ["report.pdf"]


async def test_keys_of_the_picker(make_app: MakeApp, folder: Path) -> None:
    app = make_app(replace(LETTER, attachments="report.pdf"))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert str(app.screen.query_one("#attach-folder").render()) == "~/docs"
        await pilot.press("down", "tab", "down", "tab")
        await settle(pilot)
        assert said(app) == "✓ marked: 2 files, 84 kB; Enter attaches"
        assert in_picker(app)[2:] == [line for line in in_picker(app) if line.startswith("✓")]
        await pilot.press("tab")
        assert said(app) == "✓ marked: 1 file, 5 bytes; Enter attaches"
        await pilot.press("up", "tab", "ctrl+r")
        await settle(pilot)
        assert any(line.startswith(".hidden") for line in in_picker(app))
        await pilot.press("ctrl+r", *"old/")
        await settle(pilot)
        assert (str(app.screen.query_one("#attach-folder").render()), in_picker(app)[0]) == ("~/docs/old", "../")
        await pilot.press(*"../no/")
        await settle(pilot)
        assert said(app) == "✗ no/: there is no such folder"
        await pilot.press(*["backspace"] * 3, *"zzz", "enter")
        await settle(pilot)
        assert said(app) == "✗ zzz: nothing here is called that"
        await pilot.press("escape")
        assert app.screen is letter(app)
        assert typed(app) == "report.pdf"


async def test_keys_of_the_picker_that_come_together(make_app: MakeApp, folder: Path) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        burst(app, "ctrl+o", *f"{folder}/old/x", "left")
        burst(app, *"2")
        await settle(pilot)
        field = app.screen.query_one("#attach-name", Input)
        assert str(app.screen.query_one("#attach-folder").render()) == "~/docs/old"
        assert (field.value, field.cursor_position) == ("2x", 1)
        burst(app, "delete", "enter")
        await settle(pilot)
        assert typed(app) == "~/docs/old/2025.zip"
        burst(app, "ctrl+o", *"../r", "down", "up", "tab", "backspace", *"no", "tab", "enter", *"body")
        await settle(pilot)
        assert typed(app) == "~/docs/old/2025.zip, ~/docs/report.pdf, ~/'docs/notes, old.txt'"
        burst(app, "ctrl+o", *"no/", "enter", "escape", "!")
        await settle(pilot)
        assert letter(app).draft.to == f"{LETTER.to}!"


async def test_files_dropped_onto_the_picker_are_marked(make_app: MakeApp, folder: Path) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("ctrl+o")
        await settle(pilot)
        await paste(pilot, f"'{folder}/notes, old.txt' {folder}/report.pdf")
        assert said(app) == "✓ marked: 2 files, 84 kB; Enter attaches"
        assert app.screen.query_one("#attach-name", Input).value == ""
        await pilot.press("enter")
        await settle(pilot)
        assert typed(app) == "~/'docs/notes, old.txt', ~/docs/report.pdf"


async def test_a_disk_that_hangs_holds_nobody_up(
    make_app: MakeApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    stat, hanging = os.stat, []

    def hang(path: str | Path, **named: bool) -> os.stat_result:
        if str(path).startswith("/far"):
            hanging.append(path)
            assert answers.wait(60)
        return stat(path, **named)

    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        monkeypatch.setattr(os, "stat", hang)
        monkeypatch.setattr(attach, "_PATIENCE", 0.1)
        letter(app).query_one("#attachments").focus()
        await pilot.press(*"/far/report.pdf")
        assert len(hanging) == 1  # at a time
        await pilot.press("ctrl+o", *"/far/x")
        await until(pilot, lambda: said(app) == "✗ far/: the disk does not answer")
        answers.set()
        await settle(pilot)
        assert attached(app) == []
        await pilot.press("escape", "tab")
        await settle(pilot)
        assert attached(app) == ["✗ /far/report.pdf there is no such file ✕"]


async def test_the_mouse_marks_and_opens_and_the_folder_is_remembered(make_app: MakeApp, folder: Path) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+o")
        await settle(pilot)
        await pilot.click("FolderList", offset=(4, 2))
        await pilot.click("FolderList", offset=(4, 1))
        await settle(pilot)
        await pilot.click("FolderList", offset=(4, 1))
        await settle(pilot)
        assert said(app) == "✓ marked: 2 files, 5 bytes; Enter attaches"
        await pilot.press("up")  # to a folder
        await pilot.click("#attach KeyBar", offset=(2, 0))
        await settle(pilot)
        assert typed(app) == "~/'docs/notes, old.txt', ~/docs/old/2025.zip"
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert str(app.screen.query_one("#attach-folder").render()) == "~/docs/old"
        await pilot.double_click("FolderList", offset=(4, 1))
        await settle(pilot)
        assert app.screen is letter(app)
        assert attached(app)[-1] == "⚠ 2025.zip 0 bytes listed twice ✕"


async def test_nothing_that_a_folder_holds_acts_or_ends_the_app(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / "[@click=app.quit]x[bold]"
    strange.mkdir()
    for name in ("[@click=app.quit]x[_].txt", "esc\x1b]0;owned\x07", "bidi\u202efdp.exe", "late.txt"):
        (strange / name).touch()
    (strange / os.fsdecode(b"latin\xe9")).touch()
    (strange / "loop").symlink_to("loop")
    os.mkfifo(strange / "pipe")
    stat = os.stat

    def late(path: str | Path, **named: bool) -> os.stat_result:
        numbers = list(stat(path, **named))
        return os.stat_result([*numbers[:8], 10**12, *numbers[9:10]] if "late" in str(path) else numbers[:10])

    monkeypatch.setattr(os, "stat", late)  # as some file systems keep it
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        letter(app)._folder = str(strange)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert str(app.screen.query_one("#attach-folder").render()) == str(strange)
        names = [line.split(" 0 bytes")[0] for line in in_picker(app)]
        assert names == ["../", "[@click=app.quit]x[_].txt", "bidi�fdp.exe", "esc␛]0;owned␇", "late.txt", "latin�"]
        await pilot.press(*"bidi", "enter")
        await settle(pilot)
        assert "bidi�fdp.exe: its name holds something that is not seen; rename it" in said(app)
        await pilot.press(*["backspace"] * 4, *"[@", "enter")
        await settle(pilot)
        await until(pilot, lambda: attached(app) == ["✓ [@click=app.quit]x[_]… 0 bytes text/plain ✕"])
        for x in range(2, 40, 4):
            await pilot.click("#attached", offset=(x, 0))
        assert app.is_running


async def test_a_folder_that_is_gone_is_told(make_app: MakeApp, folder: Path) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        letter(app)._folder = str(folder / "old")
        (folder / "old" / "2025.zip").unlink()
        (folder / "old").rmdir()
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert said(app) == "✗ ~/docs/old: this folder cannot be read"
        await pilot.press("enter")
        await settle(pilot)
        assert "report.pdf" in " ".join(in_picker(app))


async def test_without_a_working_folder_no_picker_opens_and_nothing_breaks(make_app: MakeApp, folder: Path) -> None:
    app = make_app(replace(LETTER, attachments="2025.zip"))
    os.chdir("old")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert attached(app) == ["✓ 2025.zip 0 bytes application/zip ✕"]
        (folder / "old" / "2025.zip").unlink()
        (folder / "old").rmdir()
        await pilot.press("x", "ctrl+o")
        await settle(pilot)
        assert app.screen is letter(app)
        assert "The folder in which mailtui was started is gone" in toasts(app)[0]


async def test_files_are_listed_marked_and_removed(make_app: MakeApp, folder: Path) -> None:
    text = "report.pdf, gone.txt 'notes, old.txt'"
    app = make_app(replace(LETTER, attachments=text))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        screen = letter(app)
        assert attached(app) == [
            "✓ report.pdf 84 kB application/pdf ✕",
            "✗ gone.txt there is no such file ✕",
            "✓ notes, old.txt 5 bytes text/plain ✕",
        ]
        field = screen.query_one("#attachments", Input)
        field.focus()
        await pilot.press("tab", "shift+tab")
        await settle(pilot)
        assert screen.focused is field
        await pilot.press("down", "!")
        await settle(pilot)
        assert (screen.focused, typed(app)) == (field, f"{text}!")
        await pilot.press("backspace", "down", "down", "up", "up")
        assert screen.focused is field
        await pilot.press("down")
        await settle(pilot)
        assert screen.focused is screen.query_one("#attached")
        assert attached(app)[1] == "✗ gone.txt there is no such file ✕"
        assert screen.query_one("#attachments").has_class("-wrong")
        assert not [line for line in screen.query("#attachments-problem") if line.display]
        await pilot.press("down", "backspace", "delete")
        await settle(pilot)
        assert typed(app) == "report.pdf, 'notes, old.txt'"
        assert toasts(app) == ["Removed gone.txt. ^Z in Attach brings it back."]
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert typed(app) == text
        await pilot.press("delete")
        await settle(pilot)
        assert typed(app) == "report.pdf, 'notes, old.txt'"
        assert "✓ ready · 1 recipient · 2 files, 84 kB" in str(screen.query_one("#readiness").render())
        await pilot.click("#attached", offset=(screen.query_one("#attached").size.width - 2, 0))
        await settle(pilot)
        assert typed(app) == "'notes, old.txt'"
        await pilot.press("delete", "delete")
        await settle(pilot)
        assert (typed(app), attached(app)) == ("", [])
        assert screen.focused is screen.query_one("#attachments")
        await pilot.press("tab")
        assert screen.focused is screen.query_one("#body")


async def test_a_file_that_goes_away_or_comes_is_noticed_when_somebody_comes_back(
    make_app: MakeApp, folder: Path
) -> None:
    app = make_app(replace(LETTER, attachments="report.pdf"))
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one("#attachments").focus()
        await pilot.press("tab")
        (folder / "report.pdf").unlink()
        app.app_focus = False
        app.app_focus = True
        await settle(pilot)
        assert attached(app) == ["✗ report.pdf there is no such file ✕"]
        (folder / "report.pdf").touch()
        await pilot.press("f1")
        await pilot.pause()
        await pilot.press("escape")
        await settle(pilot)
        assert attached(app) == ["✓ report.pdf 0 bytes application/pdf ✕"]


async def test_no_key_waits_for_the_disk(make_app: MakeApp, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(replace(LETTER, attachments="report.pdf"))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        asked = []
        stat = os.stat
        monkeypatch.setattr(os, "stat", lambda path, **named: asked.append(path) or stat(path, **named))  # type: ignore[func-returns-value]
        letter(app).query_one("#body").focus()
        await pilot.press(*"Hello")
        await settle(pilot)
        assert [path for path in asked if "report" in str(path)] == []
        assert "ready" in str(letter(app).query_one("#readiness").render())


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


async def test_a_dropped_file_is_attached_wherever_the_cursor_is(make_app: MakeApp, folder: Path) -> None:
    app = make_app()
    report, notes = f"{folder}/report.pdf", f"{folder}/notes, old.txt"
    async with app.run_test(size=WIDE) as pilot:
        screen: ComposeScreen = letter(app)
        screen.query_one("#body").focus()
        await paste(pilot, f"{shlex.quote(report)} ")
        assert (typed(app), screen.draft.body) == ("~/docs/report.pdf", LETTER.body)
        assert toasts(app) == ["Attached report.pdf (84 kB). Paste it once more to put the path into the letter."]
        await paste(pilot, f"{shlex.quote(report)} ")
        assert screen.draft.body == f"{shlex.quote(report)} {LETTER.body}"
        assert typed(app) == "~/docs/report.pdf"

        screen.query_one("#send").focus()
        await paste(pilot, f"file://{notes.replace(' ', '%20')}")
        assert typed(app) == "~/docs/report.pdf, ~/'docs/notes, old.txt'"
        screen.query_one("#subject").focus()
        await paste(pilot, f"{report} and")
        assert screen.draft.subject.startswith(f"{report} and") or screen.draft.subject.endswith(f"{report} and")

        field = screen.query_one("#attachments", Input)
        field.focus()
        field.value = "a.txt"
        field.cursor_position = 0
        await pilot.pause()
        await paste(pilot, notes)
        assert typed(app) == "~/'docs/notes, old.txt', a.txt"
        assert len(toasts(app)) == 2
        await paste(pilot, "not a path")
        assert "not a path" in typed(app)
