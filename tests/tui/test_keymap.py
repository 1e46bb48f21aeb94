"""Which keys an action can have."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import mailtui.tui
from mailtui import MailtuiApp
from mailtui.config.sources import Setting
from mailtui.tui.actions import all_actions
from mailtui.tui.keymap import key_caution, key_problem, keymap, normal, refusal

ACTIONS = all_actions(MailtuiApp)
KNOWN = {action.id: action for action in ACTIONS}


def chosen(**keys: object) -> dict[str, Setting]:
    """The section `[keys]` as it was read; `_` stands for the dot of an id."""
    return {name.replace("_", "."): Setting(value, "file", "config.toml, line 2") for name, value in keys.items()}


def problem(**keys: object) -> str:
    """The one problem that there is."""
    wanted = chosen(**keys)
    (told,) = keymap(ACTIONS, wanted).told(wanted)
    return told


def test_every_binding_with_an_id_is_among_the_actions() -> None:
    for module in pkgutil.walk_packages(mailtui.tui.__path__, "mailtui.tui."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, DOMNode) and kind.__module__.startswith("mailtui."):
                for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
                    assert not binding.id or binding.id in KNOWN, f"{kind.__name__}: {binding.id}"
    assert len(KNOWN) == len(ACTIONS)


def test_chosen_keys_take_the_place_of_the_own_ones() -> None:
    keys = keymap(ACTIONS, chosen(send="f12", new="Ctrl+G , F9"))
    assert keys.for_textual() == {"send": "f12", "new": "ctrl+g,f9"}
    assert (keys.keys["send"], keys.keys["settings.back"]) == (("f12",), ("escape", "f2"))
    assert keys.problems == {}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"sned": "f12"}, "keys.sned: there is no action of this id; did you mean send?."),
        ({"send": "f55"}, "keys.send: there is no key called 'f55'; did you mean f5?."),
        ({"send": 5}, 'keys.send: expected keys such as "f5" or "ctrl+o,f6".'),
        ({"send": " "}, 'keys.send: expected keys such as "f5" or "ctrl+o,f6".'),
        ({"settings": {"use": "f12"}}, 'keys.settings: put the whole id into quotes: "settings.use" = ….'),
        ({"review_send": "f12"}, "the keys of questions are fixed"),
        ({"send": "f12,s"}, "s is typed into the letter"),
        ({"send": "f2"}, "f2 is the key of Settings (settings) already, so Send keeps ctrl+s;"),
        ({"send": "f1"}, "f1 is the key of Help (help) already"),
        ({"help": "f9"}, "f9 is the key of Check (settings.check) already, so Help keeps f1;"),
        ({"send": "f12", "preview": "f12"}, "keys.preview: f12 is the key of Send (send) already"),
    ],
)
def test_what_cannot_be_had_is_told_with_its_place(wanted: dict[str, object], reason: str) -> None:
    told = problem(**wanted)
    assert told.startswith("config.toml, line 2: keys.")
    assert reason in told


def test_keys_clash_only_where_both_can_be_meant() -> None:
    assert keymap(ACTIONS, chosen(send="f2", settings="ctrl+s")).problems == {}  # they change places
    assert keymap(ACTIONS, chosen(send="f9", settings_copy="f4,ctrl+t")).problems.keys() == {"settings.copy"}
    assert keymap(ACTIONS, chosen(new="f9", help="f1")).problems == {}  # f9 checks on another screen; f1 is its own
    # Settings may not leave f2, so send may not have it.
    keys = keymap(ACTIONS, chosen(send="f2", settings="x"))
    assert keys.problems.keys() == {"send", "settings"}
    assert keys.keys["settings"] == ("f2",)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("a", "typed"), ("?", "typed"), ("space", "typed"), ("alt+x", "typed"), ("shift+a", "typed"),
        ("minus", "typed"), ("latin_small_letter_e_with_acute", "typed"),
        ("ctrl+h", "for backspace"), ("ctrl+i", "for tab"), ("ctrl+j", "for a line end"), ("ctrl+m", "for enter"),
        ("enter", "fields need"), ("tab", "fields need"), ("shift+tab", "fields need"), ("up", "fields need"),
        *((f"ctrl+{letter}", "fields need") for letter in "acdekuvwx"),
        ("f6", "fields need"), ("f7", "fields need"), ("backspace", "fields need"), ("", "no key"),
        ("f0", "no key"), ("ctrl+oo", "no key"),
        ("super+win+a", "no key"),
    ],
)  # fmt: skip
def test_keys_that_are_needed_or_confused_are_refused(key: str, reason: str) -> None:
    assert reason in key_problem(key)


@pytest.mark.parametrize(
    ("key", "doubt"),
    [
        *((key, "") for key in ("f5", "f12", "ctrl+o", "ctrl+g", "ctrl+y", "ctrl+z", "escape")),
        ("ctrl+b", "tmux"), ("f11", "terminals"), ("ctrl+shift+s", "not every terminal"),
        ("alt+f5", "not every terminal"),
    ],
)  # fmt: skip
def test_keys_that_may_do_nothing_somewhere_can_be_had_and_are_told(key: str, doubt: str) -> None:
    assert key_problem(key) == ""
    assert doubt in key_caution(key)
    assert bool(key_caution(key)) == bool(doubt)


def test_keys_are_read_as_people_write_them() -> None:
    assert [normal(key) for key in ("F5", "Ctrl + O", "shift+ctrl+S", "esc")] == [
        "f5",
        "ctrl+o",
        "ctrl+shift+s",
        "escape",
    ]


def test_a_key_is_refused_before_anybody_has_it() -> None:
    send, new = KNOWN["send"], KNOWN["new"]
    assert refusal(ACTIONS, {}, send, "f12") == ""
    assert refusal(ACTIONS, {}, send, "ctrl+s") == ""
    assert refusal(ACTIONS, {}, send, "f2").startswith("f2 is the key of Settings")
    wanted = chosen(send="f12", new="ctrl+s")
    assert refusal(ACTIONS, wanted, send, "") == "new has that key now; give it another one first"
    assert refusal(ACTIONS, wanted, new, "") == ""
    assert refusal([replace(send, fixed=True)], {}, send, "f12")
