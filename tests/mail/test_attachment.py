from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtui import Draft, DummyMailHandler, Email, Receipt
from mailtui.mail.attachment import Attachment, InvalidAttachment, add_files, join_files, remove_file, split_files
from mailtui.mail.errors import InvalidEmail
from tests.mail.emails import email_of, parsed
from tests.strategies import file_names

DIGEST = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"  # of "content", by sha256sum


def problem_of(files: Any) -> str:
    with pytest.raises(InvalidEmail) as caught:
        email_of(files=files)
    assert caught.value.problems.keys() == {"attachments"}
    return caught.value.problems["attachments"]


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert problem_of([tmp_path / "gone"]) == f"{tmp_path}/gone: there is no such file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert problem_of([tmp_path]) == f"{tmp_path}: it is a folder; only files can be attached"


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problem_of([tmp_path / "pipe"]) == f"{tmp_path}/pipe: it is not a regular file; only files can be attached"


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
def test_a_device_is_refused(path: str) -> None:
    assert "it is not a regular file" in problem_of([path])


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o000)
    tmp_path.chmod(0o755)
    child = os.fork()
    if child == 0:
        try:
            os.chdir(tmp_path)
            if os.geteuid() == 0:  # who may read everything
                _become_nobody()
            Attachment.measure("a")
        except InvalidAttachment as error:
            os._exit(0 if str(error) == "a: permission denied" else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_path_through_a_file_is_refused() -> None:
    assert problem_of([f"{__file__}/x"]) == f"{__file__}/x: Not a directory"


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("gone")
    assert "there is no such file" in problem_of([tmp_path / "link"])


def test_a_name_with_a_control_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a\nb").touch()
    assert "a\\nb': its name holds a line break at position 2" in problem_of([tmp_path / "a\nb"])
    assert "the control character U+001B at position 1" in problem_of([("\x1b[31m.txt", __file__)])


@pytest.mark.parametrize("name", ["../../.bashrc", "/etc/passwd", "a/b"])
def test_a_shown_name_is_no_path(name: str) -> None:
    assert problem_of([(name, __file__)])


@pytest.mark.parametrize(
    "files",
    [
        [5],
        [None],
        [("a", __file__, 5)],
        [("a", __file__, "b", "c")],
        [{"path": __file__}],
        [(5, __file__)],
        [b"x"],
        {"a"},
        5,
    ],
)
def test_files_of_a_wrong_type_are_refused_with_what_is_expected(files: Any) -> None:
    assert "expected" in problem_of(files)
    assert "unpack" not in problem_of(files)


@pytest.mark.parametrize("files", [[""], [("shown.txt", "")], [("", __file__)]])
def test_an_empty_name_is_refused_in_words(files: Any) -> None:
    assert not problem_of(files).startswith(":")


@given(file_names.filter(lambda name: bool(name.strip().strip(". ")) and len(name.encode()) < 250))
def test_any_name_without_control_characters_goes_along(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("files") / name
    path.write_bytes(b"content")
    (part,) = parsed(email_of(files=[path])).iter_attachments()
    assert (part.get_filename(), part.get_payload(decode=True)) == (name.strip(), b"content")


def test_another_name_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / "tmp8x2").write_bytes(b"content")
    (part,) = parsed(email_of(files=[("report.pdf", tmp_path / "tmp8x2")])).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("report.pdf", "application/pdf")


def test_the_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").touch()
    assert Attachment.measure("~/a.txt").path == str(tmp_path / "a.txt")
    assert "there is no such file" in problem_of(["~nobody-of-that-name/a.txt"])


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 200_000])
def test_a_file_that_changed_its_length_is_refused_when_it_leaves(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100_000)
    email = email_of(files=[path])
    path.write_bytes(content)
    with pytest.raises(InvalidEmail, match=r"Attach: .*/a: it changed after the message was prepared; send again"):
        email.as_bytes()


def test_another_content_of_the_same_size_is_refused_when_it_leaves(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    email = email_of(files=[path])
    path.write_bytes(b"y")
    os.utime(path, (1, 1))
    with pytest.raises(InvalidEmail, match="it changed after the message was prepared"):
        email.as_bytes()


def test_another_content_of_the_same_size_and_time_is_refused_when_it_leaves(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100_000)
    then = os.stat(path)
    email = email_of(files=[path]).sealed()
    with open(path, "r+b") as file:
        file.seek(99_999)
        file.write(b"y")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    with pytest.raises(InvalidEmail, match=r"Attach: .*/a: it changed after the message was prepared; send again"):
        email.as_bytes()


@pytest.mark.parametrize("size", [99_999, 100_001, 10_000_000])
@pytest.mark.parametrize("sealed", [True, False])
def test_a_file_that_grows_or_shrinks_while_it_is_read_is_refused_before_its_end(
    tmp_path: Path, size: int, sealed: bool
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100_000)
    email = email_of(files=[path])
    pieces = (email.sealed() if sealed else email).iter_bytes()
    read = next(pieces) + next(pieces)
    assert b"Content-Disposition: attachment" in read
    os.truncate(path, size)
    rest: list[bytes] = []
    reason = "it changed after the message was prepared" if sealed else "its size is not what the system says"
    with pytest.raises(InvalidEmail, match=reason):
        rest.extend(pieces)
    assert b"_mixed--" not in read + b"".join(rest)
    assert sum(map(len, rest)) < 200_000  # of one that grows without end no more is read


def test_a_file_of_the_kernel_has_no_size_to_go_by() -> None:
    with pytest.raises(InvalidEmail, match="/proc/version: its size is not what the system says; attach a copy"):
        DummyMailHandler().prepare(Draft(attachments="/proc/version"))


def test_a_file_is_sealed_when_it_is_prepared(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"content")
    (attachment,) = DummyMailHandler().prepare(Draft(attachments=str(path))).attachments
    assert attachment.digest == DIGEST
    delivered: list[Attachment] = []

    class KeepingMailHandler(DummyMailHandler):
        label: ClassVar[str] = "keeping"

        def deliver(self, email: Email) -> Receipt:
            delivered.extend(email.attachments)
            return super().deliver(email)

    KeepingMailHandler().send("Hello", files=[path])
    assert [one.digest for one in delivered] == [DIGEST]


@pytest.mark.parametrize("cid", ["a b", "a>b", "ä", "a\n", "a" * 67, '"'])
def test_a_name_that_no_image_can_have_is_refused(cid: str) -> None:
    assert "the name of an image is made of letters, digits and signs" in problem_of([("a.png", __file__, cid)])


def test_a_file_that_is_gone_is_refused_when_it_leaves(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    email = email_of(files=[path])
    path.unlink()
    with pytest.raises(InvalidEmail, match=r"Attach: .*/a: No such file or directory"):
        email.as_bytes()
    assert "[1 bytes in base64, not shown here]" in email.source()


def test_a_file_that_became_a_pipe_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    email = email_of(files=[path])
    path.unlink()
    os.mkfifo(path)
    failures: list[Exception] = []

    def read() -> None:
        try:
            email.as_bytes()
        except InvalidEmail as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    reader.join(0.5)
    waits = reader.is_alive()
    if waits:
        os.close(os.open(path, os.O_WRONLY))
        reader.join()
    assert not waits
    assert len(failures) == 1


@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), max_size=5))
@example(["a,b.txt", "a b", "a'b", 'a"b', "a\\b", "a\tb\nc", "#a", "~/a"])
def test_typed_paths_are_read_back(paths: list[str]) -> None:
    assert split_files(join_files(paths)) == paths


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", []),
        ("  ", []),
        ("a.txt", ["a.txt"]),
        ("a.txt, b.txt", ["a.txt", "b.txt"]),
        ("a.txt b.txt,c.txt", ["a.txt", "b.txt", "c.txt"]),
        ("'my file.txt'", ["my file.txt"]),
        ('"my file.txt"', ["my file.txt"]),
        ("my\\ file.txt", ["my file.txt"]),
        ("a#b.txt", ["a#b.txt"]),
        ("ü.txt", ["ü.txt"]),
        ("~/a.txt;b", ["~/a.txt;b"]),
    ],
)
def test_typed_paths_are_cut_as_in_a_shell(text: str, paths: list[str]) -> None:
    assert split_files(text) == paths


@pytest.mark.parametrize("text", ["'open", '"open', "end\\"])
def test_an_open_quote_is_told(text: str) -> None:
    with pytest.raises(InvalidAttachment, match="a quote is not closed, or a backslash ends the line"):
        split_files(text)


def test_a_typed_name_with_blanks_is_explained() -> None:
    assert problem_of("my file.txt") == "my: there is no such file; put quotes around a name with blanks"


list_texts = st.text(st.sampled_from("ab/~ ,\t'\"\\"), max_size=12)


def paths_of(text: str) -> list[str] | None:
    try:
        return split_files(text)
    except InvalidAttachment:
        return None


@given(list_texts, st.lists(file_names.filter(bool), min_size=1, max_size=2))
@example("a\\ ", ["b"])
@example("~/a b,", ["~/c d"])
def test_files_are_added_to_a_typed_list(text: str, added: list[str]) -> None:
    before = paths_of(text)
    if before is not None:
        assert split_files(add_files(text, added)) == before + added


@given(list_texts, st.integers(0, 3))
@example("a\\ , b", 1)
@example("'a, b' c", 0)
@example("a ,b", 1)
def test_a_file_is_taken_out_of_a_typed_list(text: str, number: int) -> None:
    before = paths_of(text) or []
    if number < len(before):
        assert split_files(remove_file(text, number)) == before[:number] + before[number + 1 :]


def test_what_stays_in_a_list_stays_as_it_was_typed() -> None:
    assert remove_file("~/'a b', gone.txt , \"c d\"", 1) == "~/'a b', \"c d\""
    assert remove_file("'a b', gone.txt, ", 1) == "'a b'"
    assert add_files("~/a, ", ["~/b c", "/d,e"]) == "~/a, ~/'b c', '/d,e'"
