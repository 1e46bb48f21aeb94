"""Where the configuration is read from: a TOML file, then the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from stat import S_IMODE
from typing import Any, Literal, NamedTuple

from mailtui.config.names import is_name, variable_prefix
from mailtui.config.preferences import Preferences
from mailtui.mail.errors import InvalidSettings

Origin = Literal["default", "file", "environment", "command line", "this run"]
Sections = dict[str, dict[str, "Setting"]]

_TOP_LEVEL = ("mail_handler", *Preferences.options(), "keys", "mail")
_PREFERENCE_OF = {f"MAILTUI_{name.upper()}": name for name in Preferences.options()}
_MANY = 20  # words that nobody reads in a message
_OWN_VARIABLES = ("MAILTUI_CONFIG", "MAILTUI_MAIL_HANDLER", *_PREFERENCE_OF)


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

    @property
    def place(self) -> str:
        """Where it was found, to begin a message with: `config.toml, line 3: `, or nothing."""
        return f"{self.where}: " if self.where else ""

    def __repr__(self) -> str:
        """Without the value, which may be a secret."""
        return f"Setting({self.origin!r}, {self.where!r})"


class ConfigFile(NamedTuple):
    """What a configuration file says.

    Args:
        mail_handler: The handler to use.
        sections: For each `[mail.NAME]` its values, by option.
        mode: Who may do what with the file (POSIX); 0 where that is not known.
        preferences: What a person prefers whatever the handler, by option of `Preferences`.
        keys: For each binding, by its id, the keys that it is to have.
    """

    mail_handler: Setting | None = None
    sections: Mapping[str, Mapping[str, Setting]] = {}
    mode: int = 0
    preferences: Mapping[str, Setting] = {}
    keys: Mapping[str, Setting] = {}


class Environment(NamedTuple):
    """What the environment says.

    Args:
        mail_handler: The handler to use.
        sections: For each handler the options that are set, by name.
        preferences: What a person prefers whatever the handler, by option of `Preferences`.
    """

    mail_handler: Setting | None = None
    sections: Mapping[str, Mapping[str, Setting]] = {}
    preferences: Mapping[str, Setting] = {}


def config_path(environ: Mapping[str, str] = os.environ) -> str:
    """Where the configuration file is looked for, on Linux and macOS alike.

    Args:
        environ: Variables to use.

    Source: XDG Base Directory Specification.
    """
    # platformdirs says the same, but takes longer to import than the dummy to run.
    base = environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.config"), "mailtui", "config.toml")


def read_file(path: str) -> ConfigFile:
    """What a file says, checked outside the sections of handlers.

    Args:
        path: Of a TOML file.

    Raises:
        InvalidSettings: It cannot be read, or holds something unknown outside a handler's section.
    """
    text, table, mode = _read_toml(path)

    def where(section: str, key: str) -> str:
        line = _line_of(text, section, key) or _line_of(text, f"{section}.{key}", "")
        return f"{path}, line {line}" if line else path

    for key in table:
        if key not in _TOP_LEVEL:
            raise InvalidSettings(f"{where('', key)}: unknown key {key!r}{meant(key, _TOP_LEVEL)}")
    name, mail, keys = table.get("mail_handler"), table.get("mail", {}), table.get("keys", {})
    if not isinstance(name, str | None):
        raise InvalidSettings(
            f"{where('', 'mail_handler')}: mail_handler: expected the name of a handler, not {name!r}"
        )
    if not isinstance(mail, dict):
        raise InvalidSettings(f"{where('', 'mail')}: mail: expected sections such as [mail.dummy]")
    if not isinstance(keys, dict):
        raise InvalidSettings(f"{where('', 'keys')}: keys: expected a section [keys]")
    for section, values in mail.items():
        if not isinstance(values, dict):
            raise InvalidSettings(f"{where('mail', section)}: expected a section [mail.NAME], not mail.{section}")
        if not is_name(section):
            raise InvalidSettings(
                f"{where(f'mail.{section}', '')}: {section!r} cannot name a handler; "
                "use a to z, 0 to 9 and -, beginning with a letter"
            )
    return ConfigFile(
        None if name is None else Setting(name, "file", where("", "mail_handler")),
        {
            section: {key: Setting(value, "file", where(f"mail.{section}", key)) for key, value in values.items()}
            for section, values in mail.items()
        },
        mode,
        {key: Setting(table[key], "file", where("", key)) for key in Preferences.options() if key in table},
        {key: Setting(value, "file", where("keys", key)) for key, value in keys.items()},
    )


def read_environment(environ: Mapping[str, str], names: Callable[[], list[str]]) -> Environment:
    """The handler that the environment says to use, and the options and preferences that it sets.

    Args:
        environ: Variables to use.
        names: Gives the names of all handlers; called only if an option is set, for it looks for installed ones.

    Raises:
        InvalidSettings: A variable sets nothing.
    """
    ours = (name for name in sorted(environ) if name.startswith("MAILTUI_"))
    variables = {name: Setting(environ[name], "environment", name) for name in ours}
    handler = variables.get("MAILTUI_MAIL_HANDLER")
    others = [name for name in variables if name not in _OWN_VARIABLES]
    known = names() if others else []
    sections: Sections = {}
    for variable in others:
        fitting = [name for name in known if variable.startswith(variable_prefix(name))]
        if not fitting:
            raise InvalidSettings(
                f"{variable}: this variable sets nothing; there are {', '.join(_OWN_VARIABLES)} and "
                f"MAILTUI_MAIL_<NAME>_<OPTION> with one of the names {', '.join(known)}"
            )
        name = max(fitting, key=len)
        sections.setdefault(name, {})[variable.removeprefix(variable_prefix(name)).lower()] = variables[variable]
    preferences = {name: variables[variable] for variable, name in _PREFERENCE_OF.items() if variable in variables}
    return Environment(handler, sections, preferences)


def meant(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """What was probably meant by an unknown word, or all that is known, to end a message with.

    Args:
        word: As found.
        known: Words that would have been right.
    """
    from difflib import get_close_matches  # for messages only

    close = get_close_matches(word, list(known), n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(known)}" if len(known) <= _MANY else ""


def _read_toml(path: str) -> tuple[str, dict[str, Any], int]:
    import tomllib  # many run without a file

    try:
        with open(path, "rb") as file:
            mode = S_IMODE(os.fstat(file.fileno()).st_mode) if os.name == "posix" else 0
            text = file.read().decode("utf-8-sig")
        return text, tomllib.loads(text), mode
    except OSError as error:
        raise InvalidSettings(f"{path}: {error.strerror}. Check --config and MAILTUI_CONFIG.") from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:  # beside what is no TOML, numbers and arrays beyond measure
        raise InvalidSettings(f"{path}: {error}") from error


def _line_of(text: str, section: str, key: str) -> int | None:
    """The line of a key in TOML text; parsers do not tell."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\[\]]+?)\s*\]", line):
            current = header[1].replace('"', "").replace("'", "")
            if (not key and current == section) or (not section and current.partition(".")[0] == key):
                return number
        elif key and current == section and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""", line):
            return number
    return None
