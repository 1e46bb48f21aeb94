from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtui.mail.attachment import InvalidAttachment, join_files, split_files
from mailtui.tui.files import as_seen, can_be_typed, dropped_files, dropped_paths, listed, look_at, with_tilde
from mailtui.tui.widgets.attachment_list import file_lines
from tests.strategies import file_names

paths = file_names.map(lambda name: f"/tmp/{name.strip()}").filter(can_be_typed)


def means(text: str, wanted: list[str]) -> bool:
    return wanted in list(dropped_paths(text))


@given(st.lists(paths, min_size=1, max_size=4, unique=True))
@example(["/tmp/a b.pdf", "/tmp/c'd.txt"])
def test_paths_are_read_however_a_terminal_or_a_file_manager_writes_them(dropped: list[str]) -> None:
    assert means(" ".join(map(shlex.quote, dropped)) + " ", dropped)
    assert means("\r\n".join(f"file://{quote(path)}" for path in dropped), dropped)
    assert means(" ".join("".join(f"\\{c}" for c in path) for path in dropped).removeprefix("\\"), dropped)
    short = list(map(with_tilde, dropped))
    assert split_files(join_files(short)) == short


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "see /tmp/a",
        "/tmp/a and more",
        "https://example.org/a",
        "/tmp/\x1b[31m",
        "file:///tmp/%1b",
        "file:///tmp/%ff",
        "file://[",
        "/tmp/a\u202eb",
        "notes.txt",
        "'notes.txt'",
        "/" + "x" * 5000,
    ],
)
def test_another_text_is_no_list_of_paths(text: str, tmp_path: Path) -> None:
    assert not dropped_files(text)
    assert all("\x1b" not in path for paths in dropped_paths(text) for path in paths)


def test_a_link_leads_to_a_file_of_this_machine() -> None:
    assert means("file://localhost/tmp/a%20b", ["/tmp/a b"])
    assert list(dropped_paths("file://elsewhere/tmp/a")) == []


def test_only_regular_files_are_dropped(tmp_path: Path) -> None:
    file, other = tmp_path / "a b.txt", tmp_path / "c.pdf"
    file.write_text("four")
    other.touch()
    os.mkfifo(tmp_path / "pipe")
    assert [(one.name, one.size) for one in dropped_files(str(file))] == [("a b.txt", 4)]
    assert [one.name for one in dropped_files(f"{file}\n{other}")] == ["a b.txt", "c.pdf"]
    assert [one.name for one in dropped_files(f"{other} {shlex.quote(str(file))}")] == ["c.pdf", "a b.txt"]
    for text in (tmp_path, tmp_path / "pipe", tmp_path / "gone", "/dev/zero", f"{other} {tmp_path}/gone"):
        assert dropped_files(str(text)) == []


def test_a_disk_that_does_not_answer_keeps_no_paste_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import threading

    gate = threading.Event()
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda *args, **named: gate.wait(10) and stat(*args, **named))
    assert dropped_files("/tmp/a") == []
    gate.set()


def test_a_path_below_home_is_short_and_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert [with_tilde(path) for path in ("/home/me/a b", "/home/me", "/home/meg/a", "/a")] == [
        "~/a b",
        "~",
        "/home/meg/a",
        "/a",
    ]


def test_what_is_known_of_each_file_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("report.pdf").write_bytes(b"x" * 84_000)
    text = f"report.pdf, gone.txt, {tmp_path}, ./report.pdf, new"
    sights = look_at(text.removesuffix(", new"))
    lines = [line.plain for line in file_lines(listed(text, sights), 60)]
    assert {len(line) for line in lines} == {62}
    assert [" ".join(line.split()) for line in lines] == [
        "✓ report.pdf 84 kB application/pdf ✕",
        "✗ gone.txt there is no such file ✕",
        f"✗ {str(tmp_path)[:13]}… it is a folder; only files can be attached ✕",
        "⚠ report.pdf 84 kB listed twice ✕",
        "… new waiting for the disk ✕",
    ]
    assert listed("'a", sights) == ()
    assert as_seen(sights)("report.pdf").size == 84_000
    with pytest.raises(InvalidAttachment, match="new: waiting for the disk"):
        as_seen(sights)("new")
