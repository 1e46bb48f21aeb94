"""A mail server that takes everything and keeps nothing, in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Thread
from typing import NamedTuple, Self

from tests.benchmarks.terminal import ROOT

_BLOCK = 1024 * 1024  # bytes read at once
_END = b"\r\n.\r\n"  # RFC 5321 4.1.1.4; the first line end belongs to the message
_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-SIZE 0\r\n250-8BITMIME\r\n250 SMTPUTF8",
    b"DATA": b"354 go on",
    b"QUIT": b"221 bye",
}


class Taken(NamedTuple):
    """What has arrived so far."""

    messages: int = 0
    size: int = 0  # in bytes, as they were on the line


class Sink:
    """The server, for as long as the block lasts."""

    def __enter__(self) -> Self:
        words = [sys.executable, "-m", "tests.benchmarks.sink"]
        self._process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # its input ends, and so does it

    def taken(self) -> Taken:
        """Ask it."""
        with socket.create_connection(("127.0.0.1", self.port)) as line, line.makefile("rb") as answers:
            line.sendall(b"TAKEN\r\n")
            answers.readline()  # the greeting
            _, messages, size = answers.readline().split()
        return Taken(int(messages), int(size))


class _Counter:
    def __init__(self) -> None:
        self.taken = Taken()
        self._lock = Lock()

    def serve(self, listener: socket.socket) -> None:
        while True:
            Thread(target=self._converse, args=[listener.accept()[0]], daemon=True).start()

    def _converse(self, line: socket.socket) -> None:
        with line, suppress(ConnectionError):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(b"220 sink\r\n")
            held = bytearray()
            verb = b""
            while verb != b"QUIT":
                while b"\n" not in held:
                    data = line.recv(_BLOCK)
                    if not data:
                        return
                    held += data
                command, _, held = held.partition(b"\n")
                verb = bytes(command[:5]).strip().upper()
                answer = b"250 %d %d" % self.taken if verb == b"TAKEN" else _ANSWERS.get(verb, b"250 fine")
                line.sendall(answer + b"\r\n")
                if verb == b"DATA":
                    size, held = _swallow(line, held)
                    with self._lock:
                        self.taken = Taken(self.taken.messages + 1, self.taken.size + size)
                    line.sendall(b"250 taken\r\n")


def _swallow(line: socket.socket, held: bytearray) -> tuple[int, bytearray]:
    """Read a message to its end: its size, and what came after it."""
    filled, size = 2 + len(held), 0
    buffer = bytearray(b"\r\n" + held).ljust(filled + _BLOCK)
    while (end := buffer.find(_END, 0, filled)) < 0:
        kept = min(filled, len(_END) - 1)  # perhaps the beginning of its end
        size += filled - kept
        buffer[:kept] = buffer[filled - kept : filled]
        with memoryview(buffer) as view:
            received = line.recv_into(view[kept:])
        if not received:
            raise ConnectionError
        filled = kept + received
    return size + end, buffer[end + len(_END) : filled]


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=64) as entrance:
        print(entrance.getsockname()[1], flush=True)
        Thread(target=_Counter().serve, args=[entrance], daemon=True).start()
        sys.stdin.read()
