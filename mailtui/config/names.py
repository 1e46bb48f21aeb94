"""Names of handlers, and the environment variables that belong to each of them."""

from __future__ import annotations

from collections.abc import Collection

from mailtui.mail.handlers import LABEL


def is_name(text: str) -> bool:
    """Whether a handler can be called that.

    Args:
        text: Of a section, or as typed.
    """
    return LABEL.fullmatch(text) is not None


def variable_prefix(name: str) -> str:
    """How the variables of a handler begin: `MAILTUI_MAIL_WORK_`.

    Args:
        name: Of the handler.
    """
    return f"MAILTUI_MAIL_{name.upper().replace('-', '_')}_"


def shared_variable(name: str, options: Collection[str], other: str, other_options: Collection[str]) -> str:
    """A variable that could set an option of either of two handlers, or an empty text.

    Args:
        name: Of the one handler.
        options: That it has.
        other: The name of the other.
        other_options: That this one has.
    """
    pairs = sorted(((name, options), (other, other_options)), key=lambda pair: len(pair[0]))
    (shorter, its_options), (longer, _) = pairs
    variables = (variable_prefix(shorter) + option.upper() for option in its_options)
    return next((variable for variable in variables if variable.startswith(variable_prefix(longer))), "")
