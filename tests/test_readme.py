"""Each code block of the README does what the text says."""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from mailtui import MailHandler, Receipt, Recipient, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def run(home: Path, *words: str, stdin: str = "") -> str:
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    done = subprocess.run(words, cwd=home, env=environment, input=stdin, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_block_is_of_a_kind_that_is_tried() -> None:
    assert {name for name, _ in BLOCKS} == {"sh", "python", "text", "toml", "json"}


def test_the_example_prints_the_output_below_it(tmp_path: Path) -> None:
    printed = run(tmp_path, sys.executable, "-c", blocks("python")[0])
    assert [line.rstrip() for line in printed.strip().splitlines()] == blocks("text")[0].splitlines()


def test_the_handler_of_your_own_works(tmp_path: Path) -> None:
    code = blocks("python")[1]
    assert sum(1 for line in code.splitlines() if line) <= 15
    use = "\nMboxMailHandler(from_addr='me@x.org').send('Hello', to=['ann@x.org'])\n"
    assert run(tmp_path, sys.executable, "-c", code + use) == "Added to mails.mbox\n"
    assert "To: ann@x.org" in (tmp_path / "mails.mbox").read_text()


def test_the_configuration_makes_handlers(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(blocks("toml")[0])
    settings = Settings.load(path, environ={})
    assert settings.handler().name == "work"
    assert all(isinstance(settings.handler(name), MailHandler) for name in settings.sections)


def test_the_json_is_that_of_a_receipt() -> None:
    (example,) = map(json.loads, blocks("json"))
    assert example.keys() == {"ok", *(item.name for item in fields(Receipt))}
    assert example["recipients"][0].keys() == {item.name for item in fields(Recipient)}


def test_the_entry_point_names_the_handler_above() -> None:
    entry = tomllib.loads(blocks("toml")[1])["project"]["entry-points"]["mailtui.handlers"]
    assert entry == {"mbox": "mymails:MboxMailHandler"}
    assert "class MboxMailHandler" in blocks("python")[1]


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines() if "mailtui " in line])
def test_each_command_works(line: str, tmp_path: Path) -> None:
    assert run(tmp_path, "sh", "-c", line)


def test_the_lines_that_install_test_and_check_are_run_by_the_gate() -> None:
    others = [line for block in blocks("sh") for line in block.splitlines() if "mailtui " not in line]
    gate = (ROOT / ".ci/run").read_text()
    patterns = re.findall(r"grep --max-count=1 '([^']*)' README.md", gate)
    assert [line for line in others if any(re.search(pattern, line) for pattern in patterns)] == others


def test_every_key_of_the_app_is_in_the_table_of_keys() -> None:
    from mailtui.tui.app import MailtuiApp
    from mailtui.tui.screens.compose import ComposeScreen

    keys = {binding.key for binding in (*MailtuiApp.BINDINGS, *ComposeScreen.BINDINGS)}  # type: ignore[union-attr]
    table = README.partition("## Keys")[2].partition("\n## ")[0].lower()
    assert {key for key in keys if f"`{key.replace('escape', 'esc')}`" not in table} == set()


def test_every_picture_and_link_is_there_and_the_page_is_short() -> None:
    assert len(README.splitlines()) < 200
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
