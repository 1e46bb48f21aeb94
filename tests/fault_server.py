"""A mail server on loopback that does what a test tells it to at one point of the dialogue: mostly something bad."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.smtp_server import server_context

NAMES = ("127.0.0.1", "::1", "localhost", "xn--bcher-kva.localhost")
_LONGEST = 20.0  # seconds that anything here may last

Act = Callable[["Peer"], None]


class Clock:
    """Goes as the world's does, and ahead when a server wants its client to be late."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


clock = Clock()


class Over(Exception):
    """The server has nothing more to do on this line."""


@dataclass
class Record:
    """What came, and what became of it.

    Args:
        clear: Bytes that came in clear.
        inside: Bytes that came inside TLS, decrypted.
        wire: The same as they were on the line.
        lines: Commands.
        messages: Those that were answered with 250, dots unstuffed.
        reached: The points of the dialogue, in order.
    """

    clear: bytearray = field(default_factory=bytearray)
    inside: bytearray = field(default_factory=bytearray)
    wire: bytearray = field(default_factory=bytearray)
    lines: list[bytes] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def reach(self, point: str) -> None:
        with self.changed:
            self.reached.append(point)
            self.changed.notify_all()

    def wait_for(self, point: str) -> None:
        """Until the dialogue has come so far."""
        with self.changed:
            assert self.changed.wait_for(lambda: point in self.reached, _LONGEST), (point, self.reached)

    @property
    def everything(self) -> bytes:
        return bytes(self.clear + self.inside)

    def assert_secure(self) -> None:
        """Nothing but TLS records came since TLS began, the last perhaps cut (RFC 8446 5.1)."""
        wire, at = bytes(self.wire), 0
        while at < len(wire):
            kind, version, length = struct.unpack(">BHH", wire[at : at + 5].ljust(5, b"\0"))
            assert kind in (20, 21, 22, 23), wire[at : at + 40]
            assert version in (0x0301, 0x0303) or at + 5 > len(wire), wire[at : at + 40]
            at += 5 + length
        # What comes in clear after a record that was cut seems to be the rest of it.
        readable = re.search(rb"(?i:EHLO|AUTH|MAIL|RCPT|DATA|QUIT)[ -~]*\r\n|[\r\n -~]{40}", wire)
        assert not readable, readable


class Peer:
    """The server's end of one line."""

    def __init__(self, sock: socket.socket, record: Record, end: threading.Event, extensions: tuple[str, ...]) -> None:
        self.sock = sock
        self.record = record
        self.end = end
        self.extensions = extensions
        self.heard = bytearray()
        self.line = b""
        self.said = b""
        self.recipients = 0
        self.slow = False
        self._tls: ssl.SSLObject | None = None

    def write(self, data: bytes) -> None:
        self.said = data
        if self._tls is None:
            self._put(data)
        else:
            self._tls.write(data)
            self._flush()

    def read(self) -> bytes:
        """Some bytes, at least one."""
        if self._tls is None:
            data = self.sock.recv(65536)
            self.record.clear += data
        else:
            data = self._read_inside()
        if not data:
            raise Over
        return data

    def read_line(self) -> bytes:
        while (end := self.heard.find(b"\r\n")) < 0:
            self.heard += self.read()
        line = bytes(self.heard[:end])
        del self.heard[: end + 2]
        return line

    def begin_tls(self) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = server_context(NAMES).wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._receive()
            else:
                return self._flush()

    def _read_inside(self) -> bytes:
        assert self._tls
        while True:
            try:
                data = self._tls.read(65536)
            except ssl.SSLWantReadError:
                self._receive()
            except ssl.SSLZeroReturnError:
                raise Over from None
            else:
                self.record.inside += data
                return data

    def _receive(self) -> None:
        raw = self.sock.recv(65536)
        if not raw:
            raise Over
        self.record.wire += raw
        self._incoming.write(raw)

    def _flush(self) -> None:
        self._put(self._outgoing.read())

    def _put(self, data: bytes) -> None:
        """On the line, if it is to be slow byte for byte."""
        for part in [bytes([byte]) for byte in data] if self.slow else [data]:
            self.sock.sendall(part)
            if self.slow and self.end.wait(0.01):
                raise Over


# What a server may do:


def say(*lines: str | bytes) -> Act:
    """Answer something, and go on."""
    data = b"".join(line.encode() if isinstance(line, str) else line for line in lines)
    return lambda peer: peer.write(data if data.endswith(b"\n") else data + b"\r\n")


def raw(data: bytes) -> Act:
    return lambda peer: peer.write(data)


def drop(peer: Peer) -> None:
    """Hang up."""
    raise Over


def reset(peer: Peer) -> None:
    """Hang up with a RST."""
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Over


def hear(peer: Peer) -> None:
    """Read something."""
    peer.read()


def hang(peer: Peer) -> None:
    """Say nothing until the test is over."""
    peer.end.wait(_LONGEST)
    raise Over


def drip(peer: Peer) -> None:
    """A byte a second by the clock of the tests, and never a whole line."""
    for byte in b"250-" + b"x" * 1000:
        peer.write(bytes([byte]))
        clock.ahead += 1
        if peer.end.wait(0.001):
            break
    raise Over


def slowly(act: Act) -> Act:
    """The same, but each byte of what goes on the line takes its time, inside of a TLS record, too."""

    def slow(peer: Peer) -> None:
        peer.slow = True
        act(peer)

    return slow


def sip(peer: Peer) -> None:
    """Read a little now and then."""
    peer.record.reach("sip")
    while not peer.end.wait(0.01):
        peer.sock.recv(1000)
    raise Over


def flood_lines(peer: Peer) -> None:
    """Reply lines without end."""
    while not peer.end.is_set():
        peer.write(b"250-and so on\r\n" * 500)


def flood_line(peer: Peer) -> None:
    """One reply line without end."""
    while not peer.end.is_set():
        peer.write(b"250 " + b"x" * 8000)


def then(*acts: Act) -> Act:
    def act(peer: Peer) -> None:
        for each in acts:
            each(peer)

    return act


def quote(how: str, code: str = "535 ") -> Act:
    """Say again what was said last, in a way."""

    def act(peer: Peer) -> None:
        said = peer.line
        response = said.rpartition(b" ")[2]
        if how == "decoded":
            said = b64decode(response).replace(b"\0", b" ").replace(b"\1", b" ")
        elif how == "response":
            said = response
        elif how == "unpadded":
            said = response.rstrip(b"=")
        elif how == "upper":
            said = said.upper()
        elif how == "hex":
            said = b64decode(response).hex().encode()
        elif how == "repr":
            said = repr(b64decode(response)).encode()
        peer.write(code.encode() + said + b"\r\n")

    return act


class FaultServer:
    """Serves one line after the other, until it is closed.

    Args:
        script: What to do at a point of the dialogue instead of the usual: `connect`, `EHLO`, `EHLO2` (inside TLS),
            `HELO`, `STARTTLS`, `handshake`, `AUTH`, `AUTH2` and `AUTH3` (what follows it), `MAIL`, `RCPT1`, `RCPT2`,
            `DATA`, `body` (after some bytes of the message), `end`, `QUIT`.
        security: `tls`, `starttls` or `none`.
        after: How many bytes of the message come before `body`.
        host: To listen at.
        extensions: That EHLO offers.
    """

    def __init__(
        self,
        script: Mapping[str, Act] | None = None,
        *,
        security: str = "none",
        after: int = 1,
        host: str = "127.0.0.1",
        extensions: tuple[str, ...] = ("AUTH PLAIN LOGIN XOAUTH2", "SIZE 0"),
    ) -> None:
        self.record = Record()
        self._script = dict(script or {})
        self._security = security
        self._after = after
        self._extensions = extensions
        self._end = threading.Event()
        self._lines: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # so that who is not heard notices
        self._listener.bind((host, 0))
        self._listener.listen()
        self.host, self.port = self._listener.getsockname()[:2]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._end.set()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
            pass  # it waits for one more
        self._thread.join(_LONGEST)
        self._listener.close()
        assert not self.record.errors, self.record.errors

    def _serve(self) -> None:
        while not self._end.is_set():
            line, _ = self._listener.accept()
            if self._end.is_set():
                line.close()
                return
            self._lines.append(line)
            line.settimeout(_LONGEST)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each write is a packet
            try:
                with suppress(Over, OSError):
                    self._talk(Peer(line, self.record, self._end, self._extensions))
            except BaseException as error:  # noqa: BLE001  shown by close()
                self.record.errors.append(error)
            finally:
                line.close()
                self.record.reach("closed")

    def _do(self, point: str, peer: Peer, usual: Act) -> None:
        self.record.reach(point)
        self._script.get(point, usual)(peer)

    def _talk(self, peer: Peer) -> None:
        if self._security == "tls":
            self._do("handshake", peer, Peer.begin_tls)
        self._do("connect", peer, say("220 mx.example.org ready"))
        encrypted = self._security == "tls"
        while True:
            peer.line = peer.read_line()
            self.record.lines.append(peer.line)
            verb = peer.line.split(b" ")[0].decode("latin-1").upper()
            if verb == "EHLO":
                again = "2" if encrypted and self._security == "starttls" else ""
                self._do(f"EHLO{again}", peer, self._greet(encrypted=encrypted))
            elif verb == "STARTTLS":
                self._do("STARTTLS", peer, say("220 go ahead"))
                peer.heard.clear()
                self._do("handshake", peer, Peer.begin_tls)
                encrypted = True
            elif verb == "AUTH":
                self._log_in(peer)
            elif verb == "RCPT":
                peer.recipients += 1
                self._do(f"RCPT{peer.recipients}", peer, say("250 OK"))
            elif verb == "DATA":
                self._do("DATA", peer, say("354 go ahead"))
                if peer.said.startswith(b"354"):
                    self._take_message(peer)
            elif verb == "QUIT":
                self._do("QUIT", peer, then(say("221 bye"), drop))
            else:
                self._do(verb, peer, say("250 OK") if verb in ("MAIL", "HELO") else say("500 what?"))

    def _greet(self, *, encrypted: bool) -> Act:
        offered = [*self._extensions, *(["STARTTLS"] if self._security == "starttls" and not encrypted else [])]
        lines = ["mx.example.org", *offered]
        return say(*(f"250-{line}\r\n" for line in lines[:-1]), f"250 {lines[-1]}\r\n")

    def _log_in(self, peer: Peer) -> None:
        """PLAIN and XOAUTH2 in one line; LOGIN in three."""
        login = peer.line.upper() == b"AUTH LOGIN"
        self._do("AUTH", peer, say("334 VXNlcm5hbWU6") if login else say("235 welcome"))
        for step in (2, 3) if login else ((2,) if "AUTH2" in self._script else ()):
            peer.line = peer.read_line()
            self.record.lines.append(peer.line)
            self._do(f"AUTH{step}", peer, say("334 UGFzc3dvcmQ6") if step == 2 else say("235 welcome"))

    def _take_message(self, peer: Peer) -> None:
        if "body" in self._script:
            while len(peer.heard) < self._after:
                peer.heard += peer.read()
            self._do("body", peer, drop)
        while (end := (b"\r\n" + peer.heard).find(b"\r\n.\r\n")) < 0:
            peer.heard += peer.read()
        message = bytes(peer.heard[:end])
        del peer.heard[: end + 3]
        lines = [line[1:] if line.startswith(b".") else line for line in message.split(b"\r\n")]
        if "end" not in self._script:
            self.record.messages.append(b"\r\n".join(lines))
        self._do("end", peer, say("250 queued"))


@contextmanager
def fault_server(
    script: Mapping[str, Act] | None = None,
    *,
    security: str = "none",
    after: int = 1,
    host: str = "127.0.0.1",
    extensions: tuple[str, ...] = ("AUTH PLAIN LOGIN XOAUTH2", "SIZE 0"),
) -> Iterator[FaultServer]:
    """Serve, and tidy up; see FaultServer."""
    server = FaultServer(script, security=security, after=after, host=host, extensions=extensions)
    try:
        yield server
    finally:
        server.close()
