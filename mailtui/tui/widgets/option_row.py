"""One option in the settings form."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from mailtui.mail.options import FALSE, TRUE, Secret
from mailtui.tui.option_sheet import OptionValue
from mailtui.tui.widgets.choice_select import ChoiceSelect
from mailtui.tui.widgets.prompt_input import PromptInput
from mailtui.visible import visible


class OptionRow(Vertical):
    """Name, editor, and below them where its value comes from and what the option means.

    What is stored of a secret stays outside: its editor is empty until somebody types another one.

    Args:
        value: The option with its value.
        edit: What was typed earlier instead.
    """

    class Edited(Message):
        """Another value stands in the editor."""

    class Pointed(Message):
        """The cursor is on another choice, which nobody has chosen yet; or on none any more.

        Args:
            option: Its name.
            choice: The one that the cursor is on, or that is chosen.
        """

        def __init__(self, option: str, choice: str) -> None:
            super().__init__()
            self.option = option
            self.choice = choice

    def __init__(self, value: OptionValue, edit: str | Secret | None = None) -> None:
        super().__init__()
        self.option = value.option
        self._text = visible(value.text)
        self._origin = value.origin
        self._is_set = value.is_set
        self._edit = edit

    def compose(self) -> ComposeResult:
        """Two lines, a third when the value is wrong."""
        with Horizontal(classes="option-line"):
            yield Label(self.option.name, classes="option-name", markup=False)
            if self.option.type is not Secret:
                yield self._editor()
            else:
                with Horizontal(classes="option-editor"):
                    yield self._editor()
                    yield Button("Clear", compact=True, classes="option-clear", tooltip="Have none")
        yield Static(classes="option-help", markup=False)

    def on_mount(self) -> None:
        """Tell of the value."""
        self._tell()

    @property
    def editor_id(self) -> str:
        """The id of the editor in it."""
        return f"option-{self.option.name.replace('_', '-')}"

    @property
    def edit(self) -> str | Secret | None:
        """What was typed instead of the value, or None."""
        editor = next(iter(self.query(f"#{self.editor_id}")), None)
        if isinstance(editor, Select):
            text = "" if editor.is_blank() else str(editor.value)
            return None if text == self._chosen(self._text) else text
        if not isinstance(editor, Input):  # not composed yet
            return self._edit
        if self.option.type is Secret:
            return Secret(editor.value) if editor.value else self._edit
        return None if editor.value == self._text else editor.value

    def settle(self, value: OptionValue) -> None:
        """What stands in the editor has become the value.

        Args:
            value: The same option with its value now.
        """
        self._text, self._origin, self._is_set, self._edit = visible(value.text), value.origin, value.is_set, None
        editor = self.query_one(f"#{self.editor_id}")
        with self.prevent(Input.Changed):
            if isinstance(editor, Input):
                editor.value = self._text
        self._tell()

    def show_problem(self, reason: str) -> None:
        """Say what is wrong with the value, or nothing.

        Args:
            reason: Empty when all is well.
        """
        line = next(iter(self.query(".option-problem").results(Static)), None)
        if line is not None:
            line.update(f"✗ {visible(reason)}")
            line.display = bool(reason)
        elif reason:
            self.mount(Static(f"✗ {visible(reason)}", classes="option-problem", markup=False))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Something was typed."""
        event.stop()
        self._tell()
        self.post_message(self.Edited())

    def on_select_changed(self, event: Select.Changed) -> None:
        """Something was chosen."""
        event.stop()
        self._tell()
        self.post_message(self.Edited())

    def on_choice_select_pointed(self, event: ChoiceSelect.Pointed) -> None:
        """Tell of a choice before it is made."""
        event.stop()
        self.post_message(self.Pointed(self.option.name, event.choice))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Have no secret, once this is used or saved."""
        event.stop()
        self._edit = Secret() if self._is_set else None
        editor = self.query_one(Input)
        editor.value = ""
        editor.focus()
        self._tell()
        self.post_message(self.Edited())

    def _tell(self) -> None:
        """Where the value comes from and what the option means; of a secret, whether there is one."""
        told = self._origin if self.edit is None else "edited"
        origin = (told, "" if told == "default" else "$text-accent")
        about = f" · {visible(self.option.help)}" if self.option.help else ""
        self.query_one(".option-help", Static).update(Content.assemble(origin, about))
        if self.option.type is Secret:
            self.query_one(Input).placeholder = self._state_of_secret()

    def _state_of_secret(self) -> str:
        if self._edit is not None:
            return "•••••• typed; type to replace" if self._edit else "none; it was cleared"
        return "•••••• set; type to replace" if self._is_set else "none"

    def _editor(self) -> Widget:
        option = self.option
        text = self._edit if isinstance(self._edit, str) else self._text
        if self._choices:
            return ChoiceSelect(self._choices, self._chosen(text), id=self.editor_id)
        return PromptInput(
            "" if option.type is Secret else text,
            placeholder="none",
            password=option.type is Secret,
            compact=True,
            select_on_focus=False,
            id=self.editor_id,
        )

    @property
    def _choices(self) -> tuple[str, ...]:
        return (TRUE[0], FALSE[0]) if self.option.type is bool else self.option.choices

    def _chosen(self, text: str) -> str:
        return text if text in self._choices else ""
