"""The handler that hands messages to a program on this machine: sendmail, or one that is called like it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from time import perf_counter
from typing import Annotated, ClassVar

from mailtui.mail.errors import DeliveryError, MailError, one_line
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option
from mailtui.mail.program import Program
from mailtui.mail.receipt import Receipt, Recipient, Status, Transcript
from mailtui.mail.submission import Submission, cancelled

_ELSEWHERE = ("/usr/sbin", "/usr/lib")  # where a mail program is that an ordinary PATH does not lead to

_MEANINGS = {  # sysexits.h
    64: "wrong usage",
    65: "wrong data",
    66: "no input",
    67: "no such user",
    68: "no such host",
    69: "service unavailable",
    70: "internal error",
    71: "system error",
    72: "a system file is missing",
    73: "cannot create a file",
    74: "input or output failed",
    75: "temporary failure",
    76: "protocol error",
    77: "permission denied",
    78: "wrong configuration",
}
_TEMPORARY = 75
_OF_ONE = (67, 68)  # Sendmail may have taken the message for the others
_LINE_BROKE = (74, 76)  # so msmtp ends, too, when the server's answer to the whole message was lost


class SendmailMailHandler(MailHandler):
    """Hands the message to a program on this machine: sendmail of Postfix, Exim or Sendmail, or msmtp.

    Source: sendmail(1) of Postfix, for `-i`, `-f` and the recipients as arguments.
    """

    label: ClassVar[str] = "sendmail"

    command: Annotated[tuple[str, ...], Option("Program and arguments that take a message on stdin", command=True)] = (
        "sendmail",
    )
    timeout: Annotated[float, Option("Seconds that the program may take for a message", ge=0.1)] = 60.0

    @property
    def destination(self) -> str:
        """The command, as one would type it."""
        return one_line(shlex.join(self.command))

    def begin(self, email: Email) -> SendmailSubmission:
        """A submission that tells how far it is, and can be broken off; see `MailHandler.begin`."""
        return SendmailSubmission(self, email)

    def deliver(self, email: Email) -> Receipt:
        """Run the program for one message; see `MailHandler.deliver`."""
        return self.begin(email).run()

    def check(self) -> Transcript:
        """Look for the program, without running it; see `MailHandler.check`."""
        return (f"The program is {one_line(self.program())}",)

    def program(self) -> str:
        """The path of the program, from PATH or from where mail programs are.

        Raises:
            DeliveryError: It is not there, or may not be run.
        """
        name = os.path.expanduser(self.command[0]) if self.command else ""
        found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH") or os.defpath, *_ELSEWHERE)))
        if found:
            return found
        if os.path.dirname(name):
            raise self.not_started(f"{name} is {'not executable' if os.path.exists(name) else 'not there'}")
        looked = ", ".join(("PATH", *_ELSEWHERE))
        raise self.not_started(f"there is no program {name!r} in {looked}" if name else "no program is named")

    def not_started(self, reason: str) -> DeliveryError:
        """The error to raise when the program cannot be run.

        Args:
            reason: Why not.
        """
        return DeliveryError(
            f"Nothing was sent: {reason}. Install a mail program such as msmtp or Postfix, "
            f"or set command of {self.name} to the one that you have."
        )


class SendmailSubmission(Submission):
    """One message on its way into the program.

    Nobody gets it before its end has been written, which is when stdin is closed: a program that is killed before
    has handed over nothing. One that passes it on to another machine, such as ssh, may take that for the end; so files
    are looked at once more before it is started. What becomes of the whole, only the program's exit status tells.

    Args:
        handler: Whose program is run.
        email: Prepared by that handler.
    """

    def __init__(self, handler: SendmailMailHandler, email: Email) -> None:
        super().__init__()
        self.size = email.size
        self._handler = handler
        self._email = email
        self._name = one_line(os.path.basename(handler.command[0])) if handler.command else "a program"
        self._path = ""
        self._program: Program | None = None

    def cancel(self) -> None:
        """Break it off, and kill the program; see `Submission.cancel`."""
        super().cancel()
        if self._program:
            self._program.kill()

    def _run(self) -> Receipt:
        started = perf_counter()
        self._email.sealed()
        self._refuse_if_cancelled()
        self.stage = f"starting {self._name}"
        self._program = program = self._start()
        try:
            status, reply = self._outcome(program)
        except MailError as error:
            program.kill()
            if isinstance(error, DeliveryError):
                error.transcript = program.lines
            if program.is_cut_off():
                raise
            self.may_have_left = True
            status, reply = "unknown", f"{self._name} could not be stopped, and may send a part of the message"
        finally:
            program.close()
        return self._receipt(status, reply, program.lines, perf_counter() - started)

    def _start(self) -> Program:
        sender, recipients = self._email.envelope.sender, self._email.envelope.recipients
        self._path = self._handler.program()
        words = [self._path, *self._handler.command[1:], "-i", "-f", sender, "--", *recipients]
        try:
            return Program(words, self._handler.timeout)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise self._handler.not_started(f"{self._path} cannot be run: {reason}") from error

    def _outcome(self, program: Program) -> tuple[Status, str]:
        self.stage = f"writing to {self._name}"
        try:
            for piece in self._email.iter_bytes():
                self._refuse_if_cancelled()
                program.write(piece.replace(b"\r", b""))
                self.sent += len(piece)
        except BrokenPipeError:
            return self._outcome_of_a_part(program)
        except TimeoutError:
            raise self._not_taken() from None
        self.let_go()
        program.end_input()
        self.stage = f"waiting for {self._name}"
        return self._outcome_of_the_whole(program)

    def _outcome_of_a_part(self, program: Program) -> tuple[Status, str]:
        status = program.wait()
        early = f"before it had taken the whole message{_quoted(program.lines)}"
        if status == 0:
            self.may_have_left = True
            return "unknown", f"{self._name} ended as if all were well, {early}"
        self._refuse_if_cancelled()
        if status is None:
            raise self._not_taken()
        return "refused", f"{self._name} {_ending(status)} {early}"

    def _outcome_of_the_whole(self, program: Program) -> tuple[Status, str]:
        status = program.wait()
        if status == 0:
            return "accepted", f"taken by {self._name}"
        words = _quoted(program.lines)
        if status is None or (self.cancelled and status < 0):
            why = "cancelled" if self.cancelled else f"not ready within {self._handler.timeout:g} s"
            return "unknown", f"{self._name} took the whole message and was {why}{words}"
        return self._status_of(status), f"{self._name} {_ending(status)}{words}"

    def _status_of(self, status: int) -> Status:
        several = len(self._email.envelope.recipients) > 1
        if status == _TEMPORARY:  # Sendmail has the message in its queue then; msmtp has no queue
            certain = os.path.basename(os.path.realpath(self._path)) == "msmtp"
        else:
            certain = status in _MEANINGS and status not in _LINE_BROKE and not (several and status in _OF_ONE)
        return "refused" if certain else "unknown"

    def _refuse_if_cancelled(self) -> None:
        if self.cancelled:
            raise cancelled()

    def _not_taken(self) -> DeliveryError:
        return DeliveryError(
            f"{self._path} did not take the message within {self._handler.timeout:g} s and was stopped; nothing was "
            f"sent. See whether command of {self._handler.name} reads a message on stdin, or raise its timeout."
        )

    def _receipt(self, status: Status, reply: str, transcript: Transcript, duration: float) -> Receipt:
        recipients = self._email.envelope.recipients
        return Receipt(
            handler=self._handler.name,
            message_id=self._email.message_id,
            recipients=tuple(Recipient(address, status, reply=reply) for address in recipients),
            output=f"Handed to {one_line(self._path)}, which delivers it." if status == "accepted" else "",
            transcript=transcript,
            duration=duration,
        )


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by signal {-status} ({signal.strsignal(-status)})"
    return f"ended with {status}" + (f" ({_MEANINGS[status]})" if status in _MEANINGS else "")


def _quoted(lines: Transcript) -> str:
    return f": {' '.join(lines)}" if lines else ""
