"""Letters that leave, in a real terminal: to real servers, and never by a stray key."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_url

import pytest

from tests.at_once import at_once
from tests.fault_server import fault_server, quote
from tests.programs import path_of
from tests.smtp_server import Mailbox, smtp_server, write_authority
from tests.terminal import Terminal

pytestmark = pytest.mark.long


ANN, BOB, CARL, DORA = (f"{name}@example.org" for name in ("ann", "bob", "carl", "dora"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def configure(home: Path, port: int, **values: Any) -> None:
    """A handler called work in the configuration; dummy is in use."""
    options = {"handler": "smtp", "host": "127.0.0.1", "port": port, "security": "none", "from_addr": "me@example.com"}
    path = home / ".config/mailtui/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    written = (f"{key} = {json.dumps(value)}" for key, value in (options | {"timeout": 5} | values).items())
    path.write_text("\n".join(["[mail.work]", *written]))


def write_letter(
    terminal: Terminal, *, to: str = f"{ANN}, {BOB}", cc: str = "", bcc: str = "", attach: str = ""
) -> None:
    terminal.wait_for("DUMMY MAIL MESSAGE")
    terminal.press(to, "tab", cc, "tab", bcc, "tab", "Minutes", "tab", attach, "tab", "Hi both,", "enter", "bye")
    terminal.wait_for("Hi both,", "bye", "live preview")


def switch_to_work(terminal: Terminal) -> None:
    """Choose the handler in the settings and use it."""
    terminal.press("F2")
    terminal.wait_for("Handlers", "Use now")
    terminal.press("up")
    terminal.wait_until(lambda: "127.0.0.1" in terminal.text and "host" in terminal.text, "the options of work")
    terminal.press("ctrl+s")
    terminal.wait_for("▲ work · 127.0.0.1:")


def send(terminal: Terminal) -> None:
    """Submit, look, say yes."""
    terminal.press("ctrl+s")
    terminal.wait_for("Send this letter?")
    time.sleep(0.6)
    terminal.press("y")


def test_a_letter_with_all_kinds_of_recipients_arrives(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(bytes(range(256)) * 400)
    with smtp_server(mailbox, security="starttls", auth_required=True) as port:
        configure(
            tmp_path,
            port,
            security="starttls",
            ca_file=str(write_authority(tmp_path)),
            username="me",
            password_command=["printf", "%s", mailbox.password],
        )
        terminal = Terminal(tmp_path)
        write_letter(terminal, cc=CARL, bcc=DORA, attach=str(tmp_path / "report.pdf"))
        switch_to_work(terminal)
        terminal.press("ctrl+s")
        terminal.wait_for("Send this letter?", "4 recipients:", f"1  {ANN}", f"4  {DORA}  (hidden from the others)")
        terminal.wait_for("report.pdf · 102 kB", "STARTTLS")
        time.sleep(0.6)
        terminal.press("y")
        terminal.wait_for("✓ work · ", "accepted for 4 recipients", *(f"✓ {one}" for one in (ANN, BOB, CARL, DORA)))
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    (message,) = mailbox.messages
    assert (message.sender, message.recipients) == ("me@example.com", [ANN, BOB, CARL, DORA])
    assert (message.encrypted, mailbox.logins) == (True, [("PLAIN", mailbox.password)])
    parsed = message_from_bytes(message.data, policy=policy.default)
    assert (parsed["To"], parsed["Cc"], parsed["Bcc"]) == (f"{ANN}, {BOB}", CARL, None)
    assert DORA.encode() not in message.data
    assert parsed.get_body().get_content().splitlines() == ["Hi both,", "bye"]  # type: ignore[union-attr]
    (file,) = parsed.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("report.pdf", bytes(range(256)) * 400)


def test_from_the_first_key_over_a_refusal_to_the_next_letter(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.refused[BOB] = "450 4.2.1 try again later"
    with smtp_server(mailbox) as port:
        configure(tmp_path, port)
        terminal = Terminal(tmp_path, "-H", "work")
        terminal.wait_for("▲ work · 127.0.0.1:")
        terminal.press(f"{ANN}, bob@", *["tab"] * 5, "Hi both,", "enter", "the plan is attached.")
        terminal.press("ctrl+s")
        terminal.wait_for("✗ bob@: the domain is missing", "✗ not sendable yet: To")
        terminal.look_on(0.5)  # the cursor goes there by itself
        terminal.press("end", "example.org")
        terminal.wait_for("✓ ready · 2 recipients", "⚠")
        terminal.press("F3")
        terminal.wait_for("To        ann@example.org, bob@example.org")
        terminal.press("F3")
        terminal.wait_for("MIME-Version: 1.0")
        send(terminal)
        terminal.wait_for("accepted for 1, refused for 1", f"✗ {BOB}  refused 450 4.2.1 try again later")

        mailbox.refused.clear()
        terminal.press("ctrl+s")
        terminal.wait_for("⚠ It says “attached”, but no file goes along.", f"1  {BOB}", f"–  {ANN}  not again")
        time.sleep(0.6)
        terminal.press("y")
        terminal.wait_for("✓ work · ", "accepted for 1 recipient")
        terminal.press("ctrl+n")
        terminal.wait_for("Write the letter here")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    assert [message.recipients for message in mailbox.messages] == [[ANN], [BOB]]
    first, second = (message_from_bytes(message.data, policy=policy.default) for message in mailbox.messages)
    assert first.items() == second.items()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Postfix's smtp-sink, which writes each message with its envelope to a file."""
    folder = tmp_path / "sink"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = path_of("smtp-sink")
    assert program
    as_root = ["-u", "root"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *as_root, "-R", str(folder), "-d", "%M.", f"127.0.0.1:{port}", "10"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, folder
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.system("smtp-sink", package="postfix")
def test_the_same_at_the_sink_of_postfix(sink: tuple[int, Path], tmp_path: Path) -> None:
    port, folder = sink
    (tmp_path / "report.txt").write_text("in short: all is well\n")
    configure(tmp_path, port)
    terminal = Terminal(tmp_path)
    write_letter(terminal, cc=CARL, bcc=DORA, attach=str(tmp_path / "report.txt"))
    switch_to_work(terminal)
    send(terminal)
    terminal.wait_for("✓ work · ", "accepted for 4 recipients", *(f"✓ {one}" for one in (ANN, BOB, CARL, DORA)))
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0
    (dump,) = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    lines = dump.splitlines()
    assert [line for line in lines if line.startswith("X-Mail-Args:")] == ["X-Mail-Args: <me@example.com>"]
    assert [line.partition(": ")[2] for line in lines if line.startswith("X-Rcpt-Args:")] == [
        f"<{one}>" for one in (ANN, BOB, CARL, DORA)
    ]
    assert 'filename="report.txt"' in dump


def test_each_failure_is_one_clear_sentence_and_the_letter_stays(mailbox: Mailbox, tmp_path: Path) -> None:
    ca_file = str(write_authority(tmp_path))
    mailbox.refused = {BOB: "550 5.1.1 no such user"}
    with (
        smtp_server(mailbox) as open_port,
        smtp_server(mailbox, security="tls", auth_required=True) as locked_port,
        socket.socket() as nobody,
    ):
        nobody.bind(("127.0.0.1", 0))
        dead_port = nobody.getsockname()[1]
        cases: list[tuple[dict[str, Any], tuple[str, ...]]] = [
            ({"port": dead_port}, ("nothing was sent", f"Connection refused at 127.0.0.1:{dead_port}.", "Is a mail")),
            ({"port": locked_port, "security": "tls"}, ("nothing was sent", "cannot be verified:", "ca_file of work")),
            (
                {
                    "port": locked_port,
                    "security": "tls",
                    "ca_file": ca_file,
                    "username": "me",
                    "password": "wrong horse",
                },
                ("nothing was sent", "refused the log-in of me: 535", "Check username and"),
            ),
            ({"port": open_port}, ("accepted for 1, refused", f"✗ {BOB}", "550 5.1.1 no such user", "Retry")),
        ]
        for number, (values, sentences) in enumerate(cases):
            configure(tmp_path, **values)
            terminal = Terminal(tmp_path, environ={"XDG_DATA_HOME": str(tmp_path / str(number))})
            write_letter(terminal)
            switch_to_work(terminal)
            send(terminal)
            terminal.wait_for("✗ work · ", *sentences)
            terminal.wait_for(f"To {ANN}, {BOB}", "Subject Minutes", "Hi both,", "bye")
            assert "wrong horse" not in terminal.text
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
    assert [message.recipients for message in mailbox.messages] == [[ANN]]


BEGIN, END = "\x1b[200~", "\x1b[201~"  # of a bracketed paste


@pytest.mark.parametrize("bracketed", [False, True], ids=["typed", "pasted"])
@pytest.mark.parametrize("pace", [0, 0.02, 0.12, 0.25])
def test_a_stray_key_sends_nothing(mailbox: Mailbox, tmp_path: Path, pace: float, bracketed: bool) -> None:
    with smtp_server(mailbox) as port:
        configure(tmp_path, port)
        terminal = Terminal(tmp_path, "-H", "work", ANN, "-s", "Hi", "--body", "Hello", size=(80, 24))
        terminal.wait_for("▲ work", "✓ ready · 1 recipient")
        terminal.press("tab", "tab", "tab", "tab", "tab")  # to the body
        for text in ("Hi\nyours truly", "\x13y"):
            terminal.type(BEGIN if bracketed else "", 0)
            terminal.type(text, pace)
            terminal.type(END if bracketed else "", 0)
            terminal.look_on(0.2)
        if not bracketed:
            terminal.wait_for("Send this letter?")
        time.sleep(0.6)
        terminal.press("x")  # the screen still answers
        terminal.look_on(0.2)
    assert mailbox.connections == 0


def test_twenty_quick_presses_are_one_mail(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.delay = 0.3
    with smtp_server(mailbox) as port:
        configure(tmp_path, port)
        terminal = Terminal(tmp_path, "-H", "work", ANN, "-s", "Hi", "--body", "Hello")
        terminal.wait_for("▲ work", "✓ ready · 1 recipient")
        terminal.type("\x13" * 20, 0.01)
        terminal.wait_for("Send this letter?")
        time.sleep(0.6)
        terminal.type("y" * 20, 0.03)
        terminal.wait_for("accepted for 1 recipient", f"To {ANN} ")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    assert len(mailbox.messages) == mailbox.connections == 1


def test_a_server_that_hangs_can_be_left_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        configure(tmp_path, hanging.getsockname()[1], timeout=60)
        terminal = Terminal(tmp_path, "-H", "work", ANN, "-s", "Hi", "--body", "Hello", size=(80, 24))
        terminal.wait_for("▲ work", "✓ ready · 1 recipient")
        send(terminal)
        terminal.wait_for("Sending", "connecting ·", "Cancel")
        terminal.wait_for("connecting · 1 s")  # the screen lives
        with at_once():
            terminal.press("escape")
            terminal.wait_for("✗ work · failed", "Cancelled; nothing was sent.")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("how", ["response", "repr"])
def test_a_password_is_shown_to_nobody_even_when_the_server_says_it_again(tmp_path: Path, how: str) -> None:
    password = "c4n4ry & 'quoted' \\ pässword"
    with fault_server({"AUTH": quote(how)}) as server:
        configure(tmp_path, server.port, username="me", password=password)
        terminal = Terminal(tmp_path, "-H", "work", ANN, "-s", "Hi", "--body", "Hello", size=(140, 36))
        terminal.wait_for("▲ work", "✓ ready · 1 recipient")
        terminal.press("F2")
        terminal.wait_for("work · in use", "set; type to replace")
        terminal.press("F9")
        terminal.wait_for("the check failed", "> AUTH PLAIN ***", "< 535 ")
        terminal.press("escape", "escape")
        terminal.wait_for("✓ ready · 1 recipient")
        send(terminal)
        terminal.wait_for("✗ work · failed", "refused the log-in of me", "Transcript")
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.press("Copy")
        terminal.wait_for("Copy the answer with its transcript")
        terminal.press("enter")  # by OSC 52
        terminal.wait_for("in the clipboard")
        listed = subprocess.run(["ps", "axeww"], capture_output=True, check=True).stdout
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert any(b64encode(f"\0me\0{password}".encode()) in line for line in server.record.lines)
    clipboard = b"".join(map(b64decode, re.findall(rb"\x1b\]52;c;([^\x07\x1b]+)", terminal.output)))
    assert b"535 " in clipboard
    configuration = tmp_path / ".config/mailtui/config.toml"
    elsewhere = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != configuration)
    encoded = password.encode()
    spellings = {encoded, b64encode(encoded), b64encode(b"\0me\0" + encoded), encoded.hex().encode()}
    spellings |= {quote_url(password).encode(), repr(password).encode(), ascii(password)[1:-1].encode(), b"c4n4ry"}
    for spelling in spellings:
        for place in (terminal.output, clipboard, listed, elsewhere):
            assert spelling not in place
