"""Options that belong together, to be changed."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mailtui.tui.edits import Typed
from mailtui.tui.option_sheet import OptionSheet
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.visible import visible


class OptionForm(VerticalScroll, can_focus=False):
    """A row for each option, below what they are for.

    Args:
        sheet: The options with their values.
        typed: What was changed of them before, and is neither used nor saved.
        id: Of the widget.
    """

    class Left(Message):
        """The cursor has left a field."""

    def __init__(self, sheet: OptionSheet, typed: Typed, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sheet = sheet
        self._typed = typed
        self._left: set[str] = set()
        self._rows: list[OptionRow] = []

    def compose(self) -> ComposeResult:
        """What the options are for, what is wrong with them, a row for each."""
        self._rows = self._make_rows()
        yield Static(id="about", markup=False)
        yield Static(id="unusable", markup=False)
        yield from self._rows

    def on_mount(self) -> None:
        """Tell what stands above the rows."""
        self._tell()

    async def show(self, sheet: OptionSheet, typed: Typed) -> None:
        """Show other options.

        Args:
            sheet: The options with their values.
            typed: What was changed of them before, and is neither used nor saved.
        """
        self._sheet, self._typed = sheet, typed
        old, self._rows = self._rows, []
        self._left.clear()
        await self.remove_children(old)
        rows = self._make_rows()
        await self.mount_all(rows)
        self._rows = rows
        self.scroll_home(animate=False)
        self._tell()

    @property
    def typed(self) -> Typed:
        """What was changed: for each such option a text, or a secret."""
        if not self._rows:  # they are on their way
            return self._typed
        return {row.option.name: edit for row in self._rows if (edit := row.edit) is not None}

    def settle(self, sheet: OptionSheet) -> None:
        """What was typed has become the values.

        Args:
            sheet: The same options with them.
        """
        self._sheet, self._typed = sheet, {}
        for row, value in zip(self._rows, sheet.values, strict=False):
            row.settle(value)
        self._tell()

    def reveal_problems(self, problems: Mapping[str, str]) -> str:
        """Show every reason, and put the cursor into the first field to mend.

        Args:
            problems: By option.

        Returns:
            The reasons that have no field here.
        """
        self._left |= problems.keys()
        self.show_problems(problems)
        wrong = [row for row in self._rows if row.option.name in problems]
        if wrong:
            wrong[0].query_one(f"#{wrong[0].editor_id}").focus()
        elsewhere = problems.keys() - {row.option.name for row in wrong}
        return "\n".join(f"{key}: {problems[key]}" for key in sorted(elsewhere))

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        if self._rows:
            self.scroll_home(animate=False)
            self._rows[0].query_one(f"#{self._rows[0].editor_id}").focus(scroll_visible=False)  # its name is above it

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong in the fields that the cursor has been in.

        Args:
            problems: By option; none when all is well.
        """
        for row in self._rows:
            row.show_problem(problems.get(row.option.name, "") if row.option.name in self._left else "")
        if not problems:
            self.query_one("#unusable").display = False

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A field that was left is checked."""
        row = next((parent for parent in event.widget.ancestors if isinstance(parent, OptionRow)), None)
        if row in self._rows:
            self._left.add(row.option.name)
            self.post_message(self.Left())

    def _tell(self) -> None:
        about = self.query_one("#about", Static)
        about.update(Content(visible(self._sheet.about)))
        about.display = bool(self._sheet.about)
        unusable = self.query_one("#unusable", Static)
        unusable.update(Content(f"✗ {visible(self._sheet.problem)}"))
        unusable.display = bool(self._sheet.problem)

    def _make_rows(self) -> list[OptionRow]:
        return [OptionRow(value, self._typed.get(value.option.name)) for value in self._sheet.values]
