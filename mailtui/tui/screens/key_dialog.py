"""Asks for the key that is to do something, by having it pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from mailtui.config.sources import Setting
from mailtui.tui.keymap import Action, key_caution, keymap, normal, refusal
from mailtui.tui.keys import key_names
from mailtui.tui.leaving import Dialog
from mailtui.visible import visible


class KeyDialog(Dialog[str | None]):
    """Waits for a key that can be had. Answers with it, with nothing for the action's own keys, or with None.

    Args:
        action: That is to have another key.
        actions: All that there are.
        wanted: The keys that a person has chosen so far, by id of the action.
    """

    AUTO_FOCUS = ""  # every key is an answer
    TAKES_EVERY_KEY = True
    _GIVE_BACK: ClassVar[tuple[str, ...]] = ("backspace", "delete")

    def __init__(self, action: Action, actions: Sequence[Action], wanted: Mapping[str, Setting]) -> None:
        super().__init__()
        self._action = action
        self._actions = actions
        self._wanted = wanted
        self._doubtful = ""  # the last key, if it may do nothing somewhere

    def compose(self) -> ComposeResult:
        """What it does now, what was wrong with the last key, the answers."""
        own = key_names(self.app, self._action.keys)
        now = key_names(self.app, keymap(self._actions, self._wanted).keys[self._action.id])
        with Vertical(classes="dialog", id="key-dialog") as dialog:
            dialog.border_title = Content(f"A key for {self._action.name}")
            yield Static(Content(self._action.about), id="key-about")
            yield Static(Content(f"Now {now}. Press the key that is to do it."), id="key-state")
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(f"Default {own}  backspace"), id="key-default", compact=True)
                yield Button("Cancel  esc", id="key-cancel", compact=True)

    def on_key(self, event: events.Key) -> None:
        """Take the key, or say why not."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
        elif event.key in self._GIVE_BACK:
            self._take("")
        else:
            self._take(normal(event.key))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons answer as the keys."""
        event.stop()
        if event.button.id == "key-default":
            self._take("")
        else:
            self.dismiss(None)

    def _take(self, key: str) -> None:
        reason = refusal(self._actions, self._wanted, self._action, key)
        doubt = key_caution(key) if key and key != self._doubtful else ""
        if not reason and not doubt:
            self.dismiss(key)
            return
        self._doubtful = "" if reason else key
        state = self.query_one("#key-state", Static)
        state.set_class(bool(reason), "-bad")
        state.set_class(not reason, "-doubtful")
        text = f"✗ {reason}." if reason else f"⚠ {doubt}. Press it once more to take it."
        state.update(Content(visible(text)))
