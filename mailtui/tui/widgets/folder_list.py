"""A folder to choose files from: textual-fspicker's list, safe whatever a disk holds and a file is called."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime
from pathlib import Path, PosixPath
from typing import ClassVar, Self

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option
from textual.worker import Worker
from textual_fspicker import MakePath
from textual_fspicker.parts import DirectoryNavigation
from textual_fspicker.parts.directory_navigation import DirectoryEntry
from textual_fspicker.path_filters import Filter

from mailtui.files import time_in_calendar
from mailtui.mail.attachment import Attachment
from mailtui.tui.texts import size_text
from mailtui.visible import visible

_UP = ".."


class DiskPath(PosixPath):
    """Asks the disk once, in the thread that reads the folder, and answers what the library can take.

    It knows of no other error than a missing permission, and of no time beyond the calendar; it would also ask anew for
    each comparison when it sorts, while keys wait.
    """

    _answer: os.stat_result | None = None

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Size, kind and time of what it leads to; what cannot be looked at is not there."""
        if self._answer is None:
            try:
                told = super().stat()
            except (OSError, ValueError):
                raise FileNotFoundError(str(self)) from None
            numbers = list(told)[:10]
            numbers[stat.ST_MTIME] = time_in_calendar(numbers[stat.ST_MTIME])
            self._answer = os.stat_result(numbers)
        return self._answer

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder, or leads to one."""
        return self.name == _UP or self._is(stat.S_ISDIR)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a regular file, or leads to one."""
        return self._is(stat.S_ISREG)

    def is_symlink(self) -> bool:
        """What a link leads to is what counts."""
        return False

    def iterdir(self) -> Generator[Self, None, None]:
        """What is in the folder."""
        try:
            yield from list(super().iterdir())
        except (OSError, ValueError):
            raise PermissionError(str(self)) from None

    def _is(self, kind: Callable[[int], bool]) -> bool:
        try:
            return kind(self.stat().st_mode)
        except FileNotFoundError:
            return False


MakePath.using(DiskPath)


class FolderEntry(DirectoryEntry):
    """One line; the library's own would bring control characters of a name onto the terminal."""

    def __init__(self, location: Path, prompt: Content) -> None:
        Option.__init__(self, prompt)
        self.location = location


class FolderList(DirectoryNavigation, can_focus=False):
    """Folders and files whose names hold what was typed. Keys go to the field beside it; clicks work here.

    Args:
        folder: To begin with.
        id: Of the widget.
    """

    DEFAULT_CSS: ClassVar[str] = ""

    class Read(Message):
        """A folder has been read, or cannot be."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder, double_click_directories=False)
        self.marked: Mapping[str, Attachment] = {}
        self.clicks = 0  # of the mouse, by which a file was chosen
        self._typed = ""
        self._has_read = False

    @property
    def is_read(self) -> bool:
        """Whether everything in the folder is shown."""
        return self._has_read and all(worker.is_finished for worker in self.workers if worker.node is self)

    @property
    def chosen(self) -> Path | None:
        """Where the cursor is; None where nothing is, or the folder is not read yet."""
        entry = None if self.highlighted is None else self.get_option_at_index(self.highlighted)
        if not isinstance(entry, FolderEntry) or entry.location.parent != self.location:
            return None
        return None if self._typed and entry.location.name == _UP else entry.location

    def narrow_down(self, typed: str) -> None:
        """Show only what has this in its name.

        Args:
            typed: Small and capital letters are the same.
        """
        if typed.casefold() != self._typed:
            self._typed = typed.casefold()
            self._write_anew()

    def hide(self, path: Path) -> bool:
        """Whether it does not belong to what was typed, or begins with a dot that nobody typed."""
        hidden = self.is_hidden(path) and not self.show_hidden and not self._typed.startswith(".")
        return hidden or not self._matches(path)

    def enter(self, folder: str) -> None:
        """Go to another folder.

        Args:
            folder: Its path, from here or absolute.
        """
        self.location = Path(os.path.normpath(os.path.join(self.location, folder)))

    def mark(self, marked: Mapping[str, Attachment]) -> None:
        """Show which files are marked.

        Args:
            marked: By path.
        """
        self.marked = marked
        for number, entry in enumerate(self.options):
            if isinstance(entry, FolderEntry):
                line = self._line(entry.location)
                if line != entry.prompt:
                    self.replace_option_prompt_at_index(number, line)

    def add_options(self, new_options: Iterable[object]) -> Self:
        """Add entries, written so that nothing in a name acts; none that is gone, or was read in another folder."""
        read = [option.location for option in new_options if isinstance(option, DirectoryEntry)]
        added = [location for location in read if location.is_dir() or location.is_file()]
        super().add_options([FolderEntry(location, self._line(location)) for location in added])
        if added and added[0].name != _UP:
            first = self.option_count - len(added)
            likely = (n for n, place in enumerate(added) if place.name.casefold().startswith(self._typed))
            self.highlighted = first + next(likely, 0)
        return self

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The library reads folders in workers."""
        if event.worker.is_finished:
            self._has_read = True
            self.post_message(self.Read())

    def on_resize(self) -> None:
        """Cut long names somewhere else."""
        chosen = self.highlighted
        self._write_anew()
        self.highlighted = chosen

    def on_click(self, event: events.Click) -> None:
        """Remember that the mouse has chosen."""
        self.clicks = event.chain

    def _write_anew(self) -> None:
        self.file_filter = Filter("", lambda path: self._matches(path))  # another one: the list follows it

    def _matches(self, path: Path) -> bool:
        return self._typed in path.name.casefold()

    def _line(self, location: Path) -> Content:
        """Mark, name, size and day of the last change, in columns."""
        name, folder = visible(location.name), location.is_dir()
        told = "" if folder else _size_and_day(location)
        mark = ("✓ ", "$text-success") if str(location) in self.marked else "  "
        shown = Content.assemble(mark, (f"{name}/", "bold") if folder else name)
        width = max((self.region.width - 1 or 60) - len(told), 12)  # one column is kept for the scroll bar
        return shown.truncate(width, ellipsis=True, pad=True) + Content.styled(told, "dim")


def _size_and_day(location: Path) -> str:
    try:
        told = location.stat()
    except FileNotFoundError:  # since the folder was read
        return ""
    return f"  {size_text(told.st_size):>7}  {datetime.fromtimestamp(told.st_mtime):%Y-%m-%d}"
