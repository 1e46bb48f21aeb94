"""What the settings say about saving and removing handlers, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.config.changes import overruled, overruled_preferences
from mailtui.config.settings import DEFAULT_HANDLER, Settings
from mailtui.mail.handlers import handler_labels
from mailtui.tui.files import with_tilde


def saved_text(settings: Settings, name: str) -> str:
    """Where it was saved, and what still goes before it.

    Args:
        settings: As saved.
        name: Of the handler.
    """
    return _saved_text(settings.path, overruled(settings, name))


def saved_preferences_text(settings: Settings) -> str:
    """The same for preferences.

    Args:
        settings: As saved.
    """
    return _saved_text(settings.path, overruled_preferences(settings))


def _saved_text(path: str, variables: Sequence[str]) -> str:
    goes = "go" if len(variables) > 1 else "goes"
    note = f"\nThe next time, {', '.join(variables)} of the environment {goes} before it." if variables else ""
    return f"Saved to {with_tilde(path)}{note}"


def not_removable(settings: Settings, name: str, *, in_use: bool) -> str:
    """Why a handler cannot be removed, or an empty text.

    Args:
        settings: With the handler.
        name: Of the handler.
        in_use: Whether it is the one in use.
    """
    from_elsewhere = all(setting.origin == "environment" for setting in settings.sections.get(name, {}).values())
    if from_elsewhere and name not in settings.file.sections:
        return f"{name} comes with mailtui: it has no section that could be removed."
    return f"{name} is in use: use another handler first, then remove it." if in_use else ""


def removal_text(settings: Settings, name: str) -> str:
    """What removing a handler means.

    Args:
        settings: With the handler.
        name: Of the handler.
    """
    stays = name in handler_labels()
    lines = ["It is in no file yet; it goes at once."]
    if name in settings.file.sections:
        lines = [f"The section [mail.{name}] is taken out of {with_tilde(settings.path)} at once."]
        if settings.at_start.value == name:
            lines.append(f"mailtui then starts with {DEFAULT_HANDLER}.")
    variables = [setting.where for setting in settings.environment.sections.get(name, {}).values()]
    if variables and not stays:
        lines.append(f"Unset {', '.join(variables)}, too: mailtui will not start with variables that set nothing.")
    if stays:
        lines.append(f"{name} itself stays, with its defaults.")
    return "\n".join(lines)
