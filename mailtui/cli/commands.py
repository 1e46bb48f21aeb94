"""What each command does. The composer is imported only when it is opened."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from mailtui.cli.arguments import body_of, draft_of
from mailtui.cli.exits import CONFIGURATION, HUNG_UP, INTERRUPTED, OK, SOFTWARE, UNCERTAIN, USAGE, exit_code_of_receipt
from mailtui.cli.output import NotWritten, Stopped, drop_all_output, is_on_terminal, print_result, stop, talk
from mailtui.config.settings import Settings
from mailtui.files import folder_until_exit
from mailtui.mail.checks import Checks, address_list, header_fields
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DeliveryError, DraftError, InvalidEmail, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt

if TYPE_CHECKING:
    from mailtui.drafts.opened import OpenDraft
    from mailtui.drafts.store import Drafts


def compose(arguments: Namespace) -> int:
    """Open the composer.

    Args:
        arguments: As parsed.
    """
    _require_terminal()
    settings = Settings.load(arguments.config)
    draft = draft_of(arguments, body_of(arguments, from_stdin=False), _folder_for_files)
    return _open_composer(settings, draft, arguments.handler)


def drafts(arguments: Namespace) -> int:
    """List the drafts, or deal with one of them.

    Args:
        arguments: As parsed.
    """
    from mailtui.cli.draft_texts import name_of, rows, whole  # few ask for drafts
    from mailtui.drafts.store import Drafts

    kept = Drafts()
    match arguments.deed:
        case "show":
            entry = kept.entry(arguments.drafts[0])
            print_result(f"{entry.path}: {entry.problem}" if entry.problem else whole(entry))
        case "delete":
            from mailtui.drafts.unpacked import sweep_files

            try:
                for key in arguments.drafts:
                    print_result(f"Deleted {name_of(kept.delete(key))}")
            finally:
                sweep_files()
        case "open":
            return _open_draft(kept, arguments)
        case _:
            entries = kept.entries()
            for row in rows(entries):
                print_result(row)
            if not entries:
                talk("There are no drafts.")
    return OK


def _open_draft(kept: Drafts, arguments: Namespace) -> int:
    from mailtui.drafts.unpacked import hold_files

    _require_terminal()
    settings = Settings.load(arguments.config)
    opened = kept.open(arguments.drafts[0], unpack_to=_folder_for_files)
    hold_files(opened.draft)
    try:
        return _open_composer(settings, opened.draft, arguments.handler, opened)
    finally:
        opened.close()


def _require_terminal() -> None:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        stop("the composer needs a terminal; scripts use mailtui send", USAGE)


def _open_composer(settings: Settings, draft: Draft, handler: str | None, opened: OpenDraft | None = None) -> int:
    hidden = Checks()  # what has no field in the composer could not be mended there
    hidden("headers", header_fields, draft.headers)
    hidden("reply_to", address_list, draft.reply_to)
    if hidden.problems:
        raise InvalidEmail(hidden.problems)
    gc.disable()  # nothing of what comes now is garbage; the app enables it with its first frame
    from mailtui.tui.app import MailtuiApp

    app = MailtuiApp(settings=settings, draft=draft, mail_handler=handler, opened=opened)
    app.run()
    if app.return_code == HUNG_UP:
        drop_all_output()
    return app.return_code or OK


def _folder_for_files() -> str:
    from mailtui.drafts.unpacked import folder_for_files  # few letters come as a message

    try:
        return folder_for_files()
    except DraftError:  # where no draft can be kept, either
        return folder_until_exit()


def send(arguments: Namespace) -> int:
    """Send one mail without a screen.

    Args:
        arguments: As parsed.
    """
    try:
        mail, email, keep = _prepared(arguments)
        if arguments.dry_run:
            return _dry_run(email, as_json=arguments.json)
        receipt = _receipt_of(mail, email)
    except (MailError, Stopped) as error:
        if arguments.json:
            _print_json(_of_error(error))
        raise
    try:
        if keep and any(recipient.status == "accepted" for recipient in receipt.recipients):
            _keep_sent(email)
        _print_receipt(receipt, as_json=arguments.json)
    except (NotWritten, BrokenPipeError, KeyboardInterrupt) as error:
        if isinstance(error, BrokenPipeError) and not mail.delivers:
            raise
        reason = str(error) if isinstance(error, NotWritten) else "The result could not be written."
        raise NotWritten(f"{reason} The mail itself was dealt with: do not run it again.") from error
    return exit_code_of_receipt(receipt)


def _prepared(arguments: Namespace) -> tuple[MailHandler, Email, bool]:
    """The handler, the message, and whether it is to be kept when it has been sent."""
    try:
        settings = Settings.load(arguments.config)
        mail = settings.handler(arguments.handler)
        keep = mail.delivers and _keeps_sent(settings)
        draft = draft_of(arguments, body_of(arguments, from_stdin=True), folder_until_exit)
        with _told_of(mail):
            return mail, mail.prepare(draft), keep
    except KeyboardInterrupt:
        stop("Interrupted; nothing was sent.", INTERRUPTED)


@contextmanager
def _told_of(mail: MailHandler) -> Iterator[None]:
    """What a handler from elsewhere did not foresee ends the command with a sentence; it had no message yet."""
    try:
        yield
    except (MailError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001  an exit would say that all went well
        stop(mail.broke_off(error, handed_over=False), SOFTWARE)


def _receipt_of(mail: MailHandler, email: Email) -> Receipt:
    """Hand it over; whatever comes in between, what is said of it is true."""
    with _told_of(mail):
        submission = mail.begin(email)
    try:
        return submission.run()
    except MailError:
        raise
    except KeyboardInterrupt:
        if not submission.may_have_left:
            stop("Interrupted; nothing was sent.", INTERRUPTED)
        stop("Interrupted; whether the mail was accepted is not known: find out before you send it again.", UNCERTAIN)
    except BaseException as error:  # noqa: BLE001  an exit would say that all went well
        stop(mail.broke_off(error), UNCERTAIN if mail.delivers else SOFTWARE)


def _keeps_sent(settings: Settings) -> bool:
    """Whatever is wrong with preferences of the composer."""
    return settings.without_preferences(settings.preferred.keys() - {"keep_sent"}).preferences().keep_sent


def _keep_sent(email: Email) -> None:
    from mailtui.drafts.sent import keep_sent  # few people keep it

    try:
        keep_sent(email)
    except DraftError as error:
        talk(f"{error} The mail itself was sent: do not run it again.")


def _print_receipt(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        _print_json({"ok": bool(receipt), **asdict(receipt)})
    elif receipt.output:
        print_result(receipt.output)
    if not receipt:
        for recipient in receipt.recipients:
            words = " ".join(filter(None, (str(recipient.code or ""), recipient.reply)))
            talk(f"{recipient.address}: {recipient.status} {words}".rstrip())


def check(arguments: Namespace) -> int:
    """Try a handler without sending anything.

    Args:
        arguments: As parsed.
    """
    mail = Settings.load(arguments.config).handler(arguments.name or arguments.handler)
    try:
        with _told_of(mail):
            transcript = mail.check()
    except DeliveryError as error:
        for line in error.transcript:
            print_result(line)
        raise
    for line in transcript:
        print_result(line)
    print_result(f"{mail.name} works." if transcript else f"{mail.name} needs no connection; its options are right.")
    return OK


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
        mail = settings.handler(name)
        risk = "delivers" if mail.delivers else "sends nothing"
        print_result(f"{mark} {name:{width}}  {risk:13}  {mail.destination or mail.about().partition('.')[0]}".rstrip())
    if settings.mail_handler.value not in names:
        talk(settings.problem(settings.mail_handler.value))
        return CONFIGURATION
    return OK


def _dry_run(email: Email, *, as_json: bool) -> int:
    envelope = email.envelope
    if as_json:
        _print_json({"dry_run": True, "message_id": email.message_id, **asdict(envelope), "source": _whole(email)})
    else:
        from mailtui.mail.advice import advice  # nothing else asks for it

        talk(f"dry run, nothing was sent. Envelope: from {envelope.sender or '(nobody)'}")
        talk(f"to {', '.join(envelope.recipients) or '(nobody)'}")
        for sentence in advice(email):
            talk(f"note: {sentence}")
        print_result(email.source() if is_on_terminal() else _whole(email).removesuffix("\n"))
    return OK


def _whole(email: Email) -> str:
    """Its source with the content of its files, as a file of a message has it: with plain line feeds."""
    return email.as_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def _of_error(error: MailError | Stopped) -> dict[str, object]:
    message = error.message if isinstance(error, Stopped) else str(error)
    problems = error.problems if isinstance(error, InvalidEmail) else {}
    transcript = error.transcript if isinstance(error, DeliveryError) else ()
    return {"ok": False, "error": message, "problems": problems, "transcript": transcript}


def _print_json(value: object) -> None:
    import json

    print_result(json.dumps(value, indent=2))
