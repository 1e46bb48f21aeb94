"""Preferences and keys: read, changed in a run, saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui.config.changes import overruled_preferences, saved, saved_keys, saved_preferences
from mailtui.config.settings import Settings
from mailtui.mail.errors import InvalidOptions, InvalidSettings

Load = Callable[..., Settings]

FILE = """\
# Mine
theme = "nord"  # blue

[keys]
# as in mutt
send = "f5"  # y
new = "ctrl+g"

[mail.work]
handler = "eml"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def load(path: Path) -> Load:
    def make(text: str = FILE, **environ: str) -> Settings:
        path.write_text(text)
        return Settings.load(path, environ=environ)

    return make


def test_preferences_are_saved_where_they_stand_and_nothing_else_is(load: Load, path: Path) -> None:
    settings = load(MAILTUI_SIGNATURE="~/env", MAILTUI_REMEMBER_RECIPIENTS="no")
    changed = settings.with_typed_preferences({"theme": "dracula", "address_book_command": "khard email %s"})
    kept = saved_preferences(changed.with_keys({"preview": "f6"}).with_values("work", {"subject": "no"}))
    assert path.read_text() == FILE.replace(
        'theme = "nord"  # blue\n',
        'theme = "dracula"  # blue\naddress_book_command = ["khard", "email", "%s"]\n',
    )
    assert {name: found.origin for name, found in kept.preferred.items()} == {
        "theme": "file",
        "address_book_command": "file",
        "signature": "environment",
        "remember_recipients": "environment",
    }
    assert (kept.keys["preview"].origin, kept.keys["send"].origin) == ("this run", "file")
    assert kept.sections["work"]["subject"].origin == "this run"
    assert overruled_preferences(kept) == []
    assert saved_preferences(kept) is kept


def test_a_saved_preference_holds_in_this_run_before_a_variable_that_is_told(load: Load, path: Path) -> None:
    kept = saved_preferences(load("", MAILTUI_THEME="nord").with_typed_preferences({"theme": "dracula"}))
    assert path.read_text() == 'theme = "dracula"\n'
    assert kept.preferences().theme == "dracula"
    assert overruled_preferences(kept) == ["MAILTUI_THEME"]
    assert Settings.load(path, environ={"MAILTUI_THEME": "nord"}).preferences().theme == "nord"


def test_keys_are_saved_given_back_and_read_again(load: Load, path: Path) -> None:
    changed = load().with_keys({"send": "", "new": "f5", "settings.use": "f6"})
    assert {name: found.value for name, found in changed.keys.items()} == {"new": "f5", "settings.use": "f6"}
    kept = saved_keys(changed.with_preferences({"theme": "dracula"}))
    text = FILE.replace('send = "f5"  # y\n', "").replace('"ctrl+g"\n', '"f5"\n"settings.use" = "f6"\n')
    assert path.read_text() == text
    assert {name: (found.value, found.origin) for name, found in kept.keys.items()} == {
        "new": ("f5", "file"),
        "settings.use": ("f6", "file"),
    }
    assert kept.preferred["theme"].origin == "this run"
    assert saved_keys(kept) is kept


def test_the_section_for_keys_comes_and_goes_and_leaves_no_trace(load: Load, path: Path) -> None:
    text = '# Mine\n[mail.work]\nhandler = "eml"\n'
    kept = saved_keys(load(text).with_keys({"send": "f5,ctrl+g"}))
    assert path.read_text() == text + '\n[keys]\nsend = "f5,ctrl+g"\n'
    saved_keys(kept.with_keys({"send": ""}))
    assert path.read_text() == text


def test_keys_that_an_editor_has_added_meanwhile_stay(load: Load, path: Path) -> None:
    settings = load('[keys]\nsend = "f5"\n')
    path.write_text('[keys]\nsend = "f5"\nnew = "f6"\n')
    kept = saved_keys(settings.with_keys({"send": ""}))
    assert path.read_text() == '[keys]\nnew = "f6"\n'
    assert kept.keys["new"].value == "f6"


@pytest.mark.parametrize("text", ['keys = { send = "f5" }\n', 'keys.send = "f5"\n', '[keys]\n"send" = "f5"\n'])
def test_keys_in_any_spelling_of_the_file_can_be_changed(load: Load, path: Path, text: str) -> None:
    kept = saved_keys(load(text).with_keys({"send": "f6"}))
    assert path.read_text() == text.replace("f5", "f6")
    saved_keys(kept.with_keys({"send": ""}))
    assert Settings.load(path, environ={}).keys == {}


def test_a_handler_that_is_saved_brings_what_the_file_says_now(load: Load, path: Path) -> None:
    settings = load().with_values("work", {"subject": "Hi"})
    path.write_text(FILE.replace("nord", "monokai").replace('"f5"', '"f7"'))
    kept = saved(settings, "work")
    assert (kept.preferences().theme, kept.keys["send"].value) == ("monokai", "f7")


def test_a_theme_that_there_is_not_is_told_with_its_place(load: Load, path: Path) -> None:
    with pytest.raises(InvalidOptions) as caught:
        load(FILE.replace('"nord"', '"norf"')).preferences(["nord", "dracula"])
    reason = f"there is no theme called 'norf'; did you mean nord? ({path}, line 2)"
    assert caught.value.problems == {"theme": reason}
    with pytest.raises(InvalidOptions, match="true or false"):
        load().with_typed_preferences({"remember_recipients": "perhaps"})


def test_nothing_is_saved_into_a_file_that_is_broken(load: Load, path: Path) -> None:
    settings = load().with_keys({"send": "f6"}).with_preferences({"theme": "dracula"})
    path.write_text("theme = ")
    for save in (saved_keys, saved_preferences):
        with pytest.raises(InvalidSettings):
            save(settings)
    assert path.read_text() == "theme = "
