from __future__ import annotations

import json
import os
import stat
import sys
from email import message_from_string, policy
from pathlib import Path

import pytest

from mailtui import DummyMailHandler, Secret
from mailtui.mail import handlers
from tests.cement_reference import cement_prints
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["send", "ann@x.org"], {"to": ["ann@x.org"]}),
        (["send", "--to", "ann@x.org", "bob@x.org"], {"to": ["ann@x.org", "bob@x.org"]}),
        (["send", "ann@x.org,Bob <bob@x.org>"], {"to": ["ann@x.org", "Bob <bob@x.org>"]}),
        (["-s", "Grüße", "send", "ann@x.org"], {"to": ["ann@x.org"], "subject": "Grüße"}),
        (["-c", "c@x.org", "send", "-b", "b@x.org"], {"cc": ["c@x.org"], "bcc": ["b@x.org"]}),
        (["-f", "me@x.org", "send"], {"from_addr": "me@x.org"}),
        (["send"], {}),
    ],
)
def test_dummy_prints_what_cement_prints(command: Command, words: list[str], message: dict[str, object]) -> None:
    body = "Line 1\n\n\tLine 3 €\n"
    result = command(*words, "--body", body)
    assert (result.code, result.err) == (0, "")
    assert result.out.encode() == cement_prints(body, {}, **message)


def test_the_body_is_that_of_the_option_the_file_or_stdin(command: Command, tmp_path: Path) -> None:
    (tmp_path / "body.txt").write_text("from a file ü")
    assert "\nfrom stdin ü\n" in command("send", "a@x.org", stdin="from stdin ü").out
    assert "\nfrom stdin\n" in command("send", "a@x.org", "--body-file", "-", stdin="from stdin").out
    assert "\nfrom a file ü\n" in command("send", "a@x.org", "--body-file", "body.txt", stdin="from stdin").out
    assert "\nfrom the option\n" in command("send", "a@x.org", "--body", "from the option", stdin="from stdin").out
    assert "stdin" not in command("send", "a@x.org", "--body", "", stdin="from stdin").out


def test_json_tells_what_happened(command: Command) -> None:
    result = command("send", "--json", "-c", "Zoë <zoe@x.org>", "--body", "ü", "ann@X.org")
    told = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert (told["ok"], told["handler"]) == (True, "dummy")
    assert [(one["address"], one["status"]) for one in told["recipients"]] == [
        ("ann@x.org", "shown"),
        ("zoe@x.org", "shown"),
    ]
    assert told["output"].encode() + b"\n" == cement_prints("ü", {}, to=["ann@X.org"], cc=["Zoë <zoe@x.org>"])
    assert result.out.isascii()


def test_a_dry_run_prints_the_source_and_delivers_nothing(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("content")
    words = [
        "send",
        "--dry-run",
        "-H",
        "eml",
        "-f",
        "me@x.org",
        "-b",
        "eve@x.org",
        "-s",
        "ü",
        "-a",
        "a.txt",
        "ann@x.org",
    ]
    result = command(*words, "--body", "Hello Zoë")
    message = message_from_string(result.out, policy=policy.default)
    assert (result.code, str(message["Subject"]), message["Bcc"]) == (0, "ü", None)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "Hello Zoë\n"
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == "content"  # as in a file: all of it
    assert result.err.splitlines() == [
        "mailtui: dry run, nothing was sent. Envelope: from me@x.org",
        "mailtui: to ann@x.org, eve@x.org",
    ]
    assert not list(Path.home().rglob("*.eml"))


def test_a_dry_run_in_json_has_the_envelope_and_the_source(command: Command) -> None:
    told = json.loads(
        command("send", "--dry-run", "--json", "-b", "eve@x.org", "-f", "me@X.org", "--body", "x", "a@x.org").out
    )
    assert (told["dry_run"], told["sender"], told["recipients"]) == (True, "me@x.org", ["a@x.org", "eve@x.org"])
    assert message_from_string(told["source"])["Message-ID"] == told["message_id"]


def test_eml_writes_a_file_for_its_owner_alone(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    result = command("send", "-H", "eml", "-f", "me@x.org", "-s", "Hello", "--body", "x", "ann@x.org")
    (path,) = (tmp_path / ".local/share/mailtui/eml").iterdir()
    assert result == (0, f"Written to {path}\n", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with path.open() as file:
        assert message_from_string(file.read(), policy=policy.default)["Subject"] == "Hello"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ann"], "To: ann: the @ and the domain are missing"),
        (["--to", "ann@x;b@y"], "To: ann@x;b@y: separate addresses with commas, not with ;"),
        (["-c", "Doe, Jane <j@x.org>"], 'Cc: a name with a comma needs quotes: "Doe, Jane" <j@x.org>'),
        (["-b", "b@"], "Bcc: b@: the domain is missing"),
        (["-f", "me"], "From: me: the @ and the domain are missing"),
        (["--reply-to", "x"], "Reply-To: x: the @ and the domain are missing"),
        (["-s", "a\nb"], "Subject: a line break at position 2 cannot be sent"),
        (["--header", "nothing"], "Header: nothing: a header is written Name: value"),
        (["--header", "Bcc: x@x.org"], "Header: Bcc is written by mailtui itself; use the field of that name"),
        (["-a", "gone.txt"], "Attach: gone.txt: there is no such file"),
        (["-a", "/"], "Attach: /: it is a folder; only files can be attached"),
        (["-s", "\udcff"], "Subject: half a character U+DCFF at position 1 cannot be sent"),
        (["mailto:a@x.org?subject=a%0Ab"], "Subject: a line break at position 2 cannot be sent"),
    ],
)
def test_what_cannot_be_sent_ends_with_65_and_the_reason(command: Command, words: list[str], said: str) -> None:
    assert command("send", *words, "--body", "x") == (65, "", f"mailtui: {said}\n")


def test_every_mistake_has_a_line_of_its_own(command: Command) -> None:
    result = command("send", "ann", "-c", "bob", "-s", "\x1b", "--body", "x")
    assert result.code == 65
    assert [line.split(":")[1] for line in result.err.splitlines()] == [" To", " Cc", " Subject"]


@pytest.mark.parametrize(
    "words",
    [
        ["send", "a@x.org\nBcc: e@x.org"],
        ["send", "--header", "X\x1b[31m"],
        ["send", "-a", "no\x1b[31m"],
        ["send", "-H", "\x1b[31m"],
        ["send", "--body-file", "no\x1b[31m\nmailtui: all is well"],
        ["send", "--bogus\x1b[31m"],
        ["handlers", "\x1b[31m"],
        ["send", "--config", "/no\x1b[31m"],
        ["send", "--config", "/no\nmailtui: all is well"],
    ],
    ids=lambda words: ascii(words[1:]),
)
def test_no_word_acts_on_the_terminal_through_an_error(command: Command, words: list[str]) -> None:
    result = command(*words)
    assert result.code in (64, 65, 66, 78)
    assert len(result.err.splitlines()) == 1
    assert result.err.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["send", "--bogus"], "unrecognized arguments: --bogus; see mailtui send --help"),
        (["send", "-s"], "argument -s/--subject: expected one argument; see mailtui send --help"),
        (["send", "--body", "x", "--body-file", "y"], "argument --body-file: not allowed with argument --body"),
        (["send", "--subj", "x"], "unrecognized arguments: --subj"),
        (["handlers", "-s", "x"], "unrecognized arguments: -s x; see mailtui handlers --help"),
        (["handlers", "x"], "unrecognized arguments: x"),
        (["--json", "a@x.org"], "unrecognized arguments: --json; see mailtui --help"),
        ([], "the composer needs a terminal; scripts use mailtui send"),
        (["ann@x.org"], "the composer needs a terminal; scripts use mailtui send"),
    ],
)
def test_a_wrong_use_ends_with_64(command: Command, words: list[str], said: str) -> None:
    result = command(*words)
    assert (result.code, result.out) == (64, "")
    assert result.err.startswith(f"mailtui: {said}")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("source", "stdin", "code", "said"),
    [
        ("gone.txt", b"", 66, "gone.txt: No such file or directory"),
        (".", b"", 66, ".: Is a directory"),
        ("-", b"ab\xff", 65, "stdin: not UTF-8 at byte 2; convert it, or attach it with -a"),
        ("latin.txt", b"", 65, "latin.txt: not UTF-8 at byte 0; convert it, or attach it with -a"),
    ],
)
def test_a_body_that_cannot_be_read_is_told(
    command: Command, tmp_path: Path, source: str, stdin: bytes, code: int, said: str
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    assert command("send", "a@x.org", "--body-file", source, stdin=stdin) == (code, "", f"mailtui: {said}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail_handlr = 'x'", "config.toml, line 1: unknown key 'mail_handlr'; did you mean mail_handler?"),
        ("[mail.dummy]\nsubjct = 'x'", "[mail.dummy]: subjct: dummy has no such option; did you mean subject? (config"),
        ("[mail.dummy]\nto = [5]", "[mail.dummy]: to: expected a list of texts, not [5] (config.toml, line 2)"),
        ("[mail", "config.toml: Expected ']' at the end of a table declaration (at end of document)"),
        ("mail_handler = 'eml'\n[mail.eml]\nfolder = \"a\\u0000b\"", "[mail.eml]: folder: "),
        ("mail_handler = 'eml'\n[mail.eml]\nfolder = '~nobody-of-that-name'", "[mail.eml]: folder: "),
        ("x = " + "1" * 5000, "config.toml"),
        ("x = " + "[" * 5000, "config.toml"),
    ],
    ids=lambda value: value[:40],
)
def test_a_wrong_configuration_ends_with_78(command: Command, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    result = command("send", "--config", "config.toml", "-f", "me@x.org", "--body", "x", "a@x.org")
    assert (result.code, result.out) == (78, "")
    assert result.err.startswith(f"mailtui: {said}")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MAILTUI_FOO", "x", "MAILTUI_FOO: this variable sets nothing"),
        ("MAILTUI_CONFIG", "/gone.toml", "/gone.toml: No such file or directory. Check --config and MAILTUI_CONFIG."),
        ("MAILTUI_MAIL_HANDLER", "wrok", "There is no handler called 'wrok'; there are dummy, eml"),
        ("MAILTUI_MAIL_DUMMY_SUBJCT", "x", "[mail.dummy]: subjct: dummy has no such option; did you mean subject?"),
        ("MAILTUI_MAIL_DUMMY_TO", "['a'", "[mail.dummy]: to: expected a TOML array"),
    ],
)
def test_a_wrong_variable_ends_with_78(
    command: Command, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = command("send", "--body", "x", "a@x.org")
    assert (result.code, result.out) == (78, "")
    assert result.err.startswith("mailtui: ")
    assert said in result.err
    assert variable in result.err


def test_a_handler_that_there_is_not_ends_with_78(command: Command) -> None:
    result = command("send", "-H", "nothing", "--body", "x", "a@x.org")
    assert (result.code, result.out) == (78, "")
    assert result.err == "mailtui: There is no handler called 'nothing'; there are dummy, eml, sendmail, smtp.\n"


def test_a_wrong_default_address_ends_with_65(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL", "nobody")
    result = command("send", "-H", "eml", "--body", "x", "a@x.org")
    assert result == (65, "", "mailtui: From: nobody: the @ and the domain are missing\n")


def test_a_mail_that_nobody_can_get_ends_with_65(command: Command) -> None:
    result = command("send", "-H", "eml", "--body", "x")
    assert result.code == 65
    assert [line.split(":")[1] for line in result.err.splitlines()] == [" From", " To"]


def test_a_failure_of_the_handler_ends_with_69(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MAILTUI_MAIL_EML_FOLDER", str(tmp_path / "file" / "x"))
    result = command("send", "-H", "eml", "-f", "me@x.org", "--body", "x", "a@x.org")
    assert (result.code, result.out) == (69, "")
    assert "The message was not written to" in result.err


def test_a_broken_byte_in_the_name_of_a_file_is_told(command: Command, tmp_path: Path) -> None:
    path = os.fsdecode(bytes(tmp_path) + b"/\xff.txt")
    result = command("send", "-a", path, "--body", "x", "a@x.org")
    assert (result.code, result.err) == (
        65,
        "mailtui: Attach: " + ascii(path) + ": its name holds half a character U+DCFF at position 1\n",
    )


def test_one_header_option_is_one_header(command: Command) -> None:
    result = command(
        "send", "--dry-run", "--body", "x", "a@x.org", "--header", "X-A: a\nList-Unsubscribe: <https://evil.example>"
    )
    assert "List-Unsubscribe" not in message_from_string(result.out)
    assert result.code in (64, 65)


def test_the_configured_handler_is_used_and_the_option_wins(command: Command, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        "mail_handler = 'work'\n[mail.work]\nhandler = 'dummy'\nsubject_prefix = '[w]'\n"
        "[mail.dummy]\nsubject_prefix = '[d]'\n"
    )
    assert "Subject: [w] S\n" in command("--config", "c.toml", "send", "-s", "S", "--body", "x").out
    assert "Subject: [d] S\n" in command("--config", "c.toml", "send", "-s", "S", "--body", "x", "-H", "dummy").out


@pytest.mark.parametrize(
    ("step", "delivers", "code", "told"),
    [
        ("prepare", True, 70, "Nothing was sent."),
        ("begin", True, 70, "Nothing was sent."),
        ("deliver", True, 76, "Whether the mail left is not known"),
        ("deliver", False, 70, "Nothing was sent."),
    ],
)
@pytest.mark.parametrize("error", [ZeroDivisionError("at horse"), SystemExit(0)])
def test_a_handler_with_a_defect_is_told_truly(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    delivers: bool,
    code: int,
    told: str,
    error: BaseException,
) -> None:
    def broken(self: object, message: object) -> None:
        raise error

    kind = type(
        "BrokenMailHandler",
        (DummyMailHandler,),
        {
            "label": "broken",
            "delivers": delivers,
            "token": Secret("horse"),
            "__annotations__": {"token": Secret},
            step: broken,
        },
    )
    monkeypatch.setitem(handlers.BUILT_IN, "broken", f"{__name__}:BrokenMailHandler")
    monkeypatch.setattr(sys.modules[__name__], "BrokenMailHandler", kind, raising=False)
    result = command("send", "-H", "broken", "--body", "Hello", "ann@x.org")
    assert (result.code, result.out) == (code, "")
    what = "SystemExit: 0" if isinstance(error, SystemExit) else "ZeroDivisionError: at ***"
    assert f"broken broke off with {what}. That is a defect of this handler." in result.err
    assert told in result.err
    result = command("send", "--json", "-H", "broken", "--body", "Hello", "ann@x.org")
    assert result.code == code
    assert json.loads(result.out)["error"] in result.err


def test_json_tells_of_a_handler_that_there_is_not(command: Command) -> None:
    result = command("send", "--json", "-H", "nope", "--body", "Hello", "ann@x.org")
    assert result.code == 78
    assert json.loads(result.out)["error"] in result.err


def test_markdown_goes_as_text_and_as_html(command: Command) -> None:
    result = command("send", "--dry-run", "--markdown", "--body", "**Hello**", "a@x.org")
    parts = [part for part in message_from_string(result.out).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert "<strong>Hello</strong>" in str(parts[1].get_payload())


def test_a_dry_run_notes_what_may_have_been_overlooked(command: Command) -> None:
    result = command("send", "--dry-run", "--body", "See the attached plan.", "a@x.org")
    assert result.err.splitlines()[2:] == ["mailtui: note: It says “attached”, but no file goes along."]
    assert "note:" not in result.out
