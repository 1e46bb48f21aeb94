"""The options of one handler, to be changed."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mailtui.config.settings import Settings
from mailtui.mail.errors import MailError
from mailtui.mail.interface import MailHandler
from mailtui.tui.edits import Typed
from mailtui.tui.widgets.option_row import OptionRow
from mailtui.visible import visible


class OptionForm(VerticalScroll, can_focus=False):
    """A row for each option that the handler's class declares, its own ones first.

    Args:
        settings: With the handler.
        name: Of the handler.
        id: Of the widget.
    """

    class Left(Message):
        """The cursor has left a field."""

    def __init__(self, settings: Settings, name: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._settings = settings
        self._handler = name
        self._typed: Typed = {}
        self._left: set[str] = set()
        self._rows: list[OptionRow] = []

    def compose(self) -> ComposeResult:
        """What the handler does, what is wrong with it, its options."""
        self._rows = self._make_rows()
        yield Static(id="about", markup=False)
        yield Static(id="unusable", markup=False)
        yield from self._rows

    def on_mount(self) -> None:
        """Tell of the handler."""
        self._tell()

    async def show(self, settings: Settings, name: str, typed: Typed) -> None:
        """Show another handler.

        Args:
            settings: With the handler.
            name: Of the handler.
            typed: What was changed of it before, and is neither used nor saved.
        """
        self._settings, self._handler, self._typed = settings, name, typed
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

    def settle(self, settings: Settings) -> None:
        """What was typed has become the values.

        Args:
            settings: That have them.
        """
        self._settings, self._typed = settings, {}
        for row in self._rows:
            row.settle(*self._value(row), is_set=settings.is_set(self._handler, row.option))
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
            self._rows[0].query_one(f"#{self._rows[0].editor_id}").focus()

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
        try:
            about = self._settings.handler_type(self._handler).about()
        except MailError:
            about = ""
        problem = self._settings.problem(self._handler)
        self.query_one("#about", Static).update(Content(visible(about)))
        unusable = self.query_one("#unusable", Static)
        unusable.update(Content(f"✗ {visible(problem)}"))
        unusable.display = bool(problem)

    def _make_rows(self) -> list[OptionRow]:
        try:
            options = self._settings.handler_type(self._handler).options()
        except MailError:
            return []
        inherited = MailHandler.options()
        own = [option for name, option in options.items() if name not in inherited]
        rows = []
        for option in (*own, *(options[name] for name in inherited)):
            is_set = self._settings.is_set(self._handler, option)
            text, origin = self._settings.text(self._handler, option), self._origin(option.name)
            rows.append(OptionRow(option, text, origin, is_set=is_set, edit=self._typed.get(option.name)))
        return rows

    def _value(self, row: OptionRow) -> tuple[str, str]:
        return self._settings.text(self._handler, row.option), self._origin(row.option.name)

    def _origin(self, option: str) -> str:
        return self._settings.origin(self._handler, option)
