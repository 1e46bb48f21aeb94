"""What was typed in the settings and is neither used nor saved yet."""

from __future__ import annotations

from collections.abc import Mapping

from mailtui.config.changes import without
from mailtui.config.settings import Settings
from mailtui.mail.options import Secret

Typed = Mapping[str, str | Secret]  # by option
PREFERENCES, KEYS = "the preferences", "the keys"  # no handler can have such a name


class Edits:
    """For each handler its changed options, whether it is new, which one is to be used at start; preferences, keys."""

    def __init__(self) -> None:
        self.typed: dict[str, Typed] = {}
        self.added: set[str] = set()
        self.start = ""
        self.preferences: Typed = {}
        self.keys: dict[str, str] = {}  # by id of the action; nothing to have its own ones again

    @property
    def names(self) -> set[str]:
        """The handlers with edits, and whatever else has some."""
        edited = {name for name, typed in self.typed.items() if typed}
        others = ((PREFERENCES, self.preferences), (KEYS, self.keys))
        return edited | self.added | ({self.start} - {""}) | {name for name, edits in others if edits}

    def names_after_use(self, name: str) -> set[str]:
        """Those whose edits would be lost by using one of them.

        Args:
            name: Of the one that would be used.
        """
        return self.names - ({name} - {self.start})

    def forget(self, name: str) -> None:
        """A handler has none any more.

        Args:
            name: Of the handler.
        """
        self.typed.pop(name, None)
        self.added.discard(name)
        if self.start == name:
            self.start = ""

    def without_added(self, settings: Settings, but: str = "") -> Settings:
        """Settings without the handlers that were added and neither used nor saved.

        Args:
            settings: With them.
            but: The one to keep.
        """
        for name in self.added - {but}:
            settings = without(settings, name)
        return settings
