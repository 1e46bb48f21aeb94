"""A line to a mail server: every wait has an end, every reply a limit, and another thread can cut it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from mailtui.mail.options import Secret
from mailtui.mail.smtp.dial import dial, is_ready
from mailtui.mail.smtp.dialogue import Dialogue
from mailtui.mail.smtp.server import place

_CODE = re.compile(rb"[2-5][0-9]{2}")  # RFC 5321 4.2
_REPLY_LIMIT = 64 * 1024  # bytes; RFC 5321 4.5.3.1.5 gives a line 512
_HAIR = 0.01  # seconds that make no difference
_READ = 4096  # bytes read at once
_AHEAD = 50  # commands said before their answers are read: so much goes into the buffers at both ends
_FAREWELL = 2.0  # seconds to wait for the answer to QUIT
_WORDS_KEPT = 1000  # characters of a reply that go on to receipts and errors
_QUOTED = 60  # characters of what is no SMTP


class Garbled(smtplib.SMTPException):
    """The server says what is no SMTP."""


class Reply(NamedTuple):
    """What a server answers (RFC 5321 4.2).

    Args:
        code: Of three digits.
        words: Its lines in one, secrets redacted.
    """

    code: int
    words: str

    @property
    def bad(self) -> bool:
        """Whether it says no, for now or for good."""
        return self.code >= 400

    def __str__(self) -> str:
        return f"{self.code} {self.words}".rstrip()


class Connection(smtplib.SMTP):
    """smtplib's connection with deadlines, limits, a dialogue that is kept, and an end from outside.

    Args:
        dialogue: Keeps what is said.
        patience: Seconds to wait for each answer.
    """

    sock: socket.socket | None

    def __init__(self, dialogue: Dialogue, patience: float) -> None:
        super().__init__(local_hostname="localhost", timeout=patience)  # without a name it would ask DNS for its own
        self.dialogue = dialogue
        self.patience = patience
        self.where = ""
        self.unheard = 0  # commands that were said ahead, so that more than one answer is to come
        self._received = bytearray()
        self._cut = False

    def open(self, host: str, port: int, context: ssl.SSLContext | None) -> Reply:
        """Connect, with TLS from the first byte if there is a context, and read the greeting.

        Args:
            host: Name or address.
            port: Number.
            context: How to verify the server.

        Raises:
            OSError: Of any kind.
            UnicodeError: That cannot be the name of a host.
        """
        self._refuse_when_cut()
        self.where = place(host, port)
        self.dialogue.note(f"connecting to {self.where}")
        self.sock = dial(host.strip("[]"), port, patience=self.patience, go_on=self._refuse_when_cut)
        self._refuse_when_cut()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = self.sock.getsockname()[0]
        self.local_hostname = f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"
        if context is not None:
            self.secure(host, context)
        return self.reply()

    def secure(self, host: str, context: ssl.SSLContext) -> None:
        """Begin TLS and verify the server's certificate.

        Args:
            host: That the certificate must be for.
            context: How to verify it.

        Raises:
            ssl.SSLError: It cannot be verified, or the server speaks no TLS.
        """
        assert self.sock is not None
        self.sock.getpeername()  # raises when the line is gone; wrap_socket would leave its socket open then
        name = host.strip("[]").partition("%")[0].rstrip(".")  # as a certificate has it
        # First the handshake that can be cut; only then is a byte sent or read.
        secured = context.wrap_socket(self.sock, server_hostname=name, do_handshake_on_connect=False)
        self.sock = secured
        self._refuse_when_cut()
        secured.settimeout(self.patience)  # not what was left of it for the last reply
        secured.do_handshake()
        self.dialogue.note(f"{secured.version()} with a verified certificate for {host}")

    @property
    def peer(self) -> str:
        """The address at the other end."""
        assert self.sock is not None
        return str(self.sock.getpeername()[0])

    def say(self, command: str, *, secret: Secret | None = None) -> Reply:
        """Say a command and hear its answer.

        Args:
            command: Without line end.
            secret: Follows it on the line, and stands in no transcript and no traceback.

        Raises:
            OSError: The line broke, or the time is over.
            ValueError: The command holds a line break.
        """
        self.dialogue.say(command if secret is None else f"{command} ***".strip())
        try:
            super().putcmd(command if secret is None else f"{command} {secret.reveal()}".strip())
        except OSError as error:
            raise error.with_traceback(None)  # noqa: B904  the same error, without frames that hold the secret
        return self.reply()

    def answers(self, commands: Sequence[str]) -> Iterator[Reply]:
        """Say commands one after the other, each when the answer to the one before was taken.

        A server that allows it gets them ahead of its answers (RFC 2920), so that some may be `unheard` at the end.

        Args:
            commands: Without line ends.

        Raises:
            OSError: The line broke, or the time is over.
        """
        ahead = _AHEAD if self.has_extn("pipelining") else 1
        for start in range(0, len(commands), ahead):
            group = commands[start : start + ahead]
            for command in group:
                self.dialogue.say(command)
            self.send("".join(f"{command}\r\n" for command in group))
            for left in reversed(range(len(group))):
                self.unheard = left
                yield self.reply()

    def end_of_data(self) -> None:
        """Say that the message is whole, and goodbye in the same breath where the server allows it (RFC 2920 3.1).

        Raises:
            OSError: It was not said.
        """
        self.dialogue.say(".")
        if self.has_extn("pipelining"):
            self.dialogue.say("QUIT")
            self.send(b".\r\nQUIT\r\n")
            self.unheard = 1
        else:
            self.send(b".\r\n")

    def say_goodbye(self) -> None:
        """End the session as it should be, unless it was ended in the middle; nothing of it matters any more."""
        if self.sock is None:
            return
        self.patience = min(self.patience, _FAREWELL)
        with suppress(OSError):
            if self.unheard:
                self.reply()
            else:
                self.say("QUIT")

    def reply(self) -> Reply:
        """The next reply.

        Raises:
            OSError: The line broke, or the time is over.
        """
        try:
            code, said = self.getreply()
        except OSError as error:
            raise error.with_traceback(None)  # noqa: B904  the same error, without frames that hold what was quoted
        return self.answer_of(code, said)

    def answer_of(self, code: int, said: bytes) -> Reply:
        """A reply as smtplib gives it, made fit for people.

        Args:
            code: Of three digits.
            said: Its lines.
        """
        lines = (self.dialogue.redacted(line.decode("utf-8", "replace")).strip() for line in said.split(b"\n"))
        return Reply(code, " ".join(filter(None, lines))[:_WORDS_KEPT])

    def spoke_up(self) -> bool:
        """Whether the server has said more than it was asked for, as far as that has come; nothing is waited for.

        Raises:
            OSError: The line broke.
        """
        sock = self._open_socket()
        decrypted = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
        if not self._received and (decrypted or is_ready(sock, seconds=0)):
            with suppress(
                BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError
            ):  # TLS said something of its own
                self._receive(0)
        return bool(self._received)

    def cut(self) -> None:
        """End the connection from another thread: whoever waits on it gets an OSError at once."""
        self._cut = True
        sock = self.sock  # which the other thread may take away
        if sock is not None:
            with suppress(OSError):  # it was not connected, or is closed
                # Not SSLSocket's own shutdown, which would first take TLS off the line.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up; what goes wrong with that changes nothing any more."""
        with suppress(OSError):
            super().close()

    # What smtplib calls to write and read:

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command, and keep it in the dialogue."""
        self.dialogue.say(f"{cmd} {args}".rstrip())
        super().putcmd(cmd, args)

    def send(self, s: object) -> None:
        """Send bytes; a text is a command."""
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        assert isinstance(data, bytes)
        if self.spoke_up():  # else that would be taken for the answer to what is sent now
            raise Garbled("it spoke before it was asked")
        self._refuse_when_cut()
        self._socket_with(self.patience).sendall(data)

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply: code and text, its lines joined by line feeds."""
        deadline = monotonic() + self.patience
        first = b""
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._line(deadline)
            said = line.decode("utf-8", "replace")
            self.dialogue.hear(said)
            size += len(line)
            if size > _REPLY_LIMIT:
                raise Garbled("its reply has no end")
            code, more = line[:3], line[3:4]
            if not (_CODE.fullmatch(code) and more in (b"", b" ", b"-") and code == (first or code)):
                raise Garbled(f"it said {self.dialogue.redacted(said)[:_QUOTED] or 'nothing in a line'}")
            first = code
            lines.append(line[4:])
            if more != b"-":
                return int(code), b"\n".join(lines)

    def _line(self, deadline: float) -> bytes:
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > _REPLY_LIMIT:
                raise Garbled("its reply has no end")
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError
            self._receive(left)
        line = bytes(self._received[:end]).rstrip(b"\r")
        del self._received[: end + 1]
        return line

    def _receive(self, patience: float) -> None:
        """Read some bytes, at least one."""
        data = self._socket_with(patience).recv(_READ)
        if not data:
            raise smtplib.SMTPServerDisconnected("it closed the connection")
        self._received += data

    def _socket_with(self, patience: float) -> socket.socket:
        """The socket, told how long to wait: but only where that is something else, for it costs a system call."""
        sock = self._open_socket()
        now = sock.gettimeout()
        if now is None or abs(now - patience) > _HAIR:
            sock.settimeout(patience)
        return sock

    def _open_socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self.sock

    def _refuse_when_cut(self) -> None:
        if self._cut:
            raise smtplib.SMTPServerDisconnected("the connection was cut")
