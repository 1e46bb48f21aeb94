"""The keys that work now, as the key bar, the help and the palette show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

# Of a short line these can be missed.
_LAST: tuple[str | None, ...] = ("quit", "attach", "editor", "undo", "redo", "palette", "new")


@dataclass(frozen=True)
class KeyHint:
    """One action that a key does now.

    Args:
        keys: All its keys, as printed on a keyboard; the first one is shown where there is room for one.
        binding: Of the first key.
        node: The app, screen or widget that acts.
        enabled: Whether it can be done at this moment.
        tooltip: One line about it.
    """

    keys: tuple[str, ...]
    binding: Binding
    node: DOMNode
    enabled: bool
    tooltip: str


def key_hints(screen: Screen[Any]) -> Iterator[KeyHint]:
    """The actions of mailtui that keys do on a screen, those of the screen first.

    Args:
        screen: On top.
    """
    hints: dict[str, KeyHint] = {}
    for active in screen.active_bindings.values():
        if not active.binding.id:
            continue  # Textual's own, such as moving the cursor
        known = hints.get(active.binding.id)
        keys = (*(known.keys if known else ()), screen.app.get_key_display(active.binding))
        first = known.binding if known else active.binding
        hints[active.binding.id] = KeyHint(keys, first, active.node, active.enabled, active.tooltip)
    yield from sorted(hints.values(), key=_rank)


def field_keys(screen: Screen[Any]) -> dict[str, str]:
    """What keys do in the focused field alone: for each action its keys, as printed on a keyboard.

    Args:
        screen: On top.
    """
    field = screen.focused
    found: dict[str, str] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is not field or binding.id or not binding.description or "super+" in binding.key:
            continue
        if binding.action.startswith(("scroll_", "page_")) and not field.allow_vertical_scroll:
            continue  # every input can scroll, in Textual
        before = f"{found[binding.description]}, " if binding.description in found else ""
        found[binding.description] = before + screen.app.get_key_display(binding)
    return found


async def act_at_once(widget: Widget, event: events.Key) -> None:
    """Edit a field, as a key asks for, before the next key is looked at.

    Textual does it later than it types letters that arrive together with the key, as over a slow line, and in the field
    that has the focus by then.

    Args:
        widget: A field that the key was meant for.
        event: For it.
    """
    action = _editing_keys(type(widget)).get(event.key)
    if action and await widget.app.run_action(action, widget):
        event.stop()
        event.prevent_default()


def take_unprintable(event: events.Key) -> str:
    """What a key types that Textual leaves out, for it has no picture: a blank that does not break, a joiner.

    Args:
        event: Is taken if it is such a key.
    """
    typed = event.character or ""
    if event.is_printable or typed < "\xa0":
        return ""
    event.stop()
    event.prevent_default()
    return typed


def key_of(screen: Screen[Any], action: str) -> str:
    """The first key of an action that can be done on a screen, or an empty text.

    Args:
        screen: On top, or below a dialog.
        action: The id of its binding.
    """
    return next((hint.keys[0] for hint in key_hints(screen) if hint.binding.id == action), "")


def key_names(app: App[Any], keys: Iterable[str]) -> str:
    """Keys as printed on a keyboard, separated by commas.

    Args:
        app: Says how.
        keys: In Textual's spelling.
    """
    return ", ".join(app.get_key_display(Binding(key, "")) for key in keys)


def _rank(hint: KeyHint) -> tuple[int, int, int]:
    """The order of hints: as declared, whatever keys a person has chosen; the screen, its widgets, the app."""
    last = _LAST.index(hint.binding.id) + 1 if hint.binding.id in _LAST else 0
    level = 0 if isinstance(hint.node, Screen) else 2 if isinstance(hint.node, App) else 1
    declared = [binding.id for binding in Binding.make_bindings(type(hint.node).BINDINGS)]
    return last, level, declared.index(hint.binding.id) if hint.binding.id in declared else len(declared)


@cache
def _editing_keys(field: type[Widget]) -> Mapping[str, str]:
    """The action of each key of a field that nobody can bind otherwise; enter leaves a field and edits nothing."""
    keys: dict[str, str] = {}
    for ancestor in reversed(field.__mro__):
        for binding in Binding.make_bindings(vars(ancestor).get("BINDINGS", ())):
            keys[binding.key] = "" if binding.id else binding.action
    return {**keys, "enter": ""}
