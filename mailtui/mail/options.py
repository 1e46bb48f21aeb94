"""Options of a handler: declared once as annotated attributes, read by the constructor, the settings and the form.

class SMTPMailHandler(MailHandler):
    port: Annotated[int, Option("Port of the mail server", ge=1, le=65535)] = 25
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from inspect import get_annotations
from math import inf, isfinite
from types import FunctionType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
)

from mailtui.mail.address import split_addresses
from mailtui.mail.errors import InvalidOptions

_MISSING = object()
_LARGEST = 1e308  # of float, about
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Secret:
    """A text that shows itself to nobody: `str()`, `repr()` and tracebacks give stars.

    Args:
        value: The secret text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; call it only where it is used."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"

    def __str__(self) -> str:
        return "***" if self._value else ""


@dataclass(frozen=True)
class Option:
    """What a person is told of an option, and its bounds.

    Args:
        help: One line for the settings form and the documentation.
        ge: The least value of a number.
        le: The greatest value of a number.
        command: A list of texts is a program and its arguments: a text is cut at its blanks, as in a shell.
    """

    help: str = ""
    ge: float | None = None
    le: float | None = None
    command: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class DeclaredOption:
    """One option of a handler class, as its annotation declares it.

    Args:
        name: Of the attribute, and of the key in the configuration.
        type: `str`, `int`, `float`, `bool`, `Secret`, `tuple`, `Path` or `Literal`.
        default: When neither code nor configuration gives a value.
        help: One line about it.
        choices: The values of a `Literal`.
        ge: The least value of a number.
        le: The greatest value of a number.
        command: A list is a program and its arguments.
    """

    name: str
    type: Any
    default: Any
    help: str = ""
    choices: tuple[str, ...] = ()
    ge: float | None = None
    le: float | None = None
    command: bool = False

    def convert(self, value: object) -> Any:
        """A value from code or TOML as the handler keeps it.

        Args:
            value: Of the declared type, or a plain text for a secret, a path, a comma list or a command.

        Raises:
            ValueError: It is of another type or out of range; the message says which is expected.
        """
        if self.type is Secret and isinstance(value, str):
            return Secret(value)
        if self.type is tuple and isinstance(value, str):
            return _words(value) if self.command else tuple(split_addresses(value))
        if self.type is tuple and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if _is_path(self.type) and (value is None or isinstance(value, str) or _is_path(type(value))):
            return self._path(value)
        if self.type is float and type(value) is int:
            value = float(value) if abs(value) < _LARGEST else inf
        if (self.type is Literal and value in self.choices) or type(value) is self.type:
            self._check_bounds(value)
            return value
        raise ValueError(f"expected {self.expected}" + ("" if self.type is Secret else f", not {value!r}"))

    def parse(self, text: str) -> Any:
        """A value from the environment or the settings form.

        Args:
            text: As typed. A list is separated by commas, a command by blanks; both may be a TOML array.

        Raises:
            ValueError: It cannot be read as the declared type, or is out of range.
        """
        if self.type is bool:
            if text.lower() not in TRUE + FALSE:
                raise ValueError(f"expected {self.expected}, not {text!r}")
            return text.lower() in TRUE
        if self.type in (int, float):
            try:
                number = self.type(text)
            except ValueError:
                raise ValueError(f"expected {self.expected}, not {text!r}") from None
            return self.convert(number)
        if self.type is tuple and text.lstrip().startswith("["):
            return self.convert(_toml_array(text))
        return self.convert(text)

    def format(self, value: Any) -> str:
        """A value as text that `parse` reads back; secrets as they are.

        Args:
            value: As `convert` gave it.
        """
        if isinstance(value, Secret):
            return value.reveal()
        if isinstance(value, tuple):
            return _command_text(value) if self.command else _list_text(value)
        if isinstance(value, bool):
            return TRUE[0] if value else FALSE[0]
        return "" if value is None else str(value)

    @property
    def expected(self) -> str:
        """The kind of value that is expected, for messages: `a whole number from 1 to 65535`."""
        if self.type is Literal:
            return " or ".join(repr(choice) for choice in self.choices)
        noun = {
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            tuple: "a program and its arguments" if self.command else "a list of texts",
        }.get(self.type, "a path" if _is_path(self.type) else "a text")
        bounds = {
            (True, True): f" from {self.ge} to {self.le}",
            (True, False): f" of at least {self.ge}",
            (False, True): f" of at most {self.le}",
        }
        return noun + bounds.get((self.ge is not None, self.le is not None), "")

    def _path(self, value: Any) -> Any:
        if not value:
            return None
        if "\0" in str(value):
            raise ValueError(f"expected {self.expected}, not {value!r}")
        try:
            return self.type(value).expanduser()
        except RuntimeError as error:  # ~nobody
            raise ValueError(f"{value}: {error}") from None

    def _check_bounds(self, value: Any) -> None:
        if isinstance(value, float) and not isfinite(value):
            raise ValueError(f"expected {self.expected}, not {value!r}")
        if (self.ge is not None and value < self.ge) or (self.le is not None and value > self.le):
            raise ValueError(f"expected {self.expected}, not {value!r}")


@dataclass_transform(kw_only_default=True, eq_default=False)
class Configurable:
    """A class whose annotated attributes are its options; the constructor takes them by keyword and checks them.

    Subclasses need no decorator. They compare by identity, because a handler that was configured anew is another one.

    Raises:
        TypeError: There is no such option.
        InvalidOptions: A value is of a wrong type or out of range.
    """

    _options: ClassVar[Mapping[str, DeclaredOption]] = {}

    def __init_subclass__(cls, **keywords: object) -> None:
        super().__init_subclass__(**keywords)
        inherited = {name: option for base in reversed(cls.__mro__[1:]) for name, option in _options_of(base).items()}
        declared = _declared(cls)
        assigned = {
            name: _checked(cls, replace(option, default=vars(cls)[name]))
            for name, option in inherited.items()
            if name in vars(cls) and name not in declared
        }
        cls._options = inherited | assigned | declared

    def __init__(self, **values: object) -> None:
        if unknown := values.keys() - self._options.keys():
            raise TypeError(
                f"{type(self).__name__} has no option {min(unknown)!r}; there are {', '.join(self._options)}"
            )
        problems = {}
        for name, option in self._options.items():
            try:
                setattr(self, name, option.convert(values.get(name, option.default)))
            except ValueError as error:
                problems[name] = str(error)
        if problems:
            raise InvalidOptions(type(self).__name__, problems)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._options)})"

    @classmethod
    def options(cls) -> Mapping[str, DeclaredOption]:
        """The declared options by name, inherited ones first."""
        return cls._options


def _options_of(kind: type) -> Mapping[str, DeclaredOption]:
    return kind._options if issubclass(kind, Configurable) else {}


def _declared(cls: type) -> dict[str, DeclaredOption]:
    hints = get_annotations(cls, eval_str=True)
    return {
        name: _declare(cls, name, hint, vars(cls).get(name, _MISSING))
        for name, hint in hints.items()
        if ClassVar not in (hint, get_origin(hint))
    }


def _declare(cls: type, name: str, hint: Any, default: Any) -> DeclaredOption:
    option = Option()
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        option = next((extra for extra in extras if isinstance(extra, Option)), option)
    kind, choices = _kind(hint)
    where = f"{cls.__name__}.{name}"
    if kind is None:
        raise TypeError(
            f"{where}: an option cannot be of type {hint}; use str, int, float, bool, Literal[…] of texts, "
            "tuple[str, ...], Path | None or Secret"
        )
    if default is _MISSING:
        raise TypeError(f"{where}: an option needs a default value")
    if option.command and kind is not tuple:
        raise TypeError(f"{where}: a command is a tuple[str, ...]")
    return _checked(
        cls, DeclaredOption(name, kind, default, option.help, choices, option.ge, option.le, option.command)
    )


def _checked(cls: type, option: DeclaredOption) -> DeclaredOption:
    where = f"{cls.__name__}.{option.name}"
    if isinstance(option.default, FunctionType | property):
        raise TypeError(f"{where}: a method has the name of an option")
    try:
        option.convert(option.default)
    except ValueError as error:
        raise TypeError(f"{where}: the default value is wrong: {error}") from None
    return option


def _kind(hint: Any) -> tuple[Any, tuple[str, ...]]:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (str, int, float, bool, Secret):
        return hint, ()
    if origin is Literal and all(isinstance(choice, str) for choice in arguments):
        return Literal, arguments
    if origin is tuple and arguments == (str, ...):
        return tuple, ()
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        path = next(argument for argument in arguments if argument is not NoneType)
        return (path, ()) if _is_path(path) else (None, ())
    return None, ()


def _is_path(kind: Any) -> bool:
    """Whether it is `pathlib.Path`; by name, for importing it would cost the command a tenth of its start."""
    return isinstance(kind, type) and any(
        (base.__module__.partition(".")[0], base.__name__) == ("pathlib", "Path") for base in kind.__mro__
    )


def _list_text(items: tuple[str, ...]) -> str:
    """A list as a person writes it, with commas; as a TOML array where that would be read back otherwise."""
    text = ", ".join(items)
    if not text.startswith("[") and split_addresses(text) == list(items):
        return text
    import json  # for settings on a screen only

    # Of JSON's strings, only the character U+007F is none of TOML's.
    return json.dumps(items, ensure_ascii=False).replace("\x7f", "\\u007f")


def _words(text: str) -> tuple[str, ...]:
    import shlex

    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"expected a program and its arguments: {str(error).lower()}") from None


def _command_text(words: tuple[str, ...]) -> str:
    import shlex

    text = shlex.join(words)
    return text if not text.startswith("[") else _list_text(words)


def _toml_array(text: str) -> object:
    import tomllib

    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected a TOML array: {error}") from None
    if table.keys() != {"value"}:
        raise ValueError("expected a TOML array and nothing after it")
    return table["value"]
