"""The configuration: a TOML file and the environment, checked strictly, each value with where it comes from.

    mail_handler = "work"

    [mail.work]
    handler = "eml"
    folder = "~/mails"

Source: https://docs.builtoncement.com/core-foundation/mail-messaging for the sections and names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from mailtui.mail.errors import InvalidOptions, InvalidSettings, MailError, UnknownHandler
from mailtui.mail.handlers import BUILT_IN, handler_class, handler_labels
from mailtui.mail.interface import MailHandler
from mailtui.mail.options import DeclaredOption

Origin = Literal["default", "file", "environment", "command line", "this run"]

DEFAULT_HANDLER = "dummy"
_TOP_LEVEL = ("mail_handler", "mail")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Setting(NamedTuple):
    """One value as it was found.

    Args:
        value: From TOML a value, from the environment a text, in this run what the handler takes.
        origin: Which of the sources it comes from.
        where: That source, for messages: `config.toml, line 3`, `MAILTUI_MAIL_WORK_PORT`.
    """

    value: Any
    origin: Origin
    where: str = ""


_DEFAULT = Setting(DEFAULT_HANDLER, "default")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Settings:
    """All that was configured. Frozen; a change makes another one.

    Args:
        path: Of the file, whether it is there or not.
        mail_handler: The name of the handler to use.
        sections: For each `[mail.NAME]` its values, by option.
    """

    path: str = ""
    mail_handler: Setting = _DEFAULT
    sections: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the file and the environment.

        Args:
            path: Of the file; it must be there. Default: `$MAILTUI_CONFIG`, else `config_path()` if that is there.
            environ: Variables to use.

        Raises:
            InvalidSettings: The file cannot be read, or holds something unknown outside a handler's section.
        """
        chosen = os.fspath(path) if path is not None else environ.get("MAILTUI_CONFIG", "")
        found = os.path.expanduser(chosen) if chosen else config_path(environ)
        settings = cls(path=found)
        if chosen or os.path.exists(found):
            settings = _with_file(settings)
        return _with_environment(settings, environ)

    def names(self) -> list[str]:
        """The names of all handlers: those configured, in the file's order, and every label that is not among them."""
        return [*self.sections, *(label for label in handler_labels() if label not in self.sections)]

    def label(self, name: str) -> str:
        """The label of the class that a named handler has: its `handler`, else the name itself.

        Args:
            name: Of a section.

        Raises:
            InvalidOptions: `handler` is not a text.
        """
        setting = self.sections.get(name, {}).get("handler", Setting(name, "default"))
        if not isinstance(setting.value, str):
            raise InvalidOptions(f"[mail.{name}]", {"handler": f"expected a text ({setting.where})"})
        return setting.value

    def handler_type(self, name: str) -> type[MailHandler]:
        """The class of a named handler.

        Args:
            name: Of a section, or a label.

        Raises:
            UnknownHandler: There is no such section or label.
            InvalidOptions: `handler` is not a text.
        """
        label = self.label(name)
        try:
            return handler_class(label)
        except UnknownHandler as error:
            if name in self.sections:
                raise UnknownHandler(f"[mail.{name}]: {error}") from error
            raise UnknownHandler(f"There is no handler called {name!r}; there are {', '.join(self.names())}.") from None

    def handler(self, name: str | None = None) -> MailHandler:
        """Make a handler from its section.

        Args:
            name: Of a section, or a label. Default: the configured handler.

        Raises:
            UnknownHandler: There is none of that name.
            InvalidOptions: An option of its section is unknown or wrong.
        """
        name = self.mail_handler.value if name is None else name
        handler_type = self.handler_type(name)
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for key, setting in self.sections.get(name, {}).items():
            if key == "handler":
                continue
            option = handler_type.options().get(key)
            try:
                if option is None:
                    raise ValueError(f"{handler_type.label} has no such option{_meant(key, handler_type.options())}")
                values[key] = (
                    option.parse(setting.value) if setting.origin == "environment" else option.convert(setting.value)
                )
            except ValueError as error:
                problems[key] = f"{error} ({setting.where})" if setting.where else str(error)
        if problems:
            raise InvalidOptions(f"[mail.{name}]", problems)
        handler = handler_type(**values)
        handler.name = name
        return handler

    def problem(self, name: str) -> str:
        """Why a handler cannot be used, or an empty text.

        Args:
            name: Of a section, or a label.
        """
        try:
            self.handler(name)
        except MailError as error:
            return str(error)
        return ""

    def origin(self, name: str, option: str) -> Origin:
        """Where the value of a handler's option comes from.

        Args:
            name: Of a section, or a label.
            option: Of its handler.
        """
        setting = self.sections.get(name, {}).get(option)
        return setting.origin if setting else "default"

    def text(self, name: str, option: DeclaredOption) -> str:
        """The value of an option for a person to edit, even when it is wrong.

        Args:
            name: Of a section, or a label.
            option: Of its handler.
        """
        setting = self.sections.get(name, {}).get(option.name)
        if setting is None:
            return option.format(option.default)
        if setting.origin == "environment":
            return str(setting.value)
        try:
            return option.format(option.convert(setting.value))
        except ValueError:
            return str(setting.value)

    def with_values(self, name: str, values: Mapping[str, Any]) -> Settings:
        """The same settings with other values for one handler, in this run.

        Args:
            name: Of a section, or a label.
            values: Options to change.
        """
        changed = {key: Setting(value, "this run") for key, value in values.items()}
        return replace(self, sections={**self.sections, name: {**self.sections.get(name, {}), **changed}})

    def using(self, name: str, origin: Origin) -> Settings:
        """The same settings with another handler in use.

        Args:
            name: Of a section, or a label.
            origin: Who chose it.
        """
        return replace(self, mail_handler=Setting(name, origin))


def open_mail(mail_handler: str | None = None, settings: Settings | None = None) -> MailHandler:
    """The handler that is configured, or the one named: `open_mail().send("Hello", to=["ann@example.com"])`.

    Args:
        mail_handler: A section of the configuration, or a label such as `dummy`.
        settings: Default: the configuration file and the environment.

    Raises:
        UnknownHandler: There is none of that name.
        InvalidOptions: Its section is wrong.
        InvalidSettings: The configuration cannot be read.
    """
    return (Settings.load() if settings is None else settings).handler(mail_handler)


def config_path(environ: Mapping[str, str] = os.environ) -> str:
    """Where the configuration file is looked for, on Linux and macOS alike.

    Args:
        environ: Variables to use.

    Source: XDG Base Directory Specification.
    """
    # platformdirs says the same, but takes longer to import than the dummy to run.
    base = environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.config"), "mailtui", "config.toml")


def _with_file(settings: Settings) -> Settings:
    text, table = _read_toml(settings.path)

    def where(section: str, key: str) -> str:
        line = _line_of(text, section, key)
        return f"{settings.path}, line {line}" if line else settings.path

    for key in table:
        if key not in _TOP_LEVEL:
            raise InvalidSettings(f"{where('', key)}: unknown key {key!r}{_meant(key, _TOP_LEVEL)}")
    name, mail = table.get("mail_handler", DEFAULT_HANDLER), table.get("mail", {})
    if not isinstance(name, str):
        raise InvalidSettings(
            f"{where('', 'mail_handler')}: mail_handler: expected the name of a handler, not {name!r}"
        )
    if not isinstance(mail, dict):
        raise InvalidSettings(f"{where('', 'mail')}: mail: expected sections such as [mail.dummy], not {mail!r}")
    for section, values in mail.items():
        if not isinstance(values, dict):
            raise InvalidSettings(f"{where('mail', section)}: expected a section [mail.NAME], not mail.{section}")
        if not _NAME.fullmatch(section):
            raise InvalidSettings(
                f"{where(f'mail.{section}', '')}: {section!r} cannot name a handler; "
                "use a to z, 0 to 9 and -, beginning with a letter"
            )
    sections = {
        section: {key: Setting(value, "file", where(f"mail.{section}", key)) for key, value in values.items()}
        for section, values in mail.items()
    }
    if "mail_handler" in table:
        settings = replace(settings, mail_handler=Setting(name, "file", where("", "mail_handler")))
    return replace(settings, sections=sections)


def _read_toml(path: str) -> tuple[str, dict[str, Any]]:
    import tomllib  # many run without a file

    try:
        with open(path, "rb") as file:
            text = file.read().decode()
        return text, tomllib.loads(text)
    except OSError as error:
        raise InvalidSettings(f"{path}: {error.strerror}. Check --config and MAILTUI_CONFIG.") from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(f"{path}: {error}") from error


def _with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    sections = {name: dict(values) for name, values in settings.sections.items()}
    for variable in sorted(environ):
        if not variable.startswith("MAILTUI_") or variable == "MAILTUI_CONFIG":
            continue
        if variable == "MAILTUI_MAIL_HANDLER":
            handler = Setting(environ[variable], "environment", variable)
            settings = replace(settings, mail_handler=handler)
            continue
        name, option = _variable_parts(variable, settings)
        sections.setdefault(name, {})[option] = Setting(environ[variable], "environment", variable)
    return replace(settings, sections=sections)


def _variable_parts(variable: str, settings: Settings) -> tuple[str, str]:
    """The handler and the option that a variable sets."""
    # Installed handlers are looked up last, for that is slow.
    name = _named_in(variable, [*settings.sections, *BUILT_IN]) or _named_in(variable, settings.names())
    if name is None:
        raise InvalidSettings(
            f"{variable}: this variable sets nothing; there are MAILTUI_CONFIG, MAILTUI_MAIL_HANDLER and "
            f"MAILTUI_MAIL_<NAME>_<OPTION> with one of the names {', '.join(settings.names())}"
        )
    return name, variable.removeprefix(_variable_prefix(name)).lower()


def _named_in(variable: str, names: list[str]) -> str | None:
    return max((name for name in names if variable.startswith(_variable_prefix(name))), key=len, default=None)


def _variable_prefix(name: str) -> str:
    return f"MAILTUI_MAIL_{name.upper().replace('-', '_')}_"


def _line_of(text: str, section: str, key: str) -> int | None:
    """The line of a key in TOML text; parsers do not tell."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            current = header[1].replace('"', "").replace("'", "")
            if (not key and current == section) or (not section and current.partition(".")[0] == key):
                return number
        elif key and current == section and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""", line):
            return number
    return None


def _meant(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    from difflib import get_close_matches  # for messages only

    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
