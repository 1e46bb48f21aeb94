"""The person's address book, asked through a program such as khard, abook, mu or notmuch."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from mailtui.mail.errors import one_line
from mailtui.people.person import Person

PLACE = "%s"  # in the command, for what was typed
_PATIENCE = 10.0  # seconds
_TICK = 0.02  # seconds between two looks at whether the program has ended
_LIMIT = 256 * 1024  # bytes
_WORDS_KEPT = 200  # characters of what a program complains
_NAMED = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]+)>\s*")


class AddressBookFailed(Exception):
    """The program could not be asked.

    Args:
        what: Has happened; the same whenever it happens again.
        words: Of the program, or of the system.
    """

    def __init__(self, what: str, words: object = "") -> None:
        super().__init__(f"{what}: {words}." if words else f"{what}.")
        self.what = what


async def ask(command: Sequence[str], typed: str) -> list[Person]:
    """Run the program without a shell and without stdin; when this is cancelled, it is killed with all its children.

    Args:
        command: The program and its arguments; in each `%s` stands for what was typed.
        typed: The beginning of a name or an address.

    Raises:
        AddressBookFailed: It cannot be run, complains, or takes longer than ten seconds.

    Source: aerc-config(5), address-book-cmd: a line for each, address, tab, name, whatever follows. As in aerc and in
        mutt a line without an address is passed over, and an exit status alone means that nobody was found.
    """
    told = f"address_book_command: {command[0]}"
    try:
        process = subprocess.Popen(  # noqa: S603  the person's own command, as a list
            [word.replace(PLACE, typed) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # so that nothing asks in the terminal that the composer is drawn in
        )
    except (OSError, ValueError) as error:
        raise AddressBookFailed(f"{told} cannot be run", getattr(error, "strerror", None) or error) from error
    try:
        printed, complaint = await _answer_of(process)
    except TimeoutError:
        raise AddressBookFailed(f"{told} did not answer within {_PATIENCE:g} s") from None
    finally:
        _end(process)
    people = people_in(printed.decode("utf-8", "replace"))
    words = one_line(complaint.decode("utf-8", "replace").strip().rpartition("\n")[2])[:_WORDS_KEPT].strip()
    if process.returncode and not people and words:
        raise AddressBookFailed(f"{told} failed with {process.returncode}", words.rstrip("."))
    return people


def people_in(output: str) -> list[Person]:
    """Who stands in the answer of such a program.

    Args:
        output: A line for each person.
    """
    people: dict[str, Person] = {}
    for line in output.splitlines():
        address, *others = line.split("\t")
        name = others[0] if others else ""
        if named := _NAMED.fullmatch(address):  # as notmuch has it
            name, address = name or named["name"].strip('" '), named["address"]
        person = Person.known_as(name, address.strip())
        if person is not None:
            people.setdefault(person.key, person)
    return list(people.values())


async def _answer_of(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What it prints and complains until it ends, or as much of it as is wanted.

    It is looked at again and again: asyncio's own subprocesses outlive a cancel, and speak up when the loop has ended.
    """
    assert process.stdout
    assert process.stderr
    os.set_blocking(process.stdout.fileno(), False)
    os.set_blocking(process.stderr.fileno(), False)
    printed = complaint = b""
    async with asyncio.timeout(_PATIENCE):
        while True:
            ended = process.poll() is not None  # a child of it may live on, and hold the pipes
            printed += _available(process.stdout)
            complaint = (complaint + _available(process.stderr))[-_WORDS_KEPT * 4 :]
            if len(printed) >= _LIMIT:
                return printed[: printed.rfind(b"\n", 0, _LIMIT) + 1], complaint  # half an address may be another's
            if ended:
                return printed, complaint
            await asyncio.sleep(_TICK)


def _available(pipe: IO[bytes]) -> bytes:
    """What can be read without waiting, up to the limit."""
    found = b""
    while len(found) < _LIMIT and (data := pipe.read(_LIMIT)):  # None when there is nothing now
        found += data
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it with all its children, unless it has ended."""
    if process.poll() is None:  # else its number may be another's by now
        with suppress(OSError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_TICK)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
