from __future__ import annotations

from pathlib import Path

from mailtui import __version__, handler_labels
from mailtui.cli.arguments import COMMANDS
from tests.cli.conftest import Command


def test_the_handlers_are_listed_and_the_one_in_use_marked(command: Command, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        "mail_handler = 'my-work'\n[mail.my-work]\nhandler = 'eml'\n[mail.bad]\nhandler = 'dummy'\nx = 1\ny = 2\n"
    )
    result = command("handlers", "--config", "c.toml")
    lines = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert [line[:11].rstrip() for line in lines] == [
        "* my-work",
        "  bad",
        *(f"  {label}" for label in handler_labels()),
    ]
    assert "sends nothing" in lines[0]
    assert "cannot be used: [mail.bad]: x: dummy has no such option" in lines[1]
    assert "; [mail.bad]: y: " in lines[1]


def test_without_a_configuration_dummy_is_marked(command: Command) -> None:
    assert command("handlers").out.startswith("* dummy     sends nothing  Shows the message and sends nothing")


def test_a_configured_handler_that_there_is_not_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("mail_handler = 'wrok'")
    result = command("handlers", "--config", "c.toml")
    assert "wrok" in result.out + result.err


def test_the_version_is_printed(command: Command) -> None:
    for words in (["--version"], ["send", "--version"], ["handlers", "--version"]):
        assert command(*words) == (0, f"mailtui {__version__}\n", "")


def test_the_help_mentions_each_command(command: Command) -> None:
    result = command("--help")
    assert (result.code, result.err) == (0, "")
    for name in set(COMMANDS) - {"compose"}:
        assert f"mailtui {name} " in result.out
    assert "ompose" in result.out


def test_each_command_has_help_that_fits_a_terminal(command: Command) -> None:
    for name in COMMANDS:
        result = command(name, "--help")
        assert (result.code, result.err) == (0, "")
        assert max(map(len, result.out.splitlines())) <= 80
        assert "--config FILE" in result.out


def test_the_help_of_send_tells_the_exit_codes(command: Command) -> None:
    out = command("send", "--help").out
    for code in ("0", "64", "65", "66", "69", "75", "76", "78"):
        assert f" {code}  " in out
