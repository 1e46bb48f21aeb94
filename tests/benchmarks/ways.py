"""The same letter sent in three ways, each as its documentation has it, a connection for each letter."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

SENDER = "noreply@example.com"
HOST = "127.0.0.1"


class Letter(NamedTuple):
    """What each way is told."""

    to: str
    subject: str
    body: str
    files: tuple[Path, ...] = ()

    @property
    def least(self) -> int:
        """How many bytes arrive at least: the body, and each file in base64 with lines of 76 columns."""
        sizes = [path.stat().st_size for path in self.files]
        return len(self.body) + sum(-(-size // 3) * 4 + -(-size // 57) * 2 for size in sizes)

    @property
    def most(self) -> int:
        """And at most: the body in base64, too, and some headers."""
        return self.least + len(self.body) + 2000


Way = Callable[[Letter], object]


def by_mailtui(port: int) -> Way:
    """The handler of this project, every check on."""
    from mailtui.mail.handlers.smtp import SMTPMailHandler

    handler = SMTPMailHandler(host=HOST, port=port, security="none", from_addr=SENDER)

    def send(letter: Letter) -> object:
        return handler.send(letter.body, to=[letter.to], subject=letter.subject, files=letter.files)

    return send


def by_cement(port: int) -> Way:
    """Cement's handler of the same name."""
    from cement import App
    from cement.utils.misc import init_defaults

    defaults = init_defaults("mailapp", "mail.smtp")
    defaults["mail.smtp"].update(host=HOST, port=port, ssl=False, tls=False, auth=False, from_addr=SENDER)
    meta = {"argv": [], "extensions": ["smtp"], "mail_handler": "smtp", "catch_signals": None}
    app = App("mailapp", config_defaults=defaults, **meta)
    app.setup()

    def send(letter: Letter) -> object:
        return app.mail.send(
            letter.body, to=[letter.to], subject=letter.subject, files=[str(path) for path in letter.files]
        )

    return send


def by_smtplib(port: int) -> Way:
    """The standard library, as its examples do it."""

    def send(letter: Letter) -> object:
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"] = SENDER
        message["To"] = letter.to
        message.set_content(letter.body)
        for path in letter.files:
            message.add_attachment(
                path.read_bytes(), maintype="application", subtype="octet-stream", filename=path.name
            )
        with smtplib.SMTP(HOST, port) as server:
            return server.send_message(message)

    return send


WAYS: dict[str, Callable[[int], Way]] = {"Cement": by_cement, "smtplib": by_smtplib, "mailtui": by_mailtui}
