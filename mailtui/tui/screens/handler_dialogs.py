"""The questions before a handler is added, copied or removed."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from mailtui.config.changes import name_problem
from mailtui.config.settings import Settings
from mailtui.mail.errors import MailError
from mailtui.mail.handlers import handler_class, handler_labels
from mailtui.tui.leaving import HELP, Dialog
from mailtui.tui.widgets.prompt_input import PromptInput
from mailtui.visible import visible

_CANCEL = Binding("escape", "dismiss", "Cancel", id="dialog.cancel", key_display="esc", tooltip="Back to the settings")


class NewHandlerScreen(Dialog[tuple[str, str] | None]):
    """Asks of which class a new handler is, and for its name. Answers with name and class, or None.

    Args:
        settings: Without the new handler.
        label: The class, where that is not asked.
        copied: The handler that is copied, if one is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [HELP, _CANCEL]

    def __init__(self, settings: Settings, *, label: str = "", copied: str = "") -> None:
        super().__init__()
        self._settings = settings
        self._copied = copied
        self._label = label
        self._proposed = ""

    def compose(self) -> ComposeResult:
        """The classes, the name, the answers."""
        with Vertical(classes="dialog", id="new-handler") as dialog:
            dialog.border_title = Content(f"Copy {self._copied}" if self._copied else "Add a handler")
            if not self._label:
                yield OptionList(*map(_class_option, handler_labels()), id="labels", compact=True, markup=False)
            with Horizontal(id="new-name-line"):
                yield Label("Name", id="new-name-label")
                yield PromptInput(id="new-name", compact=True, max_length=60)
            yield Static(id="new-name-problem", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Copy" if self._copied else "Add", id="new-add", compact=True, variant="primary")
                yield Button("Cancel", id="new-cancel", compact=True)

    def on_mount(self) -> None:
        """Propose a name."""
        if self._label:
            self._propose()
        self.query_one(Input if self._label else OptionList).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another class: propose another name, unless somebody has typed one."""
        event.stop()
        self._label = event.option_id or ""
        self._propose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go on to the name."""
        event.stop()
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong with a name."""
        event.stop()
        problem = name_problem(self._settings, event.value, self._label)
        self.query_one("#new-add", Button).disabled = bool(problem)
        line = self.query_one("#new-name-problem", Static)
        line.set_class(bool(problem), "-bad")
        line.update(f"✗ {visible(problem)}" if problem else f"becomes the section [mail.{event.value}]")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter adds, too."""
        event.stop()
        self._answer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Add, or leave it."""
        event.stop()
        if event.button.id == "new-add":
            self._answer()
        else:
            self.dismiss(None)

    def _propose(self) -> None:
        name = self.query_one(Input)
        if name.value == self._proposed:
            base = f"{self._copied}-copy" if self._copied else f"my-{self._label}"
            tries = [base, *(f"{base}-{number}" for number in range(2, 100))]
            self._proposed = next((one for one in tries if not name_problem(self._settings, one, self._label)), "")
            name.value = self._proposed
            name.cursor_position = len(name.value)

    def _answer(self) -> None:
        name = self.query_one(Input).value
        if self._label and not name_problem(self._settings, name, self._label):
            self.dismiss((name, self._label))


class RemoveScreen(Dialog[bool]):
    """Asks whether a handler is to go. Answers whether it is.

    Args:
        name: Of the handler.
        text: What that means.
    """

    BINDINGS: ClassVar[list[BindingType]] = [HELP, _CANCEL]

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self._handler = name
        self._text = text

    def compose(self) -> ComposeResult:
        """What it means, the answers."""
        with Vertical(classes="dialog", id="remove-handler") as dialog:
            dialog.border_title = Content(f"Remove {self._handler}?")
            yield Static(Content(visible(self._text)), id="remove-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Keep", id="remove-keep", compact=True)
                yield Button("Remove", id="remove-remove", compact=True, variant="error")

    def on_mount(self) -> None:
        """An enter too many removes nothing."""
        self.query_one("#remove-keep").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Remove it, or leave it."""
        event.stop()
        self.dismiss(event.button.id == "remove-remove")


def _class_option(label: str) -> Option:
    try:
        about = re.split("[.,:;]( |$)", handler_class(label).about())[0]
    except MailError as error:
        return Option(Content.assemble(label, (f"\n  ✗ {visible(str(error))}", "$text-error")), id=label, disabled=True)
    return Option(Content.assemble((label, "bold"), (f"\n  {visible(about)}", "$text-muted")), id=label)
