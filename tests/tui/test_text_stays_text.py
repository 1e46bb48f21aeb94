"""Texts from elsewhere are shown, whichever way they come: no control character, no markup, no link acts."""

from __future__ import annotations

import json
import re
import shlex
import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest
from textual import events
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widgets import Collapsible, Input, Static

from mailtui import DeliveryError, Draft, Email, MailHandler, MailtuiApp, Option, Receipt, Recipient, Settings
from mailtui.config.sources import Setting
from mailtui.drafts.store import Drafts
from mailtui.mail.handlers import BUILT_IN
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.mail.receipt import Transcript
from mailtui.mail.submission import Submission
from mailtui.tui import leaving
from mailtui.tui.screens import dispatch
from mailtui.tui.screens.drafts import DraftsScreen
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.widgets.choice_select import ChoiceSelect
from mailtui.tui.widgets.handler_list import HandlerList
from mailtui.visible import plain_text, visible
from tests.readers.texts import control_sequences, naughty_strings
from tests.tui.conftest import LETTER, MakeApp, letter
from tests.tui.waits import until_sending

pytestmark = pytest.mark.long


# What would act at once, be it that anybody takes it for control characters or for markup.
ACTING = "[/nope][@click=app.quit]press[/]\x1b[999m\x1b]52;c;aGk=\x07\x9b999m\x7f\u202e\u200b[/]"
SHOWN = visible(ACTING)
ACTING_TYPED = "[/nope][@click=app.quit]press[/]␛[999m␛]52;c;aGk=␇�999m␡\u202e\u200b[/]"
FRAME = r"[\s│▌▐]"
_EACH = [*control_sequences(), *naughty_strings()]
ALL = [" ".join(_EACH[start : start + 20]) for start in range(0, len(_EACH), 20)]
LAST = _EACH[-1]
HUGE = (99, 320)  # cells: all of a text is painted
# What the app itself writes: colours, the place and look of the cursor, and of that of the mouse.
OWN = re.compile(r"\x1b(?:\[(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])(?:;\d{1,3})*m|\[\d+;\d+H|\[\?25[lh]|\]22;[a-z]+\x07)")


class Recorder(HeadlessDriver):
    """Keeps what a terminal would get."""

    written: ClassVar[list[str]] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)


def written() -> str:
    """What the terminal has got since this was asked last, without what the app itself adds."""
    text = OWN.sub("", "".join(data for data in Recorder.written if data != "\a"))  # the bell, rung by the app
    Recorder.written.clear()
    return text


def assert_inert(app: MailtuiApp, *expected: str) -> str:
    """Nothing acts, and what is expected is to be read."""
    text = written()
    signs = zip(text, visible(text), strict=True)
    found = [text[max(0, at - 60) : at + 20] for at, (sign, shown) in enumerate(signs) if sign != shown]
    assert not found, found[:5]
    for some in expected:  # wherever its lines are broken
        assert re.sub(FRAME, "", some) in re.sub(FRAME, "", text)
    assert app.is_running
    return text


NET = MailtuiApp.get_line_filters
GATE = threading.Event()


@pytest.fixture(autouse=True)
def no_net(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each widget has to see to it itself; a folder of one's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(MailtuiApp, "get_line_filters", App.get_line_filters)
    monkeypatch.setattr(MailtuiApp, "get_driver_class", lambda _: Recorder)


class EvilMailHandler(MailHandler):
    """One from elsewhere, all of whose words act."""

    __doc__ = ACTING
    label: ClassVar[str] = "evil"
    style: Annotated[Literal["[/nope]\x1b[999m", "b"], Option(ACTING)] = "b"

    @property
    def destination(self) -> str:
        return ACTING

    @property
    def risks(self) -> tuple[str, ...]:
        return (ACTING,)

    def begin(self, email: Email) -> Submission:
        submission = super().begin(email)
        submission.stage = ACTING
        return submission

    def deliver(self, email: Email) -> Receipt:
        GATE.wait(10)
        recipients = [Recipient(ACTING, "refused", 550, text) for text in ALL]
        output = "\n".join([ACTING, *ALL])
        return Receipt(
            handler=ACTING, message_id=ACTING, recipients=tuple(recipients), output=output, transcript=tuple(ALL)
        )

    def check(self) -> Transcript:
        raise DeliveryError(ACTING, transcript=tuple(ALL))


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await pilot.pause()  # what a message has asked for is there now, and what that asks for, too


async def test_a_letter_that_cannot_be_sent(make_app: MakeApp) -> None:
    everything = f"{ACTING} {' '.join(ALL)}"
    draft = Draft(to=everything, cc=everything, bcc=everything, subject=everything, attachments=everything)
    app = make_app(replace(draft, from_addr=everything, body="\n".join([ACTING, *ALL])))
    async with app.run_test(size=HUGE, headless=False, notifications=True) as pilot:
        await pilot.pause()
        assert_inert(app, SHOWN, LAST)
        await press(pilot, "ctrl+s", "f3")
        assert_inert(app, "✗", "Message", LAST)
        for field in app.screen.query("#subject, #body"):
            field.post_message(events.Paste(everything))
            await pilot.pause()
        for typed in (letter(app).typed().subject, letter(app).typed().body):
            assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", typed) is None
            assert ACTING_TYPED in typed
        assert_inert(app)


async def test_a_letter_handed_over(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "QUIET", 0)
    monkeypatch.setattr(dispatch, "_AT_ONCE", 0.001)
    GATE.clear()
    draft = replace(LETTER, subject=SHOWN, body="\n".join([ACTING, *ALL]), to=f'"{SHOWN}" <ann@example.com>')
    app = make_app(draft, EvilMailHandler())
    app.mail.name = ACTING
    async with app.run_test(size=HUGE, headless=False, notifications=True) as pilot:
        await press(pilot, "f3", "f3")
        assert_inert(app, SHOWN)
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, ReviewScreen)
        assert_inert(app, f"▲ {SHOWN}", f"⚠ {SHOWN}")
        await press(pilot, "v", "y")
        await until_sending(pilot)
        assert_inert(app, f"{SHOWN} · ")
        GATE.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        app.screen.query_one(Collapsible).collapsed = False
        await pilot.pause()
        assert_inert(app, f"✗ {SHOWN}", SHOWN, "Transcript, ", LAST)
        assert app.clipboard == ""
        for severity in ("information", "error"):
            app.screen.notify(ACTING, title=ACTING, severity=severity)
        await pilot.pause()
        assert_inert(app, SHOWN)


TOML = f"""
mail_handler = "work"
signature = {json.dumps(ACTING)}
address_book_command = ["/nope\\u001b[999m", "[/nope]"]
[keys]
{json.dumps(ACTING)} = "f3"
send = {json.dumps(ACTING)}
[mail.work]
handler = "smtp"
host = "[/nope]"
username = {json.dumps(ACTING)}
from_addr = {json.dumps(ACTING)}
to = {json.dumps(ACTING)}
password_command = [{json.dumps(ACTING)}]
ca_file = {json.dumps(ACTING)}
[mail.wrong]
handler = "smtp"
{json.dumps(ACTING)} = {json.dumps(ACTING)}
security = {json.dumps(ACTING)}
[mail.none]
handler = {json.dumps(ACTING)}
[mail.eml]
folder = {json.dumps(ACTING)}
from_addr = "me@example.org"
"""


async def test_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUILT_IN, "evil", f"{__name__}:EvilMailHandler")
    folder = tmp_path / "[nope][@click=app.quit]press\x1b[999m\x9b\u202e"
    folder.mkdir()
    (folder / "config.toml").write_text(TOML)
    app = MailtuiApp(settings=Settings.load(folder / "config.toml", {}))
    async with app.run_test(size=(160, 60), headless=False, notifications=True) as pilot:
        await pilot.pause()
        assert_inert(
            app,
            "The configured handler cannot be used",
            SHOWN,
            "there is no action of this id",
            "there is no key called",
        )
        await press(pilot, "f2", "home")
        page = app.screen
        handlers = page.query_one(HandlerList)
        for name, told in {
            "work": SHOWN,
            "wrong": "smtp has no such option",
            "none": "There is no handler called",
        }.items():
            handlers.highlighted = app.settings.names().index(name)
            await pilot.pause()
            assert_inert(app, name, told)
        await press(pilot, "f5")
        assert_inert(app, "Not copied")
        await press(pilot, "f8")
        assert_inert(app, "Remove none?")
        await press(pilot, "escape")
        handlers.highlighted = app.settings.names().index("work")
        await press(pilot, "f5")
        assert_inert(app, "Copy work")
        await press(pilot, "escape")
        handlers.highlighted = app.settings.names().index("evil")
        await pilot.pause()
        assert_inert(app, SHOWN, "style")
        page.query_one(ChoiceSelect).expanded = True
        await press(pilot, "ctrl+n")
        assert_inert(app, "[/nope]␛[999m", "Add a handler", SHOWN)
        await press(pilot, "escape", "f9")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert_inert(app, SHOWN)
        await press(pilot, "escape")
        field = page.query_one("#option-subject", Input)
        field.post_message(events.Paste(ACTING))
        await pilot.pause()
        assert field.value == SHOWN
        await press(pilot, "f3")
        assert_inert(app, SHOWN)
        await press(pilot, "f3")
        assert_inert(app, SHOWN)


async def test_files_and_people(make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = ACTING.replace("/", "|")
    for file in (name, f"{name}\udcff", f"{name}.d/x"):
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).touch()
    book = tmp_path / "book"
    people = shlex.quote("ann@x.org\tAnn [/nope]\neve@x.org\t\x1b[999mAnn\x9b\u202e\n")
    book.write_text(f"#!/bin/sh\ncase $1 in an) echo {people} ;; *) echo {shlex.quote(ACTING)} >&2; exit 1 ;; esac\n")
    book.chmod(0o700)
    app = make_app(
        replace(LETTER, to=""),
        settings=Settings(preferred={"address_book_command": Setting((str(book), "%s"), "file")}),
    )
    async with app.run_test(size=(160, 40), headless=False, notifications=True) as pilot:
        for keys, told in {("a", "n"): "␛[999mAnn��", ("x", "x"): "failed with 1"}.items():
            await press(pilot, *keys)
            await pilot.pause(0.3)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert_inert(app, told)
        await press(pilot, "escape", "ctrl+o")
        await pilot.pause(0.3)
        assert_inert(app, visible(name))
        monkeypatch.setattr(MailtuiApp, "get_line_filters", NET)  # a widget that does not know of it
        await app.screen.mount(Static(f"{ACTING}\ud800", markup=False))
        await pilot.pause()
        assert_inert(app, "␛[999m␛]52;c;aGk=")


async def test_drafts(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "QUIET", 0)
    kept = Drafts()
    opened = kept.begin()
    draft = Draft(
        from_addr="me@x.org",
        to="ann@x.org, b@x.org",
        subject="Hello",
        body=plain_text("\n".join([ACTING, *ALL])),  # as a form has sent it
        letter="one",
    )
    mail = SMTPMailHandler(host="mail.x.org")
    number = opened.begin_sending(mail, mail.prepare(draft), draft)
    answers = (Recipient("ann@x.org", "refused", 550, ACTING), Recipient("b@x.org", "accepted", 250, ACTING))
    opened.end_sending(number, Receipt(handler=ACTING, message_id="<a@b>", recipients=answers))
    opened.close()
    opened = kept.begin()
    opened.save(Draft(to=ACTING, subject=ACTING, body="\n".join(ALL)))
    opened.close()
    app = make_app(Draft())
    async with app.run_test(size=HUGE, headless=False, notifications=True) as pilot:
        while not isinstance(app.screen, DraftsScreen):
            await pilot.pause(0.05)
        await pilot.pause()
        assert_inert(app, f"● {SHOWN[:20]}", "Hello")
        await press(pilot, "down", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert_inert(app, "ann@x.org does not have it", SHOWN, LAST)
        app.exit(message=ACTING)
        assert app._exit_renderables == [SHOWN]
