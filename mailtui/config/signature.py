"""The signature, as it stands in a file."""

from __future__ import annotations

import os

from mailtui.mail.attachment import open_at_once
from mailtui.mail.errors import InvalidOptions
from mailtui.visible import plain_text

_LIMIT = 10_000  # bytes


def read_signature(path: str) -> str:
    """The text of a signature, without the line `-- ` that announces it.

    Args:
        path: Of its file, as in the preferences; empty when there is none.

    Raises:
        InvalidOptions: It is not there, not UTF-8, or too long for a signature.
    """
    try:
        return _read(os.path.expanduser(path)) if path else ""
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start}; convert it"
    except ValueError as error:
        reason = str(error)
    raise InvalidOptions("preferences", {"signature": f"{path}: {reason}"})


def _read(path: str) -> str:
    with open_at_once(path) as file:
        content = file.read(_LIMIT + 1) or b""  # None of a pipe that nobody writes to
    if len(content) > _LIMIT:
        raise ValueError(f"longer than {_LIMIT:,} bytes; a signature has a few lines")
    return plain_text(content.decode("utf-8-sig")).removeprefix("-- \n").strip("\n")
