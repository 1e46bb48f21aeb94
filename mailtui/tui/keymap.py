"""Keys that a person chooses for actions: which keys there are, which can be had, and which clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from textual.binding import Binding, BindingType
from textual.keys import REPLACED_KEYS, Keys, key_to_character
from textual.widgets import Input, TextArea

from mailtui.config.sources import Setting, meant

EVERYWHERE = "Everywhere"
FIXED = "the keys of questions are fixed, so that nobody's answer depends on a file"
_MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_SPELLINGS = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete"}
_SAME_KEY = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "a line end",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "esc",
}
_KEPT = {
    "f11": "many terminals keep it for themselves, to fill the screen",
    "ctrl+b": "tmux keeps it for itself",
    "f10": "some terminals keep it for themselves, to open a menu",
}


@dataclass(frozen=True)
class Action:
    """What a key does, and where.

    Args:
        id: Of its binding, and its key in the section `[keys]`.
        name: As the key bar has it.
        about: One line about it.
        place: Where it can be done; what can be done everywhere clashes with all the rest.
        keys: Its keys when nobody has chosen others.
        fixed: Whether it cannot have others.
    """

    id: str
    name: str
    about: str
    place: str
    keys: tuple[str, ...]
    fixed: bool = False


def actions_in(place: str, kinds: Iterable[type], *, fixed: bool = False) -> Iterator[Action]:
    """The actions that classes declare in their `BINDINGS`; those without an id are Textual's own.

    Args:
        place: Where they can be done.
        kinds: Classes of the app, of screens or widgets.
        fixed: Whether they cannot have other keys.
    """
    found: dict[str, Action] = {}
    for kind in kinds:
        for base in kind.__mro__:
            declared: Iterable[BindingType] = vars(base).get("BINDINGS", ())
            for binding in Binding.make_bindings(declared):
                if binding.id:
                    keys = found[binding.id].keys if binding.id in found else ()
                    more = () if binding.key in keys else (binding.key,)
                    found[binding.id] = Action(
                        binding.id, binding.description, binding.tooltip, place, (*keys, *more), fixed
                    )
    yield from found.values()


def normal(key: str) -> str:
    """A key in Textual's spelling: `ctrl+o` for `Ctrl + O`.

    Args:
        key: As typed.
    """
    *modifiers, name = (part.strip() for part in key.lower().split("+"))
    return "+".join([*sorted(modifiers), _SPELLINGS.get(name, name)])


def key_problem(key: str) -> str:
    """Why an action cannot have a key, or an empty text.

    Args:
        key: In Textual's spelling.
    """
    *modifiers, name = key.split("+")
    if key in _SAME_KEY:
        return f"terminals send the same for {key} and for {_SAME_KEY[key]}"
    if not set(modifiers) - {"alt", "shift"} and _is_printable(name):
        return f"{key} is typed into the letter"
    if name not in _names() or not set(modifiers) <= set(_MODIFIERS):
        return f"there is no key called {key!r}{meant(key, _usual())}"
    if taken := _taken_by_fields().get(key):
        return f"the fields need {key}: {taken}"
    return ""


def _is_printable(name: str) -> bool:
    character = key_to_character(REPLACED_KEYS.get(name, name))
    return character is not None and character.isprintable()


def key_caution(key: str) -> str:
    """Why a key may do nothing somewhere, or an empty text.

    Args:
        key: That an action can have.
    """
    *modifiers, name = key.split("+")
    function_key = name[:1] == "f" and name[1:].isdigit()
    if modifiers and not (modifiers == ["ctrl"] and name.isalpha() and len(name) == 1):
        return "" if function_key and modifiers == ["shift"] else "not every terminal tells of this key"
    return _KEPT.get(key, "")


def clashing(action: Action, key: str, actions: Iterable[Action], keys: Mapping[str, tuple[str, ...]]) -> Action | None:
    """Another action that has a key already, where both could be meant.

    Args:
        action: That is to have the key; its own one is always its own.
        key: In Textual's spelling.
        actions: All that there are.
        keys: That they have, by id.
    """
    if key in action.keys:
        return None
    for other in actions:
        together = other.place == action.place or EVERYWHERE in (other.place, action.place)
        if other.id != action.id and together and key in keys[other.id]:
            return other
    return None


@dataclass(frozen=True)
class Keymap:
    """The keys of all actions.

    Args:
        keys: By id of the action.
        chosen: The ids whose keys a person has chosen.
        problems: Why others do not have the keys that a person wants, by id.
    """

    keys: Mapping[str, tuple[str, ...]]
    chosen: frozenset[str]
    problems: Mapping[str, str]

    def for_textual(self) -> dict[str, str]:
        """The chosen keys as `App.set_keymap` takes them."""
        return {name: ",".join(self.keys[name]) for name in self.chosen}

    def told(self, wanted: Mapping[str, Setting]) -> list[str]:
        """A sentence for each problem, with its place.

        Args:
            wanted: What the keymap was made from.
        """
        return [f"{wanted[name].place}keys.{name}: {reason}." for name, reason in self.problems.items()]


def keymap(actions: Sequence[Action], wanted: Mapping[str, Setting]) -> Keymap:
    """Give actions the keys that a person wants; who cannot have them keeps those of before.

    Args:
        actions: All that there are.
        wanted: Keys by id of the action, separated by commas, as the section `[keys]` has them.
    """
    known = {action.id: action for action in actions}
    chosen: dict[str, tuple[str, ...]] = {}
    problems: dict[str, str] = {}
    for name, setting in wanted.items():
        keys, reason = _read(name, setting.value, known)
        if reason:
            problems[name] = reason
        else:
            chosen[name] = keys
    while clash := _clash(known, chosen):
        action, key, other = clash
        del chosen[action.id]
        problems[action.id] = (
            f"{key} is the key of {other.name} ({other.id}) already, so {action.name} keeps "
            f"{' and '.join(action.keys)}; choose another key for one of them"
        )
    keys_of_all = {name: chosen.get(name, action.keys) for name, action in known.items()}
    return Keymap(keys_of_all, frozenset(chosen), {name: problems[name] for name in wanted if name in problems})


def refusal(actions: Sequence[Action], wanted: Mapping[str, Setting], action: Action, key: str) -> str:
    """Why an action cannot be given another key, or an empty text.

    Args:
        actions: All that there are.
        wanted: The keys that a person has chosen so far.
        action: That is to have the key.
        key: In Textual's spelling; nothing to give it its own ones again.
    """
    others = {name: setting for name, setting in wanted.items() if name != action.id}
    after = keymap(actions, {**others, action.id: Setting(key, "this run")} if key else others).problems
    if action.id in after:
        return after[action.id]
    lost = after.keys() - keymap(actions, wanted).problems.keys()
    return f"{min(lost)} has that key now; give it another one first" if lost else ""


def _read(name: str, value: object, known: Mapping[str, Action]) -> tuple[tuple[str, ...], str]:
    """The keys of one entry, and what is wrong with it."""
    if isinstance(value, dict):
        inner = f"{name}.{next(iter(value), '')}"
        return (), f'put the whole id into quotes: "{inner}" = …'
    if name not in known:
        return (), f"there is no action of this id{meant(name, dict.fromkeys(known))}"
    if known[name].fixed:
        return (), FIXED
    if not isinstance(value, str) or not value.strip():
        return (), 'expected keys such as "f5" or "ctrl+o,f6"'
    keys = tuple(dict.fromkeys(map(normal, value.split(","))))
    return keys, next(filter(None, map(key_problem, keys)), "")


def _clash(known: Mapping[str, Action], chosen: dict[str, tuple[str, ...]]) -> tuple[Action, str, Action] | None:
    """A chosen key that belongs to another action; of two who want the same one, the second."""
    keys = {name: chosen.get(name, action.keys) for name, action in known.items()}
    for name in reversed(chosen):
        for key in keys[name]:
            other = clashing(known[name], key, known.values(), keys)
            if other is not None:
                return known[name], key, other
    return None


@cache
def _names() -> frozenset[str]:
    """What a key can be called, without what is held down beside it."""
    named = {key.value.rpartition("+")[2] for key in Keys if "<" not in key.value}
    return frozenset({*named, *"abcdefghijklmnopqrstuvwxyz0123456789"} - {"ctrl-at", ""})


@cache
def _usual() -> tuple[str, ...]:
    """Keys to propose for one that there is not."""
    return (*(f"f{number}" for number in range(1, 13)), *(f"ctrl+{letter}" for letter in "bfglnopqrstyz"))


@cache
def _keys_of(field: type[Input] | type[TextArea]) -> dict[str, str]:
    """What keys do in a field of Textual, but for undo and redo, which are actions of ours."""
    bindings = Binding.make_bindings(field.BINDINGS)
    return {one.key: one.description.lower() for one in bindings if one.action not in ("undo", "redo")}


@cache
def _taken_by_fields() -> dict[str, str]:
    everywhere = dict.fromkeys(("enter", "tab", "shift+tab", "up", "down", "pageup", "pagedown"), "they move with it")
    return _keys_of(TextArea) | _keys_of(Input) | everywhere
