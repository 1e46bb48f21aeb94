"""The handlers there are, by label; a class is imported when it is asked for.

A package adds its own with an entry point:

    [project.entry-points."mailtui.handlers"]
    pigeon = "pigeonpost:PigeonMailHandler"

Its label has small letters, digits and hyphens, as a section of the settings; another one is not found.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from mailtui.mail.errors import UnknownHandler
from mailtui.mail.interface import MailHandler

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "mailtui.handlers"
LABEL = re.compile("[a-z][a-z0-9-]*")
BUILT_IN = {
    "dummy": "mailtui.mail.handlers.dummy:DummyMailHandler",
    "eml": "mailtui.mail.handlers.eml:EmlMailHandler",
    "sendmail": "mailtui.mail.handlers.sendmail:SendmailMailHandler",
    "smtp": "mailtui.mail.handlers.smtp:SMTPMailHandler",
}


def handler_labels() -> list[str]:
    """The labels of all handlers, those built in first."""
    return [*BUILT_IN, *sorted(_installed().keys() - BUILT_IN.keys())]


def handler_class(label: str) -> type[MailHandler]:
    """The handler class of a label.

    Args:
        label: Such as `dummy`.

    Raises:
        UnknownHandler: There is none, or the package that brings it cannot be imported.
    """
    installed = None if label in BUILT_IN else _installed().get(label)
    if label not in BUILT_IN and installed is None:
        raise UnknownHandler(f"There is no handler called {label!r}; there are {', '.join(handler_labels())}.")
    try:
        found = installed.load() if installed is not None else _load(BUILT_IN[label])
    except Exception as error:  # what another package does when it is imported is not ours to foresee
        raise UnknownHandler(f"The handler {label!r} cannot be loaded: {type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, MailHandler)):
        raise UnknownHandler(f"The handler {label!r} cannot be loaded: {found!r} is not a MailHandler.")
    if missing := getattr(found, "__abstractmethods__", None):
        raise UnknownHandler(f"The handler {label!r} cannot be used: it has no method {', '.join(sorted(missing))}.")
    return found


def _load(target: str) -> object:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


@cache
def _installed() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # slow, and needed for none of the built-in handlers

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS) if LABEL.fullmatch(entry.name)}
