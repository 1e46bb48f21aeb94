"""The body in the person's own editor, which has the terminal until it is left."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from tempfile import mkdtemp
from time import monotonic
from typing import NamedTuple

from textual.app import App, SuspendNotSupported

from mailtui.mail.attachment import open_at_once
from mailtui.mail.errors import MailError
from mailtui.visible import plain_text, visible

_USUAL = ("sensible-editor", "nano", "vi")
# Whoever leaves one of these at once meant to.
_IN_TERMINAL = {*_USUAL, "vim", "nvim", "ed", "emacs", "micro", "helix", "hx", "kak", "joe", "mcedit", "mg", "ne"}
_WAIT = ("--wait", "-w")
# Editors with a window of their own, which come back at once unless one of these words is in the command.
_WINDOWS = {
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "zed", "zeditor"), _WAIT),
    **dict.fromkeys(("subl", "atom", "mate", "bbedit", "gedit", "xed"), _WAIT),
    "kate": ("--block", "-b"),
    **dict.fromkeys(("gvim", "mvim"), ("--nofork", "-f")),
}
_AT_ONCE = 1.0  # seconds in which nobody edits anything
_LIMIT = 10_000_000  # bytes of a body


class EditorFailed(MailError):
    """The text is as it was; the message says why, and what to do next."""


class Edited(NamedTuple):
    """What an editor made of a text.

    Args:
        text: As it is now.
        problem: Why it is as it was; empty when all is well.
    """

    text: str
    problem: str = ""


def edit_in_terminal(app: App[None], text: str, *, markdown: bool) -> str:
    """Let a person change a text in the editor of their choice. Nothing else is drawn meanwhile.

    Args:
        app: That has the terminal.
        text: To begin with.
        markdown: Whether it is Markdown: editors choose their mode by the name of the file.

    Raises:
        EditorFailed: The text is as it was.
    """
    command = editor_command(os.environ)
    try:
        with app.suspend():  # which is not undone after an error
            if os.path.basename(command[0]) in _WINDOWS:
                sys.stdout.write(f"mailtui waits until the letter is closed in {visible(command[0])}.\n")
                sys.stdout.flush()
            edited = edit(text, command, suffix=".md" if markdown else ".txt")
            _forget_keys()
    except SuspendNotSupported:
        raise EditorFailed("An editor cannot have this terminal; write the letter here.") from None
    if edited.problem:
        raise EditorFailed(edited.problem)
    return edited.text


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The program and its arguments, without the file.

    Args:
        environ: Of the process.

    Raises:
        EditorFailed: There is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        value = environ.get(variable, "").strip()
        if value:
            try:
                words = shlex.split(value)
            except ValueError:
                raise EditorFailed(f"{variable} is {value}: a quote in it is not closed.") from None
            if not shutil.which(words[0], path=environ.get("PATH")):
                raise EditorFailed(f"{variable} is {value}: there is no program {words[0]}. Set it to an editor.")
            waits = _WINDOWS.get(os.path.basename(words[0]))
            return words if waits is None or set(waits) & set(words) else [*words, waits[0]]
    for program in _USUAL:
        if shutil.which(program, path=environ.get("PATH")):
            return [program]
    raise EditorFailed("No editor was found. Set VISUAL or EDITOR to one, such as EDITOR=nano.")


def edit(text: str, command: Sequence[str], *, suffix: str = ".txt") -> Edited:
    """Let an editor change a text, in a file that nobody else can read.

    Args:
        text: To begin with, lines ended by line feeds.
        command: The program and its arguments.
        suffix: Of the file's name.
    """
    name = os.path.basename(command[0])
    try:
        folder = mkdtemp(prefix="mailtui-")
    except OSError as error:
        return Edited(text, f"No file for {name} can be made: {error.strerror}.")
    path = os.path.join(folder, f"letter{suffix}")
    keep = False
    try:
        return Edited(_edited(path, text, command))
    except _Trouble as trouble:
        keep = trouble.keep
        return Edited(text, f"{trouble} The text is in {path}." if keep else str(trouble))
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


class _Trouble(Exception):
    """Why an edited text is not taken over.

    Args:
        reason: A sentence.
        keep: Whether the file may hold something that would be lost.
    """

    def __init__(self, reason: str, *, keep: bool) -> None:
        super().__init__(reason)
        self.keep = keep


def _edited(path: str, text: str, command: Sequence[str]) -> str:
    name = os.path.basename(command[0])
    began = monotonic()
    try:
        _write(path, text)
        code = _run([*command, path])
    except OSError as error:
        raise _Trouble(f"{name} could not be started: {error.strerror}.", keep=False) from error
    took = monotonic() - began
    try:
        changed = _read(path, text)
    except FileNotFoundError:
        raise _Trouble(f"{name} has deleted the file of the letter, and nothing was taken over.", keep=False) from None
    except OSError as error:
        raise _Trouble(f"What {name} has saved cannot be read: {error.strerror}.", keep=True) from error
    except ValueError as error:
        raise _Trouble(f"What {name} has saved cannot be the letter: {error}.", keep=True) from error
    if code:
        told = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise _Trouble(f"{name} ended with {told}.", keep=changed != text)
    if changed == text and took < _AT_ONCE and name not in _IN_TERMINAL:
        raise _Trouble(
            f"{name} was back at once, and nothing was changed. An editor with a window of its own must be told "
            f"to wait until the file is closed: VISUAL='{name} --wait', say.",
            keep=True,
        )
    return changed


def _write(path: str, text: str) -> None:
    """Write it with a last line feed, which editors would add or complain about."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text if not text or text.endswith("\n") else f"{text}\n")


def _read(path: str, before: str) -> str:
    with open_at_once(path) as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode):
            raise ValueError("it is not a regular file")
        if info.st_size > _LIMIT:
            raise ValueError(f"it has more than {_LIMIT // 1_000_000} MB")
        content = file.read()
    try:
        text = plain_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None
    return text if before.endswith("\n") else text.removesuffix("\n")


def _forget_keys() -> None:
    """Drop what was typed while an editor had the terminal and did not read it: it was not meant for the letter."""
    from termios import TCIFLUSH, error, tcflush  # not on Windows, where no editor has the terminal

    if sys.__stdin__ is not None:
        with suppress(error, ValueError):  # no terminal
            tcflush(sys.__stdin__, TCIFLUSH)


def _run(words: Sequence[str]) -> int:
    with _deaf_to_the_keyboard():
        return subprocess.run(words, check=False).returncode  # noqa: S603  the person's own command, as a list


@contextmanager
def _deaf_to_the_keyboard() -> Iterator[None]:
    """Ctrl+c and ctrl+\\ are meant for the editor alone, though the terminal sends them to both."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A function, for what is ignored here would be ignored by the editor, too.
    signals = {signal.SIGINT, getattr(signal, "SIGQUIT", signal.SIGINT)}
    before = {number: signal.signal(number, lambda *_: None) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
