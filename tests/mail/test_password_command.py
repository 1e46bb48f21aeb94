"""A password from another program: what it prints, how it fails, and that it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest

from mailtui import AuthenticationFailed
from mailtui.mail.options import Secret
from mailtui.mail.password_command import password_of
from tests.at_once import at_once


def asked(script: str, **options: object) -> str:
    password = password_of(["sh", "-c", script], handler="work", **options)  # type: ignore[arg-type]
    assert isinstance(password, Secret)
    return password.reveal()


def failure_of(*command: str) -> str:
    with pytest.raises(AuthenticationFailed) as caught:
        password_of(command, handler="work")
    text = str(caught.value)
    assert text.startswith(f"password_command of work: {command[0]} ")
    assert text.endswith(". Nothing was sent; try the command in a terminal.")
    assert "[Errno" not in text
    assert text.isprintable()
    return text


@pytest.mark.parametrize(
    ("script", "password"),
    [
        ("echo horse", "horse"),
        ("printf horse", "horse"),
        (r"printf 'horse\r\nlogin: me\r\n'", "horse"),
        (r"printf 'horse\nurl: https://example.org\n\n'", "horse"),
        ("printf ' two  blanks '", " two  blanks "),
        (r"printf 'P\303\244ss'", "Päss"),
        (r"printf 'right\nnot UTF-8: \377'", "right"),
        ("echo right; echo a warning >&2", "right"),
        ("yes note | head -c 60000 | sed '1s/.*/right/'", "right"),
    ],
)
def test_the_first_line_is_the_password(script: str, password: str) -> None:
    assert asked(script) == password


def test_programs_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("echo horse")
    assert "cannot be run: No such file or directory" in failure_of(str(tmp_path / "none"))
    assert "cannot be run: Permission denied" in failure_of(str(tmp_path / "plain"))
    (tmp_path / "plain").chmod(0o700)
    assert "cannot be run: Exec format error" in failure_of(str(tmp_path / "plain"))
    assert "cannot be run: embedded null byte" in failure_of("sh", "-c", "a\0b")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo unlock it first >&2; exit 3", "sh failed with 3: unlock it first. Nothing"),
        ("printf 'one\\n\\ntwo.\\n' >&2; exit 1", "sh failed with 1: two. Nothing"),
        ("echo horse; exit 1", "sh failed with 1. Nothing"),
        ("printf 'a\\033[31m\\377b' >&2; exit 1", "sh failed with 1: a\\x1b[31m\ufffdb. Nothing"),
        ("printf '%0500d' 0 >&2; exit 1", f"sh failed with 1: {'0' * 200}. Nothing"),
        ("kill -9 $$", "sh was killed by signal 9. Nothing"),
        ("true", "sh printed no password in its first line. Nothing"),
        ("echo; echo horse", "sh printed no password in its first line. Nothing"),
        (r"printf 'h\377'", "sh printed what is not UTF-8. Nothing"),
        ("yes", "sh prints without end. Nothing"),
        ("yes >&2", "sh prints without end. Nothing"),
        ("exec cat /dev/zero", "sh prints without end. Nothing"),
    ],
)
def test_what_is_no_password(script: str, told: str) -> None:
    assert f"password_command of work: {told}" in failure_of("sh", "-c", script)
    assert "horse" not in failure_of("sh", "-c", script)


def test_it_has_nothing_to_read_and_no_terminal() -> None:
    assert asked("cat; echo $?") == "0"
    assert asked("(: </dev/tty) 2>/dev/null && echo terminal || echo none") == "none"
    assert asked("test $(ps -o sid= -p $$) = $$ && echo own") == "own"


def test_what_is_typed_meanwhile_is_not_for_it() -> None:
    typed, typing = os.pipe()
    kept = os.dup(0)
    os.write(typing, b"horse\n")
    try:
        os.dup2(typed, 0)
        assert "printed no password in its first line" in failure_of("cat")
    finally:
        os.dup2(kept, 0)
        for pipe in (typed, typing, kept):
            os.close(pipe)


def processes_of(mark: str) -> list[str]:
    """Other processes that have this among their arguments."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "cmdline").read_text() and process.name != str(os.getpid()):
                found.append(process.name)
        except OSError:
            continue
    return found


def wait_until_gone(mark: str) -> None:
    deadline = time.monotonic() + 10
    while processes_of(mark):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_that_hangs_is_killed_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.mail.password_command._PATIENCE", 0.2)
    with at_once():
        assert "printed no password within 0.2 s" in failure_of("sh", "-c", "echo horse; sleep 61.25 & sleep 61.25")
    wait_until_gone("61.25")


def test_a_child_that_lives_on_is_not_waited_for() -> None:
    with at_once():
        assert asked("sleep 60.125 & echo horse") == "horse"
        assert "failed with 4" in failure_of("sh", "-c", "sleep 60.125 & exit 4")
    for process in processes_of("60.125"):
        os.kill(int(process), 9)


def test_it_can_be_broken_off() -> None:
    over = threading.Event()
    threading.Timer(0.1, over.set).start()
    with at_once(), pytest.raises(AuthenticationFailed, match="sh was broken off"):
        asked("sleep 62.25", cancelled=over.is_set)
    wait_until_gone("62.25")


@pytest.mark.filterwarnings("error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("script", ["echo horse", "exit 1", "yes", "sleep 0.3 & echo horse"])
def test_no_pipe_is_left_open(script: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    try:
        asked(script)
    except AuthenticationFailed as error:
        error.__traceback__ = None
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_flood_does_not_fill_the_memory() -> None:
    """In a process of its own, whose peak can be told."""
    code = (
        "import resource\n"
        "from mailtui.mail.errors import AuthenticationFailed\n"
        "from mailtui.mail.password_command import password_of\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: password_of(['cat', '/dev/zero'], handler='work')\n"
        "except AuthenticationFailed: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    grown = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert grown < 500_000 * (1 if sys.platform == "linux" else 1024)


@pytest.mark.parametrize("script", [r"printf 'horse\377'", "echo horse; exit 1", "echo horse; yes horse"])
def test_no_traceback_shows_what_was_printed(script: str, tmp_path: Path) -> None:
    (tmp_path / "ask").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "ask").chmod(0o700)
    error = _failure(str(tmp_path / "ask"))
    told = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
    assert "horse" not in "".join(told.format())
    assert "horse" not in "".join(traceback.format_exception(error))


def _failure(program: str) -> AuthenticationFailed:
    try:
        password_of([program], handler="work")
    except AuthenticationFailed as error:
        return error
    raise AssertionError
