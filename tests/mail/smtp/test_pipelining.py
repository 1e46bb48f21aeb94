"""Commands said ahead of their answers, where the server allows it (RFC 2920)."""

from __future__ import annotations

import re

import pytest

from mailtui import Receipt
from mailtui.mail.smtp.connection import _AHEAD
from tests.fault_server import Peer, drop, fault_server, raw, say
from tests.mail.smtp.lines import FAULTS, PATIENCE, TO, letter, mail_to, outcome_of, statuses
from tests.mail.smtp.test_transaction import LOST_ALL, OK, assert_clear, expected

AHEAD = ("PIPELINING", "SIZE 0")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["MAIL", "RCPT2", "DATA", "end", "QUIT"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_fault_among_the_answers(security: str, point: str, fault: str) -> None:
    with fault_server({point: FAULTS[fault]}, security=security, extensions=AHEAD) as server:
        mail = mail_to(server, security, **({"timeout": PATIENCE} if fault == "hang" else {}))
        receipt = outcome_of(mail.begin(letter(mail)))
    assert isinstance(receipt, Receipt)
    assert statuses(receipt) == expected(point, fault)
    assert_clear(receipt)
    assert len(server.record.messages) == (OK in statuses(receipt))


def test_the_envelope_is_said_at_once_and_answered_one_by_one() -> None:
    ahead = []

    def look(peer: Peer) -> None:
        ahead.append(bytes(peer.heard))
        peer.write(b"250 OK\r\n")

    with fault_server({"MAIL": look, "RCPT2": say("550 no")}, extensions=AHEAD) as server:
        receipt = mail_to(server).send("Hello", to=TO)
    assert ahead == [b"".join(b"RCPT TO:<%s>\r\n" % address.encode() for address in TO) + b"DATA\r\n"]
    assert statuses(receipt) == [OK, ("refused", 550), OK]
    assert [line[:4] for line in receipt.transcript if re.match("[<>] (MAIL|RCPT|DATA|250 OK|550|354)", line)] == [
        "> MA", "> RC", "> RC", "> RC", "> DA", "< 25", "< 25", "< 55", "< 25", "< 35",
    ]  # fmt: skip


def test_without_leave_each_command_waits_for_the_answer_before() -> None:
    ahead = []

    def look(peer: Peer) -> None:
        ahead.append(bytes(peer.heard))
        peer.write(b"250 OK\r\n")

    with fault_server({"MAIL": look, "RCPT1": look}) as server:
        assert mail_to(server).send("Hello", to=TO)
    assert ahead == [b"", b""]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"MAIL": say("550 not you")}, 550),
        ({f"RCPT{number}": say("551 not here") for number in (1, 2, 3)}, 551),
    ],
)
def test_a_server_that_waits_for_the_message_of_nobody_gets_none(script: dict[str, object], code: int) -> None:
    with fault_server(script, extensions=AHEAD) as server:  # type: ignore[arg-type]
        receipt = mail_to(server).send("Hello", to=TO)
        server.record.wait_for("closed")
    assert statuses(receipt) == [("refused", code)] * 3
    assert server.record.everything.endswith(b"DATA\r\n")
    assert not server.record.messages


def test_after_a_refusal_of_everybody_one_says_goodbye() -> None:
    script = {f"RCPT{number}": say("551 not here") for number in (1, 2, 3)} | {"DATA": say("554 nobody")}
    with fault_server(script, extensions=AHEAD) as server:
        receipt = mail_to(server).send("Hello", to=TO)
    assert statuses(receipt) == [("refused", 551)] * 3
    assert receipt.transcript[-2:] == ("> QUIT", "< 221 bye")


@pytest.mark.parametrize(
    "script",
    [
        {"RCPT1": say("250 OK\r\n", "550 and no")},
        {"RCPT3": raw(b"250 OK\r\n250 OK\r\n")},
        {"RCPT3": say("354 now")},
        {"MAIL": say("354 now")},
        {"DATA": say("354 go on\r\n", "250 queued")},
    ],
)
def test_answers_that_are_too_many_or_out_of_place_are_nobody_s(script: dict[str, object]) -> None:
    with fault_server(script, extensions=AHEAD) as server:  # type: ignore[arg-type]
        receipt = mail_to(server).send("Hello", to=TO)
    assert statuses(receipt) in ([LOST_ALL] * 3, [LOST_ALL, ("refused", 550), LOST_ALL])
    assert not server.record.messages


def test_the_last_words_of_a_server_that_hangs_up_are_of_the_one_it_answers() -> None:
    with fault_server({"RCPT1": say("250 OK"), "RCPT2": drop}, extensions=AHEAD) as server:
        receipt = mail_to(server).send("Hello", to=TO)
    assert statuses(receipt) == [LOST_ALL] * 3


def test_many_recipients_are_said_in_pieces_that_the_buffers_hold() -> None:
    longest = 0

    def look(peer: Peer) -> None:
        nonlocal longest
        longest = max(longest, peer.heard.count(b"\n"))
        peer.write(b"250 OK\r\n")

    to = [f"reader{number}@example.org" for number in range(3 * _AHEAD)]
    with fault_server({"MAIL": look, f"RCPT{_AHEAD}": look}, extensions=AHEAD) as server:
        receipt = mail_to(server).send("Hello", to=to)
    assert [(one.address, one.status) for one in receipt.recipients] == [(address, "accepted") for address in to]
    assert longest == _AHEAD - 1
    assert len(server.record.messages) == 1
