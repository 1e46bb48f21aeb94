"""Real mail from the command line: what is printed, and what a script learns from the exit code."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.smtp_server import Mailbox, smtp_server, write_authority
from tests.terminal import COMMAND

Configure = Callable[..., list[str]]
LETTER = ["ann@example.org", "-c", "bob@example.org", "-s", "Hi", "--body", "Hello"]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Write a configuration with a handler called work; gives the options that name it."""

    def write(port: int, **values: Any) -> list[str]:
        options = {"handler": "smtp", "host": "127.0.0.1", "port": port, "security": "none", "from_addr": "me@x.org"}
        lines = [f"{key} = {json.dumps(value)}" for key, value in (options | {"timeout": 5} | values).items()]
        path = tmp_path / "config.toml"
        path.touch(0o600)
        path.write_text("\n".join(["[mail.work]", *lines]))
        return ["--config", str(path), "-H", "work"]

    return write


def test_the_receipt_as_json(command: Command, mailbox: Mailbox, configure: Configure) -> None:
    mailbox.refused = {"bob@example.org": "550 5.1.1 no such user"}
    with smtp_server(mailbox) as port:
        result = command("send", *configure(port), "--json", *LETTER)
    told = json.loads(result.out)
    assert result.code == 76
    assert told["ok"] is False
    assert told["handler"] == "work"
    assert told["recipients"] == [
        {"address": "ann@example.org", "status": "accepted", "code": 250, "reply": "2.0.0 queued as 4711"},
        {"address": "bob@example.org", "status": "refused", "code": 550, "reply": "5.1.1 no such user"},
    ]
    assert told["message_id"].encode() in mailbox.messages[0].data
    assert told["duration"] > 0
    assert "> DATA" in told["transcript"]
    assert result.err.splitlines() == [
        "mailtui: ann@example.org: accepted 250 2.0.0 queued as 4711",
        "mailtui: bob@example.org: refused 550 5.1.1 no such user",
    ]


def test_all_went_well_is_silence_and_0(command: Command, mailbox: Mailbox, configure: Configure) -> None:
    with smtp_server(mailbox) as port:
        assert command("send", *configure(port), *LETTER) == (0, "", "")
    assert mailbox.messages[0].recipients == ["ann@example.org", "bob@example.org"]


def test_sent_mail_is_kept_when_that_is_wanted(
    command: Command, mailbox: Mailbox, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    mailbox.refused = {"bob@example.org": "550 5.1.1 no such user"}
    with smtp_server(mailbox) as port:
        words = configure(port)
        command("send", *words, *LETTER)
        assert not (tmp_path / "data").exists()
        config = tmp_path / "config.toml"
        config.write_text(f"theme = 3\nkeep_sent = true\n{config.read_text()}")
        assert command("send", *words, *LETTER).code == 76
        (sent,) = (tmp_path / "data/mailtui/sent/cur").iterdir()
        assert sent.read_bytes() == mailbox.messages[1].data.replace(b"\r\n", b"\n")
        (tmp_path / "data/mailtui/sent/tmp").rmdir()
        (tmp_path / "data/mailtui/sent/tmp").touch()
        result = command("send", *words, *LETTER)
    assert result.code == 76
    assert "The sent mail was not kept: " in result.err
    assert "The mail itself was sent: do not run it again." in result.err


@pytest.mark.parametrize(("answer", "code"), [("450 4.2.0 later", 75), ("550 5.1.1 no", 69), ("421 4.3.2 closing", 75)])
def test_nobody_was_accepted(command: Command, mailbox: Mailbox, configure: Configure, answer: str, code: int) -> None:
    mailbox.refused = dict.fromkeys(("ann@example.org", "bob@example.org"), answer)
    with smtp_server(mailbox) as port:
        assert command("send", *configure(port), *LETTER).code == code


def test_a_wrong_password_is_77(command: Command, mailbox: Mailbox, configure: Configure) -> None:
    with smtp_server(mailbox, auth_required=True) as port:
        words = configure(port, username="me", password="wrong horse")
        result = command("send", *words, "--json", *LETTER)
        check = command("check", *words[:2], "work")
    assert result.code == check.code == 77
    assert "refused the log-in of me: 535" in result.err
    told = json.loads(result.out)
    assert (told["ok"], told["problems"]) == (False, {})
    assert told["error"] in result.err
    assert told["transcript"][-1].startswith("< 535")
    assert "wrong horse" not in "".join([*result[1:], *check[1:]])


def test_an_untrusted_certificate_is_77_and_a_trusted_one_0(
    command: Command, mailbox: Mailbox, configure: Configure, tmp_path: Path
) -> None:
    with smtp_server(mailbox, security="starttls") as port:
        result = command("send", *configure(port, security="starttls"), *LETTER)
        assert (result.code, result.out) == (77, "")
        assert "cannot be verified" in result.err
        trusted = configure(port, security="starttls", ca_file=str(write_authority(tmp_path)))
        assert command("send", *trusted, *LETTER).code == 0


def test_nobody_listens_is_69(command: Command, configure: Configure) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = command("send", *configure(free.getsockname()[1]), *LETTER)
    assert (result.code, result.out) == (69, "")
    assert "Connection refused at 127.0.0.1" in result.err


def test_what_cannot_be_sent_is_json_too(command: Command, configure: Configure) -> None:
    result = command("send", *configure(25), "--json", "--body", "Hello", "ann@")
    assert result.code == 65
    assert json.loads(result.out)["problems"] == {"to": "ann@: the domain is missing"}


def test_a_check_prints_the_dialogue_and_sends_nothing(
    command: Command, mailbox: Mailbox, configure: Configure
) -> None:
    with smtp_server(mailbox, auth_required=True) as port:
        words = configure(port, username="me", password=mailbox.password)
        result = command("check", *words[:2], "work")
    assert (result.code, result.err) == (0, "")
    assert "> AUTH PLAIN ***\n< 235 2.7.0 Authentication successful\n" in result.out
    assert result.out.endswith("work works.\n")
    assert mailbox.password not in result.out
    assert mailbox.messages == []


def test_a_check_of_what_needs_no_connection(command: Command) -> None:
    assert command("check") == (0, "dummy needs no connection; its options are right.\n", "")


def test_a_check_of_a_handler_that_there_is_not(command: Command) -> None:
    assert command("check", "nosuch").code == 78


def test_the_handlers_say_where_they_deliver(command: Command, configure: Configure) -> None:
    result = command("handlers", *configure(2525)[:2])
    assert "  work      delivers       127.0.0.1:2525 · not encrypted\n" in result.out


def run(words: list[str], home: Path) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    return subprocess.Popen(
        [COMMAND, *words],
        env=environment | {"HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, an interrupt is ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_an_interrupt_says_whether_the_mail_may_have_left(
    mailbox: Mailbox, configure: Configure, tmp_path: Path
) -> None:
    mailbox.delay = 10
    with smtp_server(mailbox) as port:
        process = run(["send", *configure(port), *LETTER, "--json"], tmp_path)
        while not mailbox.arrived:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=10)
    assert process.returncode == 76
    reason = "Interrupted; whether the mail was accepted is not known: find out before you send it again."
    assert told == f"mailtui: {reason}\n"
    assert json.loads(printed)["error"] == reason


def test_an_interrupt_after_the_answer_does_not_ask_for_another_try(
    command: Command, mailbox: Mailbox, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with smtp_server(mailbox) as port:
        words = configure(port)
        config = tmp_path / "config.toml"
        config.write_text(f"keep_sent = true\n{config.read_text()}")
        monkeypatch.setattr(os, "fsync", interrupted)  # a slow disk, and ctrl+c
        monkeypatch.setattr("mailtui.cli.drop_stdout", lambda: None)  # it is not a file here
        result = command("send", *words, *LETTER)
    assert len(mailbox.messages) == 1
    assert result.code == 74
    assert "The mail itself was dealt with: do not run it again." in result.err


def test_the_password_is_in_no_process_list(mailbox: Mailbox, configure: Configure, tmp_path: Path) -> None:
    mailbox.delay = 2
    secret = tmp_path / "secret"
    secret.write_text(mailbox.password)
    with smtp_server(mailbox, auth_required=True) as port:
        words = configure(port, username="me", password_command=["cat", str(secret)])
        process = run(["send", *words, *LETTER], tmp_path)
        while not mailbox.arrived:
            time.sleep(0.01)
        listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert process.wait(10) == 0
    assert f"send --config {tmp_path}" in listed
    assert mailbox.password not in listed


def test_a_result_that_nobody_reads_is_told_when_the_mail_has_left(
    mailbox: Mailbox, configure: Configure, tmp_path: Path
) -> None:
    with smtp_server(mailbox) as port:
        process = run(["send", *configure(port), "--json", *LETTER], tmp_path)
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        told = process.stderr.read()
        process.stderr.close()
        assert process.wait(10) == 74
    assert told == ("mailtui: The result could not be written. The mail itself was dealt with: do not run it again.\n")
    assert len(mailbox.messages) == 1
