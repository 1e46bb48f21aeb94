from __future__ import annotations

import base64
import os
import tomllib
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar

import pytest

from mailtui.config.changes import name_problem, overruled, removed, saved, with_copy, with_handler, without
from mailtui.config.settings import Settings
from mailtui.mail import handlers
from mailtui.mail.errors import InvalidOptions, InvalidSettings, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option, Secret
from mailtui.mail.receipt import Receipt
from mailtui.tui.option_sheet import handler_sheet

Load = Callable[..., Settings]
CANARY = "c4n4ry é"

FILE = """\
mail_handler = "work"

# The firm
[mail.work]
handler = "vault"
port = 25

# At home
[mail.home]
handler = "eml"
"""


class VaultMailHandler(MailHandler):
    """Has a secret."""

    label: ClassVar[str] = "vault"
    port: Annotated[int, Option("Port")] = 25
    timeout: Annotated[float, Option("Seconds")] = 1.0
    verify: Annotated[bool, Option("Whether")] = True
    folder: Annotated[Path | None, Option("Where")] = None
    password: Annotated[Secret, Option("Hush")] = Secret()

    def deliver(self, email: Email) -> Receipt:
        return self.receipt(email, "shown")


@pytest.fixture(autouse=True)
def _vault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(handlers.BUILT_IN, "vault", f"{__name__}:VaultMailHandler")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def load(path: Path) -> Load:
    """Settings from the text of a file that is its owner's alone, and variables."""

    def make(text: str = FILE, mode: int = 0o600, **environ: str) -> Settings:
        path.write_text(text)
        path.chmod(mode)
        return Settings.load(path, environ=environ)

    return make


def test_only_what_was_edited_is_saved(load: Load, path: Path) -> None:
    settings = load(MAILTUI_MAIL_WORK_SUBJECT="env", MAILTUI_MAIL_WORK_PORT="26")
    kept = saved(settings.with_values("work", {"timeout": 2.0}).with_values("home", {"subject": "no"}), "work")
    assert path.read_text() == FILE.replace("port = 25\n", "port = 25\ntimeout = 2.0\n")
    assert [kept.sections["work"][option].origin for option in ("timeout", "subject", "port")] == [
        "file",
        "environment",
        "environment",
    ]
    assert kept.sections["work"]["timeout"].where == f"{path}, line 7"
    assert kept.sections["home"]["subject"].origin == "this run"
    assert overruled(kept, "work") == []


def test_every_kind_of_value_is_saved_and_read_again(load: Load, path: Path) -> None:
    values = {
        "port": 587,
        "timeout": 10.0,
        "verify": False,
        "folder": Path("/tmp/x y"),
        "password": Secret('a"\\\n\x7f'),
        "to": ("a@x.org", '"Doe, Jane" <j@x.org>'),
        "subject": "ü '",
    }
    saved(load().with_values("work", values), "work")
    again = Settings.load(path, environ={}).handler("work")
    for name, value in values.items():
        got = getattr(again, name)
        assert (got.reveal() if isinstance(got, Secret) else got) == (
            value.reveal() if isinstance(value, Secret) else value
        )


def test_a_value_that_is_the_default_again_is_saved_plainly(load: Load, path: Path) -> None:
    saved(load("[mail.work]\nhandler = 'vault'\nport = 26\n").with_typed("work", {"port": "25"}), "work")
    assert tomllib.loads(path.read_text())["mail"]["work"]["port"] == 25


def test_a_path_is_saved_as_it_was_typed(load: Load, path: Path) -> None:
    settings = load().with_typed("work", {"folder": "~/mails"})
    assert settings.handler("work").folder == Path("~/mails").expanduser()  # type: ignore[attr-defined]
    saved(settings, "work")
    assert 'folder = "~/mails"\n' in path.read_text()


def test_an_edit_in_an_editor_meanwhile_stays_and_counts(load: Load, path: Path) -> None:
    settings = load().with_values("work", {"port": 587})
    path.write_text("# by hand\n" + FILE.replace('"eml"\n', '"eml"\nsubject = "by hand"\n'))
    kept = saved(settings, "work")
    assert path.read_text().startswith("# by hand\n")
    assert 'subject = "by hand"' in path.read_text()
    assert kept.handler("home").subject == "by hand"
    assert kept.sections["home"]["subject"].where == f"{path}, line 12"


def test_a_new_handler_is_saved_with_its_class(load: Load, path: Path) -> None:
    settings = with_handler(load(), "new", "eml")
    assert settings.handler("new").label == "eml"
    assert saved(load(), "home") is not None
    kept = saved(settings.with_values("new", {"subject": "Hi"}), "new")
    assert path.read_text() == f'{FILE}\n[mail.new]\nhandler = "eml"\nsubject = "Hi"\n'
    assert kept.sections["new"]["handler"].origin == "file"


def test_nothing_to_save_writes_nothing(load: Load, path: Path) -> None:
    settings = load(mode=0o640)
    assert saved(settings, "work") is settings
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_section_that_was_lost_meanwhile_gets_its_class_again(load: Load, path: Path) -> None:
    settings = load().with_values("work", {"port": 587})
    path.unlink()
    kept = saved(settings, "work")
    assert path.read_text() == '[mail.work]\nhandler = "vault"\nport = 587\n'
    assert kept.names() == ["work", *handlers.handler_labels()]


def test_the_handler_to_begin_with_is_saved_only_when_asked_for(load: Load, path: Path) -> None:
    settings = load().using("home", "this run").with_values("home", {"subject": "Hi"})
    kept = saved(settings, "home")
    assert (kept.at_start.value, kept.mail_handler.value) == ("work", "home")
    kept = saved(kept, "home", at_start=True)
    assert path.read_text().startswith('mail_handler = "home"\n')
    assert kept.at_start.value == "home"


def test_without_a_file_one_is_made_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for settings in (Settings(), Settings.load(environ={})):
        saved(settings.with_values("dummy", {"subject": "Hi"}), "dummy")
        path = tmp_path / ".config/mailtui/config.toml"
        assert path.read_text() == '[mail.dummy]\nsubject = "Hi"\n'
        assert Settings.load(environ={}).handler("dummy").subject == "Hi"
        path.unlink()


def test_variables_that_go_before_the_file_are_told(load: Load) -> None:
    settings = load(
        MAILTUI_MAIL_WORK_PORT="26",
        MAILTUI_MAIL_WORK_SUBJECT="x",
        MAILTUI_MAIL_HOME_SUBJECT="y",
        MAILTUI_MAIL_HANDLER="dummy",
    )
    kept = saved(settings.with_values("work", {"port": 587}), "work", at_start=True)
    assert overruled(kept, "work") == ["MAILTUI_MAIL_WORK_PORT", "MAILTUI_MAIL_HANDLER"]
    assert kept.handler("work").port == 587  # type: ignore[attr-defined]
    assert overruled(kept, "home") == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "use a to z"),
        ("Work", "use a to z"),
        ("9a", "use a to z"),
        ("a_b", "use a to z"),
        ("a b", "use a to z"),
        ("a\n", "use a to z"),
        ("é", "use a to z"),
        ("work", "there is a handler called work already"),
        ("eml", "there is a handler called eml already"),
        ("smtp", "there is a handler called smtp already"),
        ("work-subject", "with work beside it, MAILTUI_MAIL_WORK_SUBJECT_PREFIX could mean either"),
        ("dummy-from", "with dummy beside it, MAILTUI_MAIL_DUMMY_FROM_ADDR could mean either"),
        ("long", "with long-from beside it, MAILTUI_MAIL_LONG_FROM_ADDR could mean either"),
    ],
)
def test_a_name_that_cannot_be_had_is_told(load: Load, name: str, reason: str) -> None:
    settings = load(FILE + "[mail.long-from]\nhandler = 'eml'\n[mail.bad]\nhandler = 5\n")
    assert name_problem(settings, name, "eml").startswith(reason)
    with pytest.raises(InvalidSettings, match="cannot name a new handler"):
        with_handler(settings, name, "eml")


@pytest.mark.parametrize("name", ["a", "my-eml", "work-copy", "work-2", "handler", "long-from-home"])
def test_a_name_that_is_free_can_be_had(load: Load, name: str) -> None:
    settings = load(FILE + "[mail.long-from]\nhandler = 'eml'\n")
    assert name_problem(settings, name, "eml") == ""
    assert with_handler(settings, name, "eml").handler(name).name == name


def test_a_copy_has_all_values_and_saves_none_of_the_environment(load: Load, path: Path) -> None:
    text = FILE.replace("port = 25", "port = 25\npassword = 'file-secret'")
    settings = load(text, MAILTUI_MAIL_WORK_SUBJECT="env", MAILTUI_MAIL_HOME_HANDLER="vault")
    copied = with_copy(settings.with_values("work", {"timeout": 3.0}), "work", "two")
    two = copied.handler("two")
    assert isinstance(two, VaultMailHandler)
    assert (two.port, two.timeout, two.subject, two.password.reveal()) == (25, 3.0, "env", "file-secret")
    kept = saved(copied, "two")
    section = tomllib.loads(path.read_text())["mail"]["two"]
    assert section == {"handler": "vault", "port": 25, "password": "file-secret", "timeout": 3.0}
    assert kept.handler("two").subject == "env"
    assert kept.sections["work"]["timeout"].origin == "this run"


def test_a_copy_of_a_secret_of_the_environment_is_not_saved(load: Load, path: Path) -> None:
    copied = with_copy(load(MAILTUI_MAIL_WORK_PASSWORD=CANARY), "work", "two")
    assert copied.handler("two").password.reveal() == CANARY  # type: ignore[attr-defined]
    saved(copied, "two")
    assert CANARY not in path.read_text()


def test_a_copy_takes_no_secret_out_of_a_file_that_others_can_read(load: Load) -> None:
    copied = with_copy(load(FILE.replace('"eml"', f"'vault'\npassword = '{CANARY}'"), 0o644), "home", "two")
    assert "password" not in copied.sections["two"]


def test_a_handler_is_removed_from_the_run_or_from_the_file(load: Load, path: Path) -> None:
    settings = load()
    assert "home" not in without(settings, "home").names()
    assert path.read_text() == FILE
    kept = removed(settings.with_values("work", {"port": 1}), "home")
    assert path.read_text() == FILE.replace('[mail.home]\nhandler = "eml"\n', "")
    assert kept.names() == ["work", *handlers.handler_labels()]
    assert kept.handler("work").port == 1  # type: ignore[attr-defined]
    kept = removed(kept, "work")
    assert path.read_text() == "\n# The firm\n\n# At home\n"
    assert kept.at_start.value == "dummy"


def test_what_is_in_no_file_is_removed_without_one(load: Load, path: Path) -> None:
    settings = with_handler(load(), "new", "eml")
    path.write_text("broken = ")
    assert "new" not in removed(settings, "new").names()


def test_saving_into_a_broken_file_changes_nothing(load: Load, path: Path) -> None:
    settings = load().with_values("work", {"port": 587})
    path.write_text("[mail.work]\npassword = 'c4n4ry\n")
    for change in (partial(saved, settings, "work"), partial(removed, settings, "work")):
        with pytest.raises(InvalidSettings) as caught:
            change()
        assert "c4n4ry" not in "".join(traceback.format_exception(caught.value))
    assert path.read_text() == "[mail.work]\npassword = 'c4n4ry\n"


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o606, 0o601])
def test_a_password_in_a_file_of_all_disables_its_handler_only(load: Load, path: Path, mode: int) -> None:
    text = f"{FILE}[mail.other]\nhandler = 'vault'\npassword = '{CANARY}'\n"
    settings = load(text, mode)
    with pytest.raises(InvalidOptions) as caught:
        settings.handler("other")
    assert str(caught.value) == (
        f"[mail.other]: password: others may read the file that holds it, which has mode {mode:04o}; "
        f"make it yours alone and start again: chmod 600 {path} ({path}, line 13)"
    )
    assert [settings.problem(name) for name in ("work", "home")] == ["", ""]
    assert load(text, 0o600).problem("other") == ""
    assert load(text, 0o400).problem("other") == ""
    assert load(FILE, mode, MAILTUI_MAIL_WORK_PASSWORD="x").problem("work") == ""
    assert load(text.replace(CANARY, ""), mode).problem("other") == ""
    assert saved(settings.with_values("home", {"subject": "x"}), "home").problem("other") == ""


def test_a_secret_is_in_nothing_that_is_shown(load: Load, path: Path) -> None:
    secrets = (CANARY, base64.b64encode(CANARY.encode()).decode(), repr(CANARY)[1:-1], ascii(CANARY)[1:-1])
    shown: list[str] = []

    def attempt(change: Callable[[], object]) -> None:
        try:
            shown.append(repr(change()))
        except MailError as error:
            shown.extend([*traceback.format_exception(error), str(error), repr(error)])

    good = f"[mail.work]\nhandler = 'vault'\npassword = '{CANARY}'\n"
    attempt(lambda: load(good))
    attempt(lambda: load(good, 0o644).handler("work"))
    attempt(lambda: load(good + "port = 'x'\n").handler("work"))
    attempt(lambda: load(good.replace(f"'{CANARY}'", f"['{CANARY}']")).handler("work"))
    attempt(lambda: load(good.replace(f"'{CANARY}'", f"{{a = '{CANARY}'}}")).handler("work"))
    attempt(lambda: load(good.replace("password", "pasword")).handler("work"))
    attempt(lambda: load(good.replace("é'", "é")))
    attempt(lambda: load(good.replace(f"'{CANARY}'", CANARY)))
    attempt(lambda: load(good.replace("password =", "password")))
    attempt(lambda: load(good).sections)
    attempt(lambda: load(good).file)
    attempt(lambda: load(good).handler("work"))
    attempt(lambda: load(FILE, MAILTUI_MAIL_WORK_PASSWORD=CANARY).environment)
    attempt(lambda: load(FILE, MAILTUI_MAIL_WORK_PASSWORD=CANARY, MAILTUI_MAIL_WORK_PORT="x").handler("work"))
    attempt(lambda: handler_sheet(load(good), "work"))
    attempt(lambda: load("mail = { work = 5 }").with_values("work", {"password": Secret(CANARY)}))
    settings = load(good).with_typed("work", {"password": Secret(CANARY)})
    attempt(lambda: settings.sections)
    path.write_text("[mail.work\n")
    attempt(lambda: saved(settings, "work"))
    path.unlink()
    path.mkdir()
    attempt(lambda: saved(settings, "work"))
    assert len(shown) > 20
    for text in shown:
        assert not [secret for secret in secrets if secret in text], text
