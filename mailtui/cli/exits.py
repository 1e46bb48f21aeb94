"""Exit codes, so that a script knows whether to run again (sysexits.h)."""

from __future__ import annotations

from mailtui.mail.errors import DeliveryError, InvalidEmail, MailError
from mailtui.mail.receipt import Receipt

OK = 0
USAGE = 64
NOT_SENDABLE = 65
NO_INPUT = 66
NOT_DELIVERED = 69
SOFTWARE = 70
NOT_WRITTEN = 74
TRY_AGAIN = 75
UNCERTAIN = 76  # somebody may have it: do not run it again
CONFIGURATION = 78


def exit_code_of_error(error: MailError) -> int:
    """The code of a mistake or a failure.

    Args:
        error: That ended the command.
    """
    if isinstance(error, InvalidEmail):
        return NOT_SENDABLE
    return NOT_DELIVERED if isinstance(error, DeliveryError) else CONFIGURATION


def exit_code_of_receipt(receipt: Receipt) -> int:
    """The code of a delivery.

    Args:
        receipt: Of the handler.
    """
    if receipt:
        return OK
    if not receipt.recipients or any(recipient.status != "refused" for recipient in receipt.recipients):
        return UNCERTAIN
    codes = [recipient.code or 0 for recipient in receipt.recipients]
    return TRY_AGAIN if all(400 <= code < 500 for code in codes) else NOT_DELIVERED
