"""Compose, preview and send one mail: in the terminal with `mailtui`, from Python with `open_mail()`.

    import mailtui

    receipt = mailtui.open_mail("dummy").send("Hello", to=["ann@example.com"])

Each name is imported when it is first used, so that a script pays for what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Address",
    "AuthenticationFailed",
    "ConnectionFailed",
    "DeliveryError",
    "Draft",
    "DraftError",
    "DraftInUse",
    "DummyMailHandler",
    "Email",
    "EmlMailHandler",
    "Envelope",
    "InvalidEmail",
    "InvalidOptions",
    "InvalidSettings",
    "MailError",
    "MailHandler",
    "MailInterface",
    "MailtuiApp",
    "Markdown",
    "Option",
    "Receipt",
    "Recipient",
    "SMTPMailHandler",
    "Secret",
    "SendmailMailHandler",
    "Settings",
    "Submission",
    "TLSFailed",
    "UnknownDraft",
    "UnknownHandler",
    "__version__",
    "handler_class",
    "handler_labels",
    "open_mail",
]

if TYPE_CHECKING:
    from mailtui.config.settings import Settings, open_mail
    from mailtui.mail.address import Address
    from mailtui.mail.draft import Draft
    from mailtui.mail.errors import (
        AuthenticationFailed,
        ConnectionFailed,
        DeliveryError,
        DraftError,
        DraftInUse,
        InvalidEmail,
        InvalidOptions,
        InvalidSettings,
        MailError,
        TLSFailed,
        UnknownDraft,
        UnknownHandler,
    )
    from mailtui.mail.handlers import handler_class, handler_labels
    from mailtui.mail.handlers.dummy import DummyMailHandler
    from mailtui.mail.handlers.eml import EmlMailHandler
    from mailtui.mail.handlers.sendmail import SendmailMailHandler
    from mailtui.mail.handlers.smtp import SMTPMailHandler
    from mailtui.mail.interface import MailHandler, MailInterface
    from mailtui.mail.markdown import Markdown
    from mailtui.mail.message import Email, Envelope
    from mailtui.mail.options import Option, Secret
    from mailtui.mail.receipt import Receipt, Recipient
    from mailtui.mail.submission import Submission
    from mailtui.tui.app import MailtuiApp
else:
    _HOMES = {
        "mailtui.mail.address": ["Address"],
        "mailtui.mail.errors": [
            "AuthenticationFailed",
            "ConnectionFailed",
            "DeliveryError",
            "DraftError",
            "DraftInUse",
            "InvalidEmail",
            "InvalidOptions",
            "InvalidSettings",
            "MailError",
            "TLSFailed",
            "UnknownDraft",
            "UnknownHandler",
        ],
        "mailtui.mail.handlers": ["handler_class", "handler_labels"],
        "mailtui.mail.handlers.dummy": ["DummyMailHandler"],
        "mailtui.mail.handlers.eml": ["EmlMailHandler"],
        "mailtui.mail.handlers.sendmail": ["SendmailMailHandler"],
        "mailtui.mail.handlers.smtp": ["SMTPMailHandler"],
        "mailtui.mail.interface": ["MailHandler", "MailInterface"],
        "mailtui.mail.markdown": ["Markdown"],
        "mailtui.mail.draft": ["Draft"],
        "mailtui.mail.message": ["Email", "Envelope"],
        "mailtui.mail.options": ["Option", "Secret"],
        "mailtui.mail.receipt": ["Receipt", "Recipient"],
        "mailtui.mail.submission": ["Submission"],
        "mailtui.config.settings": ["Settings", "open_mail"],
        "mailtui.tui.app": ["MailtuiApp"],
    }
    _HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

    def __getattr__(name):
        from importlib import import_module

        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted(__all__)
