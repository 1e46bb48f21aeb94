"""One option of a handler in the settings form."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from mailtui.mail.options import FALSE, TRUE, DeclaredOption, Secret
from mailtui.visible import visible


class OptionRow(Vertical):
    """Name, editor, and below them what the option means and where its value comes from.

    Args:
        option: As the handler declares it.
        text: Its value, as the option formats it.
        origin: Where the value comes from.
    """

    def __init__(self, option: DeclaredOption, text: str, origin: str) -> None:
        super().__init__()
        self.option = option
        self._text = text
        self._origin = origin

    def compose(self) -> ComposeResult:
        """Two lines, a third when the value is wrong."""
        with Horizontal():
            yield Label(self.option.name, classes="option-name", markup=False)
            yield self._editor()
        hints = [hint for hint in (self.option.help, self._origin) if hint]
        yield Static(Content(" · ".join(hints)), classes="option-help")
        yield Static(classes="option-problem", markup=False)

    @property
    def editor_id(self) -> str:
        """The id of the editor in it."""
        return f"option-{self.option.name.replace('_', '-')}"

    @property
    def changed(self) -> bool:
        """Whether it holds another value than at first."""
        return self.text != visible(self._text)

    @property
    def text(self) -> str:
        """The value as it stands in the editor."""
        editor = self.query_one(f"#{self.editor_id}")
        if isinstance(editor, Select):
            return "" if editor.is_blank() else str(editor.value)
        assert isinstance(editor, Input)
        return editor.value

    def show_problem(self, reason: str) -> None:
        """Say what is wrong with the value, or nothing.

        Args:
            reason: Empty when all is well.
        """
        line = self.query_one(".option-problem", Static)
        line.update(f"✗ {reason}" if reason else "")
        line.display = bool(reason)

    def _editor(self) -> Widget:
        option = self.option
        choices = (TRUE[0], FALSE[0]) if option.type is bool else option.choices
        if choices:
            value = self._text if self._text in choices else Select.NULL
            options = [(choice, choice) for choice in choices]
            return Select(options, value=value, prompt="choose", compact=True, id=self.editor_id)
        return Input(
            visible(self._text),
            placeholder="none" if option.type is not Secret else "",
            password=option.type is Secret,
            compact=True,
            select_on_focus=False,
            id=self.editor_id,
        )
