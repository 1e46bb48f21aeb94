"""Help: a few sentences on the focused field, and every key that works now."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Markdown, Static

from mailtui.tui.keys import key_hints
from mailtui.tui.leaving import Dialog

_ADDRESSES = (
    'Addresses are separated by commas: `ann@example.com, "Doe, Jane" <jane@example.com>`. '
    "A name with a comma needs quotes. A column of addresses can be pasted. "
)
_ABOUT = {
    "from": "**From.** Your address. Left blank, the handler's `from_addr` is used, which is shown in grey.",
    "to": f"**To.** Who gets the mail. {_ADDRESSES}",
    "cc": f"**Cc.** Who gets a copy, for all to see. {_ADDRESSES}",
    "bcc": f"**Bcc.** Who gets a copy without the others seeing it: they are in the envelope only. {_ADDRESSES}",
    "subject": "**Subject.** Left blank, the handler's `subject` is used, which is shown in grey.",
    "attachments": (
        "**Attach.** Paths of files, separated by commas or blanks; put quotes around a name that has blanks. "
        "Files dropped onto the terminal arrive quoted as needed."
    ),
    "body": "**Body.** Plain text. Enter begins a new line; Tab goes on to the Send button.",
    "markdown": (
        "**Markdown.** Sends the body as text and, beside it, as HTML made from it: `# heading`, `**bold**`, lists, "
        "tables, links. `![](cid:chart.png)` shows the attached file of that name."
    ),
    "text": "**Preview.** *Output* is what the handler shows, *Message* what receivers read, *Source* what leaves.",
    "option": (
        "**Option.** Below it stand where its value comes from and what it means. "
        "Lists have commas, commands have blanks."
    ),
    "handlers": (
        "**Handlers.** Each is a way to send. Enter uses the marked one at once; the letter stays as it is. "
        "Changes hold in this run when they are used, and for good when they are saved."
    ),
    "review-text": "**Review.** What leaves, to whom, and by which way. Only `y` or its button sends.",
    "transcript": "**Transcript.** What was said between mailtui and the server; passwords are starred out.",
}
_GENERAL = (
    "**mailtui** writes one mail. The preview follows your typing; Send hands the mail to the handler in use, "
    "and the preview then shows the handler's answer."
)


class HelpScreen(Dialog[None]):
    """Help for what has the focus.

    Args:
        text: Markdown.
        keys: A line for each.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,enter", "dismiss", "Close", id="help.close")]

    def __init__(self, text: str, keys: str) -> None:
        super().__init__()
        self._text = text
        self._keys = keys

    @classmethod
    def about(cls, screen: Screen[Any]) -> HelpScreen:
        """The help for a screen as it stands.

        Args:
            screen: Its focused widget and its keys are described.
        """
        focused = screen.focused.id if screen.focused is not None else None
        hints = list(key_hints(screen))
        keys = [", ".join(hint.keys) for hint in hints]
        widest = [max(map(len, column)) for column in (keys, [hint.binding.description for hint in hints])]
        rows = [
            f"{key:{widest[0]}}  {hint.binding.description:{widest[1]}}  {hint.tooltip}"
            for key, hint in zip(keys, hints, strict=True)
        ]
        about = "option" if focused and focused.startswith("option-") else focused or ""
        return cls(_ABOUT.get(about, _GENERAL), "\n".join(rows))

    def compose(self) -> ComposeResult:
        """The text, to scroll in."""
        with VerticalScroll(id="help") as help_box:
            help_box.border_title = "Help"
            help_box.border_subtitle = "esc closes"
            yield Markdown(self._text, open_links=False)
            yield Static(self._keys, id="help-keys", markup=False)
