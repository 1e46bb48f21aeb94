from __future__ import annotations

import os
import resource
import signal
import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailtui.mail.draft import Draft
from mailtui.mail.errors import DeliveryError, InvalidEmail
from mailtui.mail.handlers.eml import EmlMailHandler

DRAFT = Draft(to="Zoë <zoe@x.org>", bcc="eve@secret.example", from_addr="me@x.org", subject="ü", body="Hello")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_is_the_mail_and_for_its_owner_alone(tmp_path: Path) -> None:
    mail = EmlMailHandler(folder=tmp_path / "a" / "b")
    email = mail.prepare(DRAFT)
    receipt = mail.deliver(email)
    (path,) = (tmp_path / "a" / "b").iterdir()
    assert receipt.output == f"Written to {path}"
    assert path.read_bytes() == email.as_bytes()
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (str(message["Subject"]), message["To"].addresses[0].display_name) == ("ü", "Zoë")
    assert "Bcc" not in message
    assert [(one.address, one.status) for one in receipt.recipients] == [
        ("zoe@x.org", "shown"),
        ("eve@secret.example", "shown"),
    ]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_umask_opens_nothing(tmp_path: Path, umask: int) -> None:
    mail = EmlMailHandler(folder=tmp_path / "a")
    before = os.umask(umask)
    try:
        mail.deliver(mail.prepare(DRAFT))
    finally:
        os.umask(before)
    (path,) = (tmp_path / "a").iterdir()
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_the_data_folder_is_used_when_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mail = EmlMailHandler()
    monkeypatch.setenv("HOME", str(tmp_path))
    mail.deliver(mail.prepare(DRAFT))
    assert len(list((tmp_path / ".local/share/mailtui/eml").iterdir())) == 1
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    mail.deliver(mail.prepare(DRAFT))
    assert len(list((tmp_path / "data/mailtui/eml").iterdir())) == 1


def test_each_delivery_is_a_file_of_its_own(tmp_path: Path) -> None:
    mail = EmlMailHandler(folder=tmp_path)
    email = mail.prepare(DRAFT)
    for _ in range(20):
        mail.deliver(email)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert len(list(tmp_path.iterdir())) == 20


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    mail = EmlMailHandler(folder=tmp_path / "file" / "x")
    mail.name = "work"
    with pytest.raises(
        DeliveryError, match=r"The message was not written to .*/file/x: a part of that path is a file"
    ) as caught:
        mail.deliver(mail.prepare(DRAFT))
    assert "Choose another folder for work in the settings" in str(caught.value)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 10_000)
    mail = EmlMailHandler(folder=tmp_path / "a")
    email = mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", attachments=str(tmp_path / "big")))
    child = os.fork()
    if child == 0:  # a limit on the size of files, for one process
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        try:
            mail.deliver(email)
        except DeliveryError as error:
            os._exit(0 if "File too large" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list((tmp_path / "a").iterdir()) == []


def test_an_attachment_that_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    mail = EmlMailHandler(folder=tmp_path / "out")
    email = mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", attachments=str(path)))
    path.unlink()
    with pytest.raises(InvalidEmail, match="Attach: "):
        mail.deliver(email)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_author_and_a_recipient_are_needed(tmp_path: Path) -> None:
    with pytest.raises(InvalidEmail) as caught:
        EmlMailHandler(folder=tmp_path).prepare(Draft(body="Hello"))
    assert caught.value.problems.keys() == {"from_addr", "to"}


def test_a_file_is_never_seen_unfinished(tmp_path: Path) -> None:
    mail = EmlMailHandler(folder=tmp_path / "out")
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    email = mail.prepare(Draft(to="ann@x.org", from_addr="me@x.org", attachments=str(tmp_path / "a")))
    seen: list[list[Path]] = []
    whole = email.iter_bytes

    def watched() -> object:
        for piece in whole():
            seen.append(list((tmp_path / "out").glob("[!.]*")))
            yield piece

    object.__setattr__(email, "iter_bytes", watched)
    mail.deliver(email)
    assert len(seen) > 3
    assert not any(seen)
