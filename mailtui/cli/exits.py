"""Exit codes, so that a script knows whether to run again (sysexits.h)."""

from __future__ import annotations

from mailtui.mail.errors import (
    AuthenticationFailed,
    DeliveryError,
    DraftError,
    DraftInUse,
    InvalidEmail,
    MailError,
    TLSFailed,
    UnknownDraft,
)
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
NOT_TRUSTED = 77  # the log-in, or the certificate
CONFIGURATION = 78
HUNG_UP = 129  # the terminal was closed
INTERRUPTED = 130

_EXIT_CODE_OF_DRAFT = {DraftInUse: TRY_AGAIN, UnknownDraft: NO_INPUT}


def exit_code_of_error(error: MailError) -> int:
    """The code of a mistake or a failure.

    Args:
        error: That ended the command.
    """
    if isinstance(error, InvalidEmail):
        return NOT_SENDABLE
    if isinstance(error, DraftError):
        return _EXIT_CODE_OF_DRAFT.get(type(error), NOT_WRITTEN)
    if not isinstance(error, DeliveryError):
        return CONFIGURATION
    if _is_temporary(error.code):
        return TRY_AGAIN
    return NOT_TRUSTED if isinstance(error, AuthenticationFailed | TLSFailed) else NOT_DELIVERED


def exit_code_of_receipt(receipt: Receipt) -> int:
    """The code of a delivery.

    Args:
        receipt: Of the handler.
    """
    if receipt:
        return OK
    if not receipt.recipients or any(recipient.status != "refused" for recipient in receipt.recipients):
        return UNCERTAIN
    return TRY_AGAIN if all(_is_temporary(recipient.code) for recipient in receipt.recipients) else NOT_DELIVERED


def _is_temporary(code: int | None) -> bool:
    """Whether a server's reply says that a later try may succeed (RFC 5321 4.2.1)."""
    return code is not None and 400 <= code < 500
