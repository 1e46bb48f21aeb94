from __future__ import annotations

import re
from dataclasses import fields

import pytest

from mailtui.mail import errors
from mailtui.mail.draft import Draft, Fields
from mailtui.mail.errors import FIELD_NAMES, DeliveryError, InvalidEmail, InvalidOptions, MailError, UnknownHandler


def test_the_tree_that_is_drawn_is_the_tree_that_there_is() -> None:
    assert errors.__doc__
    drawn = re.finditer(
        r"^[ │]*(?:[├└]── )?(\w+(?:Error|Email|Handler|Options|Settings|Failed|InUse|Draft))\b"
        r"[^\n]*?(?:\(also a (\w+)\))?$",
        errors.__doc__,
        re.MULTILINE,
    )
    bases: dict[str, list[str]] = {"MailError": ["Exception"]}
    above: list[tuple[int, str]] = []
    for match in drawn:
        column = match.start(1) - match.start()
        above = [(left, name) for left, name in above if left < column]
        if above:
            bases[match[1]] = [above[-1][1], *filter(None, [match[2]])]
        above.append((column, match[1]))
    real = {
        name: [base.__name__ for base in kind.__bases__]
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, MailError)
    }
    assert bases == real


def test_every_field_has_the_name_that_a_person_knows() -> None:
    of_draft = {item.name for item in fields(Draft)} - {"letter", "markdown", "signature"}
    of_code = {item.name for item in fields(Fields)} - {"letter", "files"}
    assert of_draft | of_code <= FIELD_NAMES.keys()


def test_an_error_keeps_its_parts() -> None:
    invalid = InvalidEmail({"to": "a", "subject": "b"})
    assert (str(invalid), invalid.fields) == ("To: a\nSubject: b", "To, Subject")
    wrong = InvalidOptions("[mail.work]", {"port": "a"})
    assert (str(wrong), wrong.owner, wrong.problems) == ("[mail.work]: port: a", "[mail.work]", {"port": "a"})
    assert DeliveryError("x", transcript=("a",)).transcript == ("a",)


@pytest.mark.parametrize(
    ("error", "builtin"), [(InvalidEmail, ValueError), (InvalidOptions, ValueError), (UnknownHandler, LookupError)]
)
def test_code_that_knows_only_python_catches_them_too(error: type[MailError], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin)
