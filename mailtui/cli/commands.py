"""What each command does. The composer is imported only when it is opened."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from dataclasses import asdict

from mailtui.cli.arguments import body_of, draft_of
from mailtui.cli.exits import CONFIGURATION, OK, SOFTWARE, UNCERTAIN, USAGE, exit_code_of_receipt
from mailtui.cli.output import NotWritten, print_result, talk
from mailtui.mail.checks import Checks, address_list, header_fields
from mailtui.mail.errors import InvalidEmail, MailError
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.settings import Settings


def compose(arguments: Namespace) -> int:
    """Open the composer.

    Args:
        arguments: As parsed.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        talk("the composer needs a terminal; scripts use mailtui send")
        return USAGE
    settings = Settings.load(arguments.config)
    draft = draft_of(arguments, body_of(arguments, from_stdin=False))
    hidden = Checks()  # what has no field in the composer could not be mended there
    hidden("headers", header_fields, draft.headers)
    hidden("reply_to", address_list, draft.reply_to)
    if hidden.problems:
        raise InvalidEmail(hidden.problems)
    gc.disable()  # nothing of what comes now is garbage; the app enables it with its first frame
    from mailtui.tui.app import MailtuiApp

    app = MailtuiApp(settings=settings, draft=draft, mail_handler=arguments.handler)
    app.run()
    return app.return_code or OK


def send(arguments: Namespace) -> int:
    """Send one mail without a screen.

    Args:
        arguments: As parsed.
    """
    mail = Settings.load(arguments.config).handler(arguments.handler)
    email = mail.prepare(draft_of(arguments, body_of(arguments, from_stdin=True)))
    if arguments.dry_run:
        return _dry_run(email, as_json=arguments.json)
    try:
        receipt = mail.deliver(email)
    except MailError:
        raise
    except Exception as error:  # noqa: BLE001  of a handler from elsewhere; what it did not foresee must be told truly
        talk(mail.broke_off(error))
        return UNCERTAIN if mail.delivers else SOFTWARE
    try:
        if arguments.json:
            _print_json(_of_receipt(receipt))
        elif receipt.output:
            print_result(receipt.output)
    except NotWritten as error:
        raise NotWritten(f"{error} The mail itself was dealt with: do not run it again.") from error
    if not receipt:
        for recipient in receipt.recipients:
            words = " ".join(filter(None, (str(recipient.code or ""), recipient.reply)))
            talk(f"{recipient.address}: {recipient.status} {words}".rstrip())
    return exit_code_of_receipt(receipt)


def handlers(arguments: Namespace) -> int:
    """List the handlers.

    Args:
        arguments: As parsed.
    """
    settings = Settings.load(arguments.config)
    if arguments.handler is not None:
        settings = settings.using(arguments.handler, "command line")
    names = settings.names()
    width = max(map(len, names))
    for name in names:
        mark = "*" if name == settings.mail_handler.value else " "
        if problem := settings.problem(name):
            print_result(f"{mark} {name:{width}}  cannot be used: {problem}".replace("\n", "; "))
            continue
        kind = settings.handler_type(name)
        risk = "delivers" if kind.delivers else "sends nothing"
        print_result(f"{mark} {name:{width}}  {risk:13}  {kind.about().partition('.')[0]}".rstrip())
    if settings.mail_handler.value not in names:
        talk(settings.problem(settings.mail_handler.value))
        return CONFIGURATION
    return OK


def _dry_run(email: Email, *, as_json: bool) -> int:
    envelope = email.envelope
    if as_json:
        _print_json({"dry_run": True, "message_id": email.message_id, **asdict(envelope), "source": email.source()})
    else:
        talk(f"dry run, nothing was sent. Envelope: from {envelope.sender or '(nobody)'}")
        talk(f"to {', '.join(envelope.recipients) or '(nobody)'}")
        print_result(email.source())
    return OK


def _of_receipt(receipt: Receipt) -> dict[str, object]:
    return {"ok": bool(receipt), **asdict(receipt)}


def _print_json(value: object) -> None:
    import json

    print_result(json.dumps(value, indent=2))
