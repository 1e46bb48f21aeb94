"""The files that go along, a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from mailtui.mail.attachment import Attachment
from mailtui.tui.files import ListedFile
from mailtui.tui.texts import size_text
from mailtui.visible import visible

_REMOVE = " ✕"


class AttachmentList(OptionList, can_focus=False):
    """A line a file: name, size and type, or what is wrong; at its end the sign that removes it.

    It has the cursor only while somebody has gone into it: who goes on to the body by tab types there.

    Args:
        files: To begin with.
        id: Of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "delete",
            "remove",
            "Remove",
            id="attachment.remove",
            key_display="del",
            tooltip="Take the file out of the letter",
        ),
        Binding("ctrl+z", "undo", "Undo", show=False, id="undo", tooltip="Bring the file back that was taken out last"),
        Binding("escape", "leave", show=False),
    ]

    class Removed(Message):
        """A file is to be taken out of the letter.

        Args:
            file: Which.
        """

        def __init__(self, file: ListedFile) -> None:
            super().__init__()
            self.file = file

    class Left(Message):
        """The cursor is to go back to the field.

        Args:
            typed: A character that was typed here, or nothing.
        """

        def __init__(self, typed: str = "") -> None:
            super().__init__()
            self.typed = typed

    class Undone(Message):
        """What was done last is to be taken back."""

    def __init__(self, files: Sequence[ListedFile], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, markup=False)
        self._files: tuple[ListedFile, ...] = ()
        self.show(files)

    def show(self, files: Sequence[ListedFile]) -> None:
        """Show other files; nothing is seen of the list when there are none.

        Args:
            files: With what is known of them.
        """
        if self._files != tuple(files):
            self._files = tuple(files)
            self.display = bool(files)
            self._write()

    def enter(self) -> None:
        """Take the cursor, at the first file."""
        self.can_focus = True
        self.highlighted = 0
        self.focus()

    def on_blur(self) -> None:
        """Tab goes past it again."""
        self.can_focus = self.has_focus

    def on_key(self, event: events.Key) -> None:
        """Nothing that is typed gets lost."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(event.character))

    def on_resize(self) -> None:
        """Cut what is too long somewhere else."""
        self._write()

    def on_click(self, event: events.Click) -> None:
        """The sign at the end of a line removes the file."""
        number = event.y + self.scroll_offset.y
        if event.x >= self._width - len(_REMOVE) and number < len(self._files):
            self.post_message(self.Removed(self._files[number]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """There is nothing to open."""
        event.stop()

    def action_cursor_up(self) -> None:
        """To the line above; from the first one back to the field."""
        if self.highlighted:
            super().action_cursor_up()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Back to the field."""
        self.post_message(self.Left())

    def action_undo(self) -> None:
        """Take the last change of the field back."""
        self.post_message(self.Undone())

    def action_remove(self) -> None:
        """Take the chosen file out of the letter."""
        if self.highlighted is not None:
            self.post_message(self.Removed(self._files[self.highlighted]))

    @property
    def _width(self) -> int:
        return max(self.region.width - 1, 0) or 40  # one column is kept for the scroll bar

    def _write(self) -> None:
        chosen = self.highlighted or 0
        self.clear_options()
        self.add_options(file_lines(self._files, self._width - len(_REMOVE)))
        self.highlighted = chosen


def file_lines(files: Sequence[ListedFile], width: int) -> list[Content]:
    """Lines of equal width: sign, name, size and type in columns; or sign, path and what is wrong.

    Args:
        files: To be shown.
        width: In cells, without the sign that removes.
    """
    rows = list(map(_row, files))
    good = [row for row in rows if row.size]
    column = max((len(row.size) for row in good), default=0)
    rest = column + max((len(row.told) for row in good), default=0)
    names = min(max((row.name.cell_length for row in good), default=0), max(width // 2 - 2, width - 6 - rest))
    return [_line(row, width, names, column) + Content.styled(_REMOVE, "dim") for row in rows]


class _Row(NamedTuple):
    sign: str
    color: str
    name: Content
    size: str  # of a good file
    told: str


def _row(file: ListedFile) -> _Row:
    match file.sight:
        case None:
            return _Row("…", "dim", Content(visible(file.path)), "", "waiting for the disk")
        case str(reason):
            return _Row("✗", "$text-error", Content(visible(file.path)), "", visible(reason))
        case Attachment(name=name, size=size, content_type=content_type):
            sign, color, told = ("⚠", "$text-warning", "listed twice") if file.again else ("✓", "dim", content_type)
            return _Row(sign, color, Content(visible(name)), size_text(size), told)


def _line(row: _Row, width: int, names: int, sizes: int) -> Content:
    """One row, with so many cells for names and sizes of good files."""
    if row.size:
        name, rest = row.name.truncate(names, ellipsis=True, pad=True), f"{row.size:>{sizes}}  {row.told}"
    else:
        name, rest = row.name.truncate(max(width - 4 - len(row.told), 8), ellipsis=True), row.told
    sign = (f"{row.sign} ", "$text-success" if row.sign == "✓" else row.color)
    line = Content.assemble(sign, (name.plain, "" if row.size else row.color), "  ", (rest, row.color))
    return line.truncate(width, ellipsis=True, pad=True)
