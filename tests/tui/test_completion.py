from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui import Draft, MailtuiApp
from mailtui.config.preferences import Preferences
from mailtui.people.person import Person
from mailtui.people.remembered import Remembered
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.widgets import completion
from mailtui.tui.widgets.proposals import Proposals
from tests.programs import is_running
from tests.tui.conftest import LETTER, DeliveringMailHandler, MakeApp, RecordingMailHandler, burst, letter, pane
from tests.tui.waits import settle, until_free, until_heeded

WIDE = (120, 36)
ANN, JANE, ANTON = Person("ann@x.org", "Ann Lee"), Person("jane@x.org", "Doe, Jane"), Person("anton@x.org")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def shown(app: MailtuiApp) -> list[str]:
    """What stands in the list of people; nothing while it is closed."""
    lists = [found for found in letter(app).query(Proposals) if found.display]
    return [str(option.prompt) for found in lists for option in found.options]


def marked(app: MailtuiApp) -> int | None:
    return letter(app).query_one(Proposals).highlighted


def value(app: MailtuiApp, field: str = "#to") -> str:
    return letter(app).query_one(field, Input).value


async def asked(pilot: Pilot[None]) -> None:
    """The address book has answered."""
    await pilot.pause(0.15)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_recipient_is_completed_where_the_cursor_stands(make_app: MakeApp) -> None:
    Remembered().add([JANE, ANN, ANTON])
    app = make_app(replace(LETTER, to="an, eve@x.org", cc="ann@x.org"))
    async with app.run_test(size=WIDE) as pilot:
        assert not letter(app).query(Proposals)  # what was there at first was not typed
        await pilot.press("home", "right", "right", "n")
        assert [line.split()[-1] for line in shown(app)] == ["ann@x.org"]
        await pilot.press("backspace")
        assert [line.split()[-1] for line in shown(app)] == ["ann@x.org", "anton@x.org", "jane@x.org"]
        assert marked(app) is None
        await pilot.press("up", "tab")
        assert value(app) == '"Doe, Jane" <jane@x.org>, eve@x.org'
        assert app.focused is letter(app).query_one("#to")
        assert shown(app) == []
        await pilot.press("ctrl+z")
        assert value(app) == "an, eve@x.org"
        await pilot.press("ctrl+y")
        assert 'To: "Doe, Jane" <jane@x.org>, eve@x.org' in pane(app)

        await pilot.press(*", an")  # at the cursor, before what stood there
        assert [line.split()[-1] for line in shown(app)] == ["ann@x.org", "anton@x.org"]  # Jane is in the field
        await pilot.press("escape")
        assert shown(app) == []
        await pilot.press("down", "t")
        assert [line.split()[-1] for line in shown(app)] == ["anton@x.org"]
        await pilot.press("left")
        assert shown(app) == []  # the list was about another place
        await pilot.press("right", "backspace")
        await pilot.press("down", "down", "o")
        assert (marked(app), shown(app)) == (None, [])
        await pilot.press("backspace", "down", "down")
        assert marked(app) == 1
        await pilot.press("t")
        assert marked(app) is None  # whoever types on has not chosen
        await pilot.press("down", "enter", "tab")
        assert value(app) == '"Doe, Jane" <jane@x.org>, anton@x.org, eve@x.org'
        assert app.focused is letter(app).query_one("#cc")

        await pilot.press("end", *", an")
        assert [line.split()[-1] for line in shown(app)] == ["anton@x.org", "jane@x.org"]
        await pilot.click(Proposals, offset=(5, 1))
        await pilot.pause()
        assert value(app, "#cc") == "ann@x.org, anton@x.org"
        assert app.focused is letter(app).query_one("#cc")
        for keys in (["shift+tab"], ["ctrl+s"], ["ctrl+n", "ctrl+n"]):
            letter(app).query_one("#cc").focus()
            await pilot.press("end", *", j")
            assert shown(app)
            await pilot.press(*keys)
            assert shown(app) == []


async def test_what_is_typed_in_one_burst_is_never_replaced(make_app: MakeApp) -> None:
    Remembered().add([ANN, ANTON])
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("a")
        assert shown(app)
        burst(app, *"nn@x.org", "tab", *"an", "enter", "tab", *"Hello")
        await pilot.pause()
        await pilot.pause()
        assert (value(app), value(app, "#cc"), value(app, "#subject")) == ("ann@x.org", "an", "Hello")
        assert shown(app) == []

        letter(app).query_one("#bcc").focus()
        await pilot.press("a", "down")
        assert marked(app) == 0
        burst(app, "n", "tab", "!")
        await pilot.pause()
        await pilot.pause()
        assert (value(app, "#bcc"), value(app, "#subject")) == ("an", "Hello!")


BOOK = """
import os, sys, time
with open(sys.argv[1], "a") as log:
    print(os.getpid(), sys.argv[2], file=log)
if sys.argv[2] == "slow":
    time.sleep(60)
if sys.argv[2].startswith("bad"):
    sys.exit("the [b]address[/nope] book \\033]52;c;eA==\\a is locked")
print("searching for people ...")
print("mal@x.org\\t[@click=app.quit]Mallory[/] \\033]52;c;eA==\\a")
print("evil@x.org>,<e@x.org\\tTwo")
"""


async def test_the_address_book_is_asked_and_nothing_in_it_acts(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "_PAUSE", 0.1)
    script, log = home / "book.py", home / "log"
    script.write_text(BOOK)
    app = make_app(Draft())

    def questions() -> list[list[str]]:
        return [line.split(" ", 1) for line in log.read_text().splitlines()] if log.exists() else []

    app.preferences = Preferences(address_book_command=(sys.executable, "-S", str(script), str(log), "%s"))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press(*"slow")
        while not (slow := [asked for asked in questions() if asked[1] == "slow"]):
            await pilot.pause(0.02)
        assert is_running(int(slow[0][0]))
        await pilot.press("space", *"ma")
        await asked(pilot)
        assert not is_running(int(slow[0][0]))  # the stale one is gone
        assert questions()[-1][1] == "slow ma"
        (line,) = shown(app)
        assert line.startswith("[@click=app.quit]Mallor…")
        assert line.endswith("mal@x.org")
        await pilot.click(Proposals, offset=(5, 1))
        await pilot.pause()
        assert value(app) == '"[@click=app.quit]Mallory[/] ␛]52;c;eA==␇" <mal@x.org>'

        await pilot.press(*", bad")
        await asked(pilot)
        await pilot.press("x")
        await asked(pilot)
        (told,) = [notification.message for notification in app._notifications]
        assert "failed with 1: the [b]address[/nope] book \\x1b]52;c;eA==\\x07 is locked. Nobody is proposed" in told
        monkeypatch.setattr(completion, "_PAUSE", 10)
        await pilot.press("tab", *"ma", "tab")  # left before the pause is over
        await asked(pilot)
        assert questions()[-1][1] == "badx"


async def test_who_got_a_letter_is_proposed_in_the_next_one(
    make_app: MakeApp, delivering: DeliveringMailHandler, recording: RecordingMailHandler
) -> None:
    delivering.status = recording.status = "accepted"
    app = make_app(replace(LETTER, to="Zoe <zoe@x.org>", bcc="zed@x.org"), recording)

    async def send(pilot: Pilot[None], subject: str) -> None:
        letter(app).query_one("#subject", Input).value = subject
        await pilot.pause()
        letter(app).action_send()
        await until_heeded(pilot, ReviewScreen)
        await pilot.press("y")
        await settle(pilot)

    def told() -> list[str]:
        return [one.message for one in app._notifications if "remembered" in one.title]

    people = Remembered()
    async with app.run_test(size=WIDE) as pilot:
        letter(app).action_send()
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert len(recording.delivered) == 1
        assert not people.path.exists()  # it delivers nothing

        people.path.parent.mkdir(parents=True)
        people.path.write_text("a shopping list\n")
        app.mail = delivering
        app.preferences = Preferences(remember_recipients=False)
        await send(pilot, "One")
        assert told() == []
        app.preferences = Preferences()
        await send(pilot, "Two")
        (reason,) = told()
        assert "its first line is not the one that mailtui writes. The letter itself is not concerned." in reason
        people.path.unlink()
        await send(pilot, "Three")
        assert len(delivering.delivered) == 3
        assert list(people.people()) == [Person("zoe@x.org", "Zoe")]

        await until_free(pilot)
        await pilot.press("ctrl+n", "z")
        assert [line.split() for line in shown(app)] == [["Zoe", "zoe@x.org"]]
        app.preferences = Preferences(remember_recipients=False)
        assert shown(app) == []
        await pilot.press("o")
        assert shown(app) == []
