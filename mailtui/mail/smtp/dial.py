"""The way to a server: its name is looked up and its addresses are tried; each has an end, and can be stopped."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

_TICK = 0.05  # seconds between two looks at whether to go on
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)

_Address = tuple[int, int, int, str, Any]


def dial(host: str, port: int, *, patience: float, go_on: Callable[[], None]) -> socket.socket:
    """Connect to the first address of a host that answers.

    Args:
        host: Name or address.
        port: Number.
        patience: Seconds for the look-up, and as many for all addresses together.
        go_on: Asked again and again; raises an OSError when somebody wants it to stop.

    Raises:
        OSError: No address answered.
        UnicodeError: That cannot be the name of a host.
    """
    addresses = _look_up(host, port, monotonic() + patience, go_on)
    deadline = monotonic() + patience
    failure = OSError(f"{host} has no address")
    for tried, address in enumerate(addresses):
        share = (deadline - monotonic()) / (len(addresses) - tried)
        try:
            return _connected(address, monotonic() + share, go_on)
        except OSError as error:
            failure = error
    raise failure


def _look_up(host: str, port: int, deadline: float, go_on: Callable[[], None]) -> list[_Address]:
    """What the resolver says, asked in a thread, for nothing can break it off."""
    said: SimpleQueue[list[_Address] | OSError | UnicodeError] = SimpleQueue()

    def ask() -> None:
        try:
            said.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            said.put(error)

    Thread(target=ask, name="look-up", daemon=True).start()
    while monotonic() < deadline:
        go_on()
        try:
            answer = said.get(timeout=_TICK)
        except Empty:
            continue
        if isinstance(answer, Exception):
            raise answer
        return answer
    raise socket.gaierror(socket.EAI_AGAIN, "no answer in time")


def _connected(address: _Address, deadline: float, go_on: Callable[[], None]) -> socket.socket:
    family, kind, protocol, _, place = address
    line = socket.socket(family, kind, protocol)
    try:
        line.setblocking(False)
        problem = line.connect_ex(place)
        if problem in _UNDER_WAY:
            _wait_until_writable(line, deadline, go_on)
            problem = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            raise OSError(problem, os.strerror(problem))
    except BaseException:
        line.close()
        raise
    return line


def _wait_until_writable(line: socket.socket, deadline: float, go_on: Callable[[], None]) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(line, selectors.EVENT_WRITE)
        while not ready.select(_TICK):
            go_on()
            if monotonic() > deadline:
                raise TimeoutError
