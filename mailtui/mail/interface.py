"""The mail interface of the Cement framework, and the base of every handler that implements it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial, wraps
from typing import Annotated, ClassVar, TypeVar
from weakref import WeakSet

from mailtui.mail import checks
from mailtui.mail.attachment import File
from mailtui.mail.checks import Checks
from mailtui.mail.draft import Addresses, Body, Defaults, Draft, Fields
from mailtui.mail.errors import InvalidOptions, MailError
from mailtui.mail.message import Email
from mailtui.mail.options import Configurable, Option, Secret
from mailtui.mail.receipt import Receipt, Recipient, Status, Transcript
from mailtui.mail.submission import PlainSubmission, Submission

R = TypeVar("R", Receipt, Submission)

_GUARDED: WeakSet[Callable[..., object]] = WeakSet()  # methods that refuse another handler's Email


class MailInterface(ABC):
    """What an application calls to send a mail.

    Source: https://docs.builtoncement.com/core-foundation/mail-messaging
    """

    @abstractmethod
    def send(
        self,
        body: Body,
        *,
        to: Addresses | None = None,
        from_addr: str | None = None,
        cc: Addresses | None = None,
        bcc: Addresses | None = None,
        subject: str | None = None,
        reply_to: Addresses | None = None,
        files: Sequence[File] = (),
        headers: Mapping[str, str] | None = None,
        date: datetime | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """Send one message. None means the handler's default; an empty value stays empty.

        Args:
            body: Plain text, `Markdown`, or a tuple of plain text and HTML.
            to: Recipients: a list of addresses, or a text with commas.
            from_addr: The author's address.
            cc: Recipients of a copy.
            bcc: Recipients of a copy that the others do not see.
            subject: Without the handler's prefix.
            reply_to: Where answers are to go.
            files: Paths; or tuples of the name to show, the path, and for an image the name of its `cid:` link.
            headers: Further header fields.
            date: Default: now. Without a time zone it is local time.
            message_id: With its angle brackets. Default: a new one.

        Returns:
            What happened to each recipient; true when all went well, as Cement's bool.

        Raises:
            InvalidEmail: The message cannot be sent as it is.
            DeliveryError: Nothing was delivered.
        """


class MailHandler(Configurable, MailInterface):
    """A way to send: options as annotated class attributes, and one method, `deliver`.

    Options have the names of Cement's `[mail.NAME]`; the constructor takes them by keyword and raises InvalidOptions.

    Source: https://docs.builtoncement.com/core-foundation/mail-messaging
    """

    label: ClassVar[str]
    delivers: ClassVar[bool] = True
    needs_recipients: ClassVar[bool] = True

    to: Annotated[tuple[str, ...], Option("Recipients of a message that names none")] = ()
    cc: Annotated[tuple[str, ...], Option("Recipients of a copy, when a message names none")] = ()
    bcc: Annotated[tuple[str, ...], Option("Recipients of a hidden copy, when a message names none")] = ()
    from_addr: Annotated[str, Option("Author of a message that names none; when empty, $EMAIL")] = ""
    subject: Annotated[str, Option("Subject of a message that has none")] = ""
    subject_prefix: Annotated[str, Option("Put before every subject, with a blank")] = ""

    def __init_subclass__(cls, **keywords: object) -> None:
        super().__init_subclass__(**keywords)
        if not isinstance(getattr(cls, "label", None), str):
            raise TypeError(f"{cls.__name__}: a handler needs a label, as in label = {cls.__name__.lower()!r}")
        for method, result in (("deliver", Receipt), ("begin", Submission)):
            written = getattr(cls, method)  # wherever in its bases
            if written not in _GUARDED and not getattr(written, "__isabstractmethod__", False):
                setattr(cls, method, _own_email_only(written, result))

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.name = self.label  # the settings put the section's name here
        check = Checks()
        for option in ("to", "cc", "bcc"):
            check(option, checks.address_list, getattr(self, option))
        check("from_addr", checks.one_address, self.from_addr)
        for option in ("subject", "subject_prefix"):
            check(option, checks.header_text, getattr(self, option))
        if check.problems:
            raise InvalidOptions(type(self).__name__, check.problems)

    @classmethod
    def about(cls) -> str:
        """What the handler does: the first paragraph of its docstring, in one line."""
        return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())

    @property
    def destination(self) -> str:
        """Where the mail goes, for a person who is about to send it: `mail.example.com:587 · STARTTLS`."""
        return ""

    @property
    def risks(self) -> tuple[str, ...]:
        """What a person should know before mail leaves this way: `not encrypted`."""
        return ()

    @cached_property
    def defaults(self) -> Defaults:
        """What this handler puts where a message says nothing."""
        return Defaults(
            to=self.to,
            cc=self.cc,
            bcc=self.bcc,
            from_addr=self.from_addr or os.environ.get("EMAIL", ""),
            subject=self.subject,
            subject_prefix=self.subject_prefix,
            complete=self.needs_recipients,
        )

    def prepare(self, draft: Draft) -> Email:
        """Parse what was typed into a message that can be sent, by this handler alone.

        Args:
            draft: As typed.

        Raises:
            InvalidEmail: Something must be mended first; `.problems` tells each field and reason.
        """
        email = Email.build(Fields.of(draft), self.defaults).sealed()
        if self.delivers:
            email.prove()  # before a person reviews it
        return email

    @abstractmethod
    def deliver(self, email: Email) -> Receipt:
        """Hand over one message. The one method that a new handler writes; it never prints.

        Args:
            email: Prepared by this very handler.

        Returns:
            What happened, as soon as anybody may have accepted anything.

        Raises:
            DeliveryError: Nothing was delivered, and nothing can have been accepted.
        """

    def begin(self, email: Email) -> Submission:
        """The handing over of one message, to run in one thread while another looks on or breaks it off.

        A handler that can tell how far it is, or can be broken off, returns a Submission of its own.

        Args:
            email: Prepared by this very handler.
        """
        return PlainSubmission(partial(self.deliver, email), delivers=self.delivers)

    def check(self) -> Transcript:
        """Try what can be tried without sending: connect, secure the line, log in.

        Returns:
            The dialogue; nothing where there is nothing to try.

        Raises:
            DeliveryError: It failed.
        """
        return ()

    def send(
        self,
        body: Body,
        *,
        to: Addresses | None = None,
        from_addr: str | None = None,
        cc: Addresses | None = None,
        bcc: Addresses | None = None,
        subject: str | None = None,
        reply_to: Addresses | None = None,
        files: Sequence[File] = (),
        headers: Mapping[str, str] | None = None,
        date: datetime | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """Build and deliver one message, and print what the handler wants shown; see `MailInterface.send`."""
        email = Email.build(
            Fields(
                body=body,
                to=to,
                from_addr=from_addr,
                cc=cc,
                bcc=bcc,
                subject=subject,
                reply_to=reply_to,
                files=files,
                headers=headers,
                date=date,
                message_id=message_id,
            ),
            self.defaults,
        ).sealed()
        receipt = self.deliver(email)
        if receipt.output:
            print(receipt.output)  # noqa: T201  as Cement's dummy does
        return receipt

    def broke_off(self, error: BaseException, *, handed_over: bool = True) -> str:
        """What to tell of an error that the handler should have turned into a receipt or a MailError.

        Args:
            error: That came out of it.
            handed_over: Whether it had the message already, to deliver it.
        """
        what = self.redacted(f"{type(error).__name__}: {error}")
        risk = " Nothing was sent."
        if handed_over and self.delivers:
            risk = " Whether the mail left is not known: find out before you send it again."
        return f"{self.name} broke off with {what}. That is a defect of this handler.{risk}"

    def redacted(self, text: str) -> str:
        """A text without the secrets among this handler's options.

        Args:
            text: That may quote them, such as an error.
        """
        secrets = (getattr(self, name) for name, option in self.options().items() if option.type is Secret)
        for secret in filter(None, secrets):
            text = text.replace(secret.reveal(), "***")
        return text

    def receipt(self, email: Email, status: Status, *, output: str = "", duration: float = 0.0) -> Receipt:
        """A receipt that says the same of every recipient.

        Args:
            email: That was dealt with.
            status: Of each recipient.
            output: What to show the person.
            duration: In seconds.
        """
        return Receipt(
            handler=self.name,
            message_id=email.message_id,
            recipients=tuple(Recipient(address, status) for address in email.envelope.recipients),
            output=output,
            duration=duration,
        )


def _own_email_only(method: Callable[[MailHandler, Email], R], result: type[R]) -> Callable[[MailHandler, Email], R]:
    @wraps(method)
    def guarded(self: MailHandler, email: Email) -> R:
        if email.defaults is not self.defaults:
            raise MailError(f"This message was prepared by another handler than {self.name}; prepare it again.")
        returned = method(self, email)
        if not isinstance(returned, result):
            raise TypeError(f"{method.__name__} returned {returned!r}, not a {result.__name__}")
        return returned

    _GUARDED.add(guarded)
    return guarded
