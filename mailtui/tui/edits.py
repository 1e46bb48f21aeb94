"""What was typed in the settings and is neither used nor saved yet."""

from __future__ import annotations

from collections.abc import Mapping

from mailtui.mail.options import Secret

Typed = Mapping[str, str | Secret]  # by option


class Edits:
    """For each handler its changed options, whether it is new, and which one is to be used at start."""

    def __init__(self) -> None:
        self.typed: dict[str, Typed] = {}
        self.added: set[str] = set()
        self.start = ""

    @property
    def names(self) -> set[str]:
        """The handlers with edits."""
        edited = {name for name, typed in self.typed.items() if typed}
        return edited | self.added | ({self.start} - {""})

    def names_after_use(self, name: str) -> set[str]:
        """The handlers whose edits would be lost by using one of them.

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
