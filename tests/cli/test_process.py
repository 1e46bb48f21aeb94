"""The command as a process of its own, as a shell runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cement_reference import cement_prints

MAILTUI = [sys.executable, "-m", "mailtui"]
BODY = "Line 1\n\n\tLine 3 € \n.\n"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAILTUI_", "XDG_", "LC_", "PYTHONIO"))
    }
    return kept | {"HOME": str(tmp_path), "LANG": "C.UTF-8"}


def run(
    environ: dict[str, str], *words: str | bytes, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*MAILTUI, *words],
        input=stdin,
        capture_output=True,
        env=environ | variables,
        cwd=environ["HOME"],
        check=False,
        timeout=30,
    )


def assert_told(result: subprocess.CompletedProcess[bytes], code: int) -> None:
    """Ended on purpose, with a sentence."""
    assert result.returncode == code
    assert b"Traceback" not in result.stderr
    assert result.stderr.startswith(b"mailtui: ")


def test_dummy_prints_the_bytes_of_cement_in_a_process_of_its_own(environ: dict[str, str]) -> None:
    theirs = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cement import App\nwith App('reference', argv=[], config_files=[]) as app:\n"
            f" app.mail.send({BODY!r}, to=['Zoë <zoe@x.org>', 'b@x.org'], subject='Grüße', from_addr='me@localhost')",
        ],
        capture_output=True,
        env=environ,
        check=True,
    ).stdout
    words = ["-s", "Grüße", "send", "Zoë <zoe@x.org>", "b@x.org", "-f", "me@localhost"]
    ours = run(environ, *words, stdin=BODY.encode())
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, theirs, b"")


def test_the_environment_configures_it(environ: dict[str, str]) -> None:
    ours = run(
        environ,
        "send",
        "--body",
        "x",
        MAILTUI_MAIL_DUMMY_TO="a@x.org, b@x.org",
        MAILTUI_MAIL_DUMMY_SUBJECT_PREFIX="[ops]",
    )
    assert ours.stdout == cement_prints("x", {"to": ["a@x.org", "b@x.org"], "subject_prefix": "[ops]"})


def test_eml_writes_a_file_that_another_parser_reads(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".config/mailtui").mkdir(parents=True)
    (tmp_path / ".config/mailtui/config.toml").write_text("mail_handler = 'eml'\n[mail.eml]\nfolder = '~/out'\n")
    result = run(environ, "send", "a@x.org", "-b", "eve@x.org", "-a", __file__, stdin=BODY.encode(), EMAIL="me@x.org")
    (path,) = (tmp_path / "out").iterdir()
    assert (result.returncode, result.stdout) == (0, f"Written to {path}\n".encode())
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["From"], message["To"], message["Bcc"]) == ("me@x.org", "a@x.org", None)
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == BODY
    (attachment,) = message.iter_attachments()
    assert attachment.get_payload(decode=True) == Path(__file__).read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["send", "--bogus"], 64),
        ([], 64),
        (["send", "ann"], 65),
        (["send", "--body-file", "/gone"], 66),
        (["send", "-H", "eml", "-f", "me@x.org", "a@x.org"], 69),
        (["send", "--config", "/gone"], 78),
    ],
)
def test_the_exit_code_says_what_was_wrong(environ: dict[str, str], words: list[str], code: int) -> None:
    result = run(environ, *words, XDG_DATA_HOME="/dev/null")
    assert_told(result, code)
    assert result.stdout == b""


def test_words_that_are_not_utf_8_are_told(environ: dict[str, str]) -> None:
    for words in (
        (b"-s", b"\xff"),
        (b"\xff@x.org",),
        (b"--body", b"\xff"),
        (b"-a", b"\xff"),
        (b"--header", b"X: \xff"),
    ):
        assert_told(run(environ, b"send", *words), 65)
    assert_told(run(environ, b"send", b"--body-file", b"\xff"), 66)
    assert_told(run(environ, b"send", b"--config", b"\xff"), 78)


def test_a_reader_that_has_gone_is_no_error(environ: dict[str, str]) -> None:
    with subprocess.Popen(
        [*MAILTUI, "send", "a@x.org"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"x" * 1_000_000)
        process.stdin.close()
        assert (process.wait(30), process.stderr.read()) == (141, b"")


def test_a_full_disk_is_told(environ: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [*MAILTUI, "send", "--body", "x", "a@x.org"], stdout=full, stderr=subprocess.PIPE, env=environ, check=False
        )
    assert b"Traceback" not in result.stderr
    assert b"No space left on device" in result.stderr
    assert result.returncode not in (0, 1)


@pytest.mark.parametrize("words", [["handlers"], ["send", "--dry-run", "--body", "x", "a@x.org"]])
def test_a_full_disk_says_nothing_of_a_mail_that_was_not_sent(environ: dict[str, str], words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run([*MAILTUI, *words], stdout=full, stderr=subprocess.PIPE, env=environ, check=False)
    assert b"No space left on device" in result.stderr
    assert b"dealt with" not in result.stderr


def test_a_handler_that_breaks_off_is_not_taken_for_one_that_delivered(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pigeonpost.py").write_text(
        "from mailtui import MailHandler\nclass Pigeon(MailHandler):\n  label = 'pigeon'\n"
        "  def deliver(self, email): raise ConnectionRefusedError(111, 'Connection refused')\n"
    )
    information = tmp_path / "pigeonpost-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeonpost\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[mailtui.handlers]\npigeon = pigeonpost:Pigeon\n")
    path = os.pathsep.join(filter(None, [str(tmp_path), environ.get("PYTHONPATH")]))
    result = run(environ, "send", "-H", "pigeon", "-f", "me@x.org", "a@x.org", PYTHONPATH=path)
    assert result.returncode not in (0, 74)
    assert b"Connection refused" in result.stderr
    assert b"dealt with" not in result.stderr


@pytest.mark.parametrize("descriptor", [0, 1])
@pytest.mark.parametrize("words", ["send a@x.org", "a@x.org"])
def test_a_closed_stream_is_no_traceback(environ: dict[str, str], descriptor: int, words: str) -> None:
    sign = "<" if descriptor == 0 else ">"
    line = f"exec {sign}&-; exec {sys.executable} -m mailtui {words}"
    result = subprocess.run(["sh", "-c", line], input=None, capture_output=True, env=environ, check=False, timeout=30)
    assert b"Traceback" not in result.stderr


def test_text_that_stdout_cannot_hold_is_no_traceback(environ: dict[str, str]) -> None:
    result = run(environ, "send", "--body", "é", "a@x.org", PYTHONIOENCODING="ascii")
    assert b"Traceback" not in result.stderr


def test_a_path_that_stdout_cannot_hold_is_no_traceback(environ: dict[str, str]) -> None:
    folder = os.fsdecode(b"out\xff")
    result = run(
        environ,
        "send",
        "-H",
        "eml",
        "-f",
        "me@x.org",
        "a@x.org",
        PYTHONIOENCODING="utf-8",
        MAILTUI_MAIL_EML_FOLDER=folder,
    )
    assert b"Traceback" not in result.stderr


def test_nothing_of_a_mail_stands_on_a_command_line_or_in_a_temporary_file(
    environ: dict[str, str], tmp_path: Path
) -> None:
    before = set(tmp_path.rglob("*"))
    run(environ, "send", "a@x.org", stdin=b"secret body")
    assert set(tmp_path.rglob("*")) == before
