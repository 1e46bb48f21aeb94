from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mailtui import DeliveryError, Draft, Email, MailtuiApp, Receipt, Settings
from mailtui.config.sources import Setting
from mailtui.tui.screens import compose
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.widgets.compose_form import ComposeForm
from tests.cement_reference import cement_prints
from tests.tui.conftest import (
    LETTER,
    DeliveringMailHandler,
    MakeApp,
    RecordingMailHandler,
    burst,
    letter,
    pane,
    preview,
    state,
)
from tests.tui.waits import choose_command, send, settle, until_answered, until_free, until_heeded, until_sending

WIDE, NARROW = (120, 36), (80, 24)


async def test_what_is_typed_in_each_field_is_what_cement_prints(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one("#from").focus()
        for text in ("me@x.org", "ann@x.org,bob@x.org", "cc@x.org", "hidden@x.org", "Hello you", "", "Hi,"):
            burst(app, *text, "tab")
        await pilot.pause()
        expected = cement_prints(
            "Hi,",
            from_addr="me@x.org",
            to=["ann@x.org", "bob@x.org"],
            cc=["cc@x.org"],
            bcc=["hidden@x.org"],
            subject="Hello you",
        )
        assert pane(app) + "\n" == expected.decode()
        assert "○ live preview · Send hands it to dummy" in state(app)


async def test_a_blank_letter_shows_the_defaults_that_cement_uses(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert pane(app) + "\n" == cement_prints("").decode()
        assert letter(app).query_one("#from", Input).placeholder == "noreply@example.com"
        assert letter(app).query_one("#subject", Input).placeholder == "Default Subject Line"


async def test_send_shows_what_the_dummy_printed_and_says_so(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        before = state(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        expected = cement_prints(LETTER.body, from_addr=LETTER.from_addr, to=[LETTER.to], subject=LETTER.subject)
        assert pane(app).startswith(expected.decode().rstrip("\n"))
        assert "● ann@example.com  shown" in pane(app)
        assert state(app) != before
        assert "dummy · answered" in state(app)
        assert "nothing was sent" in state(app)
        first = state(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "submit 2" in state(app)
        assert state(app) != first


async def test_an_edit_brings_the_live_preview_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("x")
        await pilot.pause()
        assert "live preview" in state(app)
        assert "● ann@example.com" not in pane(app)


async def press_key(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+s")


async def press_button(pilot: Pilot[None]) -> None:
    await pilot.click("#send")


async def choose_in_palette(pilot: Pilot[None]) -> None:
    await choose_command(pilot, "Send")


async def click_key_hint(pilot: Pilot[None]) -> None:
    await pilot.click("KeyBar", offset=(2, 0))


@pytest.mark.parametrize("press", [press_key, press_button, choose_in_palette, click_key_hint])
async def test_one_press_is_one_prepare_and_one_deliver_with_the_form_s_values(
    press: object, make_app: MakeApp, recording: RecordingMailHandler, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(press)
    app = make_app(replace(LETTER, cc="cc@x.org", bcc="hidden@x.org"), recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        await press(pilot)
        await settle(pilot)
        assert len(recording.prepared) == len(recording.delivered) == 1
        assert replace(recording.prepared[0], letter="") == replace(LETTER, cc="cc@x.org", bcc="hidden@x.org")
        assert "message 1" in pane(app)
    pressed = recording.delivered[0]
    recording.send(
        LETTER.body,
        to=["ann@example.com"],
        from_addr="me@example.com",
        cc=["cc@x.org"],
        bcc=["hidden@x.org"],
        subject="Hello",
        date=pressed.date,
        message_id=pressed.message_id,
    )
    sent = recording.delivered[1]
    assert sent.as_bytes() == pressed.as_bytes()
    assert sent.envelope == pressed.envelope
    assert capsys.readouterr().out == "message 2\n"


async def test_twenty_quick_presses_are_one_mail(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    app = make_app(mail=recording)
    recording.gate.clear()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press(*["ctrl+s"] * 20)
        assert "waiting for the answer" in str(letter(app).query_one("#readiness", Static).render())
        recording.gate.set()
        await settle(pilot)
        assert len(recording.delivered) == 1
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert len(recording.delivered) == 2


async def test_what_is_sent_is_what_stands_in_the_form_at_that_moment(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one("#subject", Input).value = "Typed last"
        letter(app).action_send()  # before any message about it has arrived
        await settle(pilot)
        assert recording.delivered[0].subject == "Typed last"
        assert "message 1" in pane(app)


async def test_two_clicks_that_come_together_are_one_mail(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    app = make_app(mail=recording)
    recording.gate.clear()
    async with app.run_test(size=WIDE) as pilot:
        form = letter(app).query_one(ComposeForm)
        for _ in range(2):
            form.post_message(ComposeForm.Submitted())
        await pilot.pause()
        recording.gate.set()
        await settle(pilot)
        assert len(recording.delivered) == 1


async def test_a_letter_that_cannot_be_sent_says_why_at_each_field(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(replace(LETTER, cc="bob@", attachments="/nowhere/at/all"), recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await pilot.pause()
        screen = letter(app)
        assert str(screen.query_one("#cc-problem").render()) == "✗ bob@: the domain is missing"
        assert "✗ /nowhere/at/all  there is no such file" in screen.query_one("#attached").render_line(0).text
        assert screen.focused is screen.query_one("#cc")
        assert "not sendable yet: Cc, Attach" in state(app)
        assert "CC: bob@" in pane(app)
        assert recording.delivered == []
        await pilot.press("end", *"x.org")
        await pilot.pause()
        assert not screen.query_one("#cc-problem").display


async def test_an_address_is_checked_when_its_field_is_left(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press(*"ann")
        await pilot.pause()
        assert not letter(app).query("#to-problem")
        await pilot.press("enter")
        await pilot.pause()
        assert str(letter(app).query_one("#to-problem").render()) == "✗ ann: the @ and the domain are missing"
        assert letter(app).focused is letter(app).query_one("#cc")


async def test_message_and_source_never_show_something_stale(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        assert pane(app).startswith("From      me@example.com\nTo        ann@example.com\n")
        await pilot.press("f3")
        await pilot.pause()
        assert "\nSubject: Hello\n" in pane(app)
        await pilot.press(*",bob@")
        await pilot.pause()
        assert "Subject: Hello" not in pane(app)
        assert "To: bob@: the domain is missing" in pane(app)


async def test_the_source_is_what_is_handed_over(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    app = make_app(replace(LETTER, letter="a1b2"), recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f3", "f3")
        await pilot.pause()
        shown = pane(app)
        await pilot.press("ctrl+s")
        await settle(pilot)

    def without_date(source: str) -> str:
        return source.partition("\n")[2]

    assert without_date(recording.delivered[0].as_bytes().decode().replace("\r\n", "\n")) == without_date(shown)


async def test_markdown_is_asked_for_by_key_and_mouse_and_goes_as_html(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(replace(LETTER, body="**Hello**"), mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f3", "f3", "f8")
        await pilot.pause()
        assert "<strong>Hello</strong>" in pane(app)
        assert str(letter(app).query_one("#markdown").render()) == "[x] Markdown"
        await pilot.click("#markdown")
        await pilot.pause()
        assert "<strong>" not in pane(app)
        assert str(letter(app).query_one("#markdown").render()) == "[ ] Markdown"
        await pilot.press("space")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert [email.html is not None for email in recording.delivered] == [True]
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert str(letter(app).query_one("#markdown").render()) == "[ ] Markdown"


async def test_a_click_shows_a_tab(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        for column, tab, text in (
            (19, "Source", "MIME-Version"),
            (10, "Message", "To        ann"),
            (2, "Output", "DUMMY"),
        ):
            await pilot.click("#tabs", offset=(column, 0))
            await pilot.pause()
            assert preview(app).tab == tab
            assert text in pane(app)


async def test_in_a_narrow_terminal_f3_swaps_and_escape_comes_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        form, shown = letter(app).query_one("#form"), preview(app)
        await pilot.press("tab")
        field = letter(app).focused
        assert (form.display, shown.display) == (True, False)
        for tab in ("Output", "Message", "Source"):
            await pilot.press("f3")
            await pilot.pause()
            assert (form.display, shown.display) == (False, True)
            assert shown.tab == tab
        await pilot.press("f3")
        assert (form.display, letter(app).focused) == (True, field)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert shown.display
        assert "dummy · answered" in state(app)
        await pilot.press("escape")
        await pilot.pause()
        assert (form.display, letter(app).focused) == (True, field)
        letter(app).query_one("#subject").focus()
        await pilot.pause()
        burst(app, "tab", "tab")
        await pilot.pause()
        await pilot.press("f3", "escape")
        assert letter(app).focused is letter(app).query_one("#body")


async def test_escape_while_typing_leaves_the_cursor_where_it_is(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one("#body").focus()
        await pilot.press("escape")
        assert letter(app).focused is letter(app).query_one("#body")
        letter(app).query_one("#preview TextView").focus()
        await pilot.press("escape")
        assert letter(app).focused is letter(app).query_one("#body")


async def test_a_failure_is_told_and_the_letter_stays(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    recording.error = DeliveryError("Nobody listens at localhost:25. Start a server, or choose another handler.")
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        focused = letter(app).focused
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "failed" in state(app)
        assert "Nobody listens at localhost:25" in pane(app)
        assert letter(app).focused is focused
        assert replace(letter(app).draft, letter="") == LETTER


async def test_a_handler_with_a_defect_costs_nothing(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    recording.error = ZeroDivisionError("division by zero")
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "broke off" in state(app)
        assert "recording broke off with ZeroDivisionError: division by zero." in pane(app)
        recording.error = None
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "message 2" in pane(app)


@pytest.mark.parametrize("text", ["[@click=app.quit]x[/]", "[/nope]", "[bold", "$accent", "\\[x]"])
async def test_nothing_in_a_message_is_taken_as_markup(text: str, make_app: MakeApp) -> None:
    app = make_app(Draft(from_addr=text, to=text, cc=text, subject=text, body=text, attachments=text))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert f"Subject: {text}" in pane(app)
        assert text in str(letter(app).query_one("#from-problem").render())
        for _ in range(3):
            await pilot.press("f3")
            await pilot.pause()


async def test_a_pasted_column_of_addresses_becomes_a_list(make_app: MakeApp) -> None:
    app = make_app(Draft())
    async with app.run_test(size=WIDE) as pilot:
        app.copy_to_clipboard("ann@x.org\nbob@x.org,\n\n  cy@x.org  \n")
        paste(app, "ann@x.org\nbob@x.org,\n\n  cy@x.org  \n")
        await pilot.pause()
        assert letter(app).draft.to == "ann@x.org, bob@x.org, cy@x.org"
        letter(app).query_one("#subject").focus()
        await pilot.pause()
        paste(app, "Hello\r\nyou")
        await pilot.pause()
        assert letter(app).draft.subject == "Hello you"


def paste(app: MailtuiApp, text: str) -> None:
    from textual.events import Paste

    app.post_message(Paste(text))


async def test_a_line_feed_in_the_body_begins_a_line_and_sends_nothing(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(Draft(), recording)
    async with app.run_test(size=WIDE) as pilot:
        letter(app).query_one("#body").focus()
        await pilot.press("H", "i", "ctrl+j", "y", "enter", "y")
        await settle(pilot)
        assert letter(app).draft.body == "Hi\ny\ny"
        assert recording.prepared == []


async def test_new_begins_another_letter(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert replace(letter(app).draft, letter="") == Draft()
        assert letter(app).query_one("#to", Input).value == ""
        await pilot.press(*"bob@x.org")
        letter(app).query_one("#from", Input).value = "me@x.org"
        await pilot.press("ctrl+s")
        await settle(pilot)
        first, second = recording.delivered
        assert first.message_id.partition("@")[0] != second.message_id.partition("@")[0]


async def test_a_letter_sent_again_keeps_its_message_id(make_app: MakeApp, recording: RecordingMailHandler) -> None:
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("x", "backspace", "ctrl+s")
        await settle(pilot)
    assert len({email.message_id for email in recording.delivered}) == 1


async def test_a_letter_that_somebody_got_becomes_another_when_it_is_changed(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    recording.status = "accepted"
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        letter(app).query_one("#subject", Input).value = "Another"
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert len({email.message_id for email in recording.delivered}) == 2


async def test_mail_that_leaves_is_reviewed_and_only_y_sends(
    make_app: MakeApp, delivering: DeliveringMailHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "QUIET", 2)  # so long the form is held after the answer
    delivering.status = "accepted"
    app = make_app(replace(LETTER, bcc="hidden@x.org"), delivering)
    async with app.run_test(size=WIDE) as pilot:
        letter(app).action_send()
        burst(app, "y", "enter", "y")  # on their way before the review is there
        await settle(pilot)
        assert delivering.delivered == []
        assert app.screen.query_one("#review").border_subtitle == "a key counts half a second after the one before"
        text = app.screen.query_one("#review-text").text  # type: ignore[attr-defined]
        assert "2 recipients:\n   1  ann@example.com\n   2  hidden@x.org  (hidden from the others)" in text
        await until_heeded(pilot, ReviewScreen)
        await pilot.press("e")
        await pilot.pause()
        assert app.screen is letter(app)
        await pilot.press("ctrl+s")
        await until_heeded(pilot, ReviewScreen)
        burst(app, "y", "y", "y")
        await settle(pilot)
        assert len(delivering.delivered) == 1
        assert "accepted for 2 recipients" in state(app)
        burst(app, "y", "y")
        await until_free(pilot)
        assert replace(letter(app).draft, letter="") == replace(LETTER, bcc="hidden@x.org")
        assert letter(app).focused is letter(app).query_one("#to")


async def test_the_line_beside_send_is_true_at_every_step(make_app: MakeApp, delivering: DeliveringMailHandler) -> None:
    app = make_app(mail=delivering)
    async with app.run_test(size=WIDE) as pilot:

        def beside_send() -> str:
            return str(letter(app).query_one("#readiness", Static).render())

        await pilot.pause()
        ready = beside_send()
        assert ready.startswith("✓ ready · 1 recipient")
        await pilot.press("ctrl+s")
        await until_heeded(pilot, ReviewScreen)
        assert beside_send() == "… nothing is sent yet"
        await pilot.press("e")
        await pilot.pause()
        assert beside_send() == ready
        delivering.gate.clear()
        await send(pilot)
        await until_sending(pilot)
        assert beside_send() == "… waiting for the answer"
        delivering.gate.set()
        await until_answered(pilot)
        assert beside_send() == ready


async def test_after_a_delivery_in_a_narrow_terminal_the_answer_keeps_the_cursor(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    delivering.status = "accepted"
    app = make_app(mail=delivering)
    async with app.run_test(size=NARROW) as pilot:
        await send(pilot)
        await settle(pilot)
        await until_free(pilot)
        assert letter(app).focused is preview(app).query_one("#text")
        await pilot.press("escape")
        await pilot.pause()
        assert letter(app).focused is letter(app).query_one("#to")


async def test_leaving_while_the_letter_is_on_its_way_is_no_quiet_matter(
    make_app: MakeApp, delivering: DeliveringMailHandler
) -> None:
    delivering.gate.clear()
    app = make_app(mail=delivering)
    async with app.run_test(size=WIDE) as pilot:
        await send(pilot)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert any("is being handed over; wait for the answer" in toast.message for toast in app._notifications)
        await pilot.press("ctrl+q")
        await pilot.pause()
        delivering.gate.set()
    assert app.return_code == 76


async def test_message_and_source_after_a_submit_are_those_of_the_submit(
    make_app: MakeApp, recording: RecordingMailHandler
) -> None:
    app = make_app(mail=recording)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("f3", "f3")
        await pilot.pause()
        assert pane(app) == recording.delivered[0].source()
        assert "recording · answered" in state(app)


async def test_nothing_of_a_link_or_a_paste_acts_on_the_terminal(make_app: MakeApp) -> None:
    osc = "a\x1b]52;c;ZXZpbA==\x07\x9b31m\u202eb"
    app = make_app(Draft(to=osc, subject=f"one\n{osc}", body=f"two\r\n\t{osc}"))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        typed = "a␛]52;c;ZXZpbA==␇�31m\u202eb"  # marks belong to a text
        assert replace(letter(app).draft, letter="") == Draft(to=typed, subject=f"one {typed}", body=f"two\n\t{typed}")
        letter(app).query_one("#cc").focus()
        await pilot.pause()
        paste(app, osc)
        letter(app).query_one("#body").focus()
        await pilot.pause()
        paste(app, osc)
        await pilot.pause()
        assert letter(app).draft.cc == typed
        assert letter(app).draft.body.startswith(typed)


@pytest.mark.parametrize("answer", [None, SystemExit(3)])
async def test_a_handler_that_answers_nothing_is_told(
    make_app: MakeApp, recording: RecordingMailHandler, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StrangeMailHandler(RecordingMailHandler):
        label = "strange"

        def deliver(self, email: Email) -> Receipt:
            if isinstance(answer, SystemExit):
                raise answer
            return answer  # type: ignore[return-value]

    app = make_app(mail=StrangeMailHandler())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "broke off" in state(app)


async def test_a_switch_to_a_handler_that_needs_an_author_puts_the_cursor_there(make_app: MakeApp) -> None:
    app = make_app(replace(LETTER, from_addr=""))
    async with app.run_test(size=WIDE) as pilot:
        app.use("eml")
        await pilot.pause()
        assert letter(app).focused is letter(app).query_one("#from")
        assert "the author's address is missing" in str(letter(app).query_one("#from-problem").render())


async def test_a_new_letter_has_no_mistakes_yet(make_app: MakeApp) -> None:
    app = make_app(Draft(to="bob@"))
    async with app.run_test(size=WIDE) as pilot:
        app.use("eml")
        await pilot.press("ctrl+s", "ctrl+n", "ctrl+n")
        await pilot.pause()
        assert state(app) == "○ new letter · needs From, To"
        assert replace(letter(app).draft, letter="") == Draft()
        assert not [line for line in letter(app).query(".problem") if line.display]


async def test_a_wrong_preference_is_told_and_its_default_is_used(make_app: MakeApp) -> None:
    wrong = {"theme": Setting(3, "file", "config.toml, line 1"), "signature": Setting("~/.sig", "file")}
    app = make_app(settings=Settings(preferred=wrong))
    async with app.run_test(size=WIDE):
        (toast,) = (toast for toast in app._notifications if toast.title == "A preference is wrong")
        assert "theme: expected a text, not 3 (config.toml, line 1)" in toast.message
        assert (app.preferences.theme, app.preferences.signature) == ("textual-dark", "~/.sig")
        assert letter(app).preferences is app.preferences


async def test_the_palette_finds_the_handlers_and_the_settings(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await choose_command(pilot, "Settings")
        assert type(app.screen).__name__ == "SettingsScreen"


async def test_every_action_is_in_the_palette(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE):
        titles = [command.title for command in app.get_system_commands(app.screen)]
    assert {"Send", "Preview", "New", "Handler", "Settings", "Help", "Quit", "Attach"} <= set(titles)
    assert len(titles) == len(set(titles))
