import os
from select import select

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from mailtui.tui.driver import ExitEvent, Keys, LastingFile


def is_seen(event: ExitEvent) -> bool:
    readable, _, _ = select([event], [], [], 0)
    return bool(readable)


def test_a_wait_for_files_sees_whether_it_is_set() -> None:
    event = ExitEvent()
    assert not is_seen(event)
    for _ in range(2):
        event.set()
        event.set()
        assert event.is_set()
        assert is_seen(event)
        event.clear()
        event.clear()
        assert not event.is_set()
        assert not is_seen(event)


def pressed(keys: Keys, text: str) -> list[str]:
    return [message.key for message in keys.read(text) if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[65:97;1u",
        "\x1b[1114112u",
        "\x1b[99999999999;5u",
        "\x1b[97;1;1114112u",
        "\x1b[:5~",
        "\x1b[48;0;0;0;0t",
    ],
)
def test_a_sequence_that_no_terminal_sends_ends_nothing(sequence: str) -> None:
    keys = Keys()
    assert pressed(keys, "") == []
    assert pressed(keys, f"a{sequence}b{'c' * 99}\x1b[Ad")[-102:] == ["b", *"c" * 99, "up", "d"]
    assert pressed(keys, f"e{sequence[:-1]}")[0] == "e"
    assert pressed(keys, f"{sequence[-1]}f\x13")[-2:] == ["f", "ctrl+s"]


@given(st.lists(st.sampled_from(["97", "99999999999", *"<:;uM$"]), max_size=6))
def test_nothing_that_a_terminal_could_send_ends_anything(parts: list[str]) -> None:
    keys = Keys()
    list(keys.read("".join(["\x1b[", *parts, "u\x1b[A"])))
    assert pressed(keys, "\x1b[Bd")[-2:] == ["down", "d"]


def test_a_terminal_that_is_gone_stops_no_writer() -> None:
    ours, theirs = os.openpty()
    with open(theirs, "w") as terminal:
        os.close(ours)
        with pytest.raises(OSError, match="Input/output error"):
            print("x", file=terminal, flush=True)
        file = LastingFile(terminal)
        file.write("x" * 100_000)
        file.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), theirs)
