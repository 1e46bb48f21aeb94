"""Choosing files that go along with a letter."""

from __future__ import annotations

import os
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from mailtui.mail.attachment import Attachment, InvalidAttachment
from mailtui.tui.files import can_be_typed, with_tilde
from mailtui.tui.leaving import HELP, Dialog
from mailtui.tui.texts import files_text
from mailtui.tui.widgets.folder_list import FolderList
from mailtui.tui.widgets.key_bar import KeyBar
from mailtui.tui.widgets.prompt_input import PromptInput
from mailtui.visible import visible

_HINT = "Type a part of a name; a / opens the folder."


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

    BINDINGS: ClassVar[list[BindingType]] = [
        HELP,
        Binding(
            "enter",
            "take",
            "Attach",
            id="attach.take",
            key_display="enter",
            priority=True,  # the field would keep it
            tooltip="Attach the file, or all that are marked; open the folder",
        ),
        Binding("tab", "mark", "Mark", id="attach.mark", key_display="tab", tooltip="Mark the file, to attach several"),
        Binding(
            "escape", "dismiss", "Cancel", id="attach.cancel", key_display="esc", tooltip="Back to the letter as it is"
        ),
        Binding(
            "ctrl+r", "hidden", "Hidden", id="attach.hidden", tooltip="Show files that begin with a dot, or hide them"
        ),
        *(
            Binding(key, f"move('{action}')", show=False)
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

    def compose(self) -> ComposeResult:
        """The folder, what is in it, what was typed, the keys."""
        with Vertical(classes="dialog", id="attach") as dialog:
            dialog.border_title = "Attach files"
            yield Static(visible(with_tilde(self._start)), id="attach-folder", markup=False)
            yield FolderList(self._start)
            yield PromptInput(id="attach-name", compact=True, select_on_focus=False, placeholder=_HINT)
            yield Static(id="attach-state", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Keys go to the field."""
        self.query_one(PromptInput).focus()

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
        if self._list.clicks > 1:
            self._take()
        else:
            self.action_mark()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow the typing."""
        event.stop()
        folder, slash, name = event.value.rpartition("/")
        if not slash:
            self._list.narrow_down(name)
            self._tell()
        elif os.path.isdir(os.path.join(self._list.location, place := os.path.expanduser(f"{folder}/"))):
            self._list.enter(place)
            event.input.value = name
        else:
            self._tell(f"{folder}/: there is no such folder")

    def action_take(self) -> None:
        """Attach, or open the folder."""
        chosen = self._list.chosen
        if not self._marked and chosen is not None and chosen.is_dir():
            self.query_one(PromptInput).value = ""
            self._list.enter(chosen.name)
        else:
            self._take()

    def action_mark(self) -> None:
        """Mark the file, or take the mark away."""
        chosen = self._list.chosen
        if chosen is not None and self._marked.pop(str(chosen), None) is None:
            file = self._checked(str(chosen))
            if file is None:
                return
            self._marked[str(chosen)] = file
        self._list.mark(self._marked)
        self._tell()

    def action_hidden(self) -> None:
        """Show files whose names begin with a dot, or hide them again."""
        self._list.toggle_hidden()
        self._tell()

    def action_move(self, action: str) -> None:
        """Move the cursor of the list."""
        getattr(self._list, f"action_{action}")()

    @property
    def _list(self) -> FolderList:
        return self.query_one(FolderList)

    def _take(self) -> None:
        """Answer with the marked files, or else with the one on which the cursor is."""
        chosen = self._list.chosen
        files = list(self._marked.values())
        if not files and chosen is None:
            self._tell(f"{self.query_one(PromptInput).value}: nothing here is called that")
        elif not files:
            file = self._checked(str(chosen))
            files = [file] if file else []
        if files:
            self.dismiss(Chosen(str(self._list.location), tuple(with_tilde(file.path) for file in files)))

    def _checked(self, path: str) -> Attachment | None:
        """The file, if it can go along."""
        try:
            file = Attachment.measure(path)
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
