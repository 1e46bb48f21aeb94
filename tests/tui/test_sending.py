"""A letter on its way: progress, cancel, what became of it, and who gets a second try."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Button, Collapsible, Input, Static

from mailtui import Draft, Email, MailtuiApp, SMTPMailHandler
from mailtui.mail.attachment import Attachment
from mailtui.tui.screens import compose
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.screens.sending import SendingScreen
from mailtui.tui.widgets.text_view import TextView
from tests.fault_server import fault_server, hang
from tests.smtp_server import Mailbox, smtp_server
from tests.tui.conftest import LETTER, DeliveringMailHandler, MakeApp, RecordingMailHandler, letter, pane, state
from tests.tui.waits import (
    find_command,
    send,
    send_through,
    until,
    until_answered,
    until_free,
    until_heeded,
    until_on_top,
    until_sending,
)

WIDE = (120, 36)
TWO = replace(LETTER, to="ann@example.org, bob@example.org")


def smtp(port: int) -> SMTPMailHandler:
    mail = SMTPMailHandler(host="127.0.0.1", port=port, security="none", from_addr="me@example.com", timeout=60)
    mail.name = "work"
    return mail


def review(app: MailtuiApp) -> str:
    """The text of the review."""
    return app.screen.query_one("#review-text", TextView).text


async def test_a_letter_reaches_a_real_server_and_each_recipient_is_named(make_app: MakeApp, tmp_path: Path) -> None:
    mailbox = Mailbox()
    (tmp_path / "report.pdf").write_bytes(bytes(300_000))
    draft = replace(TWO, cc="carl@example.org", bcc="dora@example.org", attachments=str(tmp_path / "report.pdf"))
    with smtp_server(mailbox) as port:
        app = make_app(draft, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            assert f"▲ work · 127.0.0.1:{port} · not encrypted" in str(letter(app).query_one("#handler").render())
            await send(pilot)
            await until_answered(pilot)
            await pilot.pause()
            assert "✓ work · " in state(app)
            assert "accepted for 4 recipients" in state(app)
            for name in ("ann", "bob", "carl", "dora"):
                assert f"✓ {name}@example.org" in pane(app)
            transcript = letter(app).query_one("#transcript", TextView).text
            assert "> RCPT TO:<dora@example.org>" in transcript
            assert letter(app).query_one(Collapsible).collapsed
    (message,) = mailbox.messages
    assert message.recipients == [f"{name}@example.org" for name in ("ann", "bob", "carl", "dora")]
    assert b"dora" not in message.data


async def test_what_was_reviewed_is_what_leaves(make_app: MakeApp) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await pilot.press("ctrl+s")
            await until_heeded(pilot, ReviewScreen)
            summary = review(app)
            await pilot.press("v")
            source = review(app)
            await until_heeded(pilot, ReviewScreen)
            await pilot.press("v")
            assert review(app) == summary
            await until_heeded(pilot, ReviewScreen)
            await pilot.press("y")
            await until_answered(pilot)
    assert mailbox.messages[0].data.decode().replace("\r\n", "\n") == source
    assert "1  ann@example.org" in summary


async def test_a_refused_recipient_alone_gets_the_second_try(make_app: MakeApp) -> None:
    mailbox = Mailbox(refused={"bob@example.org": "450 4.2.0 greylisted"})
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until_answered(pilot)
            await pilot.pause()
            assert "accepted for 1, refused for 1" in state(app)
            assert "✗ bob@example.org  refused 450 4.2.0 greylisted" in pane(app)
            mailbox.refused = {}
            await until_free(pilot)
            await pilot.click("#retry")
            await until_heeded(pilot, ReviewScreen)
            assert "1 recipient:\n   1  bob@example.org\n   –  ann@example.org  not again: has it already" in review(
                app
            )
            await pilot.press("y")
            await until(pilot, lambda: letter(app).outcome and letter(app).outcome.good)  # type: ignore[union-attr]
            await pilot.pause()
            assert "submit 2" in state(app)
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert app.screen is letter(app)
            assert any("Everybody has this letter" in toast.message for toast in app._notifications)
    assert [message.recipients for message in mailbox.messages] == [["ann@example.org"], ["bob@example.org"]]
    assert mailbox.messages[0].data == mailbox.messages[1].data


async def test_a_changed_letter_goes_to_all_under_another_name_and_the_old_one_is_remembered(make_app: MakeApp) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            subject = letter(app).query_one("#subject", Input)
            subject.value = "Another"
            await pilot.pause()
            subject.value = LETTER.subject
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert app.screen is letter(app)
            subject.value = "Another"
            await send(pilot)
            await until(pilot, lambda: len(mailbox.messages) == 2)
    first, second = (message.data.partition(b"Message-ID: ")[2][:50] for message in mailbox.messages)
    assert first != second
    assert mailbox.messages[1].recipients == ["ann@example.org", "bob@example.org"]


async def test_a_corrected_address_alone_gets_the_letter(make_app: MakeApp) -> None:
    mailbox = Mailbox(refused={"bob@example.org": "550 5.1.1 no such user"})
    with smtp_server(mailbox) as port:
        app = make_app(replace(TWO, bcc="dora@example.org"), smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            letter(app).query_one("#to", Input).value = "ann@example.org, zoe@example.org"
            await pilot.pause()
            known = str(letter(app).query_one("#known").render())
            assert "bob@example.org does not have it (work, " in known
            assert "5.1.1 no such user" in known
            assert "ann@example.org and dora@example.org have it already (work, " in known
            await pilot.press("ctrl+s")
            await until_heeded(pilot, ReviewScreen)
            shown = "1 recipient:\n   1  zoe@example.org\n   –  ann@example.org  not again: has it already"
            assert shown in review(app)
            await pilot.press("y")
            await until(pilot, lambda: letter(app).outcome and letter(app).outcome.good)  # type: ignore[union-attr]
            await until_free(pilot)
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert app.screen is letter(app)
            assert not letter(app).query_one("#known").display
    assert [message.recipients for message in mailbox.messages] == [
        ["ann@example.org", "dora@example.org"],
        ["zoe@example.org"],
    ]
    first, second = (message_from_bytes(message.data) for message in mailbox.messages)
    assert (first["To"], second["To"]) == ("ann@example.org, bob@example.org", "ann@example.org, zoe@example.org")
    assert first["Message-ID"] == second["Message-ID"]


async def test_another_handler_may_send_it_again_and_the_review_says_so(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    delivering.status = "accepted"
    second = DeliveringMailHandler()
    second.name = "second"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_answered(pilot)
        app.mail = second
        await until_free(pilot)
        await pilot.press("ctrl+s")
        await until_on_top(pilot, ReviewScreen)
        assert "1  ann@example.org  (⚠ has it already (delivering, " in review(app)


async def test_an_unknown_end_is_told_and_a_retry_warns(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    delivering.status = "unknown"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_answered(pilot)
        await pilot.pause()
        assert "unknown for 2 recipients" in state(app)
        await until_free(pilot)
        await pilot.press("ctrl+s")
        await until_on_top(pilot, ReviewScreen)
        assert "ann@example.org  (⚠ may have it already (delivering, " in review(app)


@pytest.mark.long
@pytest.mark.parametrize("presses", [20])
async def test_twenty_quick_presses_are_one_mail(
    make_app: MakeApp, presses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "QUIET", 2)  # so long the form is held after the answer
    mailbox = Mailbox(delay=0.1)
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await pilot.press(*["ctrl+s"] * presses)
            assert sum(isinstance(screen, ReviewScreen) for screen in app.screen_stack) == 1
            await until_heeded(pilot, ReviewScreen)
            await pilot.press(*["y"] * presses)
            await until_answered(pilot)
            await pilot.press(*["y"] * presses)
            await until_free(pilot)
            assert replace(letter(app).draft, letter="") == TWO
    assert len(mailbox.messages) == 1


async def test_a_cancel_before_anything_left_is_certain(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()
    mailbox = Mailbox()

    async def hang(*arguments: object) -> str:
        while not silent.is_set():
            await asyncio.sleep(0.01)
        return "250 OK"

    monkeypatch.setattr(mailbox, "handle_MAIL", hang)
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until_sending(pilot)
            assert "naming the recipients" in str(app.screen.query_one("#sending-stage", Static).render())
            await pilot.press("escape")
            await until_answered(pilot)
            await until(pilot, lambda: app.screen is letter(app))
            await pilot.pause()
            assert "nothing was sent" in state(app)
            assert "✗ ann@example.org  not sent cancelled; nothing was handed over" in pane(app)
        silent.set()
    assert mailbox.messages == []


async def test_a_handler_that_hangs_can_be_left(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    delivering.gate.clear()
    delivering.status = "accepted"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_sending(pilot)
        assert "Stop waiting" in str(app.screen.query_one("#sending-cancel", Button).label)
        await pilot.press("escape")
        await until_answered(pilot)
        await until(pilot, lambda: app.screen is letter(app))
        assert "unknown for 2 recipients" in state(app)
        assert "delivering does not answer" in pane(app)
        await until_free(pilot)
        await pilot.press("x")
        assert "xann" in letter(app).draft.to or letter(app).draft.to.endswith("x")
        await pilot.press("backspace")

        delivering.gate.set()
        await until(pilot, lambda: any("answer has come" in toast.title for toast in app._notifications))
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert any("Everybody has this letter" in toast.message for toast in app._notifications)


async def test_a_handler_that_sends_nothing_and_hangs_can_be_left(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    recording.gate.clear()
    app = make_app(TWO, recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await until_sending(pilot)
        await pilot.click("#sending-cancel")
        await until_answered(pilot)
        await pilot.pause()
        assert "✗ recording · failed" in state(app)
        assert "Cancelled; nothing was sent." in pane(app)
        await until(pilot, lambda: app.screen is letter(app))
    recording.gate.set()


async def test_the_answer_can_be_copied_and_a_new_letter_begun(make_app: MakeApp) -> None:
    app = make_app(TWO)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await until_answered(pilot)
        await pilot.pause()
        assert not letter(app).query("#retry")
        await pilot.click("#copy")
        assert app.clipboard.startswith("✓ dummy · answered")
        assert "DUMMY MAIL MESSAGE" in app.clipboard
        await pilot.click("#new")
        await pilot.pause()
        assert letter(app).draft == Draft(letter=letter(app).draft.letter)
        assert not letter(app).query("#copy")


async def test_copy_and_retry_are_in_the_palette(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    recording.status = "refused"
    app = make_app(TWO, recording)
    async with app.run_test(size=WIDE) as pilot:
        assert not {"Copy", "Retry"} & {command.title for command in app.get_system_commands(app.screen)}
        await pilot.press("ctrl+s")
        await until_answered(pilot)
        commands = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        commands["Copy"]()
        assert "message 1" in app.clipboard
        commands["Retry"]()
        await until(pilot, lambda: len(recording.delivered) == 2)


async def test_a_handler_that_breaks_before_it_has_the_letter_says_that_nothing_left(make_app: MakeApp) -> None:
    class BrokenMailHandler(DeliveringMailHandler):
        label = "broken"

        def prepare(self, draft: Draft) -> Email:
            raise ZeroDivisionError("division by zero")

    app = make_app(TWO, BrokenMailHandler())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await until_answered(pilot)
        await pilot.pause()
        assert "nothing was sent" in state(app)
        assert "broken broke off with ZeroDivisionError: division by zero." in pane(app)
        assert "not known" not in pane(app)


async def test_who_presses_twice_leaves_once(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    delivering.status = "accepted"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await until_on_top(pilot, ReviewScreen)
        await pilot.click("#review-send", times=2)
        await until_answered(pilot)
        assert app.screen is letter(app)
        await find_command(pilot, "Copy")
        assert app._driver
        for _ in range(3):  # in one burst
            app._driver.process_message(Key("enter", "\r"))
        await until(pilot, lambda: app.clipboard)
        await pilot.pause()
        assert app.screen is letter(app)
        await pilot.press("f1")
        await pilot.pause()
        await pilot.press("q", "q", "escape")
        await pilot.pause()
        assert app.screen is letter(app)
    assert len(delivering.delivered) == 1


async def test_quitting_before_the_letter_is_complete_keeps_it_from_everybody(make_app: MakeApp) -> None:
    with fault_server({"DATA": hang}) as server:
        app = make_app(TWO, smtp(server.port))
        async with app.run_test(size=WIDE) as pilot:
            await send(pilot)
            await until(pilot, lambda: "DATA" in server.record.reached)
            await pilot.press("ctrl+q")
            await pilot.pause()
            assert any("is being handed over" in toast.message for toast in app._notifications)
            await pilot.press("ctrl+q")
            await pilot.pause()
        assert app.return_code == 0
    assert server.record.messages == []
    assert server.record.lines[-1] == b"DATA"


@pytest.mark.long
async def test_between_two_handlers_nobody_gets_it_twice_from_one(make_app: MakeApp) -> None:
    first, second = Mailbox(), Mailbox(refused={"bob@example.org": "450 later"})
    with smtp_server(first) as first_port, smtp_server(second) as second_port:
        app = make_app(TWO, smtp(first_port))
        async with app.run_test(size=WIDE) as pilot:
            for port in (first_port, second_port, second_port, second_port):
                app.mail = smtp(port)  # made anew, as by saving
                await until_free(pilot)
                second.refused = second.refused if port == first_port or not second.messages else {}
                await pilot.press("ctrl+s")
                await pilot.pause()
                if isinstance(app.screen, ReviewScreen):
                    await until_heeded(pilot, ReviewScreen)
                    await pilot.press("y")
                    await until_answered(pilot)
            assert app.screen is letter(app)
            assert any("Everybody has this letter" in toast.message for toast in app._notifications)
    assert [message.recipients for message in first.messages] == [["ann@example.org", "bob@example.org"]]
    assert [message.recipients for message in second.messages] == [["ann@example.org"], ["bob@example.org"]]


async def test_the_form_stays_locked_when_a_second_try_follows_at_once(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    delivering.status = "refused"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_answered(pilot)
        await pilot.press("ctrl+s")
        await until_on_top(pilot, ReviewScreen)
        await pilot.pause(1.2)
        assert letter(app).query_one("#form").disabled
        await pilot.press("e")
        await until_free(pilot)


async def test_enter_after_yes_cancels_nothing(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    delivering.gate.clear()
    delivering.status = "accepted"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_sending(pilot)
        await pilot.press("e", "s", "enter", "space")
        await pilot.pause(0.7)
        assert isinstance(app.screen, SendingScreen)
        delivering.gate.set()
        await until_answered(pilot)
        assert "accepted for 2 recipients" in state(app)


async def test_a_late_refusal_takes_the_supposition_back(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    delivering.gate.clear()
    delivering.status = "refused"
    app = make_app(TWO, delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await until_sending(pilot)
        await pilot.press("escape")
        await until_answered(pilot)
        assert "unknown for 2 recipients" in state(app)
        delivering.gate.set()
        await until(pilot, lambda: "nothing was sent" in state(app))
        await until_free(pilot)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "may have it" not in review(app)


async def test_a_change_that_did_not_leave_can_be_taken_back(make_app: MakeApp) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        app = make_app(TWO, smtp(port))
        async with app.run_test(size=WIDE) as pilot:
            await send_through(pilot)
            letter(app).query_one("#subject", Input).value = "Another"
            mailbox.mail_answer = "451 not now"
            await send_through(pilot)
            letter(app).query_one("#subject", Input).value = LETTER.subject
            mailbox.mail_answer = ""
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert app.screen is letter(app)
            assert any("Everybody has this letter" in toast.message for toast in app._notifications)
    assert len(mailbox.messages) == 1


async def test_large_files_are_read_beside_the_screen(
    make_app: MakeApp, recording: RecordingMailHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film").write_bytes(b"x")
    read, sealed = threading.Event(), Attachment.sealed
    monkeypatch.setattr(Attachment, "sealed", lambda file: read.wait(5) and sealed(file))
    app = make_app(replace(LETTER, attachments=str(tmp_path / "film")), recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s", "x", "ctrl+s", "f8")
        assert str(letter(app).query_one("#readiness").render()) == "… reading the files"
        read.set()
        await until_answered(pilot)
        assert [file.name for email in recording.delivered for file in email.attachments] == ["film"]
        assert len(recording.prepared) == 1
        assert (letter(app).draft.to, letter(app).focused) == (LETTER.to, letter(app).query_one("#to"))
        (tmp_path / "film").unlink()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: letter(app).focused is letter(app).query_one("#attachments"))
        assert not letter(app).busy
