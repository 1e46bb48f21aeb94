"""The inputs for the header fields, one below the other, each with its name and what is wrong with it."""

from __future__ import annotations

import re
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from mailtui.tui.keys import take_unprintable
from mailtui.tui.stand_ins import painted, with_stand_ins, without_stand_ins
from mailtui.tui.widgets.completion import Completion
from mailtui.tui.widgets.prompt_input import PromptInput
from mailtui.tui.widgets.undo import History
from mailtui.visible import visible

_LONG_WORD = re.compile(r"\S{32,}")


class HeaderInput(PromptInput):
    """One header field. A pasted text keeps all its lines, joined by blanks; whatever changes it can be taken back.

    Args:
        label: The name of the field.
        value: What stands in it at first.
        id: Of the widget.
    """

    SEPARATOR = " "
    PRESSABLE = False  # whether a click on its name does something
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "undo", "Undo", show=False, id="undo", tooltip="Take the last change of this field back"),
        Binding("ctrl+y", "redo", "Redo", show=False, id="redo", tooltip="Do once more what was taken back"),
    ]

    def __init__(self, label: str, value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.caption = label
        self.load(value)

    def load(self, text: str) -> None:
        """Put in a text from elsewhere: nothing in it may act on the terminal, nor stand there unseen.

        Args:
            text: Of a draft. What stood there before cannot be brought back.
        """
        held = _in_one_line(text)
        self._history = History(held)
        self.value = held

    @property
    def typed(self) -> str:
        """What the person means by what stands there."""
        return without_stand_ins(self.value)

    def render_line(self, y: int) -> Strip:
        """Nothing stands there unseen."""
        return painted(super().render_line(y))

    def watch_value(self, value: str) -> None:
        """Remember the way back, whoever changed it."""
        self._history.note(value, monotonic())

    def action_undo(self) -> None:
        """Take the last change back."""
        self._show(self._history.undo())

    def action_redo(self) -> None:
        """Do once more what was taken back."""
        self._show(self._history.redo())

    def _show(self, step: tuple[str, int] | None) -> None:
        if step is not None:
            self.value, self.cursor_position = step

    async def on_key(self, event: events.Key) -> None:
        """Put in what Textual's own Input leaves out."""
        if typed := take_unprintable(event):
            self.replace(_in_one_line(typed) or " ", *sorted(self.selection))

    def on_paste(self, event: events.Paste) -> None:
        """Put in the whole paste; Textual's own Input would keep its first line only."""
        event.prevent_default()
        event.stop()
        lines = (line.strip().rstrip(",") for line in event.text.splitlines())
        text = self.SEPARATOR.join(filter(None, lines))
        self.replace(_in_one_line(text), *sorted(self.selection))


class AddressInput(HeaderInput):
    """Addresses: a pasted column of them becomes a list."""

    SEPARATOR = ", "


class HeaderFields(Completion):
    """Paints the names itself, in the margin of the inputs: a widget for each would slow the start down."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header-fields--pressable"}

    class LabelPressed(Message):
        """The name of a field was clicked.

        Args:
            field: The field.
        """

        def __init__(self, field: HeaderInput) -> None:
            super().__init__()
            self.field = field

    def show_problem(self, field: HeaderInput, reason: str, *, told: bool = False) -> None:
        """Say under a field what is wrong with it, or nothing.

        Args:
            field: One of the inputs.
            reason: Empty when all is well.
            told: Whether it stands there already, in other words.
        """
        field.set_class(bool(reason), "-wrong")
        reason = "" if told else reason
        line = next(iter(self.query(f"#{field.id}-problem").results(Static)), None)
        if line is None and reason:
            line = Static(id=f"{field.id}-problem", classes="problem", markup=False)
            self.mount(line, after=field)
        if line is not None:
            line.update(f"✗ {_LONG_WORD.sub(_shortened, reason)}")
            line.tooltip = Content(visible(reason))
            line.display = bool(reason)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The names go along with their fields."""
        super().watch_scroll_y(old_value, new_value)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The name of the input that begins in this row."""
        field = self._field_at(y)
        label = field.caption if field else ""
        style = self.rich_style
        if field and field.PRESSABLE:
            style = self.get_component_rich_style("header-fields--pressable")
        return Strip([Segment(f"{label:>{self._margin - 1}} ", style)]).adjust_cell_length(
            self.content_size.width, self.rich_style
        )

    def on_click(self, event: events.Click) -> None:
        """A click on the name of a field."""
        field = self._field_at(event.y)
        if field and event.widget is self and event.x < self._margin:
            self.post_message(self.LabelPressed(field))

    @property
    def _margin(self) -> int:
        return self.query(HeaderInput).first().styles.margin.left

    def _field_at(self, y: int) -> HeaderInput | None:
        row = y + self.scroll_offset.y
        return next((one for one in self.query(HeaderInput) if one.virtual_region.y == row), None)


def _in_one_line(text: str) -> str:
    return with_stand_ins(" ".join(text.splitlines()).replace("\t", " "))


def _shortened(word: re.Match[str]) -> str:
    """What a person has typed is seen above; the room is for the reason."""
    return f"{word[0][:15]}…{word[0][-15:]}"
