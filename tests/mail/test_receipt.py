from __future__ import annotations

from typing import get_args

import pytest

from mailtui.cli.exits import exit_code_of_receipt
from mailtui.mail.receipt import Receipt, Recipient, Status


def receipt(*statuses: Status, output: str = "", code: int | None = None) -> Receipt:
    recipients = tuple(Recipient(f"{number}@x.org", status, code) for number, status in enumerate(statuses))
    return Receipt(handler="h", message_id="<a@b>", recipients=recipients, output=output)


@pytest.mark.parametrize(
    ("made", "good", "exit_code"),
    [
        (receipt(), False, 76),
        (receipt(output="shown"), True, 0),
        (receipt("accepted"), True, 0),
        (receipt("shown"), True, 0),
        (receipt("accepted", "accepted", output="x"), True, 0),
        (receipt("accepted", "refused", code=550), False, 76),
        (receipt("accepted", "unknown"), False, 76),
        (receipt("unknown"), False, 76),
        (receipt("unknown", "refused", code=450), False, 76),
        (receipt("refused"), False, 69),
        (receipt("refused", "refused", code=550), False, 69),
        (receipt("refused", "refused", code=451), False, 75),
        (receipt("refused", output="x", code=550), False, 69),
    ],
)
def test_a_receipt_is_true_only_if_all_went_well(made: Receipt, good: bool, exit_code: int) -> None:
    assert bool(made) is good
    assert exit_code_of_receipt(made) == exit_code


def test_some_refused_for_good_are_not_tried_again() -> None:
    recipients = (Recipient("a@x.org", "refused", 450), Recipient("b@x.org", "refused", 550))
    assert exit_code_of_receipt(Receipt(handler="h", message_id="<a@b>", recipients=recipients)) == 69


@pytest.mark.parametrize("status", get_args(Status))
def test_no_status_is_forgotten(status: Status) -> None:
    assert bool(receipt(status)) is (status in ("accepted", "shown"))
