from __future__ import annotations

import mailbox
import stat
from pathlib import Path

import pytest

from mailtui.drafts.sent import keep_sent
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
from mailtui.mail.handlers.eml import EmlMailHandler
from mailtui.mail.message import Email
from tests.readers import PYTHON


@pytest.fixture
def email(tmp_path: Path) -> Email:
    file = tmp_path / "a.bin"
    file.write_bytes(bytes(range(256)) * 1000)
    draft = Draft("me@x.org", "a@x.org, b@x.org", bcc="Zoë <h@x.org>", body="Hello\n\nü  ", attachments=str(file))
    return EmlMailHandler().prepare(draft)


def test_a_sent_mail_is_kept_once_with_its_hidden_recipients(email: Email, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    path = Path(keep_sent(email, folder))
    assert keep_sent(email.to_others_than({"a@x.org"}), folder) == str(path)
    assert b"\r" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    answered = path.rename(path.with_name(path.name.replace(":2,S", ":2,RS")))  # by a mail program
    assert keep_sent(email, folder) == str(answered)
    path = answered.rename(path)
    [message] = mailbox.Maildir(folder)
    assert (message.get_flags(), message["Message-ID"]) == ("S", email.message_id)
    for reader in PYTHON:
        sent, kept = reader.read([email.as_bytes(), path.read_bytes()])
        assert (kept.bcc, kept.text, kept.attachments) == ((("Zoë", "h@x.org"),), sent.text, sent.attachments)
        assert kept.fields[1:] == sent.fields


def test_it_is_said_why_a_sent_mail_was_not_kept(email: Email, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    folder.write_text("in the way")
    with pytest.raises(DraftError, match=f"The sent mail was not kept: {folder}: Not a directory"):
        keep_sent(email, folder)
    (tmp_path / "a.bin").write_bytes(b"changed")
    with pytest.raises(DraftError, match=r"The sent mail was not kept: Attach: .* it changed"):
        keep_sent(email, tmp_path / "other")
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file()] == []
