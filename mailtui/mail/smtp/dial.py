"""The way to a server: its name is looked up and its addresses are tried; each has an end, and can be stopped."""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
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
    """What the resolver says, asked in a thread, for nothing can break it off; an address needs no asking."""
    with suppress(ValueError):
        ip_address(host.partition("%")[0])
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
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
    while not is_ready(line, seconds=_TICK, to_write=True):
        go_on()
        if monotonic() > deadline:
            raise TimeoutError


def is_ready(line: socket.socket, *, seconds: float, to_write: bool = False) -> bool:
    """Whether something can be read from a line, or written, without waiting.

    Args:
        line: Open.
        seconds: To wait until then.
        to_write: Else to read.
    """
    if hasattr(select, "poll"):
        events = select.poll()
        events.register(line, select.POLLOUT if to_write else select.POLLIN)
        return bool(events.poll(seconds * 1000))
    watched = ([], [line]) if to_write else ([line], [])  # Windows has no poll, and no limit of file numbers
    return any(select.select(*watched, [line], seconds))
