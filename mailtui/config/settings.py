"""The configuration: a TOML file and the environment, checked strictly, each value with where it comes from.

    mail_handler = "work"

    [mail.work]
    handler = "eml"
    folder = "~/mails"

Source: https://docs.builtoncement.com/core-foundation/mail-messaging for the sections and names.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mailtui.config.preferences import Preferences
from mailtui.config.sources import (
    ConfigFile,
    Environment,
    Origin,
    Setting,
    config_path,
    meant,
    read_environment,
    read_file,
)
from mailtui.config.values import converted, parsed
from mailtui.mail.errors import InvalidOptions, MailError, UnknownHandler
from mailtui.mail.handlers import BUILT_IN, handler_class, handler_labels
from mailtui.mail.interface import MailHandler
from mailtui.mail.options import DeclaredOption, Secret

DEFAULT_HANDLER = "dummy"
_DEFAULT = Setting(DEFAULT_HANDLER, "default")
_NO_FILE, _NO_ENVIRONMENT = ConfigFile(), Environment()
_OF_OTHERS = 0o077  # of a file's mode


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Settings:
    """All that was configured. Frozen; a change makes another one.

    Args:
        path: Of the file, whether it is there or not.
        mail_handler: The name of the handler to use.
        sections: For each `[mail.NAME]` its values, by option.
        preferred: What a person prefers whatever the handler, by option of `Preferences`.
        keys: For each binding, by its id, the keys that it is to have.
        file: What the file says by itself.
        environment: What the environment says by itself.
    """

    path: str = ""
    mail_handler: Setting = _DEFAULT
    sections: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)
    preferred: Mapping[str, Setting] = field(default_factory=dict)
    keys: Mapping[str, Setting] = field(default_factory=dict)
    file: ConfigFile = _NO_FILE
    environment: Environment = _NO_ENVIRONMENT

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
        file = read_file(found) if chosen or os.path.lexists(found) else ConfigFile()
        environment = read_environment(environ, lambda: [*file.sections, *handler_labels()])
        return cls(
            path=found,
            mail_handler=environment.mail_handler or file.mail_handler or _DEFAULT,
            sections={
                name: {**file.sections.get(name, {}), **environment.sections.get(name, {})}
                for name in [*file.sections, *environment.sections]
            },
            preferred={**file.preferences, **environment.preferences},
            keys=file.keys,
            file=file,
            environment=environment,
        )

    @property
    def at_start(self) -> Setting:
        """The handler that the file, or without a word there mailtui itself, begins with."""
        return self.file.mail_handler or _DEFAULT

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
        if name not in self.sections and label not in BUILT_IN and label not in handler_labels():
            chosen = self.mail_handler if name == self.mail_handler.value else _DEFAULT
            raise UnknownHandler(
                f"{chosen.place}There is no handler called {name!r}; there are {', '.join(self.names())}."
            )
        try:
            return handler_class(label)
        except UnknownHandler as error:
            named = self.sections.get(name, {}).get("handler", _DEFAULT)
            section = f"[mail.{name}]: " if name in self.sections else ""
            raise UnknownHandler(f"{named.place}{section}{error}") from error

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
        section = self.sections.get(name, {})
        try:
            handler = handler_type(**self._values(handler_type, section))
        except InvalidOptions as error:
            places = {
                key: f" ({section[key].where})" for key in error.problems if key in section and section[key].where
            }
            problems = {key: reason + places.get(key, "") for key, reason in error.problems.items()}
            raise InvalidOptions(f"[mail.{name}]", problems) from error
        except Exception as error:  # what another package does there is not ours to foresee
            raise UnknownHandler(
                f"[mail.{name}]: the handler cannot be made: {type(error).__name__}: {error}"
            ) from error
        handler.name = name
        return handler

    def preferences(self, themes: Collection[str] = ()) -> Preferences:
        """What a person prefers whatever the handler.

        Args:
            themes: Names of those that there are; without them any name is taken.

        Raises:
            InvalidOptions: A value is wrong; its problem says where it was found.
        """
        options = Preferences.options()
        values, problems = {}, {}
        for key, setting in self.preferred.items():
            try:
                values[key] = value = converted(options[key], setting)
                if key == "theme" and themes and value not in themes:
                    raise ValueError(f"there is no theme called {value!r}{meant(value, dict.fromkeys(themes))}")
            except ValueError as error:
                problems[key] = f"{error} ({setting.where})" if setting.where else str(error)
        if problems:
            raise InvalidOptions("preferences", problems)
        return Preferences(**values)

    def without_preferences(self, names: Collection[str]) -> Settings:
        """The same settings with the defaults of some preferences.

        Args:
            names: Of those preferences.
        """
        return replace(self, preferred={key: value for key, value in self.preferred.items() if key not in names})

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

    def with_values(self, name: str, values: Mapping[str, Any]) -> Settings:
        """The same settings with other values for one handler, in this run.

        Args:
            name: Of a section, or a label.
            values: Options to change.
        """
        changed = {key: Setting(value, "this run") for key, value in values.items()}
        return replace(self, sections={**self.sections, name: {**self.sections.get(name, {}), **changed}})

    def with_typed(self, name: str, typed: Mapping[str, str | Secret]) -> Settings:
        """The same settings with what a person typed for one handler, in this run.

        Args:
            name: Of a section, or a label.
            typed: For options to change a text, or what is a secret already.

        Raises:
            UnknownHandler: There is none of that name.
            InvalidOptions: A text cannot be read as its option.
        """
        values = parsed(f"[mail.{name}]", self.handler_type(name).options(), typed)
        return self.with_values(name, values) if values else self

    def with_preferences(self, values: Mapping[str, Any]) -> Settings:
        """The same settings with other preferences, in this run.

        Args:
            values: Of `Preferences`, by option.
        """
        changed = {key: Setting(value, "this run") for key, value in values.items()}
        return replace(self, preferred={**self.preferred, **changed})

    def with_typed_preferences(self, typed: Mapping[str, str | Secret]) -> Settings:
        """The same settings with the preferences that a person typed, in this run.

        Args:
            typed: Texts by option.

        Raises:
            InvalidOptions: A text cannot be read as its option.
        """
        values = parsed("preferences", Preferences.options(), typed)
        return self.with_preferences(values) if values else self

    def with_keys(self, keys: Mapping[str, str]) -> Settings:
        """The same settings with other keys for some actions, in this run.

        Args:
            keys: For each binding, by its id, the keys that it is to have; none for its own ones.
        """
        chosen = {name: Setting(value, "this run") for name, value in keys.items() if value}
        return replace(self, keys={name: key for name, key in self.keys.items() if name not in keys} | chosen)

    def is_exposed(self, option: DeclaredOption, setting: Setting) -> bool:
        """Whether it is a secret from a file that others may read.

        Args:
            option: Of a handler.
            setting: Its value.
        """
        secret = option.type is Secret and bool(setting.value)
        return secret and setting.origin == "file" and bool(self.file.mode & _OF_OTHERS)

    def using(self, name: str, origin: Origin) -> Settings:
        """The same settings with another handler in use.

        Args:
            name: Of a section, or a label.
            origin: Who chose it.
        """
        return replace(self, mail_handler=Setting(name, origin))

    def _values(self, handler_type: type[MailHandler], section: Mapping[str, Setting]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for key, setting in section.items():
            if key == "handler":
                continue
            try:
                values[key] = self._value(handler_type, key, setting)
            except ValueError as error:
                problems[key] = str(error)
        if problems:
            raise InvalidOptions(handler_type.__name__, problems)
        return values

    def _value(self, handler_type: type[MailHandler], key: str, setting: Setting) -> object:
        option = handler_type.options().get(key)
        if option is None:
            raise ValueError(f"{handler_type.label} has no such option{meant(key, handler_type.options())}")
        value = converted(option, setting)
        if self.is_exposed(option, setting):
            raise ValueError(
                f"others may read the file that holds it, which has mode {self.file.mode:04o}; "
                f"make it yours alone and start again: chmod 600 {self.path}"
            )
        return value


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
