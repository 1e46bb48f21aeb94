"""Values of options as they were found, typed, or are to be edited."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mailtui.config.sources import Setting
from mailtui.mail.errors import InvalidOptions
from mailtui.mail.options import DeclaredOption, Secret


def text_of(option: DeclaredOption, setting: Setting | None) -> str:
    """A value for a person to edit, even when it is wrong.

    Args:
        option: As declared.
        setting: As found; None for the default.
    """
    if setting is None:
        return option.format(option.default)
    try:
        return option.format(converted(option, setting))
    except ValueError:
        return str(setting.value)


def parsed(where: str, options: Mapping[str, DeclaredOption], typed: Mapping[str, str | Secret]) -> dict[str, Any]:
    """What a person typed, read as the options want it.

    Args:
        where: For messages, whose options they are.
        options: By name.
        typed: By name of the option a text, or what is a secret already.

    Raises:
        InvalidOptions: A text cannot be read as its option.
    """
    values, problems = {}, {}
    for key, text in typed.items():
        try:
            value = options[key].parse(text) if isinstance(text, str) else text
            values[key] = text if isinstance(value, os.PathLike) else value  # so that ~ stays ~ in the file
        except ValueError as error:
            problems[key] = str(error)
    if problems:
        raise InvalidOptions(where, problems)
    return values


def converted(option: DeclaredOption, setting: Setting) -> Any:
    """A value as its owner keeps it.

    Args:
        option: As declared.
        setting: From the environment a text, from elsewhere of its type.

    Raises:
        ValueError: It is of another type or out of range.
    """
    return option.parse(setting.value) if setting.origin == "environment" else option.convert(setting.value)
