"""Letter and preview: side by side, or where there is little room one at a time."""

from __future__ import annotations

from textual.containers import Horizontal

from mailtui.tui.widgets.compose_form import ComposeForm
from mailtui.tui.widgets.preview import TABS, Preview
from mailtui.tui.widgets.text_view import TextView

WIDE = 100  # columns from which on both are seen


class Panes(Horizontal):
    """Holds the two. The class `-narrow` of the screen says that there is little room.

    Args:
        id: Of the widget.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first_tab = TABS[0]

    def turn(self) -> None:
        """Show the preview as it was left; when it is there, its next tab; after a round, if narrow, the letter."""
        preview = self.query_one(Preview)
        if self._is_narrow and not self.has_class("-preview"):
            self._show_preview(preview.tab)
        elif preview.next_tab() == self._first_tab and self._is_narrow:
            self.show_letter()

    def show_letter(self) -> None:
        """Go to the letter, where the cursor was."""
        self.remove_class("-preview")
        form = self.query_one(ComposeForm)
        focused = self.screen.focused
        if form not in (focused.ancestors if focused else ()):
            form.resume()

    def show_answer(self) -> None:
        """Let the answer be seen."""
        if self._is_narrow:
            self._show_preview(TABS[0])

    @property
    def _is_narrow(self) -> bool:
        return self.screen.has_class("-narrow")

    def _show_preview(self, first_tab: str) -> None:
        self._first_tab = first_tab
        self.add_class("-preview")
        self.query_one(TextView).focus()
