"""Help: a few sentences on the focused field, and every key that works now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from mailtui.tui.keys import field_keys, key_hints, key_of
from mailtui.tui.leaving import Dialog

_ADDRESSES = (
    'Addresses are separated by commas: `ann@example.com, "Doe, Jane" <jane@example.com>`. '
    "A name with a comma needs quotes. A column of addresses can be pasted. "
    "People are proposed while you type: ↓ and ↑ mark one, Enter or Tab takes it, Esc closes the list. "
)
_ABOUT = {
    "from": "**From.** Your address. Left blank, the handler's `from_addr` is used, which is shown in grey.",
    "to": f"**To.** Who gets the mail. {_ADDRESSES}",
    "cc": f"**Cc.** Who gets a copy, for all to see. {_ADDRESSES}",
    "bcc": f"**Bcc.** Who gets a copy without the others seeing it: they are in the envelope only. {_ADDRESSES}",
    "subject": "**Subject.** Left blank, the handler's `subject` is used, which is shown in grey.",
    "attachments": (
        "**Attach.** Paths of files, separated by commas or blanks; put quotes around a name that has blanks. "
        "Files dropped onto the terminal, or pasted as paths, go along wherever the cursor is; pasted once more, "
        "a path goes into the text. Down goes into the list of the files below. "
        "{attach}, or a click on **+Attach**, opens a list to choose from."
    ),
    "attached": "**Attached files.** Up and down choose one; Delete, or a click on ✕, takes it out of the letter, and "
    "{undo} brings it back.",
    "attach-name": (
        "**Attach files.** Type a part of a name: the list follows, and Enter takes the file on which the cursor is, "
        "or opens the folder. Tab marks several files, and Enter takes them all. A name ending in `/` opens that "
        "folder; `~/` is your home folder, `../` the one above."
    ),
    "body": (
        "**Body.** Plain text; long lines are wrapped on the screen only. Enter begins a new line; Tab goes on to the "
        "Send button. {editor} opens it in your own editor, `$VISUAL` or `$EDITOR`; what you save there is one step "
        "for {undo}. {markdown} makes Markdown of it."
    ),
    "markdown": (
        "**Markdown.** Sends the body as text and, beside it, as HTML made from it: `# heading`, `**bold**`, lists, "
        "tables, links. `![](cid:chart.png)` shows the attached file of that name."
    ),
    "text": (
        "**Preview.** *Output* is the mail as `dummy` shows it, then the handler's answer; *Message* is what receivers "
        "read, *Source* what leaves. Drag the mouse over a text to select it; it is copied without the line ends "
        "that the window makes. Links are shown with their addresses and not followed."
    ),
    "option": (
        "**Option.** Below it stand where its value comes from and what it means. "
        "Lists have commas, commands have blanks."
    ),
    "handlers": (
        "**Handlers.** Each is a way to send. Enter uses the marked one at once; the letter stays as it is. "
        "Changes hold in this run when they are used, and for good when they are saved."
    ),
    "keys": (
        "**Keys.** Enter on an action asks for another key for it, backspace then gives it its own one again. "
        'In the file they stand in the section `[keys]`: `send = "f5"`, or two keys, `attach = "ctrl+o,f6"`; '
        "an id with a dot in quotes."
    ),
    "review-text": (
        "**Review.** Who gets the letter, what leaves, and by which way. Only `y` or its button sends, half a second "
        "after the last key; `e` goes back to the letter, `v` shows the source, `p` keeps it as a draft."
    ),
    "drafts-list": (
        "**Drafts.** Letters that not everybody has yet, the newest first, saved while they were typed. Enter goes on "
        "with the marked one; what becomes of it is written down, so that nobody gets it twice. A draft stays until "
        "everybody has the letter, or you delete it."
    ),
    "check-text": "**Check.** What was said between mailtui and the server; nothing was sent.",
    "transcript": "**Transcript.** What was said between mailtui and the server; passwords are starred out.",
}
_KEYS_IN_TEXTS = ("attach", "editor", "markdown", "undo")
_GENERAL = (
    "**mailtui** writes one mail. The preview follows your typing; Send hands the mail to the handler in use, "
    "and the preview then shows the handler's answer."
)


class HelpScreen(Dialog[None]):
    """Help for what has the focus.

    Args:
        text: Markdown.
        keys: What can be done everywhere on the screen: key, name, what it does.
        field: What else keys do in the field: key, what it does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,enter", "dismiss", "Close", id="help.close")]

    def __init__(self, text: str, keys: Sequence[tuple[str, ...]], field: Sequence[tuple[str, ...]]) -> None:
        super().__init__()
        self._text = text
        self._keys = keys
        self._field = field

    @classmethod
    def about(cls, screen: Screen[Any]) -> HelpScreen:
        """The help for a screen as it stands.

        Args:
            screen: Its focused widget and its keys are described.
        """
        focused = screen.focused.id if screen.focused is not None else None
        about = "option" if focused and focused.startswith("option-") else focused or ""
        keys = [(", ".join(hint.keys), hint.binding.description, hint.tooltip) for hint in key_hints(screen)]
        field = [(keys, action) for action, keys in field_keys(screen).items()]
        text = _ABOUT.get(about, _GENERAL)
        for action in _KEYS_IN_TEXTS:
            text = text.replace(f"{{{action}}}", key_of(screen, action))
        return cls(text, keys, field)

    def compose(self) -> ComposeResult:
        """The text, to scroll in."""
        from textual.widgets import Markdown  # takes long to import, and keys are looked up in this class

        with VerticalScroll(id="help") as help_box:
            help_box.border_title = "Help"
            help_box.border_subtitle = "esc closes"
            yield Markdown(self._text, open_links=False)
            yield Static(_table(self._keys), id="help-keys")
            if self._field:
                yield Static("In this field", id="help-field", markup=False)
                yield Static(_table(self._field), id="help-field-keys")


def _table(rows: Sequence[tuple[str, ...]]) -> Table:
    """Columns side by side; what is too long goes on below its beginning."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    return table
