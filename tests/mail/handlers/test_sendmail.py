from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailtui import DeliveryError, Draft, Email, InvalidEmail, MailError, Receipt, SendmailMailHandler
from mailtui.mail import program
from mailtui.mail.handlers import sendmail
from tests.at_once import at_once
from tests.programs import path_of
from tests.smtp_server import Mailbox, smtp_server

TAKE_ALL = "cat > part; mv part whole\n"
RECORD = 'printf "%s\\0" "$@" > argv\n' + TAKE_ALL
SLEEP = "exec sleep 60\n"  # far longer than any test waits
LETTER = Draft(to="ann@x.org", from_addr="me@x.org", subject="ü", body="Hello")


class Place:
    """A folder with a program of a few lines of sh in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mail(self, script: str, *, name: str = "sendmail", **options: Any) -> SendmailMailHandler:
        """A handler that runs these lines."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\ncd {self.folder}\n{script}")
        path.chmod(0o755)
        values: dict[str, Any] = {"command": [str(path)], "timeout": 4} | options
        return SendmailMailHandler(**values)

    def big(self, mail: SendmailMailHandler) -> Email:
        """A message that fits in no pipe."""
        (self.folder / "big").write_bytes(b"x" * 300_000)
        return mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", attachments=str(self.folder / "big")))

    def appears(self, name: str) -> None:
        """Wait until the program has made a file."""
        until(lambda: (self.folder / name).exists())

    @property
    def whole(self) -> bytes | None:
        """What the program read up to the end, if it came to it."""
        path = self.folder / "whole"
        return path.read_bytes() if path.exists() else None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(autouse=True)
def _all_pipes_are_closed() -> Iterator[None]:
    before = len(os.listdir("/dev/fd"))
    yield
    assert len(os.listdir("/dev/fd")) <= before


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def outcome(receipt: Receipt) -> tuple[str, str]:
    """The status and the reply, which are the same for all recipients."""
    ((status, code, reply),) = {(one.status, one.code, one.reply) for one in receipt.recipients}
    assert code is None
    return status, reply


@contextmanager
def takes_about(seconds: float, *, busy: bool = False) -> Iterator[None]:
    """Far less than the minute that programs sleep here, and without work while there is nothing to do."""
    began, worked = time.monotonic(), time.process_time()
    with at_once():
        yield
    assert time.monotonic() - began >= seconds
    assert busy or time.process_time() - worked < 0.2


def in_a_thread(run: Callable[[], Receipt]) -> Callable[[], Receipt | MailError]:
    """Start it; the result is given by what this returns, long before a program has slept enough."""
    results: list[Receipt | MailError] = []

    def work() -> None:
        try:
            results.append(run())
        except MailError as error:
            results.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def result() -> Receipt | MailError:
        thread.join(20)
        assert not thread.is_alive()
        return results[0]

    return result


def lines_of(email: Email) -> bytes:
    return email.as_bytes().replace(b"\r\n", b"\n")


# What the program is given


def test_the_envelope_stands_in_the_arguments_and_the_message_in_stdin(place: Place) -> None:
    mail = place.mail(RECORD)
    email = mail.prepare(Draft(to="Zoë <ann@x.org>, bob@x.org", bcc="eve@x.org", from_addr="Me <me@x.org>", body="Hi"))
    receipt = mail.deliver(email)
    argv = (place.folder / "argv").read_text().split("\0")
    assert argv == ["-i", "-f", "me@x.org", "--", "ann@x.org", "bob@x.org", "eve@x.org", ""]
    assert place.whole == lines_of(email)
    assert b"eve" not in place.whole
    assert outcome(receipt) == ("accepted", "taken by sendmail")
    assert [one.address for one in receipt.recipients] == ["ann@x.org", "bob@x.org", "eve@x.org"]
    assert receipt
    assert receipt.handler == "sendmail"
    assert receipt.message_id == email.message_id
    assert receipt.output == f"Handed to {place.folder}/sendmail, which delivers it."
    assert 0 < receipt.duration < 4


def test_the_arguments_of_the_command_come_first_and_no_shell_reads_them(place: Place) -> None:
    mail = place.mail(RECORD)
    mail = SendmailMailHandler(
        command=(
            *mail.command,
            "-X",
            "$(touch owned); a b",
            "",
        )
    )
    mail.send("Hello", to=["ann@x.org"], from_addr="me@x.org")
    argv = (place.folder / "argv").read_text().split("\0")
    assert argv == ["-X", "$(touch owned); a b", "", "-i", "-f", "me@x.org", "--", "ann@x.org", ""]
    assert not (place.folder / "owned").exists()


def test_an_address_is_never_an_option(place: Place) -> None:
    mail = place.mail(RECORD)
    mail.send("Hello", to=["-bp@x.org", "-t@x.org"], from_addr="-oQ/tmp@x.org")
    argv = (place.folder / "argv").read_text().split("\0")
    assert argv == ["-i", "-f", "-oQ/tmp@x.org", "--", "-bp@x.org", "-t@x.org", ""]


@pytest.mark.parametrize(
    "body",
    ["a\n.\nb", ".\n", "From me to you\n\nFrom here", "x" * 5000, "", "a\r\nb\rc\n", "ünï — ☃\n" * 50],
)
def test_every_body_comes_through_as_it_is(place: Place, body: str) -> None:
    mail = place.mail(RECORD)
    email = mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", body=body))
    assert mail.deliver(email)
    assert place.whole == lines_of(email)
    assert b"\r" not in place.whole
    assert max(map(len, place.whole.split(b"\n"))) <= 76


def test_an_attachment_larger_than_a_pipe_comes_through(place: Place) -> None:
    mail = place.mail(RECORD)
    email = place.big(mail)
    submission = mail.begin(email)
    assert (submission.sent, submission.size) == (0, len(email.as_bytes()))
    assert submission.run()
    assert submission.sent == submission.size
    assert place.whole == lines_of(email)


def test_the_program_is_in_a_session_of_its_own(place: Place) -> None:
    mail = place.mail("cat >/dev/null\necho $$ > pid; ps -o sid= -p $$ > sid\n")
    assert mail.deliver(mail.prepare(LETTER))
    session = int((place.folder / "sid").read_text())
    assert session == int((place.folder / "pid").read_text())
    assert session != os.getsid(0)


def test_the_same_submission_runs_once(place: Place) -> None:
    mail = place.mail("cat >/dev/null; echo once >> runs\n")
    submission = mail.begin(mail.prepare(LETTER))
    assert submission.run()
    with pytest.raises(MailError, match="being handed over already"):
        submission.run()
    assert (place.folder / "runs").read_text() == "once\n"


def test_a_message_of_another_handler_is_refused(place: Place) -> None:
    email = SendmailMailHandler().prepare(LETTER)
    with pytest.raises(MailError, match="prepared by another handler"):
        place.mail(RECORD).begin(email)


# What it answers


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (os.EX_USAGE, "wrong usage"),
        (os.EX_DATAERR, "wrong data"),
        (os.EX_NOINPUT, "no input"),
        (os.EX_NOUSER, "no such user"),
        (os.EX_NOHOST, "no such host"),
        (os.EX_UNAVAILABLE, "service unavailable"),
        (os.EX_SOFTWARE, "internal error"),
        (os.EX_OSERR, "system error"),
        (os.EX_OSFILE, "a system file is missing"),
        (os.EX_CANTCREAT, "cannot create a file"),
        (os.EX_NOPERM, "permission denied"),
        (os.EX_CONFIG, "wrong configuration"),
    ],
)
def test_a_failure_is_told_with_its_meaning_and_the_programs_words(place: Place, code: int, meaning: str) -> None:
    mail = place.mail(f"cat >/dev/null\necho on stdout\necho on stderr >&2\nexit {code}\n")
    receipt = mail.deliver(mail.prepare(LETTER))
    assert outcome(receipt) == ("refused", f"sendmail ended with {code} ({meaning}): on stdout on stderr")
    assert receipt.transcript == ("on stdout", "on stderr")
    assert not receipt
    assert receipt.output == ""


def test_a_status_without_a_meaning_is_told_as_a_number(place: Place) -> None:
    mail = place.mail("cat >/dev/null; exit 3\n")
    assert outcome(mail.deliver(mail.prepare(LETTER))) == ("unknown", "sendmail ended with 3")


@pytest.mark.parametrize("code", [os.EX_NOUSER, os.EX_NOHOST])
def test_one_bad_recipient_of_several_says_nothing_of_the_others(place: Place, code: int) -> None:
    mail = place.mail(f"cat >/dev/null; exit {code}\n")
    receipt = mail.deliver(mail.prepare(replace(LETTER, to="ann@example.org, bob@example.org")))
    assert [one.status for one in receipt.recipients] == ["unknown", "unknown"]


def test_a_temporary_failure_may_be_a_message_in_the_queue(place: Place) -> None:
    mail = place.mail("cat >/dev/null; exit 75\n")
    assert outcome(mail.deliver(mail.prepare(LETTER))) == ("unknown", "sendmail ended with 75 (temporary failure)")


def test_msmtp_has_no_queue_whatever_it_is_called(place: Place) -> None:
    place.mail("cat >/dev/null; exit 75\n", name="msmtp")
    (place.folder / "sendmail").symlink_to("msmtp")
    mail = SendmailMailHandler(command=(f"{place.folder}/sendmail",))
    assert outcome(mail.deliver(mail.prepare(LETTER))) == ("refused", "sendmail ended with 75 (temporary failure)")


@pytest.mark.parametrize(("code", "meaning"), [(74, "input or output failed"), (76, "protocol error")])
def test_an_answer_that_was_lost_on_the_line_is_unknown(place: Place, code: int, meaning: str) -> None:
    mail = place.mail(f"cat >/dev/null; exit {code}\n", name="msmtp")
    assert outcome(mail.deliver(mail.prepare(LETTER))) == ("unknown", f"msmtp ended with {code} ({meaning})")


def test_killed_by_somebody_else_after_the_end_is_unknown(place: Place) -> None:
    mail = place.mail("cat >/dev/null; kill -TERM $$\n")
    assert outcome(mail.deliver(mail.prepare(LETTER))) == (
        "unknown",
        "sendmail was ended by signal 15 (Terminated)",
    )


def test_what_it_says_when_all_is_well_is_kept(place: Place) -> None:
    mail = place.mail("cat >/dev/null; echo 'warning: slow today' >&2\n")
    assert mail.deliver(mail.prepare(LETTER)).transcript == ("warning: slow today",)


def test_its_words_do_nothing_to_a_terminal(place: Place) -> None:
    mail = place.mail("cat >/dev/null\nprintf '\\033[31mred\\007\\377 \\302\\233 [@click=app.quit]'; exit 70\n")
    _, reply = outcome(mail.deliver(mail.prepare(LETTER)))
    assert reply.endswith(": \\x1b[31mred\\x07\N{REPLACEMENT CHARACTER} \\x9b [@click=app.quit]")
    assert reply.isprintable()


@pytest.mark.parametrize("flood", ["before", "after"])
def test_a_flood_of_words_stops_nothing_and_its_end_is_kept(place: Place, flood: str) -> None:
    words = "yes word | head -c 3000000; echo the end\n"
    mail = place.mail({"before": words + TAKE_ALL, "after": TAKE_ALL + words}[flood] + "exit 69")
    email = place.big(mail)
    submission = mail.begin(email)
    status, reply = outcome(submission.run())
    assert (status, reply[-13:]) == ("refused", " word the end")
    assert 1900 < len(reply) < 2100
    assert place.whole == lines_of(email)
    assert submission._program
    assert len(submission._program._said) < 10_000


# When it does not do its part


def test_one_that_ends_before_it_has_the_message_has_refused_it(place: Place) -> None:
    mail = place.mail("echo 'not configured' >&2; exit 78\n")
    submission = mail.begin(place.big(mail))
    assert outcome(submission.run()) == (
        "refused",
        "sendmail ended with 78 (wrong configuration) before it had taken the whole message: not configured",
    )
    assert not submission.may_have_left


def test_one_that_is_killed_before_it_has_the_message_has_refused_it(place: Place) -> None:
    mail = place.mail("head -c 10 >/dev/null; kill -KILL $$\n")
    status, reply = outcome(mail.deliver(place.big(mail)))
    assert (status, reply) == (
        "refused",
        "sendmail was ended by signal 9 (Killed) before it had taken the whole message",
    )


def test_one_that_reads_a_part_and_says_that_all_is_well_is_not_believed(place: Place) -> None:
    mail = place.mail("head -c 70000 >/dev/null\n")
    submission = mail.begin(place.big(mail))
    assert outcome(submission.run()) == (
        "unknown",
        "sendmail ended as if all were well, before it had taken the whole message",
    )
    assert submission.may_have_left


@pytest.mark.parametrize("script", ["exec sleep 60\n", "exec 0<&-; exec sleep 60\n", "exec yes\n"])
def test_one_that_never_takes_the_message_is_stopped_in_time(place: Place, script: str) -> None:
    mail = place.mail("echo waiting for a licence\n" + script, timeout=0.3)
    mail.name = "work"
    email = place.big(mail)
    with takes_about(0.3, busy="yes" in script), pytest.raises(DeliveryError) as caught:
        mail.deliver(email)
    assert str(caught.value) == (
        f"{place.folder}/sendmail did not take the message within 0.3 s and was stopped; nothing was sent. "
        "See whether command of work reads a message on stdin, or raise its timeout."
    )
    assert "yes" in script or caught.value.transcript == ("waiting for a licence",)


@pytest.mark.parametrize("script", ["exec sleep 60\n", "exec >&- 2>&-; exec sleep 60\n", "exec yes\n"])
def test_one_that_does_not_end_leaves_it_unknown(place: Place, script: str) -> None:
    mail = place.mail(TAKE_ALL + script, timeout=0.3)
    email = mail.prepare(LETTER)
    with takes_about(0.3, busy="yes" in script):
        status, reply = outcome(mail.deliver(email))
    assert status == "unknown"
    assert reply.startswith("sendmail took the whole message and was not ready within 0.3 s")


def test_a_child_that_lives_on_with_the_pipes_is_not_waited_for(place: Place) -> None:
    mail = place.mail("exec 3<&0\nsleep 60 <&3 &\necho $! > child\ncat >/dev/null; echo done\n")
    with takes_about(0):
        receipt = mail.deliver(mail.prepare(LETTER))
    assert outcome(receipt)[0] == "accepted"
    assert receipt.transcript == ("done",)
    os.kill(int((place.folder / "child").read_text()), signal.SIGKILL)  # it was left alone: it may be delivering


# Breaking it off


def test_cancelled_before_it_began_it_runs_nothing(place: Place) -> None:
    mail = SendmailMailHandler(command=(f"{place.folder}/not-there",))
    submission = mail.begin(mail.prepare(LETTER))
    submission.cancel()
    with pytest.raises(DeliveryError, match=r"^Cancelled; nothing was sent\.$"):
        submission.run()


def test_cancelled_while_it_is_written_nothing_is_handed_over(place: Place) -> None:
    mail = place.mail("echo slow; head -c 100000 > /dev/null; touch read; sleep 60\n" + TAKE_ALL)
    submission = mail.begin(place.big(mail))
    result = in_a_thread(submission.run)
    place.appears("read")
    assert submission.stage == "writing to sendmail"
    assert not submission.may_have_left
    submission.cancel()
    error = result()
    assert isinstance(error, DeliveryError)
    assert str(error) == "Cancelled; nothing was sent."
    assert error.transcript == ("slow",)
    assert 0 < submission.sent < submission.size
    assert place.whole is None


def test_cancelled_after_the_end_it_is_unknown(place: Place) -> None:
    mail = place.mail(TAKE_ALL + SLEEP)
    submission = mail.begin(mail.prepare(LETTER))
    result = in_a_thread(submission.run)
    place.appears("whole")
    until(lambda: submission.stage == "waiting for sendmail")
    assert submission.may_have_left
    submission.cancel()
    receipt = result()
    assert isinstance(receipt, Receipt)
    assert outcome(receipt) == ("unknown", "sendmail took the whole message and was cancelled")


def test_cancelled_after_all_is_done_it_is_still_done(place: Place) -> None:
    mail = place.mail(RECORD)
    submission = mail.begin(mail.prepare(LETTER))
    assert submission.run()
    submission.cancel()
    submission.cancel()
    assert submission.may_have_left


def test_the_children_are_killed_too(place: Place) -> None:
    mail = place.mail("exec 3<&0\n(cat <&3 > part; mv part whole) &\ntouch ready; wait\n")
    submission = mail.begin(place.big(mail))
    hold = hold_back(submission._email)
    result = in_a_thread(submission.run)
    place.appears("ready")
    submission.cancel()
    hold.set()
    assert isinstance(result(), DeliveryError)
    assert place.whole is None


@pytest.mark.parametrize("moment", range(16))
def test_whenever_it_is_cancelled_what_is_told_is_true(place: Place, moment: int) -> None:
    mail = place.mail(TAKE_ALL)
    submission = mail.begin(place.big(mail))
    result = in_a_thread(submission.run)
    time.sleep(moment * 0.0008)
    submission.cancel()
    ended = result()
    if isinstance(ended, MailError):
        assert (str(ended), submission.may_have_left) == ("Cancelled; nothing was sent.", False)
        assert place.whole is None
    else:
        assert submission.may_have_left
        assert outcome(ended)[0] == ("accepted" if ended else "unknown")
        assert not ended or place.whole is not None


@pytest.mark.parametrize("stopped", ["by the deadline", "by hand"])
def test_one_that_cannot_be_stopped_may_send_a_part(
    place: Place, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    monkeypatch.setattr(program, "_GRACE", 0.1)
    mail = place.mail(
        "exec 3<&0\n"
        "setsid sh -c 'echo $$ > new; mv new child; exec sleep 60' <&3 >/dev/null 2>&1 &\n"  # no kill reaches it
        "sleep 60\n",
        timeout=0.7 if stopped == "by the deadline" else 4,
    )
    submission = mail.begin(place.big(mail))
    result = in_a_thread(submission.run)
    place.appears("child")
    if stopped == "by hand":
        submission.cancel()
    receipt = result()
    assert isinstance(receipt, Receipt)
    assert outcome(receipt) == ("unknown", "sendmail could not be stopped, and may send a part of the message")
    assert submission.may_have_left
    os.kill(int((place.folder / "child").read_text()), signal.SIGKILL)


def test_an_attachment_that_changed_goes_nowhere(place: Place) -> None:
    mail = place.mail("touch started\n" + TAKE_ALL)
    email = place.big(mail)
    (place.folder / "big").write_bytes(b"y" * 299_999)
    submission = mail.begin(email)
    with pytest.raises(InvalidEmail, match=r"Attach: .*/big: it changed after the message was prepared; send again"):
        submission.run()
    assert not submission.may_have_left
    assert place.whole is None


def test_an_interrupt_from_the_keyboard_kills_it(place: Place) -> None:
    mail = place.mail("touch started\n" + TAKE_ALL)
    email = place.big(mail)
    whole = email.iter_bytes

    def interrupted() -> Iterator[bytes]:
        yield next(whole())
        place.appears("started")
        raise KeyboardInterrupt

    object.__setattr__(email, "iter_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mail.deliver(email)
    assert place.whole is None


def hold_back(email: Email) -> threading.Event:
    """Let the message end only after the event."""
    event = threading.Event()
    whole = email.iter_bytes

    def held() -> Iterator[bytes]:
        pieces = list(whole())
        yield from pieces[:-1]
        assert event.wait(10)
        yield pieces[-1]

    object.__setattr__(email, "iter_bytes", held)
    return event


# Where it is


def fails_to_start(mail: SendmailMailHandler) -> str:
    submission = mail.begin(mail.prepare(LETTER))
    with pytest.raises(DeliveryError) as caught:
        submission.run()
    assert not submission.may_have_left
    text = str(caught.value)
    assert text.startswith("Nothing was sent: ")
    assert text.endswith(
        f". Install a mail program such as msmtp or Postfix, or set command of {mail.name} to the one that you have."
    )
    return text.removeprefix("Nothing was sent: ").partition(". Install")[0]


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    mail = SendmailMailHandler(command=("no-such-mailer", "-v"))
    mail.name = "work"
    assert fails_to_start(mail) == "there is no program 'no-such-mailer' in PATH, /usr/sbin, /usr/lib"
    mail = SendmailMailHandler(command=(f"{tmp_path}/mailer",))
    assert fails_to_start(mail) == f"{tmp_path}/mailer is not there"
    with pytest.raises(DeliveryError, match="/mailer is not there"):
        mail.check()


def test_one_that_may_not_be_run_is_told(place: Place) -> None:
    mail = place.mail(RECORD)
    (place.folder / "sendmail").chmod(0o644)
    assert fails_to_start(mail) == f"{place.folder}/sendmail is not executable"


def test_what_is_no_program_is_told(place: Place) -> None:
    (place.folder / "mailer").write_bytes(b"\x7fELF")
    (place.folder / "mailer").chmod(0o755)
    mail = SendmailMailHandler(command=(f"{place.folder}/mailer",))
    assert fails_to_start(mail) == f"{place.folder}/mailer cannot be run: Exec format error"
    mail = place.mail("")
    mail = SendmailMailHandler(
        command=(
            *mail.command,
            "\0",
        )
    )
    assert fails_to_start(mail) == f"{place.folder}/sendmail cannot be run: embedded null byte"


def test_a_command_of_nothing_is_told() -> None:
    assert fails_to_start(SendmailMailHandler(command=())) == "no program is named"


def test_it_is_found_where_no_path_leads(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = place.mail(RECORD, command=["sendmail"])
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sendmail, "_ELSEWHERE", ("/nowhere/either", str(place.folder)))
    assert mail.check() == (f"The program is {place.folder}/sendmail",)


def test_the_path_goes_before_and_the_home_folder_is_understood(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = place.mail(RECORD, command=["sendmail"])
    monkeypatch.setenv("PATH", f"{place.folder}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(place.folder))
    assert mail.program() == f"{place.folder}/sendmail"
    assert SendmailMailHandler(command=("~/sendmail",)).program() == f"{place.folder}/sendmail"


def test_an_empty_path_does_not_mean_the_folder_one_is_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = place.mail(RECORD, name="here-only", command=["here-only"])
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DeliveryError, match="there is no program 'here-only'"):
        mail.check()


def test_the_destination_is_the_command_as_one_would_type_it() -> None:
    assert SendmailMailHandler().destination == "sendmail"
    assert (
        SendmailMailHandler(
            command=(
                "msmtp",
                "-C",
                "a b",
            )
        ).destination
        == "msmtp -C 'a b'"
    )
    assert SendmailMailHandler(command=("a\x1b[31m",)).destination.isprintable()


# The real ones


def msmtp(folder: Path, port: int) -> SendmailMailHandler:
    (folder / "msmtprc").write_text(f"account default\nhost 127.0.0.1\nport {port}\ntls off\nauth off\ntimeout 5\n")
    return SendmailMailHandler(
        command=(
            "msmtp",
            "-C",
            str(folder / "msmtprc"),
        ),
        timeout=10,
    )


@pytest.mark.system("msmtp", package="msmtp")
def test_msmtp_hands_it_to_the_server_byte_for_byte(tmp_path: Path) -> None:
    mailbox = Mailbox()
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 1000)
    with smtp_server(mailbox) as port:
        mail = msmtp(tmp_path, port)
        email = mail.prepare(
            Draft(
                to="Zoë <ann@x.org>, -bp@x.org",
                bcc="eve@x.org",
                from_addr="me@x.org",
                subject="ü",
                body="a\n.\n..\nFrom b\n" + "x" * 2000,
                attachments=str(tmp_path / "a.bin"),
            )
        )
        receipt = mail.deliver(email)
    assert outcome(receipt) == ("accepted", "taken by msmtp")
    (message,) = mailbox.messages
    assert message.sender == "me@x.org"
    assert message.recipients == ["ann@x.org", "-bp@x.org", "eve@x.org"]
    assert message.data == email.as_bytes()


@pytest.mark.system("msmtp", package="msmtp")
def test_what_the_server_says_comes_through_msmtp(tmp_path: Path) -> None:
    mailbox = Mailbox(refused={"bob@x.org": "550 5.1.1 no such mailbox"})
    with smtp_server(mailbox) as port:
        status, reply = outcome(msmtp(tmp_path, port).send("Hello", to="ann@x.org, bob@x.org", from_addr="me@x.org"))
    assert status == "refused"
    assert reply.startswith("msmtp ended with 65 (wrong data)")
    assert "550 5.1.1 no such mailbox" in reply
    assert mailbox.messages == []


@pytest.mark.system("msmtp", package="msmtp")
def test_a_server_that_cannot_be_reached_by_msmtp_has_refused(tmp_path: Path) -> None:
    with smtp_server(Mailbox()) as port:
        mail = msmtp(tmp_path, port)
    status, reply = outcome(mail.send("Hello", to=["ann@x.org"], from_addr="me@x.org"))
    assert status == "refused"
    assert reply.startswith("msmtp ended with 75 (temporary failure)")
    assert "Connection refused" in reply


class DropsTheLine(Mailbox):
    """A server whose answer to the message is lost."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        assert server.transport
        server.transport.close()
        return answer


@pytest.mark.system("msmtp", package="msmtp")
def test_an_answer_that_msmtp_did_not_get_is_unknown(tmp_path: Path) -> None:
    mailbox = DropsTheLine()
    with smtp_server(mailbox) as port:
        status, reply = outcome(msmtp(tmp_path, port).send("Hello", to=["ann@x.org"], from_addr="me@x.org"))
    assert len(mailbox.messages) == 1
    assert status == "unknown"
    assert re.match(r"msmtp ended with 7[46] ", reply)


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Postfix with a configuration and a queue of its own; only its sendmail and its postdrop ever run."""
    postdrop = path_of("postdrop")
    assert postdrop
    for folder in ("etc", "bin", "queue/maildrop"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(postdrop, tmp_path / "bin")  # without the group that the machine's own queue is for
    (tmp_path / "etc/main.cf").write_text(
        "compatibility_level = 3.6\n"
        f"queue_directory = {tmp_path}/queue\n"
        f"data_directory = {tmp_path}/data\n"
        f"command_directory = {tmp_path}/bin\n"
        "myhostname = test.invalid\n"
    )
    os.utime(tmp_path / "etc/main.cf", (0, 0))  # Postfix waits for two seconds when it is as new as that
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path / "etc"))
    return tmp_path / "queue/maildrop"


def postcat(option: str, path: Path) -> bytes:
    program = path_of("postcat")
    assert program
    return subprocess.run([program, option, path], capture_output=True, check=True).stdout


@pytest.mark.system("sendmail", "postdrop", "postcat", package="postfix")
def test_postfix_queues_it_byte_for_byte(tmp_path: Path, queue: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 1000)
    mail = SendmailMailHandler(timeout=10)
    email = mail.prepare(
        Draft(
            to="Zoë <ann@x.org>, -bp@x.org",
            bcc="eve@x.org",
            from_addr="Me <me@x.org>",
            subject="ü",
            body="a\n.\n..\nFrom b\n" + "x" * 2000,
            attachments=str(tmp_path / "a.bin"),
        )
    )
    receipt = mail.deliver(email)
    assert outcome(receipt) == ("accepted", "taken by sendmail")
    (path,) = queue.iterdir()
    envelope = postcat("-e", path).decode().splitlines()
    assert [line for line in envelope if line.startswith(("sender:", "recipient:"))] == [
        "sender: me@x.org",
        "recipient: ann@x.org",
        "recipient: -bp@x.org",
        "recipient: eve@x.org",
    ]
    assert postcat("-hb", path) == lines_of(email)


@pytest.mark.system("sendmail", "postdrop", "postcat", package="postfix")
def test_postfix_queues_nothing_of_a_message_that_is_cancelled(tmp_path: Path, queue: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 300_000)
    mail = SendmailMailHandler(timeout=10)
    email = mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", attachments=str(tmp_path / "big")))
    submission = mail.begin(email)
    hold = hold_back(email)
    result = in_a_thread(submission.run)
    until(lambda: bool(list(queue.iterdir())))  # being written
    submission.cancel()
    hold.set()
    assert isinstance(result(), DeliveryError)
    for path in queue.iterdir():  # what is left has no mode that Postfix would take
        assert not path.stat().st_mode & 0o100
