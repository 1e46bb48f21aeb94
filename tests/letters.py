"""Letters at random, the same for the same number: what both Cement and mailtui take."""

from __future__ import annotations

import string
from random import Random
from typing import Any, NamedTuple

ATEXT = string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-"
DOMAINS = [
    "x.org",
    "Example.COM",
    "localhost",
    "b.test",
    "printer.local",
    "[127.0.0.1]",
    "bücher.example",
    "例え.テスト",
    "a.b-c.d3",
]
LOCALS = ["ann", "ANN", "o'brien", "a+b", "postmaster", '"Ann Lee"', '"a@b"', '"a,b"', "üñ", "x" * 64]
BLOCKS = [
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x52F),
    (0x5D0, 0x6FF),
    (0x2000, 0x2FFF),
    (0x4E00, 0x9FFF),
    (0x1F300, 0x1FAFF),
]
BODY_PIECES = ["\n", "\n\n", "\r\n", "\r", "\t", ".", "From ", "-- \n", "---", "\0", "\x1b[31m", "\x85", "\u2028", "  "]


class Letter(NamedTuple):
    """One call: what is configured, and what `send` is given."""

    configured: dict[str, Any]
    body: str
    message: dict[str, Any]


def letter(number: int) -> Letter:
    """The letter of a number."""
    random = Random(number)
    configured: dict[str, Any] = {
        "to": _addresses(random),
        "cc": _addresses(random),
        "bcc": _addresses(random),
        "from_addr": address(random),
        "subject": text(random),
        "subject_prefix": random.choice(["", "[ops]", text(random)]),
    }
    message: dict[str, Any] = {
        "to": _addresses(random),
        "cc": _addresses(random),
        "bcc": _addresses(random),
        "from_addr": random.choice(["", address(random), address(random)]),
        "subject": random.choice(["", text(random), text(random)]),
    }
    body = "".join(random.choice([random.choice(BODY_PIECES), text(random)]) for _ in range(random.randint(0, 12)))
    return Letter(_some(random, configured, 0.3), body, _some(random, message, 0.7))


def text(random: Random) -> str:
    """One line, of any script."""
    return "".join(_character(random) for _ in range(random.choice([1, 3, 10, 30, 90])))


def address(random: Random) -> str:
    """A valid address in one of its spellings."""
    local = random.choice(
        [random.choice(LOCALS), *(_atom(random) for _ in range(3)), f"{_atom(random)}.{_atom(random)}"]
    )
    spec = f"{local}@{random.choice(DOMAINS)}"
    name = text(random).replace("@", "").replace("=?", "")
    words = "".join(character for character in name if character.isalnum() or character in "-'._!")
    return random.choice(
        [
            spec,
            spec,
            f"<{spec}>",
            f"{words or 'Ann'}  Lee <{spec}>",
            f'"{name.replace(chr(92), "").replace(chr(34), "")}" <{spec}>',
            f'"Doe, \\"J\\" (x)" <{spec}>',
            f"{spec} ({words})",
            f"Ann (at (home)) <{spec}>",
        ]
    )


def _addresses(random: Random) -> list[str]:
    pool = [address(random) for _ in range(random.choice([1, 2, 3]))]
    return [random.choice(pool) for _ in range(random.choice([0, 1, 1, 2, 5, 30]))]


def _atom(random: Random) -> str:
    return "".join(random.choice(ATEXT) for _ in range(random.randint(1, 12))).replace("=?", "==")


def _character(random: Random) -> str:
    return chr(random.randint(*random.choice(BLOCKS)))


def _some(random: Random, values: dict[str, Any], share: float) -> dict[str, Any]:
    return {key: value for key, value in values.items() if random.random() < share}
