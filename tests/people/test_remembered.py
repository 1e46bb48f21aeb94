from __future__ import annotations

import os
import stat
from multiprocessing import get_context
from pathlib import Path

import pytest
import time_machine

from mailtui import Draft, Receipt, Recipient
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.people.person import Person
from mailtui.people.remembered import NotRemembered, Remembered, written_to

ANN, BOB = Person("ann@x.org", "Ann"), Person("bob@x.org")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mailtui" / "people.tsv"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_file_can_be_read_by_its_owner_alone_and_by_eye(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with time_machine.travel("2026-11-23T12:00:00Z"):
            Remembered(path).add([ANN, BOB])
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    heading, *lines = path.read_text().splitlines()
    assert heading.startswith("# People written to with mailtui")
    assert lines == ["ann@x.org\tAnn\t1\t2026-11-23", "bob@x.org\t\t1\t2026-11-23"]
    assert os.listdir(path.parent) == [path.name]


def test_it_is_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Remembered().path == tmp_path / ".local/share/mailtui/people.tsv"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Remembered().path == tmp_path / "data/mailtui/people.tsv"


def test_frequent_and_recent_people_come_first_and_a_name_stays_known(path: Path) -> None:
    with time_machine.travel("2026-01-01T12:00:00Z") as clock:
        for _ in range(3):
            Remembered(path).add([ANN])
        clock.move_to("2026-01-08T12:00:00Z")
        Remembered(path).add([BOB])
        assert list(Remembered(path).people()) == [ANN, BOB]  # 3 letters a week ago, 1 today
        clock.move_to("2026-03-01T12:00:00Z")
        Remembered(path).add([Person("BOB@x.org", "Bob"), Person("new@x.org")])
        Remembered(path).add([BOB])
        assert list(Remembered(path).people()) == [Person("bob@x.org", "Bob"), Person("new@x.org"), ANN]


def test_another_one_s_addition_is_seen(path: Path) -> None:
    mine = Remembered(path)
    assert list(mine.people()) == []
    Remembered(path).add([ANN])
    assert list(mine.people()) == [ANN]
    path.unlink()
    assert list(mine.people()) == []


def test_it_never_grows_beyond_two_thousand(path: Path) -> None:
    with time_machine.travel("2026-01-01T12:00:00Z"):
        Remembered(path).add(Person(f"p{number}@x.org") for number in range(2100))
    Remembered(path).add([ANN])
    people = Remembered(path).people()
    assert (len(people), people[0]) == (2000, ANN)
    Remembered(path).add(Person(f"{number}@x.org", "ü" * 100 * 2) for number in range(2100))
    assert path.stat().st_size <= 512 * 1024
    assert Remembered(path).people()


def test_broken_lines_are_left_out_and_the_rest_is_kept(path: Path) -> None:
    Remembered(path).add([ANN])
    with path.open("ab") as file:
        file.write(b"nonsense\n\xff@x.org\t\t1\t2026-01-01\na@x.org, e@x.org\t\t1\t2026-01-01\n")
        file.write(
            b"c@x.org\tC\tmany\t2026-01-01\nd@x.org\t\x1b]52;c;eA==\x07\t1\t2026-01-01\ne@x.org\tE\t1\t2026-01-0"
        )
    assert list(Remembered(path).people()) == [ANN, Person("d@x.org", "␛]52;c;eA==␇")]
    Remembered(path).add([BOB])
    assert {person.key for person in Remembered(path).people()} == {"ann@x.org", "bob@x.org", "d@x.org"}


def link(path: Path) -> None:
    target = path.with_name("elsewhere")
    target.write_text("# People written to with mailtui\n")
    path.symlink_to(target)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (link, "a link is not followed"),
        (lambda path: path.mkdir(), "no file"),
        (os.mkfifo, "no file"),
        (lambda path: path.write_text("a shopping list\n"), "not the one that mailtui writes"),
        (lambda path: path.write_bytes(b"# People written to with mailtui\n" + b"x" * 600_000), "larger"),
    ],
)
def test_a_file_of_somebody_else_s_is_left_alone_and_says_nobody(path: Path, make: object, reason: str) -> None:
    assert callable(make)
    path.parent.mkdir(parents=True)
    make(path)
    before = (os.lstat(path), path.read_bytes() if path.is_file() else b"")
    assert list(Remembered(path).people()) == []
    with pytest.raises(NotRemembered, match=reason) as caught:
        Remembered(path).add([ANN])
    assert str(path) in str(caught.value)
    after = (os.lstat(path), path.read_bytes() if path.is_file() else b"")
    assert (after[0].st_ino, after[0].st_mtime_ns, after[1]) == (before[0].st_ino, before[0].st_mtime_ns, before[1])


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(NotRemembered, match="data"):
        Remembered(tmp_path / "data" / "people.tsv").add([ANN])


def _add_many(path: Path, letter: str) -> None:
    for number in range(25):
        Remembered(path).add([Person(f"{letter}{number}@x.org"), ANN])


def test_two_at_once_lose_nobody(path: Path) -> None:
    context = get_context("fork")
    writers = [context.Process(target=_add_many, args=(path, letter)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
        assert writer.exitcode == 0
    assert len(Remembered(path).people()) == 51
    assert "ann@x.org\tAnn\t50\t" in path.read_text()
    assert os.listdir(path.parent) == [path.name]


def test_those_who_have_the_letter_are_remembered_and_no_hidden_ones() -> None:
    mail = SMTPMailHandler(from_addr="me@x.org")
    draft = Draft(to='Ann <ann@X.org>, "Doe, Jane" <jane@x.org>, nobody:;', cc="bob@x.org, lost@x.org", bcc="eve@x.org")
    email = mail.prepare(draft)
    statuses = {"jane@x.org": "refused", "lost@x.org": "unknown"}
    answers = tuple(Recipient(one, statuses.get(one, "accepted")) for one in email.envelope.recipients)  # type: ignore[arg-type]
    receipt = Receipt(handler="smtp", message_id=email.message_id, recipients=answers)
    assert written_to(email, receipt) == [Person("ann@X.org", "Ann"), BOB]
