"""The page of the settings with all actions and their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from mailtui.config.changes import saved_keys
from mailtui.config.settings import Settings
from mailtui.tui.edits import KEYS, Edits
from mailtui.tui.files import with_tilde
from mailtui.tui.keymap import FIXED, Action, Keymap, key_caution, keymap
from mailtui.tui.keys import key_names
from mailtui.tui.screens.key_dialog import KeyDialog
from mailtui.tui.screens.settings_page import BACK, SAVE, USE, ActionRow, SettingsPage
from mailtui.visible import visible

_QUIET = "dim"
_CHANGE = "Give the marked action another key"
_BUTTONS = (
    (USE, "screen.use", "Use these keys, in this run"),
    (SAVE, "screen.save", "Write the keys that were changed to the file"),
    ("Change", "change", _CHANGE),
    (BACK, "screen.back", "Back to the letter"),
)


class KeysPage(SettingsPage):
    """A line for each action: its keys, its name, its id, where the keys come from.

    Args:
        settings: With the chosen keys.
        actions: All that have keys.
        edits: What was typed on any page.
        id: Of the widget.
    """

    UNCHANGED = "No key was changed."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "change", "Change", id="settings.key", tooltip=_CHANGE),
    ]

    def __init__(self, settings: Settings, actions: Sequence[Action], edits: Edits, *, id: str) -> None:  # noqa: A002
        super().__init__(settings, edits, id=id)
        self._actions = actions
        self._known = {action.id: action for action in actions}

    def compose(self) -> ComposeResult:
        """The list, a line about the marked action, the buttons."""
        with Vertical(classes="settings-pane") as pane:
            pane.border_title = "Keys"
            yield Static(id="keys-wrong", markup=False)
            yield OptionList(id="keys", compact=True, markup=False)
            yield Static(id="key-about", markup=False)
            yield ActionRow(_BUTTONS)

    @property
    def subject(self) -> str:
        """The keys."""
        return KEYS

    def focus_first(self) -> None:
        """Put the cursor into the list."""
        self.query_one(OptionList).focus()

    def on_mount(self) -> None:
        """Show the actions."""
        self._list()

    def watch_settings(self) -> None:
        """Follow what was saved."""
        if self.is_mounted:
            self._list()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell of another action."""
        event.stop()
        self._tell()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click asks for another key."""
        event.stop()
        self.action_change()

    def made(self) -> Settings:
        """With the keys as they stand."""
        return self.settings.with_keys(self._edits.keys) if self._edits.keys else self.settings

    def written(self, changed: Settings) -> Settings:
        """The keys that were changed."""
        return saved_keys(changed)

    def settle(self, kept: Settings) -> str:
        """No key is an edit any more."""
        self._edits.keys = {}
        self.settings = kept
        self.post_message(self.Saved(kept))
        return f"Saved to {with_tilde(kept.path)}"

    def action_change(self) -> None:
        """Ask for another key for the marked action."""
        action = self._marked
        if action is None:
            return
        if action.fixed:
            self.notify(f"{FIXED[0].upper()}{FIXED[1:]}.", severity="warning")
            return

        def change(key: str | None) -> None:
            if key is not None:
                self._edit(action, key)

        self.app.push_screen(KeyDialog(action, self._actions, self.made().keys), change)

    def _edit(self, action: Action, key: str) -> None:
        """Keep a key as an edit, unless it is what holds already."""
        self._edits.keys.pop(action.id, None)
        before = self.settings.keys.get(action.id)
        if key != (before.value if before else ""):
            self._edits.keys[action.id] = key
        self._list()
        self.post_message(self.Edited())

    @property
    def _marked(self) -> Action | None:
        option = self.query_one(OptionList).highlighted_option
        return self._known.get(option.id or "") if option is not None else None

    def _list(self) -> None:
        made = self.made()
        keys = keymap(self._actions, made.keys)
        listed = self.query_one(OptionList)
        options = list(self._options(keys))
        if listed.option_count == len(options):
            for option in options:
                if option.id:
                    listed.replace_option_prompt(option.id, option.prompt)
        else:
            listed.add_options(options)
            listed.highlighted = 1
        strange = [
            told for name, told in zip(keys.problems, keys.told(made.keys), strict=True) if name not in self._known
        ]
        wrong = self.query_one("#keys-wrong", Static)
        wrong.update(Content(visible("\n".join(f"✗ {told}" for told in strange))))
        wrong.display = bool(strange)
        self._tell()

    def _options(self, keys: Keymap) -> Iterator[Option]:
        shown = {name: key_names(self.app, names) for name, names in keys.keys.items()}
        width, name_width, id_width = (
            max(map(len, column)) for column in (shown.values(), (action.name for action in self._actions), self._known)
        )
        for place, actions in groupby(self._actions, key=lambda action: action.place):
            yield Option(Content.styled(place, "bold"), disabled=True)
            for action in actions:
                line = f"  {shown[action.id]:{width}}  {action.name:{name_width}}  "
                ident = (f"{action.id:{id_width}}  ", _QUIET)
                yield Option(Content.assemble(line, ident, self._state(action, keys)), id=action.id)

    def _state(self, action: Action, keys: Keymap) -> tuple[str, str]:
        """Where the keys come from; nothing for those that everybody has."""
        if action.fixed:
            return "fixed", _QUIET
        if action.id in self._edits.keys:
            return "• edited", "bold"
        if action.id in keys.problems:
            return "✗ wrong", "$text-error"
        found = self.settings.keys.get(action.id)
        return (found.origin if found else ""), "$text-accent"

    def _tell(self) -> None:
        action = self._marked
        if action is None:
            return
        made = self.made()
        keys = keymap(self._actions, made.keys)
        told = dict(zip(keys.problems, keys.told(made.keys), strict=True))
        line = self.query_one("#key-about", Static)
        line.set_class(action.id in told, "-bad")
        doubts = [doubt for key in keys.keys[action.id] if action.id in keys.chosen and (doubt := key_caution(key))]
        own = f" · default {key_names(self.app, action.keys)}" if action.id in keys.chosen else ""
        about = action.about or action.name
        text = (
            f"✗ {told[action.id]}" if action.id in told else f"{about}{own}{''.join(f' · ⚠ {one}' for one in doubts)}"
        )
        line.update(Content(visible(text)))
