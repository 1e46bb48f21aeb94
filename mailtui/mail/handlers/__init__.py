"""The handlers there are, by label; a class is imported when it is asked for.

A package adds its own with an entry point:

    [project.entry-points."mailtui.handlers"]
    pigeon = "pigeonpost:PigeonMailHandler"
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from mailtui.mail.errors import UnknownHandler
from mailtui.mail.interface import MailHandler

ENTRY_POINTS = "mailtui.handlers"
BUILT_IN = {
    "dummy": "mailtui.mail.handlers.dummy:DummyMailHandler",
    "eml": "mailtui.mail.handlers.eml:EmlMailHandler",
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
    target = BUILT_IN.get(label) or _installed().get(label)
    if target is None:
        raise UnknownHandler(f"There is no handler called {label!r}; there are {', '.join(handler_labels())}.")
    module, _, name = target.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UnknownHandler(f"The handler {label!r} cannot be loaded from {target}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, MailHandler)):
        raise UnknownHandler(f"The handler {label!r} cannot be loaded: {target} is not a MailHandler.")
    return found


@cache
def _installed() -> dict[str, str]:
    from importlib.metadata import entry_points  # slow, and needed for none of the built-in handlers

    return {entry.name: entry.value for entry in entry_points(group=ENTRY_POINTS)}
