"""What a person changes: handlers added, copied, removed; all of it saved. Each change makes other settings."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace

from mailtui.config.file import change_file
from mailtui.config.names import is_name, shared_variable
from mailtui.config.settings import Settings
from mailtui.config.sources import ConfigFile, Setting, config_path, read_file
from mailtui.config.toml_text import KeyPath
from mailtui.mail.errors import InvalidSettings, MailError
from mailtui.mail.handlers import handler_class
from mailtui.mail.options import Secret


def name_problem(settings: Settings, name: str, label: str) -> str:
    """Why a new handler cannot have a name, or an empty text.

    Args:
        settings: With the handlers that there are.
        name: As typed.
        label: Of the new handler's class.
    """
    if not is_name(name):
        return "use a to z, 0 to 9 and -, beginning with a letter"
    if name in settings.names():
        return f"there is a handler called {name} already"
    for other in settings.names():
        if variable := shared_variable(name, _options(label), other, _options_of(settings, other)):
            return f"with {other} beside it, {variable} could mean either"
    return ""


def with_handler(settings: Settings, name: str, label: str) -> Settings:
    """One handler more, in this run.

    Args:
        settings: Without it.
        name: Of its section.
        label: Of its class.

    Raises:
        InvalidSettings: It cannot have this name.
    """
    if problem := name_problem(settings, name, label):
        raise InvalidSettings(f"{name!r} cannot name a new handler: {problem}.")
    return settings.with_values(name, {"handler": label})


def with_copy(settings: Settings, name: str, new: str) -> Settings:
    """A handler a second time, in this run; what the environment gave is used there too, but never saved.

    Args:
        settings: With the handler.
        name: Of the handler.
        new: Of the copy.

    Raises:
        InvalidSettings: The copy cannot have this name.
    """
    added = with_handler(settings, new, settings.label(name))
    options = settings.handler_type(name).options()
    copied = {
        key: setting if setting.origin == "environment" else Setting(setting.value, "this run")
        for key, setting in settings.sections.get(name, {}).items()
        if key != "handler" and not (key in options and settings.is_exposed(options[key], setting))
    }
    return replace(added, sections={**added.sections, new: {**added.sections[new], **copied}})


def without(settings: Settings, name: str) -> Settings:
    """One section less, in this run; a label keeps its handler, with the defaults.

    Args:
        settings: With the section.
        name: Of the section.
    """
    return replace(settings, sections={other: values for other, values in settings.sections.items() if other != name})


def saved(settings: Settings, name: str, *, at_start: bool = False) -> Settings:
    """What was changed about a handler in this run, written to the file, and nothing else.

    Args:
        settings: With the changes.
        name: Of the handler.
        at_start: Whether mailtui is to begin with this handler from now on.

    Returns:
        Settings in which these values come from the file.

    Raises:
        InvalidSettings: Nothing was saved.
    """
    path = settings.path or config_path()
    section = settings.sections.get(name, {})
    values: dict[KeyPath, object] = {("mail", name, key): _plain(value) for key, value in _of_this_run(section).items()}
    written = read_file(path).sections if os.path.exists(path) else {}
    label = settings.label(name)
    if values and label != name and "handler" not in {**written.get(name, {}), **_of_environment(section)}:
        values = {("mail", name, "handler"): label} | values
    put: dict[KeyPath, object] = {("mail_handler",): name, **values} if at_start else values
    if not put:
        return settings
    change_file(path, put)
    return _renewed(settings, path, name)


def saved_preferences(settings: Settings) -> Settings:
    """What was preferred otherwise in this run, written to the file, and nothing else.

    Args:
        settings: With the changes.

    Returns:
        Settings in which these preferences come from the file.

    Raises:
        InvalidSettings: Nothing was saved.
    """
    values: dict[KeyPath, object] = {(name,): _plain(value) for name, value in _of_this_run(settings.preferred).items()}
    if not values:
        return settings
    path = settings.path or config_path()
    change_file(path, values)
    return _renewed(settings, path, preferences=True)


def saved_keys(settings: Settings) -> Settings:
    """The keys that were chosen or given back in this run, written to the file, and nothing else.

    Args:
        settings: With the changes.

    Returns:
        Settings in which all chosen keys come from the file.

    Raises:
        InvalidSettings: Nothing was saved.
    """
    chosen = _of_this_run(settings.keys)
    values: dict[KeyPath, object] = {("keys", name): keys for name, keys in chosen.items()}
    given_back = settings.file.keys.keys() - settings.keys.keys()
    if not values and not given_back:
        return settings
    path = settings.path or config_path()
    written = read_file(path).keys if os.path.exists(path) else {}
    nothing_left = not values and written.keys() <= given_back
    change_file(path, values, [("keys",)] if nothing_left else [("keys", name) for name in given_back])
    return _renewed(settings, path, keys=True)


def removed(settings: Settings, name: str) -> Settings:
    """Without a section, in this run and in the file; a file that began with this handler begins with the default.

    Args:
        settings: With the section.
        name: Of the section.

    Raises:
        InvalidSettings: It is still in the file.
    """
    file = read_file(settings.path) if name in settings.file.sections else ConfigFile()
    if name not in file.sections:
        return without(settings, name)
    starts = file.mail_handler is not None and file.mail_handler.value == name
    change_file(settings.path, {}, [("mail", name), *([("mail_handler",)] if starts else [])])
    return _renewed(without(settings, name), settings.path, name)


def overruled(settings: Settings, name: str) -> list[str]:
    """The variables of the environment that go before what the file says of a handler, when mailtui starts again.

    Args:
        settings: As saved.
        name: Of the handler.
    """
    section = settings.sections.get(name, {})
    variables = settings.environment.sections.get(name, {})
    found = [variable.where for key, variable in variables.items() if key in section and section[key].origin == "file"]
    chosen = settings.environment.mail_handler
    return [*found, chosen.where] if chosen and settings.at_start.value == name != chosen.value else found


def overruled_preferences(settings: Settings) -> list[str]:
    """The variables of the environment that go before the preferences in the file, when mailtui starts again.

    Args:
        settings: As saved.
    """
    variables = settings.environment.preferences
    return [variable.where for name, variable in variables.items() if settings.preferred[name].origin == "file"]


def _renewed(
    settings: Settings, path: str, name: str = "", *, preferences: bool = False, keys: bool = False
) -> Settings:
    """With the file as it is now; what was saved of this run is the file's, what comes from elsewhere stays."""
    file = read_file(path)
    others = {
        other: {
            key: setting
            for key, setting in section.items()
            if setting.origin != "file" and (other, setting.origin) != (name, "this run")
        }
        for other, section in settings.sections.items()
    }
    taken_out = settings.file.sections.keys() - settings.sections.keys()
    names = [*file.sections, *(other for other, values in others.items() if values and other not in file.sections)]
    sections = {
        other: {**file.sections.get(other, {}), **others.get(other, {})} for other in names if other not in taken_out
    }
    return replace(
        settings,
        path=path,
        file=file,
        sections=sections,
        preferred={**file.preferences, **_beside(settings.preferred, saved=preferences)},
        keys={**file.keys, **_beside(settings.keys, saved=keys)},
    )


def _beside(found: Mapping[str, Setting], *, saved: bool) -> dict[str, Setting]:
    """What does not come from the file, also not since a moment ago."""
    from_file = ("file", "this run") if saved else ("file",)
    return {key: setting for key, setting in found.items() if setting.origin not in from_file}


def _of_this_run(found: Mapping[str, Setting]) -> dict[str, object]:
    return {key: setting.value for key, setting in found.items() if setting.origin == "this run"}


def _of_environment(section: Mapping[str, Setting]) -> dict[str, Setting]:
    return {key: setting for key, setting in section.items() if setting.origin == "environment"}


def _plain(value: object) -> object:
    """A value as TOML has it."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, tuple):
        return list(value)
    return "" if value is None else value


def _options(label: str) -> Collection[str]:
    try:
        return [*handler_class(label).options(), "handler"]
    except MailError:
        return ["handler"]


def _options_of(settings: Settings, name: str) -> Collection[str]:
    try:
        return _options(settings.label(name))
    except MailError:
        return ["handler"]
