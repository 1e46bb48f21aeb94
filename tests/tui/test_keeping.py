"""What is typed is on disk: saved, put aside, offered at the next start, and sent to nobody twice."""

from __future__ import annotations

import os
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from threading import Event, Timer
from time import monotonic
from typing import Annotated, Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from mailtui import Draft, Email, MailtuiApp, Option, Receipt, Secret, Settings
from mailtui.config.sources import Setting
from mailtui.drafts.opened import OpenDraft
from mailtui.drafts.store import Drafts
from mailtui.mail.attachment import split_files
from mailtui.mail.receipt import Recipient
from mailtui.tui import leaving
from mailtui.tui.screens.drafts import DraftsScreen
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.screens.unkept import UnkeptScreen
from mailtui.tui.widgets.notice import Notice
from tests.fault_server import fault_server, hang
from tests.smtp_server import Mailbox, smtp_server
from tests.tui.conftest import LETTER, DeliveringMailHandler, MakeApp, burst, letter, pane, screen_text
from tests.tui.test_sending import TWO, WIDE, review, smtp
from tests.tui.waits import (
    choose_command,
    give_up,
    send,
    send_through,
    settle,
    until,
    until_answered,
    until_free,
    until_heeded,
    until_late_answer,
    until_on_top,
)

NARROW = (80, 24)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data/mailtui"


def top(app: MailtuiApp) -> str:
    """The first line."""
    return str(letter(app).query_one("#handler").render()).rstrip()


def told(app: MailtuiApp) -> str:
    return "\n".join(toast.message for toast in app._notifications)


def notices(app: MailtuiApp) -> str:
    """The lines that stay."""
    return "\n".join(str(line.render()) for line in letter(app).query(Notice) if line.display)


def said_at_the_end(app: MailtuiApp) -> str:
    return "\n".join(map(str, app._exit_renderables))


async def until_saved(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, MailtuiApp)
    await until(pilot, lambda: "draft saved" in top(app) or "draft ✓" in top(app))


async def until_offered(pilot: Pilot[None]) -> None:
    await until_heeded(pilot, DraftsScreen)


def hanging() -> DeliveringMailHandler:
    """A handler that accepts the letter when its gate is opened."""
    mail = DeliveringMailHandler()
    mail.gate.clear()
    mail.status = "accepted"
    return mail


def kept(draft: Draft) -> None:
    opened = Drafts().begin()
    opened.save(draft)
    opened.close()


async def test_what_is_typed_is_kept_without_a_question_and_offered_at_the_next_start(
    make_app: MakeApp, data: Path
) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        assert "draft" not in top(app)
        await pilot.press(*"ann@x.org")
        await until_saved(pilot)
        assert top(app).endswith(f"draft saved {Drafts().entry('1').saved:%H:%M}")
        await pilot.resize_terminal(*NARROW)
        await pilot.pause()
        assert top(app).endswith("draft ✓")
        await pilot.press("z", "ctrl+q")
        await pilot.pause()
        assert said_at_the_end(app) == (
            "mailtui: the letter is kept as draft 1; to go on with it: mailtui drafts open 1"
        )
    assert (app.return_code, Drafts().entry("1").draft.to) == (0, "ann@x.orgz")

    app = make_app(Draft())
    typed_at = monotonic()
    async with app.run_test(size=WIDE) as pilot:
        await until_on_top(pilot, DraftsScreen)
        burst(app, "n", "enter", "d", "d", at=typed_at)  # by somebody who did not see it come
        await until_offered(pilot)
        assert "ann@x.orgz" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert letter(app).query_one("#to", Input).value == "ann@x.orgz"
        assert Drafts().entry("1").process == os.getpid()
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert replace(letter(app).draft, letter="") == Draft()
        assert "The letter before is kept as draft 1; ^R comes back to it." in told(app)
        await pilot.press(*"bob", "ctrl+r")
        await until_offered(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert letter(app).draft.to == "ann@x.orgz"
        assert [entry.draft.to for entry in Drafts().entries()] == ["bob", "ann@x.orgz"]
        await pilot.press("ctrl+r")
        await until_offered(pilot)
        await pilot.press("d")
        await pilot.pause()
        assert "Delete once more deletes draft 2 for good." in told(app)
        await pilot.pause(leaving.QUIET + 0.1)
        await pilot.click("#drafts-delete")
        await pilot.pause()
        assert app.screen is letter(app)
        letter(app).query_one("#to").focus()
        await pilot.press("end", *["backspace"] * 10, "ctrl+q")
        await pilot.pause()
        assert said_at_the_end(app) == ""
    assert (app.return_code, Drafts().entries()) == (0, [])


async def test_a_letter_is_discarded_for_good_when_that_is_asked_for_twice(make_app: MakeApp, data: Path) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press(*"ann@x.org")
        await until_saved(pilot)
        await choose_command(pilot, "Discard")
        assert "Discard once more drops this letter for good." in told(app)
        assert letter(app).typed().to == "ann@x.org"
        await choose_command(pilot, "Discard")
        assert replace(letter(app).typed(), letter="") == Draft()
        assert Drafts().entries() == []
        assert "Discard" not in [command.title for command in letter(app).commands()]
        await pilot.press("b")
        await until_saved(pilot)
        assert [entry.draft.to for entry in Drafts().entries()] == ["b"]


async def test_a_draft_means_the_same_files_in_every_folder(
    make_app: MakeApp, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "the plan.txt").write_text(name)
    monkeypatch.chdir(tmp_path / "here")
    app = make_app(Draft(attachments='"the plan.txt", /etc/hosts'))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
    monkeypatch.chdir(tmp_path / "there")
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await until_offered(pilot)
        await pilot.press("enter")
        await pilot.pause()
        files = split_files(letter(app).typed().attachments)
    assert files == [str(tmp_path / "here/the plan.txt"), "/etc/hosts"]


async def test_an_empty_letter_is_not_kept_and_one_that_came_filled_in_is_left_alone(
    make_app: MakeApp, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "signature").write_text("Me")
    settings = Settings(preferred={"signature": Setting(str(tmp_path / "signature"), "file")})
    app = make_app(Draft(), settings=settings)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s", "ctrl+q")
    assert not (data / "drafts").exists()
    kept(TWO)
    kept(LETTER)
    app = make_app(LETTER)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "2 drafts are waiting: ^R shows them." in told(app))
        assert (app.screen, top(app)[-5:]) == (letter(app), " sent")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert "kept as draft 3" in said_at_the_end(app)
    assert replace(Drafts().entry("3").draft, letter="") == LETTER


async def test_a_disk_that_fails_is_told_until_it_works_and_quitting_asks(make_app: MakeApp, data: Path) -> None:
    data.parent.mkdir()
    data.write_text("in the way")
    app = make_app(Draft())
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: "draft not saved ✗" in top(app))
        assert "✗ The draft was not saved: " in notices(app)
        assert "move it away" in notices(app)
        await pilot.press("b", "ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert "^Q once more drops what is not on disk." in told(app)
        data.unlink()
        await pilot.press("c")
        await until_saved(pilot)
        assert notices(app) == ""
        (data / "drafts/tmp").rmdir()
        (data / "drafts/tmp").write_text("in the way")
        await pilot.press("d", "ctrl+n")
        await pilot.pause()
        assert letter(app).draft.to == "abcd"
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.is_running
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert said_at_the_end(app).startswith("mailtui: what was typed last is not kept. The draft was not saved: ")
    assert (app.return_code, Drafts().entry("1").draft.to) == (0, "abc")


async def test_a_letter_that_everybody_has_is_no_draft_any_more_and_can_be_kept_as_sent(
    make_app: MakeApp, data: Path
) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(
            replace(TWO, bcc="dora@x.org"), smtp(port), Settings(preferred={"keep_sent": Setting(True, "file")})
        )
        async with app.run_test(size=WIDE) as pilot:
            await pilot.press("z", "backspace")
            await until_saved(pilot)
            await send(pilot, "p")
            await pilot.pause()
            assert "kept as draft 1" in told(app)
            await pilot.press("ctrl+r")
            await until_offered(pilot)
            await pilot.press("enter")
            await pilot.pause()
            await send_through(pilot)
            assert "draft" not in top(app)
            letter(app).query_one("#to", Input).focus()
            await pilot.press("z")
            await until_saved(pilot)
            await pilot.press("backspace")  # and it is the letter again that everybody has
            await until(pilot, lambda: not Drafts().entries())
            await pilot.press("ctrl+q")
            await pilot.pause()
            assert said_at_the_end(app) == ""
    assert (app.return_code, Drafts().entries()) == (0, [])
    (message,) = mailbox.messages
    (sent,) = (data / "sent/cur").iterdir()
    assert sent.read_bytes() == b"Bcc: dora@x.org\n" + message.data.replace(b"\r\n", b"\n")


async def test_what_was_sent_to_some_goes_to_the_others_after_a_new_start(make_app: MakeApp, data: Path) -> None:
    mailbox = Mailbox(refused={"bob@example.org": "450 4.2.0 greylisted"})
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until_answered(pilot)
            await pilot.press("ctrl+q")
            await pilot.pause()
            assert "kept as draft 1" in said_at_the_end(app)
        assert Drafts().entry("1").state == "partly sent"

        mailbox.refused = {}
        opened = Drafts().open("1")
        app = MailtuiApp(settings=Settings(), opened=opened)
        app.mail = smtp(port)
        async with app.run_test(size=WIDE) as pilot:
            at = notices(app).partition("(work, ")[2][:5]  # of the answer, which may come a minute after the beginning
            assert f"ann@example.org has it already (work, {at})." in notices(app)
            assert f"bob@example.org does not have it (work, {at}: 4.2.0 greylisted)." in notices(app)
            await pilot.press("ctrl+s")
            await until_heeded(pilot, ReviewScreen)
            assert "1 recipient:\n   1  bob@example.org\n" in review(app)
            assert f"–  ann@example.org  not again: has it already (work, {at})" in review(app)
            await pilot.press("y")
            await until_answered(pilot)
            assert notices(app) == ""
    assert [message.recipients for message in mailbox.messages] == [["ann@example.org"], ["bob@example.org"]]
    assert mailbox.messages[0].data == mailbox.messages[1].data  # Message-ID and Date, too
    assert Drafts().entries() == []


async def test_a_letter_that_was_being_sent_when_mailtui_ended_may_have_arrived(make_app: MakeApp, data: Path) -> None:
    mail = smtp(1)
    opened = Drafts().begin()
    opened.begin_sending(mail, mail.prepare(TWO), replace(TWO, letter="one"))
    opened.close()
    app = make_app(Draft(), mail)
    async with app.run_test(size=WIDE) as pilot:
        await until_offered(pilot)
        assert "not known who has it" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        at = f"{opened.journal.attempts[0].begun:%H:%M}"
        assert (
            f"mailtui ended while this letter was being handed over to work at {at}. "
            "Whether ann@example.org and bob@example.org have it is not known." in notices(app)
        )
        await pilot.press("ctrl+s")
        await until_on_top(pilot, ReviewScreen)
        assert f"1  ann@example.org  (⚠ may have it already (work, {at}))" in review(app)
        await pilot.press("ctrl+q")
    assert Drafts().entry("1").state == "unknown"


async def test_a_draft_that_another_process_has_open_is_read_only(make_app: MakeApp, data: Path) -> None:
    kept(LETTER)
    elsewhere = Drafts().open("1")
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+r")
        await until_offered(pilot)
        assert f"open in process {os.getpid()}" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert top(app).endswith(f"read only: open in process {os.getpid()}")
        await pilot.press("x", "f8", "ctrl+s", "tab", "y")
        await pilot.pause()
        assert replace(letter(app).draft, letter="") == LETTER
        assert letter(app).outcome is None
        await pilot.press("ctrl+n", "x")
        await pilot.pause()
        assert (letter(app).draft.to, letter(app).focused) == ("x", letter(app).query_one("#to"))
        assert "read only" not in top(app)
        theirs = data / "drafts/cur/theirs:2,D"
        theirs.write_bytes(b"To: bob@x.org\nSubject: Theirs\n\nHi\n")
        await pilot.press("backspace", "ctrl+r")
        await until_offered(pilot)
        assert "of another program" in screen_text(app)
        await pilot.press("end", "enter")
        await pilot.pause()
        assert (letter(app).draft.to, letter(app).draft.subject) == ("bob@x.org", "Theirs")
        await pilot.press("ctrl+q")
    elsewhere.close()
    assert [entry.key for entry in Drafts().entries()] == ["1", "theirs"]  # a copy is made with the first change
    assert Drafts().entry("1").draft == LETTER


async def test_of_what_cannot_be_written_down_nothing_leaves_unasked(make_app: MakeApp, data: Path) -> None:
    data.parent.mkdir()
    data.write_text("in the way")
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            for answer in ("enter", "tab"):
                await send(pilot)
                await until(pilot, lambda: isinstance(app.screen, UnkeptScreen))
                await pilot.pause()
                assert "Not a directory" in screen_text(app)
                assert app.screen.focused is app.screen.query_one("#unkept-back", Button)
                assert mailbox.messages == []
                await pilot.press(answer)
                if answer == "enter":
                    await until_free(pilot)
            await pilot.press("enter")
            await until_answered(pilot)
    assert len(mailbox.messages) == 1


async def test_a_letter_kept_back_by_quitting_is_known_not_to_have_left(make_app: MakeApp, data: Path) -> None:
    with fault_server({"DATA": hang}) as server:
        app = make_app(TWO, smtp(server.port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until(pilot, lambda: "DATA" in server.record.reached)
            assert Drafts().entry("1").state == "sending"  # on disk before the first byte leaves
            await pilot.press("ctrl+q", "ctrl+q")
            await pilot.pause()
    assert (app.return_code, Drafts().entry("1").state) == (0, "refused")
    assert Drafts().entry("1").journal.attempts[0].recipients[0] == Recipient(
        "ann@example.org", "refused", None, "Cancelled; nothing was sent."
    )


async def test_quitting_while_a_slow_disk_writes_that_it_leaves_is_no_quiet_matter(
    make_app: MakeApp, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, gate = Event(), Event()
    begin = OpenDraft.begin_sending

    def slow(*arguments: Any) -> int:
        reached.set()
        assert gate.wait(20)
        return begin(*arguments)

    monkeypatch.setattr(OpenDraft, "begin_sending", slow)
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until(pilot, reached.is_set)
            Timer(0.3, gate.set).start()
            await pilot.press("ctrl+q")
            await pilot.pause()
            assert app.is_running
            assert "This letter is being handed over; wait for the answer." in told(app)
            await until_answered(pilot)
    assert len(mailbox.messages) == 1
    assert Drafts().entries() == []


THREE = "ann@example.org, bob@example.org, carl@example.org"


async def test_a_letter_that_all_have_is_another_one_for_others(make_app: MakeApp, data: Path) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            before = letter(app).typed().letter
            letter(app).query_one("#to", Input).value = THREE
            await pilot.pause()
            assert letter(app).typed().letter != before
            await pilot.press("ctrl+s")
            await until_heeded(pilot, ReviewScreen)
            assert "3 recipients:" in review(app)
            await pilot.press("e", "ctrl+q")
            await pilot.pause()
        opened = Drafts().open("2")
        app = MailtuiApp(settings=Settings(), opened=opened)
        app.mail = smtp(port)
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until_answered(pilot)
    first, second = (message_from_bytes(message.data)["Message-ID"] for message in mailbox.messages)
    assert first != second


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_late_answer_leaves_the_draft_for_those_who_were_added(
    make_app: MakeApp, data: Path, elsewhere: bool
) -> None:
    mail = hanging()
    app = make_app(TWO, mail)
    async with app.run_test(size=WIDE) as pilot:
        await give_up(pilot)
        letter(app).query_one("#to", Input).value = THREE
        await pilot.pause()
        if elsewhere:
            await pilot.press("ctrl+n")
        mail.gate.set()
        await until_late_answer(pilot)
        if not elsewhere:
            await pilot.press("ctrl+s")
            await until_heeded(pilot, ReviewScreen)
            assert "1 recipient:\n   1  carl@example.org\n" in review(app)
            await pilot.press("e")
        await pilot.press("ctrl+q")
        await pilot.pause()
    (entry,) = Drafts().entries()
    assert (entry.draft.to, entry.state) == (THREE, "sent")


async def test_a_corrected_address_is_kept_as_a_mail_of_its_own(make_app: MakeApp, data: Path) -> None:
    mailbox = Mailbox(refused={"bob@example.org": "550 5.1.1 no such user"})
    with smtp_server(mailbox) as port:
        settings = Settings(preferred={"keep_sent": Setting(True, "file")})
        app = make_app(TWO, smtp(port), settings)
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            await pilot.press("ctrl+q")
            await pilot.pause()
        app = MailtuiApp(settings=settings, opened=Drafts().open("1"))
        app.mail = smtp(port)
        async with app.run_test(size=WIDE) as pilot:
            letter(app).query_one("#to", Input).value = "ann@example.org, zoe@example.org"
            await pilot.pause()
            await send(pilot)
            await until(pilot, lambda: letter(app).outcome and letter(app).outcome.good)  # type: ignore[union-attr]
            await until_free(pilot)
            await settle(pilot)
    assert [message.recipients for message in mailbox.messages] == [["ann@example.org"], ["zoe@example.org"]]
    sent = [message_from_bytes(file.read_bytes())["To"] for file in (data / "sent/cur").iterdir()]
    assert sorted(sent) == ["ann@example.org, bob@example.org", "ann@example.org, zoe@example.org"]
    assert Drafts().entries() == []


async def test_who_has_it_is_told_as_the_letter_stands(make_app: MakeApp, data: Path) -> None:
    mailbox = Mailbox(refused={"bob@example.org": "550 5.1.1 no such user"})
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            subject = letter(app).query_one("#subject", Input)
            subject.value = "Another"
            await pilot.pause()
            assert "goes to all as another letter" in notices(app)
            subject.value = TWO.subject
            await pilot.pause()
            assert "Send goes only to those who do not have it." in notices(app)


async def test_nobody_minds_a_late_answer_to_a_letter_that_was_dropped(make_app: MakeApp, data: Path) -> None:
    mail = hanging()
    app = make_app(TWO, mail)
    async with app.run_test(size=WIDE) as pilot:
        await give_up(pilot)
        letter(app).action_discard()
        letter(app).action_discard()
        mail.gate.set()
        await until_late_answer(pilot)
        assert "not written down" not in "".join(toast.title for toast in app._notifications)


async def test_no_secret_of_a_handler_is_written_into_the_draft(make_app: MakeApp, data: Path) -> None:
    class LeakingMailHandler(DeliveringMailHandler):
        token: Annotated[Secret, Option("Hush")] = Secret()

        def deliver(self, email: Email) -> Receipt:
            raise ValueError(f"401 for {self.token.reveal()}")

    app = make_app(TWO, LeakingMailHandler(token=Secret("right horse")))
    async with app.run_test(size=WIDE) as pilot:
        await send_through(pilot)
        assert "ValueError: 401 for ***" in pane(app)
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert Drafts().entry("1").journal.attempts[0].recipients[0].reply == "401 for ***"


async def test_a_late_answer_is_written_into_a_draft_that_was_put_aside(make_app: MakeApp, data: Path) -> None:
    mail = hanging()
    app = make_app(TWO, mail)
    async with app.run_test(size=WIDE) as pilot:
        await give_up(pilot)
        assert Drafts().entry("1").state == "unknown"
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert Drafts().entry("1").process is None
        mail.gate.set()
        await until(pilot, lambda: not Drafts().entries())
