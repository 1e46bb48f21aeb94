"""No password in anything that anybody sees, whatever the server says again."""

from __future__ import annotations

import json
import logging
import traceback
import urllib.parse
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest

from mailtui import AuthenticationFailed, DeliveryError, MailError, Receipt, SMTPMailHandler
from mailtui.mail.smtp.dialogue import Dialogue
from tests.fault_server import Act, Peer, drop, fault_server, hang, quote, raw, reset, say, then
from tests.mail.smtp.lines import PATIENCE, TO, letter, mail_to, outcome_of

PASSWORDS = [
    "right horse",
    "Pässwört 😀 \\and\"both'quotes",
    "a+b/c?d&e=f%20  two blanks",
    "x1-y",
    "tab\tand\x1b[31mescape",
]
WAYS = ["raw", "decoded", "response", "unpadded", "upper", "hex", "repr"]


def forms(secret: str) -> set[str]:
    """Written here anew, so that it shares no mistake with the code."""
    data = secret.encode()
    found = {secret, repr(secret)[1:-1], repr(data)[2:-1], json.dumps(secret)[1:-1], " ".join(secret.split())}
    found |= {urllib.parse.quote(secret), urllib.parse.quote_plus(secret), data.hex(), data.hex().upper()}
    for shift in range(3):
        for rest in range(3):
            whole = b64encode(b"\0" * shift + data + b"\0" * rest).decode()
            bits = range(shift * 8, (shift + len(data)) * 8)
            found.add("".join(sign for at, sign in enumerate(whole) if at * 6 in bits and at * 6 + 5 in bits))
    return found


def assert_hidden(secret: str, *texts: str) -> None:
    for form in forms(secret):
        for text in texts:
            assert form.lower() not in text.lower(), (form, text)


def traceback_with_locals(error: BaseException) -> str:
    told = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
    return "".join(told.format()) + "".join(traceback.format_exception(error))


def all_of(outcome: Receipt | DeliveryError) -> list[str]:
    texts = [repr(outcome), str(outcome), *outcome.transcript]
    return [*texts, traceback_with_locals(outcome)] if isinstance(outcome, DeliveryError) else texts


def assert_nothing_shown(mail: SMTPMailHandler, secret: str, caplog: pytest.LogCaptureFixture) -> DeliveryError:
    submission = mail.begin(letter(mail))
    outcome = outcome_of(submission)
    assert_hidden(secret, *all_of(outcome), repr(mail), repr(submission), repr(vars(mail)), caplog.text)
    assert isinstance(outcome, DeliveryError)
    return outcome


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("code", ["535 ", "421 ", "334 ", "", "250-", "999 " + "x" * 40])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_server_that_says_it_again(password: str, way: str, code: str, caplog: pytest.LogCaptureFixture) -> None:
    with fault_server({"AUTH": then(quote(way, code), drop)}) as server:
        mail = mail_to(server, username="me", password=password, mechanism="plain")
        error = assert_nothing_shown(mail, password, caplog)
    assert f"127.0.0.1:{server.port}" in str(error)
    assert "> AUTH PLAIN ***" in error.transcript


@pytest.mark.parametrize("code", ["535 ", "", "x" * 20])
@pytest.mark.parametrize("way", WAYS)
def test_not_even_a_piece_of_it_where_a_line_is_cut(way: str, code: str) -> None:
    password = "Zq9" + "".join(f"{number * 7919:x}é" for number in range(40))
    with fault_server({"AUTH": then(quote(way, code), drop)}) as server:
        mail = mail_to(server, username="me", password=password, mechanism="plain")
        outcome = outcome_of(mail.begin(letter(mail)))
    for form in forms(password):
        pieces = [form[start : start + 8].lower() for start in range(len(form) - 7)]
        assert not any(piece in text.lower() for text in all_of(outcome) for piece in pieces)


@pytest.mark.parametrize("way", ["raw", "decoded", "unpadded", "repr"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_login_in_three_lines(password: str, way: str, caplog: pytest.LogCaptureFixture) -> None:
    with fault_server({"AUTH3": quote(way)}) as server:
        mail = mail_to(server, username="me", password=password, mechanism="login")
        error = assert_nothing_shown(mail, password, caplog)
    assert error.transcript[-6:-1] == (
        "> AUTH LOGIN",
        "< 334 VXNlcm5hbWU6",
        "> ***",
        "< 334 UGFzc3dvcmQ6",
        "> ***",
    )
    assert str(error).startswith(f"127.0.0.1:{server.port} refused the log-in of me: 535 ")
    assert isinstance(error, AuthenticationFailed)


@pytest.mark.parametrize("before", ["", "a", "ab"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_token_inside_of_base64(password: str, before: str, caplog: pytest.LogCaptureFixture) -> None:
    told = b64encode(json.dumps({"status": "401", "token": before + password}).encode())
    with fault_server({"AUTH": say(b"334 " + told), "AUTH2": say("535 no")}) as server:
        mail = mail_to(server, username="me", password=password, mechanism="xoauth2")
        error = assert_nothing_shown(mail, password, caplog)
    assert error.transcript[-2:] == ("> ", "< 535 no")


@pytest.mark.parametrize("fault", [drop, reset, hang, raw(b"\0\n"), say("535 no"), say("235-yes\r\n", "535 no")])
@pytest.mark.parametrize("mechanism", ["plain", "login", "xoauth2"])
@pytest.mark.parametrize("security", ["none", "starttls"])
def test_a_log_in_that_breaks(security: str, mechanism: str, fault: Act, caplog: pytest.LogCaptureFixture) -> None:
    point = "AUTH3" if mechanism == "login" else "AUTH"
    with fault_server({point: fault}, security=security) as server:
        timeout = PATIENCE if fault is hang else 8
        mail = mail_to(server, security, username="me", password=PASSWORDS[1], mechanism=mechanism, timeout=timeout)
        assert_nothing_shown(mail, PASSWORDS[1], caplog)
    assert PASSWORDS[1].encode() not in server.record.clear


def test_a_line_that_breaks_while_it_is_said(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtui.mail.smtp.connection import Connection

    real = Connection.send

    def send(self: Connection, s: object) -> None:
        if "AUTH" in str(s):
            raise BrokenPipeError(32, "Broken pipe")
        real(self, s)

    with fault_server() as server, monkeypatch.context() as patch:
        patch.setattr(Connection, "send", send)
        mail = mail_to(server, username="me", password=PASSWORDS[0])
        error = assert_nothing_shown(mail, PASSWORDS[0], caplog)
    assert "broke while logging in: broken pipe" in str(error)


def test_what_a_receipt_repeats_is_hidden_too() -> None:
    password = "right horse"

    def gossip(peer: Peer) -> None:
        said = b64encode(f"\0me\0{password}".encode())
        peer.write(b"550 " + password.encode() + b" and " + said + b" are yours\r\n")

    for point in ("MAIL", "RCPT1", "DATA", "end"):
        with fault_server({point: gossip}) as server:
            mail = mail_to(server, username="me", password=password)
            outcome = outcome_of(mail.begin(letter(mail)))
        assert_hidden(password, *all_of(outcome))
        assert isinstance(outcome, Receipt)
        assert outcome.recipients[0].reply == "*** and *** are yours"


def test_no_process_has_it_among_its_arguments(tmp_path: Path) -> None:
    """Linux shows them to everybody."""
    secret = "right horse and a tail"
    (tmp_path / "password").write_text(secret)
    seen: list[bytes] = []

    def look(peer: Peer) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            for file in ("cmdline", "environ"):
                with suppress(OSError):
                    seen.append((process / file).read_bytes())
        peer.write(b"235 welcome\r\n")

    with fault_server({"AUTH": look}) as server:
        mail = mail_to(server, username="me", password_command=["cat", str(tmp_path / "password")])
        assert mail.send("Hello", to=TO)
    assert b64encode(f"\0me\0{secret}".encode()) in server.record.clear
    assert not any(secret.encode() in one for one in seen)


@pytest.mark.parametrize("password", ["a\0b", "\udcff"])
@pytest.mark.parametrize("mechanism", ["plain", "login", "xoauth2"])
def test_a_password_that_cannot_be_said(password: str, mechanism: str, caplog: pytest.LogCaptureFixture) -> None:
    with fault_server() as server:
        mail = mail_to(server, username="me", password=password, mechanism=mechanism)
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, AuthenticationFailed)
    assert str(error) == (
        f"127.0.0.1:{server.port} was not told the password: that or the username holds a NUL, or is not UTF-8. "
        "Nothing was sent."
    )
    assert not any(line.startswith(b"AUTH") for line in server.record.lines)
    assert repr(password)[1:-1] not in "".join(all_of(error))


def test_not_even_when_a_check_fails() -> None:
    with fault_server({"AUTH": quote("decoded")}) as server:
        mail = mail_to(server, username="me", password="right horse")
        try:
            mail.check()
        except MailError as error:
            assert_hidden("right horse", traceback_with_locals(error))
        else:
            raise AssertionError


def test_an_innocent_word_stays() -> None:
    dialogue = Dialogue()
    dialogue.hide("", "abc")
    dialogue.hear("250 nothing of that kind; ABC and YWJj are it, YW is not")
    dialogue.say("MAIL FROM:<abc@example.org>")
    assert dialogue.transcript == (
        "< 250 nothing of that kind; *** and *** are it, YW is not",
        "> MAIL FROM:<abc@example.org>",
    )


def test_the_whole_is_hidden_before_a_part_of_it() -> None:
    dialogue = Dialogue()
    dialogue.hide("ab", "abc d")
    assert dialogue.redacted("ab, abc d, YWI=, YWI, YWJjIGQ=") == "***, ***, ***, ***, ***"


def test_nothing_is_hidden_before_there_is_a_secret() -> None:
    dialogue = Dialogue()
    dialogue.hide("")
    assert dialogue.redacted("a\x1bb") == r"a\x1bb"
