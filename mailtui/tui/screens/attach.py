"""Choosing files that go along with a letter."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar, NamedTuple, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from mailtui.mail.attachment import Attachment, InvalidAttachment
from mailtui.tui.delivery import run_apart
from mailtui.tui.files import can_be_typed, with_tilde
from mailtui.tui.leaving import HELP, Dialog
from mailtui.tui.texts import files_text
from mailtui.tui.widgets.folder_list import FolderList
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.path_input import PathInput
from mailtui.visible import visible

T = TypeVar("T")
Act = Callable[[str], Awaitable[None]]  # on what was typed

_HINT = "Type a part of a name; a / opens the folder."
_NO_ANSWER = "the disk does not answer"
_PATIENCE = 3.0  # seconds that it may take to


class Chosen(NamedTuple):
    """What was chosen.

    Args:
        folder: In which.
        paths: Of the files, short where they are below the home folder.
    """

    folder: str
    paths: tuple[str, ...]


class AttachScreen(Dialog[Chosen | None]):
    """A folder to choose from. Answers with the chosen files, or None.

    Args:
        folder: To begin with; empty for the one in which mailtui was started.
    """

    # Priority: the field would keep some of them, and keys that arrive together are to act in their order.
    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding(
            "enter",
            "take",
            "Attach",
            id="attach.take",
            key_display="enter",
            priority=True,
            tooltip="Attach the file, or all that are marked; open the folder",
        ),
        Binding(
            "tab",
            "mark",
            "Mark",
            id="attach.mark",
            key_display="tab",
            priority=True,
            tooltip="Mark the file, to attach several",
        ),
        Binding(
            "escape",
            "dismiss",
            "Cancel",
            id="attach.cancel",
            key_display="esc",
            priority=True,
            tooltip="Back to the letter as it is",
        ),
        Binding(
            "ctrl+r",
            "hidden",
            "Hidden",
            id="attach.hidden",
            priority=True,
            tooltip="Show files that begin with a dot, or hide them",
        ),
        *(
            Binding(key, f"move('{action}')", show=False, priority=True)
            for key, action in {
                "up": "cursor_up",
                "down": "cursor_down",
                "pageup": "page_up",
                "pagedown": "page_down",
            }.items()
        ),
    ]

    def __init__(self, folder: str = "") -> None:
        super().__init__()
        self._start = folder or os.getcwd()
        self._marked: dict[str, Attachment] = {}
        self._followed = ""  # of what was typed
        self._turns: deque[tuple[str, Act]] = deque()  # what keys have asked for, and what had been typed by then
        self._catching_up = False

    def compose(self) -> ComposeResult:
        """The folder, what is in it, what was typed, the keys."""
        with Vertical(classes="dialog", id="attach") as dialog:
            dialog.border_title = "Attach files"
            yield Static(visible(with_tilde(self._start)), id="attach-folder", markup=False)
            yield FolderList(self._start)
            yield PathInput(id="attach-name", compact=True, select_on_focus=False, placeholder=_HINT)
            yield Static(id="attach-state", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Keys go to the field."""
        self._field.focus()

    @on(FolderList.Changed)
    def _folder_changed(self) -> None:
        self.query_one("#attach-folder", Static).update(visible(with_tilde(str(self._list.location))))
        self._tell()

    @on(FolderList.PermissionError)
    def _folder_unreadable(self, event: FolderList.PermissionError) -> None:
        self._tell(f"{with_tilde(str(event.path))}: this folder cannot be read")

    @on(FolderList.Selected)
    def _file_clicked(self) -> None:
        """A click marks; a second one soon after it attaches."""
        self._in_turn(self._take if self._list.clicks > 1 else self._mark)

    @on(FolderList.Read)
    def _folder_read(self) -> None:
        self._catch_up()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow the typing."""
        event.stop()
        self._catch_up()

    def on_path_input_dropped(self, message: PathInput.Dropped) -> None:
        """Mark what was dropped."""
        for file in message.files:
            if can_be_typed(file.path):
                self._marked[file.path] = file
        self._list.mark(self._marked)
        self._tell()

    def action_take(self) -> None:
        """Attach, or open the folder."""
        self._in_turn(self._take)

    def action_mark(self) -> None:
        """Mark the file, or take the mark away."""
        self._in_turn(self._mark)

    def action_hidden(self) -> None:
        """Show files whose names begin with a dot, or hide them again."""
        self._in_turn(self._toggle_hidden)

    def action_move(self, action: str) -> None:
        """Move the cursor of the list."""
        self._in_turn(partial(self._move, action))

    def dismiss(self, result: Chosen | None = None) -> AwaitComplete:
        """Answer and go, whatever the disk still has to say."""
        self.workers.cancel_node(self)
        return super().dismiss(result)

    @property
    def _list(self) -> FolderList:
        return self.query_one(FolderList)

    @property
    def _field(self) -> PathInput:
        return self.query_one(PathInput)

    def _in_turn(self, act: Act) -> None:
        """Have it done after what was typed before: keys that come together are here before the field has them."""
        field = self._field
        field.call_later(lambda: self._turns.append((field.value, act)))
        field.call_later(self._catch_up)

    @work
    async def _catch_up(self) -> None:
        """Follow what was typed, and do what keys have asked for, one after the other: the disk may be slow."""
        if self._catching_up:
            return
        self._catching_up = True
        try:
            while self.is_current and (self._turns or self._followed != self._field.value):
                typed, act = self._turns[0] if self._turns else (self._field.value, None)
                is_shown = await self._show(typed)
                if act and is_shown and not self._list.is_read:
                    return  # until it is
                if act and self._turns[0] == (typed, act):  # else a folder was opened, and the rest comes next
                    self._turns.popleft()
                    if is_shown:
                        await act(typed)
        finally:
            self._catching_up = False

    async def _show(self, typed: str) -> bool:
        """Open the folder that was typed, or else show what has the text in its name.

        Returns:
            Whether there is such a folder.
        """
        if typed != self._followed:
            self._followed = typed
            self._tell()
        folder, slash, name = typed.rpartition("/")
        if not slash:
            self._list.narrow_down(name)
            return True
        place = os.path.join(self._list.location, os.path.expanduser(f"{folder}/"))
        try:
            is_folder = await _asked(partial(os.path.isdir, place))
        except TimeoutError:
            self._tell(f"{folder}/: {_NO_ANSWER}")
            return False
        if is_folder:
            self._list.enter(place)
            self._take_off(f"{folder}/")
        else:
            self._tell(f"{folder}/: there is no such folder")
        return is_folder

    def _take_off(self, prefix: str) -> None:
        """What has opened a folder is done with; what was typed since stays."""
        self._field.take_off(prefix)
        self._turns = deque((typed.removeprefix(prefix), act) for typed, act in self._turns)

    async def _take(self, typed: str) -> None:
        """Answer with the marked files, or else with the one on which the cursor is, or open the folder there."""
        chosen = self._list.chosen
        files = list(self._marked.values())
        if not files and chosen is None:
            self._tell(f"{typed}: nothing here is called that")
        elif not files and chosen is not None and chosen.is_dir():
            self._list.enter(chosen.name)
            self._take_off(typed)
        elif not files:
            file = await self._checked(str(chosen))
            files = [file] if file else []
        if files:
            self.dismiss(Chosen(str(self._list.location), tuple(with_tilde(file.path) for file in files)))

    async def _mark(self, typed: str) -> None:
        chosen = self._list.chosen
        if chosen is not None and self._marked.pop(str(chosen), None) is None:
            file = await self._checked(str(chosen))
            if file is None:
                return
            self._marked[str(chosen)] = file
        self._list.mark(self._marked)
        self._tell()

    async def _toggle_hidden(self, typed: str) -> None:
        self._list.toggle_hidden()
        self._tell()

    async def _move(self, action: str, typed: str) -> None:
        getattr(self._list, f"action_{action}")()

    async def _checked(self, path: str) -> Attachment | None:
        """The file, if it can go along."""
        try:
            file = await _asked(partial(Attachment.measure, path))
        except TimeoutError:
            self._tell(f"{path}: {_NO_ANSWER}")
            return None
        except InvalidAttachment as error:
            self._tell(str(error))
            return None
        if can_be_typed(path):
            return file
        self._tell(f"{path}: its name holds something that is not seen; rename it")
        return None

    def _tell(self, problem: str = "") -> None:
        """Say what is wrong, or else which files are marked."""
        line = self.query_one("#attach-state", Static)
        line.set_class(bool(problem), "-bad")
        marked = f"✓ marked: {files_text(list(self._marked.values()))}; Enter attaches" if self._marked else ""
        hidden = "Files that begin with a dot are shown." if self._list.show_hidden else ""
        line.update(f"✗ {visible(problem)}" if problem else marked or hidden)


async def _asked(question: Callable[[], T]) -> T:
    """What the disk says, which may be slow.

    Raises:
        TimeoutError: It says nothing.
    """
    return await asyncio.wait_for(run_apart(question), _PATIENCE)
