from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from mailtui.people import address_book
from mailtui.people.address_book import AddressBookFailed, ask, people_in
from mailtui.people.person import Person
from mailtui.people.proposer import Proposer, Typing
from mailtui.people.remembered import Remembered
from tests.at_once import at_once
from tests.programs import is_running

ANN = Person("ann@x.org", "Ann Lee")


def shell(script: str) -> list[str]:
    return ["sh", "-c", script, "book", "%s"]


async def is_gone(process_id: int) -> bool:
    for _ in range(50):
        if not is_running(process_id):
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("output", "people"),
    [
        ("searching for 'ann' ...\nann@x.org\tAnn Lee\twork\n", [ANN]),  # khard
        ("\nann@x.org\tAnn Lee\tnotes\nbob@x.org\t\n", [ANN, Person("bob@x.org")]),  # abook
        ("lbdbq: 1 matches\nann@x.org\tAnn Lee", [ANN]),
        ('Ann Lee <ann@x.org>\n"Doe, Jane" <jane@x.org>\n', [ANN, Person("jane@x.org", "Doe, Jane")]),  # notmuch
        ("ann@x.org\tAnn Lee\nANN@x.org\tAnother\n", [ANN]),
        ("\tAnn\nno address\n, \n<>\na@x.org,b@x.org\tTwo\n", []),
        (
            "ann@x.org\t\x1b]52;c;eA==\x07[@click=app.quit]x[/]",
            [Person("ann@x.org", "␛]52;c;eA==␇[@click=app.quit]x[/]")],
        ),
        ("a\x1b[2J@x.org\tAnn\n\ufffd\x00\n", []),
    ],
)
def test_what_address_books_print(output: str, people: list[Person]) -> None:
    assert people_in(output) == people


async def test_no_shell_reads_what_was_typed_and_the_program_has_no_terminal() -> None:
    script = "import os, sys; print(f'a@x.org\\t{os.getsid(0) == os.getpid()} {sys.stdin.read()!r} {sys.argv[1]}')"
    typed = '$(touch x); "a" `b`'
    assert await ask([sys.executable, "-S", "-c", script, "%s"], typed) == [Person("a@x.org", f"True '' {typed}")]
    assert await ask(["printf", "%s@%s.org\tx"], "ann") == [Person("ann@ann.org", "x")]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-program-at-all"], "no-such-program-at-all cannot be run: No such file"),
        (
            shell("echo 'one' >&2; echo 'no address book found.' >&2; exit 3"),
            "sh failed with 3: no address book found.$",
        ),
        (shell("printf '\\033]52;c;eA==\\a' >&2; exit 1"), r"failed with 1: \\x1b\]52;c;eA==\\x07.$"),
        (shell("kill -9 $$"), ""),
    ],
)
async def test_what_goes_wrong_is_told(command: list[str], reason: str) -> None:
    if not reason:
        assert await ask(command, "ann") == []
        return
    with pytest.raises(AddressBookFailed, match=reason) as caught:
        await ask(command, "ann")
    assert "\x1b" not in str(caught.value)


async def test_nobody_found_is_no_failure() -> None:
    assert await ask(shell("echo 'searching for x'; exit 1"), "ann") == []
    assert await ask(shell("echo 'a warning' >&2; echo ann@x.org; exit 1"), "ann") == [Person("ann@x.org")]


@pytest.mark.parametrize("way", ["cancelled", "late"])
async def test_a_program_that_is_stale_or_late_is_killed_with_its_children(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_book, "_PATIENCE", 0.5 if way == "late" else 10)
    said = tmp_path / "said"
    asking = asyncio.create_task(ask(shell(f"sleep 60 & echo $$ $! > {said}; wait"), "ann"))
    while not (said.exists() and said.read_text().endswith("\n")):
        await asyncio.sleep(0.01)
    leader, child = map(int, said.read_text().split())
    assert is_running(leader)
    assert is_running(child)
    if way == "cancelled":
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
    else:
        with pytest.raises(AddressBookFailed, match=r"did not answer within 0\.5 s"):
            await asking
    assert await is_gone(leader)
    assert await is_gone(child)


async def test_an_endless_answer_is_cut_off_at_a_whole_line(tmp_path: Path) -> None:
    said = tmp_path / "said"
    script = (
        f"import os, time; open({str(said)!r}, 'w').write(str(os.getpid())); "
        f"print('ann@x.org\\n' + '-' * {address_book._LIMIT - 22} + '\\nhalf@an.addr', end='', flush=True); "
        "time.sleep(60)"
    )
    assert await ask([sys.executable, "-S", "-c", script], "ann") == [Person("ann@x.org")]
    assert await is_gone(int(said.read_text()))


async def test_a_child_that_lives_on_keeps_nobody_waiting() -> None:
    with at_once():
        assert await ask(shell("sleep 60 & echo ann@x.org"), "ann") == [Person("ann@x.org")]


@pytest.fixture
def book(tmp_path: Path) -> list[str]:
    """An address book that knows Ann Lee by any name, and counts what it is asked."""
    script = tmp_path / "book.py"
    script.write_text(
        "import sys\nopen(sys.argv[1], 'a').write(sys.argv[2] + '\\n')\n"
        "print('searching ...')\nprint('ann@x.org\\tAnn Lee\\twork')\nprint('joann@x.org\\tJo')\n"
    )
    return [sys.executable, "-S", str(script), str(tmp_path / "asked"), "%s"]


async def test_the_people_written_to_come_first_and_nobody_twice(tmp_path: Path, book: list[str]) -> None:
    remembered = Remembered(tmp_path / "people.tsv")
    remembered.add([Person("hannah@x.org"), Person("ann@X.org"), Person("bob@x.org")])
    proposer = Proposer(book, remembered)

    def proposed(text: str) -> list[str]:
        return [person.text for person in proposer.proposed(Typing(text.replace("|", ""), text.index("|")))]

    assert proposed("an|") == ["ann@X.org", "hannah@x.org"]
    question = proposer.question(Typing('bob@x.org, "an', 14))
    assert question == "an"
    await proposer.ask(question)
    assert proposed("an|") == ["Ann Lee <ann@x.org>", "hannah@x.org", "Jo <joann@x.org>"]
    assert proposed("ann l|") == ["Ann Lee <ann@x.org>"]  # until it is asked again
    assert proposed("ANN@x.org, an|, hannah@x.org") == ["Jo <joann@x.org>"]
    assert proposed("Ann Lee <ann@x.org>|") == proposed("hannah@x.org|") == proposed("|") == proposed("x, |") == []
    assert (tmp_path / "asked").read_text() == "an\n"


def test_the_address_book_is_asked_from_two_letters_on_once_and_never_for_an_option(book: list[str]) -> None:
    proposer = Proposer(book)
    assert [proposer.question(Typing(text, len(text))) for text in ("a", "an", "b, -an", "Ann <an@x.org>", "an, ")] == [
        "",
        "an",
        "",
        "",
        "",
    ]
    assert Proposer().question(Typing("ann", 3)) == ""


async def test_a_command_without_a_place_for_it_lists_everybody(tmp_path: Path) -> None:
    proposer = Proposer(["printf", "ann@x.org\\nbob@x.org\\n"])
    await proposer.ask("bo")
    assert proposer.proposed(Typing("bo", 2)) == [Person("bob@x.org")]


async def test_after_a_failure_the_same_is_not_asked_again(tmp_path: Path) -> None:
    proposer = Proposer(["no-such-program-at-all", "%s"])
    with pytest.raises(AddressBookFailed):
        await proposer.ask("ann")
    assert proposer.question(Typing("ann", 3)) == ""
    assert proposer.question(Typing("anna", 4)) == "anna"
    assert os.listdir(tmp_path) == []
