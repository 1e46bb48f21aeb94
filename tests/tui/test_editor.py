"""The body in an editor: real programs, without a screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui.tui import editor
from mailtui.tui.editor import Edited, EditorFailed, edit, editor_command

Make = Callable[[str], list[str]]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files for the editor are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def script(tmp_path: Path) -> Make:
    """An editor that does as it is told, in the shell; $1 is the file."""

    def make(commands: str) -> list[str]:
        path = tmp_path / "edit"
        path.write_text(f"#!/bin/sh\n{commands}\n")
        path.chmod(0o700)
        return [str(path)]

    return make


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here takes as long as a person."""
    monkeypatch.setattr(editor, "_AT_ONCE", 0.0)


@pytest.mark.parametrize(
    ("text", "commands", "expected"),
    [
        ("Hi", "echo bye >> $1", "Hi\nbye"),
        ("Hi\n", "echo bye >> $1", "Hi\nbye\n"),
        ("Hi", "true", "Hi"),
        ("", "printf 'é\\r\\nü\\r\\n' > $1", "é\nü"),
        ("Hi", "printf '\\357\\273\\277a\\033]0;x\\007\\tb' > $1", "a␛]0;x␇\tb"),
        ("Hi", ": > $1", ""),
        ("Hi", "mv $1 $1~ && echo new > $1", "new"),
    ],
)
def test_what_the_editor_saved_is_the_text(
    text: str, commands: str, expected: str, script: Make, temporary: Path
) -> None:
    assert edit(text, script(commands)) == Edited(expected)
    assert list(temporary.iterdir()) == []


def test_the_file_is_private_and_named_for_what_it_holds(script: Make, temporary: Path) -> None:
    command = script(
        'stat -c "%a" "$1" > $1.new; stat -c "%a" "$(dirname "$1")" >> $1.new; echo $1 >> $1.new; mv $1.new $1'
    )
    file, folder, path = edit("Hi", command, suffix=".md").text.splitlines()
    assert (file, folder) == ("600", "700")
    assert path.endswith("/letter.md")


@pytest.mark.parametrize(
    ("commands", "told", "kept"),
    [
        ("echo more >> $1; exit 3", "edit ended with exit code 3. The text is in ", "Hi\nmore\n"),
        ("exit 1", "edit ended with exit code 1.", None),
        ("kill -9 $$", "edit ended with signal 9.", None),
        ("printf 'a\\351' > $1", "saved cannot be the letter: it is not UTF-8 at byte 1. The text is in ", "a\udce9"),
        ("truncate -s 11M $1", "saved cannot be the letter: it has more than 10 MB. The text is in ", None),
        ("rm $1", "edit has deleted the file of the letter, and nothing was taken over.", None),
        ("rm $1; mkdir $1", "saved cannot be read: Is a directory. The text is in ", None),
        ("rm $1; mkfifo $1", "saved cannot be the letter: it is not a regular file. The text is in ", None),
    ],
)
def test_what_goes_wrong_is_told_and_nothing_is_lost(
    commands: str, told: str, kept: str | None, script: Make, temporary: Path
) -> None:
    edited = edit("Hi", script(commands))
    assert edited.text == "Hi"
    assert told in edited.problem
    found = list(temporary.glob("*/letter.txt"))
    assert len(found) == len(list(temporary.iterdir())) == edited.problem.count("The text is in")
    if kept is not None:
        assert found[0].read_text(errors="surrogateescape") == kept
        assert str(found[0]) in edited.problem


def test_an_editor_that_is_back_at_once_is_told_to_wait(
    script: Make, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor, "_AT_ONCE", 30.0)
    edited = edit("Hi", script("true"))
    assert "edit was back at once, and nothing was changed." in edited.problem
    assert "VISUAL='edit --wait'" in edited.problem
    (file,) = temporary.glob("*/letter.txt")
    assert file.read_text() == "Hi\n"
    assert edit("Hi", script("echo x > $1")) == Edited("x")
    vi = Path(*script("true")).with_name("vi")
    vi.symlink_to("/bin/true")
    assert edit("Hi", [str(vi)]) == Edited("Hi")


def test_ctrl_c_in_the_editor_is_for_the_editor_alone(script: Make, temporary: Path) -> None:
    told = script(f"trap 'echo heard > $1' INT; kill -INT {os.getpid()}; kill -INT $$; sleep 0.01; exit 0")
    assert edit("Hi", told) == Edited("heard")
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), 2)


def test_a_program_that_cannot_run_is_told(tmp_path: Path, temporary: Path) -> None:
    program = tmp_path / "ed"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o700)
    assert edit("Hi", [str(program)]) == Edited("Hi", "ed could not be started: Exec format error.")
    assert list(temporary.iterdir()) == []


def program(folder: Path, name: str) -> None:
    (folder / name).touch()
    (folder / name).chmod(0o700)


def test_the_editor_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    for name in ("vi", "code", "subl", "kate", "my editor"):
        program(tmp_path, name)
    path = {"PATH": str(tmp_path)}
    assert editor_command({**path, "VISUAL": "vi -c 'set tw=72'", "EDITOR": "ed"}) == ["vi", "-c", "set tw=72"]
    assert editor_command({**path, "VISUAL": " ", "EDITOR": "'my editor'"}) == ["my editor"]
    assert editor_command(path) == ["vi"]
    assert editor_command({**path, "EDITOR": "code -n"}) == ["code", "-n", "--wait"]
    assert editor_command({**path, "EDITOR": "subl -w"}) == ["subl", "-w"]
    assert editor_command({**path, "EDITOR": f"{tmp_path}/kate"}) == [f"{tmp_path}/kate", "--block"]


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"VISUAL": "nosuch -x"}, "VISUAL is nosuch -x: there is no program nosuch"),
        ({"EDITOR": "'vi"}, "EDITOR is 'vi: a quote in it is not closed"),
        ({}, "No editor was found. Set VISUAL or EDITOR"),
    ],
)
def test_an_editor_that_is_not_there_is_told(environ: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(EditorFailed, match=told):
        editor_command({"PATH": str(tmp_path), **environ})
