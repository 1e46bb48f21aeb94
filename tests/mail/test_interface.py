from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mailtui
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DeliveryError, InvalidEmail, MailError
from mailtui.mail.handlers.dummy import DummyMailHandler
from mailtui.mail.interface import MailHandler, MailInterface
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from tests.cement_reference import printed
from tests.strategies import Mailbox, bodies, header_texts, mailboxes


class Recorder(MailHandler):
    """Keeps what it is given."""

    label: ClassVar[str] = "recorder"
    needs_recipients: ClassVar[bool] = False

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.emails: list[Email] = []

    def deliver(self, email: Email) -> Receipt:
        self.emails.append(email)
        return self.receipt(email, "accepted", output=f"kept {len(email.as_bytes())} bytes")


def test_send_prints_what_the_handler_wants_shown_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    receipt = Recorder().send("Hello", to=["ann@x.org"], from_addr="me@x.org")
    assert capfd.readouterr() == (f"{receipt.output}\n", "")


def test_deliver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    for mail in (Recorder(), DummyMailHandler()):
        mail.deliver(mail.prepare(Draft(to="ann@x.org", body="Hello")))
    assert capfd.readouterr() == ("", "")


def test_no_output_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    class Silent(Recorder):
        label: ClassVar[str] = "silent"

        def deliver(self, email: Email) -> Receipt:
            return self.receipt(email, "accepted")

    assert Silent().send("Hello", to=["ann@x.org"])
    assert capfd.readouterr() == ("", "")


def commas(written: Sequence[Mailbox]) -> str:
    return ", ".join(mailbox.text for mailbox in written)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    to=st.lists(mailboxes(), min_size=1, max_size=3),
    cc=st.lists(mailboxes(), max_size=2),
    bcc=st.lists(mailboxes(), max_size=2),
    reply_to=st.lists(mailboxes(), max_size=2),
    author=mailboxes(),
    subject=header_texts.filter(lambda text: bool(text.strip())),
    body=bodies,
    prefix=st.sampled_from(["", "[ops]"]),
)
def test_the_send_key_and_send_give_the_same_mail(
    to: list[Mailbox],
    cc: list[Mailbox],
    bcc: list[Mailbox],
    reply_to: list[Mailbox],
    author: Mailbox,
    subject: str,
    body: str,
    prefix: str,
) -> None:
    mail = Recorder(subject_prefix=prefix)
    typed = mail.prepare(
        Draft(
            to=commas(to),
            cc=commas(cc),
            bcc=commas(bcc),
            reply_to=commas(reply_to),
            from_addr=author.text,
            subject=subject,
            body=body,
            attachments=__file__,
            headers="X-A: b",
        )
    )
    by_key = mail.deliver(typed)
    output = printed(
        lambda: mail.send(
            body,
            to=[mailbox.text for mailbox in to],
            cc=[mailbox.text for mailbox in cc],
            bcc=[mailbox.text for mailbox in bcc],
            reply_to=[mailbox.text for mailbox in reply_to],
            from_addr=author.text,
            subject=subject,
            files=[__file__],
            headers={"X-A": "b"},
            date=typed.date,
            message_id=typed.message_id,
        )
    )
    _, sent = mail.emails
    assert sent.envelope == typed.envelope
    assert sent.as_bytes().replace(sent.boundary.encode(), typed.boundary.encode()) == typed.as_bytes()
    assert output == f"{by_key.output}\n".encode()


@pytest.mark.parametrize("other", [Recorder(), DummyMailHandler()], ids=["of its kind", "of another kind"])
def test_an_email_goes_only_to_the_handler_that_prepared_it(other: MailHandler) -> None:
    mail = Recorder()
    with pytest.raises(MailError, match=r"prepared by another handler than recorder; prepare it again\.$"):
        mail.deliver(other.prepare(Draft(to="ann@x.org")))
    assert mail.emails == []


def test_deliver_is_guarded_where_ever_it_is_written() -> None:
    class Mixin:
        def deliver(self, email: Email) -> Receipt:
            raise AssertionError

    class Inherits(Mixin, Recorder):
        label: ClassVar[str] = "inherits"

    with pytest.raises(MailError, match="prepared by another handler"):
        Inherits().deliver(Recorder().prepare(Draft(to="ann@x.org")))


def test_deliver_is_guarded_when_it_is_decorated() -> None:
    def timed(deliver: Callable[[Any, Email], Receipt]) -> Callable[[Any, Email], Receipt]:
        @wraps(deliver)
        def measured(self: Any, email: Email) -> Receipt:
            return deliver(self, email)

        return measured

    class Timed(Recorder):
        label: ClassVar[str] = "timed"

        @timed
        def deliver(self, email: Email) -> Receipt:
            raise AssertionError

    with pytest.raises(MailError, match="prepared by another handler"):
        Timed().deliver(Recorder().prepare(Draft(to="ann@x.org")))


def test_a_subclass_may_call_the_deliver_it_replaces() -> None:
    class Twice(Recorder):
        label: ClassVar[str] = "twice"

        def deliver(self, email: Email) -> Receipt:
            super().deliver(email)
            return super().deliver(email)

    mail = Twice()
    mail.deliver(mail.prepare(Draft(to="ann@x.org")))
    assert len(mail.emails) == 2


def test_an_error_of_the_handler_reaches_the_caller(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken(Recorder):
        label: ClassVar[str] = "broken"

        def deliver(self, email: Email) -> Receipt:
            raise DeliveryError("The server is gone.", transcript=("EHLO",))

    with pytest.raises(DeliveryError, match="The server is gone") as caught:
        Broken().send("Hello", to=["ann@x.org"])
    assert caught.value.transcript == ("EHLO",)
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_sent_never_reaches_the_handler() -> None:
    mail = Recorder()
    with pytest.raises(InvalidEmail):
        mail.send("Hello", to=["ann"])
    assert mail.emails == []


@pytest.mark.parametrize("keyword", ["two", "from_", "charset", "X_Header"])
def test_an_unknown_keyword_is_an_error_that_names_it(keyword: str) -> None:
    with pytest.raises(TypeError, match=keyword):
        Recorder().send("Hello", **{keyword: "x"})  # type: ignore[arg-type]


def test_recipients_are_keywords() -> None:
    with pytest.raises(TypeError):
        Recorder().send("Hello", ["ann@x.org"])  # type: ignore[call-arg]


def test_the_handler_takes_what_the_interface_says() -> None:
    assert inspect.signature(MailHandler.send) == inspect.signature(MailInterface.send)


def test_an_option_that_there_is_not_is_named() -> None:
    with pytest.raises(TypeError, match="Recorder has no option 'host'"):
        Recorder(host="localhost")


def test_a_handler_needs_a_label() -> None:
    with pytest.raises(TypeError, match=r"Nameless: a handler needs a label, as in label = 'nameless'"):
        type("Nameless", (MailHandler,), {})


def test_a_handler_needs_a_way_to_deliver() -> None:
    with pytest.raises(TypeError, match="abstract"):
        type("Lazy", (MailHandler,), {"label": "lazy"})()


def test_the_author_is_email_when_no_option_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL", "Me <me@x.org>")
    mail, other = Recorder(), Recorder(from_addr="ops@x.org")
    mail.send("Hello")
    other.send("Hello")
    assert [email.envelope.sender for email in (*mail.emails, *other.emails)] == ["me@x.org", "ops@x.org"]


def test_handlers_compare_by_identity() -> None:
    assert Recorder() != Recorder()
    assert len({DummyMailHandler(), DummyMailHandler()}) == 2


def test_a_receipt_names_everybody_of_the_envelope() -> None:
    receipt = Recorder().send(
        "x", to=["Ann <ann@X.org>", "ann@x.org"], cc="b@x.org", bcc=["c@x.org"], message_id="<a@b>"
    )
    assert [recipient.address for recipient in receipt.recipients] == ["ann@x.org", "b@x.org", "c@x.org"]
    assert (receipt.message_id, receipt.handler) == ("<a@b>", "recorder")


@pytest.mark.parametrize("value", ["ann@x.org, bob@x.org", ["ann@x.org", "bob@x.org"], ("ann@x.org", "bob@x.org")])
def test_recipients_are_a_list_or_a_text_with_commas(value: Any) -> None:
    mail = Recorder()
    mail.send("x", to=value)
    assert mail.emails[0].envelope.recipients == ("ann@x.org", "bob@x.org")


def test_an_item_of_a_list_is_exactly_one_address() -> None:
    with pytest.raises(InvalidEmail, match=r"To: ann@x.org, bob@x.org: one address is expected here"):
        Recorder().send("x", to=["ann@x.org, bob@x.org"])


def test_files_are_paths_or_names_with_paths(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    mail = Recorder()
    mail.send("x", to="ann@x.org", files=[tmp_path / "a", str(tmp_path / "a"), ("b.txt", tmp_path / "a")])
    assert [attachment.name for attachment in mail.emails[0].attachments] == ["a", "a", "b.txt"]


def test_the_root_package_has_the_interface() -> None:
    assert issubclass(mailtui.MailHandler, mailtui.MailInterface)
