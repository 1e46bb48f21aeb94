"""The body of the letter."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.strip import Strip
from textual.widgets import TextArea

from mailtui.mail.draft import above_signature
from mailtui.tui.keys import act_at_once, take_unprintable
from mailtui.tui.stand_ins import painted, with_stand_ins, without_stand_ins

_STEPS = 500  # that can be taken back
_PAUSE = 0.3  # seconds without a change after which words are counted: that takes its time in a long text


class BodyArea(TextArea):
    """Plain text. A line feed begins a new line: many terminals send it for shift+enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "new_line", "New line", show=False),
        Binding("ctrl+home", "to_the_start", "Cursor to the start", show=False),
        Binding("ctrl+end", "to_the_end", "Cursor to the end", show=False),
        Binding("ctrl+z", "undo", "Undo", show=False, id="undo", tooltip="Take the last change of the body back"),
        Binding("ctrl+y", "redo", "Redo", show=False, id="redo", tooltip="Do once more what was taken back"),
    ]

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002
        super().__init__(
            with_stand_ins(text), id=id, compact=True, placeholder="Write the letter here", max_checkpoints=_STEPS
        )

    @property
    def typed(self) -> str:
        """What the person means by what stands there."""
        return without_stand_ins(self.text)

    def load(self, text: str) -> None:
        """Put in a text from elsewhere: nothing in it may act on the terminal, nor stand there unseen.

        Args:
            text: Of a draft.
        """
        self.load_text(with_stand_ins(text))

    def rewrite(self, text: str) -> None:
        """Put another text in the place of all of it, in one step that can be taken back.

        Args:
            text: From an editor; nothing in it acts on the terminal.
        """
        text = with_stand_ins(text)
        if text == self.text:
            return
        place = self.cursor_location
        self.history.checkpoint()
        self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
        self.history.checkpoint()
        self.move_cursor(self.clamp_visitable(place))

    def on_paste(self, event: events.Paste) -> None:
        """The same for a paste."""
        event.prevent_default()
        event.stop()
        self.replace(with_stand_ins(event.text), *self.selection)

    def action_paste(self) -> None:
        """The same for what was copied here."""
        self.on_paste(events.Paste(self.app.clipboard))

    def action_to_the_start(self) -> None:
        """Go to the first character of the letter."""
        self.move_cursor((0, 0))

    def action_to_the_end(self) -> None:
        """Go behind the last one."""
        self.move_cursor(self.document.end)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    async def on_key(self, event: events.Key) -> None:
        """Edit, before the next key is looked at."""
        if typed := take_unprintable(event):
            self.replace(with_stand_ins(typed), *self.selection)
        else:
            await act_at_once(self, event)

    def render_line(self, y: int) -> Strip:
        """Nothing stands there unseen."""
        return painted(super().render_line(y))

    def on_mount(self) -> None:
        """Count the words in the pauses."""
        self._pause = self.set_interval(_PAUSE, self._count_words, pause=True)
        self._count_words()

    def on_text_area_changed(self) -> None:
        """Wait for the end of the typing."""
        self._pause.reset()
        self._pause.resume()

    def _count_words(self) -> None:
        self._pause.pause()
        count = len(above_signature(self.text).split())
        self.border_title = Content(f" {count:,} word{'' if count == 1 else 's'} ") if count else None
