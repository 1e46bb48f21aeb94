"""The field with the paths of the files that go along."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message

from mailtui.mail.attachment import InvalidAttachment, add_files, remove_file, split_files
from mailtui.tui.delivery import LastQuestion
from mailtui.tui.files import ListedFile, Sights, dropped_files, look_at, with_tilde
from mailtui.tui.leaving import OnceMore
from mailtui.tui.stand_ins import with_stand_ins
from mailtui.tui.texts import attached_text
from mailtui.tui.widgets.header_fields import HeaderInput


class AttachmentsInput(HeaderInput):
    """Paths, separated by commas or blanks, quoted as in a shell. Tells what the disk says of the files.

    Args:
        label: The name of the field; a click on it opens the picker.
        value: What stands in it at first.
        id: Of the widget.
    """

    PRESSABLE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "list", show=False)]

    class ListWanted(Message):
        """The cursor is to go into the list of the files."""

    class Looked(Message):
        """The disk has answered.

        Args:
            sights: What it says.
        """

        def __init__(self, sights: Sights) -> None:
            super().__init__()
            self.sights = sights

    def __init__(self, label: str, value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(label, value, id=id)
        self._drops = OnceMore()
        self._disk = LastQuestion()

    def add(self, paths: Sequence[str]) -> None:
        """Write paths at the end.

        Args:
            paths: Any paths.
        """
        self._rewrite(add_files(self.typed, paths))

    def remove_file(self, file: ListedFile) -> bool:
        """Take a path out, unless something else stands there by now.

        Args:
            file: As it was listed.

        Returns:
            Whether it was taken out.
        """
        try:
            if split_files(self.typed)[file.number : file.number + 1] == [file.path]:
                self._rewrite(remove_file(self.typed, file.number))
                return True
        except InvalidAttachment:
            pass  # a quote was opened meanwhile
        return False

    def take_drop(self, text: str) -> bool:
        """Attach the files whose paths were pasted or dropped anywhere; the same once more is left to others.

        Args:
            text: Of a paste.

        Returns:
            Whether it was such a text.
        """
        files = dropped_files(text)
        paths = [with_tilde(file.path) for file in files]
        if files and self.has_focus:
            self._put(paths)
        elif files and not self._drops.is_yes(text):
            self.add(paths)
            self.notify(attached_text(files))
        else:
            return False
        return True

    def action_list(self) -> None:
        """Go into the list of the files below."""
        self.post_message(self.ListWanted())

    def look(self) -> None:
        """Ask the disk about the files, unless there are none."""
        if self.typed.strip():
            self._ask_disk(self.typed)

    def on_mount(self) -> None:
        """Look at the files that the letter begins with, and again when another program may have changed them."""
        self.look()
        self.watch(self.app, "app_focus", self.look, init=False)

    def on_input_changed(self) -> None:
        """Other files."""
        self.look()

    def on_blur(self) -> None:
        """The field is left."""
        self.look()

    @work
    async def _ask_disk(self, text: str) -> None:
        """In a thread: a disk may be slow, and far away."""
        sights = await self._disk.answer(partial(look_at, text))
        if sights is not None:
            self.post_message(self.Looked(sights))

    def _put(self, paths: Sequence[str]) -> None:
        """Write paths where the cursor is, in place of what is selected."""
        start, end = sorted(self.selection)
        before, after = add_files(self.typed[:start], paths), self.typed[end:].lstrip(", ")
        self._rewrite(", ".join(filter(None, (before, after))))
        self.cursor_position = len(before)

    def _rewrite(self, text: str) -> None:
        self.replace(with_stand_ins(text), 0, len(self.value))
