from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailtui.cli import main
from mailtui.config.settings import Settings
from mailtui.mail import handlers
from mailtui.mail.errors import UnknownHandler
from mailtui.mail.handlers import BUILT_IN, handler_class, handler_labels
from mailtui.mail.handlers.dummy import DummyMailHandler
from mailtui.mail.handlers.eml import EmlMailHandler

Install = Callable[[str, str], None]

GOOD = """
from mailtui.mail.handlers.dummy import DummyMailHandler
class PigeonMailHandler(DummyMailHandler):
    '''Sends a pigeon.'''
    label = "pigeon"
    delivers = True
"""
BROKEN = {
    "syntax": "class PigeonMailHandler(:",
    "import": "import nothing_of_that_name",
    "other": "raise RuntimeError('no pigeons today')",
    "label": "from mailtui import MailHandler\nclass PigeonMailHandler(MailHandler): pass",
    "option": "from mailtui import MailHandler\nclass PigeonMailHandler(MailHandler):\n  label = 'p'\n  x: bytes = b''",
    "empty": "",
    "class": "class PigeonMailHandler: pass",
    "init": GOOD + "    def __init__(self, **values): raise KeyError('nest')\n",
    "abstract": "from mailtui import MailHandler\nclass PigeonMailHandler(MailHandler): label = 'pigeon'",
}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """A package with a handler, as pip leaves it."""

    def put(entry: str, code: str) -> None:
        (tmp_path / "pigeonpost.py").write_text(code)
        information = tmp_path / "pigeonpost-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeonpost\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(f"[mailtui.handlers]\n{entry}\n")
        monkeypatch.syspath_prepend(tmp_path)
        handlers._installed.cache_clear()

    yield put
    monkeypatch.undo()
    handlers._installed.cache_clear()
    __import__("sys").modules.pop("pigeonpost", None)


def test_the_built_in_handlers_have_the_labels_they_are_found_by() -> None:
    assert handler_labels()[: len(BUILT_IN)] == list(BUILT_IN)
    for label in BUILT_IN:
        assert handler_class(label).label == label
    assert handler_class("dummy") is DummyMailHandler
    assert handler_class("eml") is EmlMailHandler


def test_an_unknown_label_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UnknownHandler, match=r"^There is no handler called 'smpt'; there are dummy, eml"):
        handler_class("smpt")


def test_a_package_adds_its_handler(install: Install) -> None:
    install("pigeon = pigeonpost:PigeonMailHandler", GOOD)
    assert handler_labels() == ["dummy", "eml", "sendmail", "smtp", "pigeon"]
    assert handler_class("pigeon").label == "pigeon"


@pytest.mark.parametrize(
    "entry", ["pigeon = pigeonpost:PigeonMailHandler [fast]", "pigeon=pigeonpost : PigeonMailHandler"]
)
def test_an_entry_point_may_be_written_in_its_other_forms(install: Install, entry: str) -> None:
    install(entry, GOOD)
    assert handler_class("pigeon").label == "pigeon"


def test_a_built_in_handler_cannot_be_replaced(install: Install) -> None:
    install("dummy = pigeonpost:PigeonMailHandler", GOOD)
    assert handler_class("dummy") is DummyMailHandler
    assert handler_labels() == ["dummy", "eml", "sendmail", "smtp"]


@pytest.mark.parametrize("fault", sorted(BROKEN.keys() - {"abstract", "init"}))
def test_a_handler_that_cannot_be_loaded_is_told_in_a_sentence(install: Install, fault: str) -> None:
    install("pigeon = pigeonpost:PigeonMailHandler", BROKEN[fault])
    with pytest.raises(UnknownHandler, match=r"^The handler 'pigeon' cannot be loaded"):
        handler_class("pigeon")


def test_a_variable_sets_the_handler_whose_whole_name_it_has(install: Install) -> None:
    install("eml-zip = pigeonpost:PigeonMailHandler", GOOD.replace('"pigeon"', '"eml-zip"'))
    settings = Settings.load(environ={"MAILTUI_MAIL_EML_ZIP_SUBJECT_PREFIX": "[zip]"})
    assert settings.handler("eml-zip").subject_prefix == "[zip]"
    assert settings.problem("eml") == ""


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_one_broken_handler_does_not_hide_the_others(
    install: Install, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    install("pigeon = pigeonpost:PigeonMailHandler", BROKEN[fault])
    assert main(["handlers"]) == 0
    *others, pigeon = capsys.readouterr().out.splitlines()
    assert [line[:10] for line in others] == ["* dummy   ", "  eml     ", "  sendmail", "  smtp    "]
    assert pigeon.startswith("  pigeon    cannot be used: ")


def test_handlers_are_listed_with_what_they_do(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install("pigeon = pigeonpost:PigeonMailHandler", GOOD)
    assert main(["handlers"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  pigeon    delivers       Sends a pigeon"


def test_a_handler_without_a_docstring_is_listed(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install("pigeon = pigeonpost:PigeonMailHandler", GOOD.replace("'''Sends a pigeon.'''", ""))
    assert main(["handlers"]) == 0
    assert "pigeon" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Pigeon", "[/nope]", "[@click=app.quit]x[/]", "pi\x1b[31mgeon", "9"])
def test_a_label_that_no_section_could_have_is_not_found(install: Install, name: str) -> None:
    install(f"{name} = pigeonpost:PigeonMailHandler", GOOD)
    assert handler_labels() == list(BUILT_IN)
