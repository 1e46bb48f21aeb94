"""What goes wrong from MAIL on: a receipt tells for each recipient what is known, and nothing more."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui import InvalidEmail, Receipt
from mailtui.mail.smtp.connection import Connection, Reply
from mailtui.mail.smtp.transaction import _AFTER_DATA
from tests.fault_server import Act, drop, fault_server, flood_line, flood_lines, hang, raw, reset, say, then
from tests.mail.smtp.lines import (
    FAULTS,
    LOST,
    PATIENCE,
    REFUSALS,
    SECURITIES,
    SLOW,
    large_file,
    letter,
    mail_to,
    outcome_of,
    statuses,
)

OK = ("accepted", 250)
LOST_ALL = ("refused", None)
UNKNOWN = ("unknown", None)


def assert_clear(receipt: Receipt) -> None:
    for recipient in receipt.recipients:
        assert recipient.reply.isprintable()
        assert len(recipient.reply) <= 1000
        for ugly in ("[Errno", "_ssl", "b'", "None", "  "):
            assert ugly not in recipient.reply
        assert recipient.code or recipient.reply.endswith(
            ("; nothing was handed over", "; whether it was accepted is not known")
        )
    assert all(map(str.isprintable, receipt.transcript))


def expected(point: str, fault: str) -> list[tuple[str, int | None]]:
    """Of three recipients."""
    if point == "QUIT":
        return [OK] * 3
    if fault in REFUSALS:
        no = ("refused", int(fault))
        return [OK, no, OK] if point == "RCPT2" and fault != "421" else [no] * 3
    return [UNKNOWN if point == "end" else LOST_ALL] * 3


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["MAIL", "RCPT2", "DATA", "end", "QUIT"])
@pytest.mark.parametrize("security", SECURITIES)
def test_a_fault_after_the_log_in(security: str, point: str, fault: str) -> None:
    slow = fault == "hang" and point != "QUIT"
    with fault_server({point: FAULTS[fault]}, security=security) as server:
        mail = mail_to(server, security, timeout=PATIENCE if slow else 8)
        receipt = outcome_of(mail.begin(letter(mail)))
        record = server.record
    assert statuses(receipt) == expected(point, fault)
    assert isinstance(receipt, Receipt)
    assert_clear(receipt)
    assert bool(receipt) == (point == "QUIT")
    assert receipt.duration < 5
    assert bool(record.messages) == (OK in statuses(receipt))
    assert receipt.recipients[1].reply == {
        "421": "4.3.2 shutting down",
        "451": "4.3.0 not now",
        "550": "5.7.1 not here",
        "556": r"\x1b[31m\ufffdno\x07 \u202e".replace(r"\ufffd", "\\x9b"),
    }.get(fault if point != "QUIT" else "", receipt.recipients[1].reply)
    record.assert_secure()
    if fault in SLOW and point != "QUIT":
        assert receipt.recipients[0].reply.startswith("the line broke: no answer in time; ")
    if statuses(receipt)[0] in (LOST_ALL, UNKNOWN):
        assert b"QUIT" not in record.lines
        assert receipt.transcript[-1].startswith("* the line broke: ")


@pytest.mark.parametrize("fault", ["drop", "421", "550", "HTTP"])
def test_who_was_refused_before_keeps_the_servers_words(fault: str) -> None:
    with fault_server({"RCPT1": say("550 5.1.1 no such user"), "RCPT3": FAULTS[fault]}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    rest = {"421": [("refused", 421)] * 2, "550": [OK, ("refused", 550)]}.get(fault, [LOST_ALL] * 2)
    assert statuses(receipt) == [("refused", 550), *rest]


HUNG_UP: dict[str, tuple[str, list[tuple[str, int | None]]]] = {
    "MAIL": ("421 4.7.0 no", [("refused", 421)] * 3),
    "RCPT1": ("421 4.7.0 no", [("refused", 421)] * 3),
    "RCPT3": ("550 5.1.1 no", [LOST_ALL, LOST_ALL, ("refused", 550)]),
    "DATA": ("554 5.7.1 no", [("refused", 554)] * 3),
    "end": ("250 yes", [OK] * 3),
    "QUIT": ("554 no", [OK] * 3),
}


@pytest.mark.parametrize("closes", [True, False])
@pytest.mark.parametrize("point", HUNG_UP)
def test_what_fails_afterwards_changes_nothing(point: str, closes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that broke after an answer, a QUIT on it, and a socket that cannot even be closed."""
    words, expected = HUNG_UP[point]
    if not closes:
        monkeypatch.setattr(smtplib.SMTP, "close", closing_badly(smtplib.SMTP.close))
    with fault_server({point: then(say(words), reset)}) as server:
        mail = mail_to(server)
        assert statuses(outcome_of(mail.begin(letter(mail)))) == expected


def closing_badly(close: Callable[[smtplib.SMTP], None]) -> Callable[[smtplib.SMTP], None]:
    def close_badly(self: smtplib.SMTP) -> None:
        close(self)
        raise ConnectionResetError(104, "Connection reset by peer")

    return close_badly


IN_THE_MIDDLE: dict[str, tuple[Act, tuple[str, int | None]]] = {
    "drop": (drop, LOST_ALL),
    "reset": (reset, LOST_ALL),
    "hang": (hang, LOST_ALL),
    "flood": (flood_lines, LOST_ALL),
    "flood in a line": (flood_line, LOST_ALL),
    "552 and hang up": (then(say("552 5.3.4 too big"), drop), ("refused", 552)),
    "552 and stop": (then(say("552 5.3.4 too big"), hang), ("refused", 552)),
    "421 and hang up": (then(say("421 4.3.2 good night"), drop), ("refused", 421)),
    "250 and hang up": (then(say("250 fine"), drop), LOST_ALL),
    "words and hang up": (then(say("oh no"), drop), LOST_ALL),
}


@pytest.mark.parametrize("fault", IN_THE_MIDDLE)
@pytest.mark.parametrize("security", SECURITIES)
def test_a_fault_in_the_middle_of_the_message(security: str, fault: str, tmp_path: Path) -> None:
    act, status = IN_THE_MIDDLE[fault]
    slow = act is hang or "stop" in fault
    with fault_server({"body": act}, security=security, after=100_000) as server:
        mail = mail_to(server, security, timeout=PATIENCE if slow else 8)
        submission = mail.begin(letter(mail, file=large_file(tmp_path)))
        receipt = outcome_of(submission)
    assert statuses(receipt) == [status] * 3
    assert isinstance(receipt, Receipt)
    assert_clear(receipt)
    assert not submission.may_have_left
    assert 0 < submission.sent < submission.size
    server.record.assert_secure()


def test_a_refusal_during_a_message_that_is_heard_to_its_end() -> None:
    with fault_server({"body": say("552 too big"), "end": drop}) as server:
        mail = mail_to(server)
        assert statuses(outcome_of(mail.begin(letter(mail)))) == [("refused", 552)] * 3


@pytest.mark.parametrize("answer", ["354 go on", "334 who?"])
@pytest.mark.parametrize(("point", "status"), [("MAIL", LOST_ALL), ("RCPT2", LOST_ALL), ("end", UNKNOWN), ("QUIT", OK)])
def test_an_answer_that_is_neither_yes_nor_no(point: str, status: tuple[str, int | None], answer: str) -> None:
    with fault_server({point: say(answer)}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert statuses(receipt) == [status] * 3
    assert isinstance(receipt, Receipt)
    assert point == "QUIT" or f"it answered {answer}" in receipt.recipients[0].reply


@pytest.mark.parametrize("answer", ["250 OK", "221 bye"])
def test_data_without_a_go_ahead(answer: str) -> None:
    with fault_server({"DATA": say(answer)}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert statuses(receipt) == [LOST_ALL] * 3
    assert b"Subject" not in server.record.everything


@pytest.mark.parametrize("point", ["MAIL", "RCPT1", "RCPT2"])
def test_two_answers_to_one_command(point: str) -> None:
    """Else the second would be taken for the next recipient's."""
    with fault_server({point: say("250 OK\r\n", "250 OK"), "RCPT3": say("550 no")}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert statuses(receipt) == [LOST_ALL] * 3
    assert isinstance(receipt, Receipt)
    assert "it spoke before it was asked; nothing was handed over" in receipt.recipients[0].reply


@pytest.mark.parametrize(
    ("early", "status"), [("250 queued", LOST_ALL), ("552 too big", ("refused", 552)), ("421 bye", ("refused", 421))]
)
def test_an_answer_before_the_message(early: str, status: tuple[str, int | None]) -> None:
    with fault_server({"DATA": say("354 go ahead\r\n", early)}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert statuses(receipt) == [status] * 3
    assert not server.record.messages


def test_a_last_word_before_hanging_up_is_heard() -> None:
    with fault_server({"RCPT1": then(say("250 OK\r\n", "421 4.3.2 too many lines"), drop)}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert statuses(receipt) == [("refused", 421)] * 3
    assert isinstance(receipt, Receipt)
    assert "< 421 4.3.2 too many lines" in receipt.transcript


def test_a_refusal_that_came_while_the_server_did_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block had waited for it in vain."""
    real = Connection.send

    def send(self: Connection, s: object) -> None:
        if isinstance(s, bytes):
            raise TimeoutError
        real(self, s)

    monkeypatch.setattr(Connection, "send", send)
    with fault_server({"DATA": say("354 go ahead\r\n", "552 5.3.4 too big")}) as server:
        mail = mail_to(server)
        assert statuses(outcome_of(mail.begin(letter(mail)))) == [("refused", 552)] * 3


def test_an_answer_that_comes_too_late_is_about_one_recipient_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.mail.smtp.transaction._LAST_WORDS", 8)
    real = Connection.reply

    def reply(self: Connection) -> Reply:
        if "bob" in self.dialogue.transcript[-1]:
            raise TimeoutError
        return real(self)

    monkeypatch.setattr(Connection, "reply", reply)
    with fault_server({"RCPT2": say("550 5.1.1 no such user")}) as server:
        mail = mail_to(server)
        assert statuses(outcome_of(mail.begin(letter(mail)))) == [LOST_ALL] * 3


@pytest.mark.parametrize("words", ["", "552 too big\r\n"])
def test_an_end_that_could_not_be_sent_is_no_end(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Connection.send

    def send(self: Connection, s: object) -> None:
        if s == b".\r\n":
            raise BrokenPipeError(32, "Broken pipe")
        real(self, s)

    monkeypatch.setattr(Connection, "send", send)
    with fault_server({"body": raw(words.encode())}) as server:
        mail = mail_to(server)
        submission = mail.begin(letter(mail))
        receipt = outcome_of(submission)
        server.record.wait_for("closed")
    assert statuses(receipt) == [("refused", 552 if words else None)] * 3
    assert isinstance(receipt, Receipt)
    assert words or "broken pipe; nothing was handed over" in receipt.recipients[0].reply
    assert not server.record.messages


@pytest.mark.parametrize(("timeout", "at_the_end"), [(8, 600), (700, 700)])
def test_a_busy_server_has_ten_minutes_for_the_last_answer(
    timeout: int, at_the_end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailtui.mail.smtp.transaction._AFTER_DATA", _AFTER_DATA)
    dialogue: list[tuple[str, float]] = []
    for name in ("send", "getreply"):
        monkeypatch.setattr(Connection, name, noting_patience(dialogue, name))
    with fault_server() as server:
        assert mail_to(server, timeout=timeout).send("Hello", to=["ann@example.org"])
    asked = ("send", timeout), ("getreply", timeout)
    the_end = ("send", timeout), ("getreply", at_the_end)
    farewell = ("send", 0.05), ("getreply", 0.05)
    assert dialogue == [("getreply", timeout), *asked * 4, ("send", timeout), *the_end, *farewell]


def noting_patience(dialogue: list[tuple[str, float]], name: str) -> Callable[..., object]:
    real = getattr(Connection, name)

    def note(self: Connection, *what: object) -> object:
        dialogue.append((name, self.patience))
        return real(self, *what)

    return note


@pytest.mark.parametrize("closes", [True, False])
def test_an_attachment_that_changes_while_it_is_sent(
    closes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large_file(tmp_path)
    if not closes:
        monkeypatch.setattr(smtplib.SMTP, "close", closing_badly(smtplib.SMTP.close))

    def change(peer: object) -> None:
        path.write_bytes(b"short")

    with fault_server({"body": change}, after=100_000) as server:
        mail = mail_to(server)
        with pytest.raises(InvalidEmail, match="it changed after the message was prepared"):
            mail.deliver(letter(mail, file=path))
        server.record.wait_for("closed")
    assert not server.record.messages
    assert not server.record.everything.endswith((b"\r\n.\r\n", b"QUIT\r\n"))


def test_a_reply_that_is_a_book_is_cut() -> None:
    with fault_server({"end": say("550 " + "x" * 20_000)}) as server:
        mail = mail_to(server)
        receipt = outcome_of(mail.begin(letter(mail)))
    assert isinstance(receipt, Receipt)
    assert receipt.recipients[0].reply == "x" * 1000
    assert max(map(len, receipt.transcript)) == 1002


def test_a_long_dialogue_is_cut() -> None:
    with fault_server() as server:
        mail = mail_to(server)
        receipt = mail.send("Hello", to=[f"a{number}@example.org" for number in range(400)])
    assert receipt
    assert len(receipt.transcript) == 501
    assert receipt.transcript[400] == "* 315 lines are left out"
    assert receipt.transcript[399] == "< 250 OK"
    assert receipt.transcript[-1] == "< 221 bye"


def test_the_faults_are_all_there() -> None:
    assert {*LOST, *SLOW, *REFUSALS} < FAULTS.keys()
