"""Saved messages that the command line names."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence

from mailtui.cli.exits import NO_INPUT, NOT_WRITTEN, USAGE
from mailtui.cli.output import stop
from mailtui.mail.attachment import open_at_once
from mailtui.mail.draft import Draft


def saved_messages(words: Sequence[str]) -> list[str]:
    """Which operands are files. An address may end in .eml, too, if there is no such file.

    Args:
        words: Operands of the command line.
    """
    return [
        word
        for word in words
        if word.lower().endswith(".eml")
        and not word.lower().startswith("mailto:")
        and ("@" not in word or os.path.isfile(word))
    ]


def draft_of_saved(paths: Sequence[str], unpack_to: Callable[[], str]) -> Draft:
    """The draft that a saved message becomes.

    Args:
        paths: One; of more the person is asked to choose.
        unpack_to: Makes the folder for its attachments.

    Raises:
        DraftError: That folder cannot be made.
    """
    from pathlib import Path  # few mails begin with a saved message

    from mailtui.mail.eml import draft_of_eml

    if len(paths) > 1:
        stop(f"one saved message at a time: {paths[0]} or {paths[1]}?", USAGE)
    data = _bytes_of_file(paths[0])
    try:
        return draft_of_eml(data, save_to=Path(unpack_to()))
    except OSError as error:
        stop(f"{paths[0]}: its attachments cannot be unpacked: {error.strerror}", NOT_WRITTEN)


def _bytes_of_file(path: str) -> bytes:
    try:
        with open_at_once(path) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                stop(f"{path}: it is not a regular file; only files can be opened", NO_INPUT)
            return file.read()
    except OSError as error:
        stop(f"{path}: {error.strerror}", NO_INPUT)
