"""What the form for options shows: of a handler, or of a person's preferences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from mailtui.config.preferences import Preferences
from mailtui.config.settings import Settings
from mailtui.config.sources import Setting
from mailtui.config.values import text_of
from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.options import DeclaredOption, Secret


@dataclass(frozen=True)
class OptionValue:
    """One option with its value.

    Args:
        option: As it is declared.
        text: Its value, as the option formats it; of a secret nothing.
        origin: Where the value comes from.
        is_set: Whether it has a value that is not empty.
    """

    option: DeclaredOption
    text: str
    origin: str
    is_set: bool

    @classmethod
    def of(cls, option: DeclaredOption, setting: Setting | None) -> OptionValue:
        """An option, even if its value is wrong.

        Args:
            option: As it is declared.
            setting: Its value; None for the default.
        """
        text = "" if option.type is Secret else text_of(option, setting)
        is_set = bool(option.default if setting is None else setting.value)
        return cls(option, text, setting.origin if setting else "default", is_set)


@dataclass(frozen=True)
class OptionSheet:
    """Options that belong together.

    Args:
        about: What they are for.
        problem: Why they cannot be used, or an empty text.
        values: In the order of the form.
    """

    about: str = ""
    problem: str = ""
    values: tuple[OptionValue, ...] = ()


def handler_sheet(settings: Settings, name: str) -> OptionSheet:
    """The options of a handler, its own ones first.

    Args:
        settings: With the handler.
        name: Of the handler.
    """
    try:
        handler_type = settings.handler_type(name)
    except MailError:
        return OptionSheet(problem=settings.problem(name))
    options, inherited = handler_type.options(), MailHandler.options()
    own = [option for key, option in options.items() if key not in inherited]
    section = settings.sections.get(name, {})
    values = (OptionValue.of(one, section.get(one.name)) for one in (*own, *(options[key] for key in inherited)))
    return OptionSheet(handler_type.about(), settings.problem(name), tuple(values))


def preferences_sheet(settings: Settings, themes: Collection[str]) -> OptionSheet:
    """The preferences.

    Args:
        settings: With them.
        themes: Names of those that there are.
    """
    values = []
    for name, declared in Preferences.options().items():
        option = replace(declared, type=Literal, choices=tuple(themes)) if name == "theme" else declared
        values.append(OptionValue.of(option, settings.preferred.get(name)))
    try:
        settings.preferences(themes)
    except InvalidOptions as error:
        return OptionSheet(problem=str(error), values=tuple(values))
    return OptionSheet(values=tuple(values))
