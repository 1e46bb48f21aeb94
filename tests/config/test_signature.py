"""The file of the signature."""

from pathlib import Path

import pytest

from mailtui.config.signature import read_signature
from mailtui.mail.errors import InvalidOptions


def test_a_signature_is_read_without_what_announces_or_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".signature").write_bytes("\ufeff-- \r\nMé\t\x1b[31m\r\nhere\r\n\r\n".encode())
    assert read_signature("~/.signature") == "Mé\t␛[31m\nhere"
    assert read_signature("") == ""


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("gone", None, "No such file"),
        ("", None, "directory"),
        ("latin1", b"M\xe9", "not UTF-8 at byte 1"),
        ("long", b"\xc3\xa9" * 5001, "a signature has a few lines"),
        ("a\0b", None, "null"),
    ],
)
def test_a_file_that_is_no_signature_is_told(name: str, content: bytes | None, reason: str, tmp_path: Path) -> None:
    path = f"{tmp_path}/{name}"
    if content is not None:
        Path(path).write_bytes(content)
    with pytest.raises(InvalidOptions, match=rf"signature: .*{reason}"):
        read_signature(path)
