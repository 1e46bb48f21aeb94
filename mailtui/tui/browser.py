"""A page shown in the browser, if there is one here that needs no terminal."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

# They would share the terminal with mailtui, and know neither frames nor policies.
_IN_A_TERMINAL = {"www-browser", "w3m", "lynx", "links", "links2", "elinks", "browsh", "carbonyl", "cha", "chawan"}
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_SOON = 6.0  # seconds; who has not said by then that there is no browser has become one


class Pages:
    """Files that only their owner can read, until they are removed."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="mailtui-", ignore_cleanup_errors=True)

    def add(self, page: str) -> Path:
        """Write a page.

        Args:
            page: In HTML.

        Raises:
            OSError: It cannot be written.
        """
        path = Path(self._folder.name, f"{secrets.token_hex(8)}.html")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)  # Windows has no such flag
        with open(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
            file.write(page)
        return path

    def remove(self) -> None:
        """Remove them all."""
        self._folder.cleanup()


async def open_in_browser(path: Path) -> bool:
    """Show a file in the browser; it has no part in the terminal.

    Args:
        path: Of the file.

    Returns:
        Whether there is one, as far as it can be told.
    """
    environment = _environment(os.environ)
    if sys.platform == "darwin" and "SSH_CONNECTION" in environment:
        return False  # it would open on the screen of the other machine
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-c", _OPEN, path.as_uri()),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        return await asyncio.wait_for(process.wait(), _SOON) == 0
    except TimeoutError:
        return True


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Python finds no browser that needs a terminal."""
    chosen = environment.get("BROWSER", "").split(os.pathsep)
    own_window = [command for command in chosen if command and not _needs_a_terminal(command)]
    others = {name: value for name, value in environment.items() if name not in ("TERM", "BROWSER")}
    return {**others, "BROWSER": os.pathsep.join(own_window)} if own_window else others


def _needs_a_terminal(command: str) -> bool:
    return os.path.basename(command.split()[0]) in _IN_A_TERMINAL if command.split() else True
