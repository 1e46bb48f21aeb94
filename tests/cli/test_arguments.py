from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.cli import commands
from mailtui.cli.arguments import COMMANDS, draft_of, parse, split_command
from mailtui.files import folder_until_exit
from mailtui.mail.attachment import split_files
from mailtui.mail.draft import Draft


def draft(*words: str, body: str | None = None) -> Draft:
    return draft_of(parse("send", words), body, folder_until_exit)


@pytest.mark.parametrize(
    ("words", "command", "rest"),
    [
        ([], "compose", []),
        (["send"], "send", []),
        (["handlers"], "handlers", []),
        (["compose", "ann@x.org"], "compose", ["ann@x.org"]),
        (["send", "ann@x.org"], "send", ["ann@x.org"]),
        (["-s", "Hello", "send", "ann@x.org"], "send", ["-s", "Hello", "ann@x.org"]),
        (["--subject", "send", "send"], "send", ["--subject", "send"]),
        (["-s", "send"], "compose", ["-s", "send"]),
        (["--subject=send", "send"], "send", ["--subject=send"]),
        (["-Heml", "send"], "send", ["-Heml"]),
        (["--json", "send"], "send", ["--json"]),
        (["--config", "handlers", "handlers"], "handlers", ["--config", "handlers"]),
        (["ann@x.org", "send"], "compose", ["ann@x.org", "send"]),
        (["send", "send"], "send", ["send"]),
        (["--", "send"], "compose", ["--", "send"]),
        (["send", "--", "handlers"], "send", ["--", "handlers"]),
        (["mailto:ann@x.org"], "compose", ["mailto:ann@x.org"]),
        (["-"], "compose", ["-"]),
        (["-h"], "compose", ["-h"]),
    ],
)
def test_the_first_word_that_is_no_option_may_name_the_command(words: list[str], command: str, rest: list[str]) -> None:
    assert split_command(words) == (command, rest)


def test_each_option_fills_its_field() -> None:
    words = (
        "-s S -f me@x.org --to a@x.org b@x.org -c c@x.org -b d@x.org --reply-to e@x.org -a f.txt --header X-A:b "
        "--cc g@x.org --to h@x.org --bcc i@x.org --attach=j.txt --header X-B:c"
    )
    assert draft(*words.split(), body="Hello") == Draft(
        from_addr="me@x.org",
        to="a@x.org, h@x.org, b@x.org",
        cc="c@x.org, g@x.org",
        bcc="d@x.org, i@x.org",
        subject="S",
        body="Hello",
        attachments="f.txt, j.txt",
        reply_to="e@x.org",
        headers="X-A:b\nX-B:c",
    )


def test_options_and_addresses_come_in_any_order() -> None:
    assert draft("a@x.org", "-s", "S", "b@x.org", "-c", "c@x.org", "d@x.org") == Draft(
        to="a@x.org, b@x.org, d@x.org", cc="c@x.org", subject="S"
    )


def test_a_link_fills_in_what_no_option_does() -> None:
    link = "mailto:a@x.org?subject=Link&body=from%20link&cc=b@x.org"
    assert draft(link) == Draft(to="a@x.org", cc="b@x.org", subject="Link", body="from link")
    assert draft(link, "c@x.org", "-s", "S", body="typed") == Draft(
        to="c@x.org, a@x.org", cc="b@x.org", subject="S", body="typed"
    )


def test_no_link_is_lost() -> None:
    made = draft("mailto:a@x.org?cc=c@x.org", "MAILTO:b@x.org?bcc=d@x.org&subject=S")
    assert (made.to, made.cc, made.bcc, made.subject) == ("a@x.org, b@x.org", "c@x.org", "d@x.org", "S")


def test_a_path_is_one_attachment_whatever_is_in_it(tmp_path: Path) -> None:
    paths = ["a b.txt", "c,d.txt", "e'f\".txt", "-g", str(tmp_path)]
    words = [f"--attach={path}" for path in paths]
    assert split_files(draft(*words).attachments) == paths


def test_what_stands_after_two_minus_signs_is_an_address() -> None:
    assert draft("-s", "S", "--", "-a@x.org", "--body=x").to == "-a@x.org, --body=x"
    assert draft("-s", "S", "--", "-a/etc/passwd").attachments == ""
    assert draft("a@x.org", "--", "b@x.org").to == "a@x.org, b@x.org"


@pytest.mark.parametrize("value", ["-5 % off", "- item", "-s"])
def test_a_value_may_begin_with_a_minus_sign(value: str) -> None:
    assert draft(f"--subject={value}").subject == value


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_function(command: str) -> None:
    assert callable(getattr(commands, command))
