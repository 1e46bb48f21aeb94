"""The last line: the keys that work now, as many as fit; each can be clicked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from mailtui.tui.keys import KeyHint, key_hints


class KeyBar(Widget):
    """Key hints made from the screen's bindings, the first ones kept where the line is short."""

    def on_mount(self) -> None:
        """Follow the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def render(self) -> RenderResult:
        """The hints in one line."""
        return Content("").join(
            Content.assemble((f" {hint.keys[0]} ", "bold $text-accent"), f"{hint.binding.description} ")
            for hint in self._shown()
        )

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        end = 0
        for hint in self._shown():
            end += _width(hint)
            if event.x < end:
                self.app.simulate_key(hint.binding.key)
                return

    def _shown(self) -> Iterator[KeyHint]:
        left = self.size.width
        for hint in key_hints(self.screen):
            if hint.binding.show and hint.enabled:
                left -= _width(hint)
                if left < 0:
                    return
                yield hint

    def _bindings_updated(self, screen: Screen[Any]) -> None:
        self.refresh()


def _width(hint: KeyHint) -> int:
    return len(hint.keys[0]) + len(hint.binding.description) + 3
