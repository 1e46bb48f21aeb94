"""What the pages of the settings have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Button
from textual.widgets.button import ButtonVariant

from mailtui.config.settings import Settings
from mailtui.mail.errors import MailError
from mailtui.tui.edits import Edits

USE, SAVE, BACK = "Use now", "Save", "Back"


class ActionRow(Horizontal):
    """The buttons below a page: each does what a key does.

    Args:
        buttons: Label, action and tooltip of each; the first one is what people mostly want.
    """

    def __init__(self, buttons: Iterable[tuple[str, str, str]]) -> None:
        super().__init__(classes="settings-actions")
        self._buttons = buttons

    def compose(self) -> ComposeResult:
        """The buttons in one line."""
        variant: ButtonVariant = "primary"
        for label, action, tooltip in self._buttons:
            name = action.rpartition(".")[2]
            widget_id = "use-now" if name == "use" else f"settings-{name}"
            yield Button(
                Content(label), id=widget_id, name=action, compact=True, variant=variant, tooltip=Content(tooltip)
            )
            variant = "default"


class SettingsPage(Vertical):
    """A part of the settings, to be changed. What was typed is kept until it is used, saved or dropped.

    Args:
        settings: That hold now.
        edits: What was typed on any page.
        id: Of the widget.
    """

    UNCHANGED: ClassVar[str]  # a sentence that says so; {} is the subject

    settings: var[Settings] = var(Settings)

    class Changed(Message):
        """Other settings are to be shown; nothing of them holds yet.

        Args:
            settings: With a handler that was added, for example.
        """

        def __init__(self, settings: Settings) -> None:
            super().__init__()
            self.settings = settings

    class Saved(Message):
        """Settings that hold whatever a person does next.

        Args:
            settings: After something was saved or removed.
            name: Of the handler that this was about, if it was about one.
        """

        def __init__(self, settings: Settings, name: str = "") -> None:
            super().__init__()
            self.settings = settings
            self.name = name

    class Edited(Message):
        """Something was typed."""

    def __init__(self, settings: Settings, edits: Edits, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(SettingsPage.settings, settings)
        self._edits = edits

    @property
    def subject(self) -> str:
        """Whose edits are used and saved here: a handler, or what else `Edits.names` knows."""
        raise NotImplementedError

    def made(self) -> Settings | None:
        """The settings as this page stands; None if something is wrong, which is told."""
        raise NotImplementedError

    def save(self) -> None:
        """Write what was changed here to the file; it holds in this run, too."""
        changed = self.made()
        if changed is None:
            return
        try:
            kept = self.written(changed)
        except MailError as error:
            self.notify(str(error), title="Not saved", severity="error", timeout=15)
            return
        if kept is changed:
            self.notify(self.UNCHANGED.format(self.subject))
        else:
            self.notify(self.settle(kept), timeout=10)

    def written(self, changed: Settings) -> Settings:
        """The settings after what was changed here was written to the file; the same ones if nothing was.

        Args:
            changed: As the page stands.

        Raises:
            InvalidSettings: Nothing was written.
        """
        raise NotImplementedError

    def settle(self, kept: Settings) -> str:
        """Go on with what was written, as if it had never been otherwise, and say where it is.

        Args:
            kept: After it was written.
        """
        raise NotImplementedError

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the key does."""
        event.stop()
        await self.run_action(event.button.name or "")

    def focus_first(self) -> None:
        """Put the cursor where people begin."""
        raise NotImplementedError
