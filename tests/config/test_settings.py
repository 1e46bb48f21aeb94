from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from mailtui import open_mail
from mailtui.config.settings import Settings
from mailtui.config.sources import config_path
from mailtui.mail.errors import InvalidOptions, InvalidSettings, MailError, UnknownHandler
from mailtui.mail.handlers import handler_class, handler_labels
from mailtui.mail.handlers.dummy import DummyMailHandler
from mailtui.mail.handlers.eml import EmlMailHandler
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option, Secret
from mailtui.mail.receipt import Receipt
from mailtui.tui.option_sheet import handler_sheet

Load = Callable[..., Settings]
LABELS = handler_labels()

FILE = """\
mail_handler = "work"

[mail.dummy]
from_addr = "me@example.com"

[mail.work]
handler = "eml"
folder = "/tmp/mails"
to = ["ann@example.com", '"Doe, Jane" <j@example.com>']
subject_prefix = "[ops]"
"""


class Postbox(MailHandler):
    """Has an option of each type."""

    label: ClassVar[str] = "postbox"
    port: Annotated[int, Option("Port", ge=1, le=65535)] = 25
    timeout: Annotated[float, Option("Seconds", ge=0)] = 10.0
    verify: Annotated[bool, Option("Whether")] = True
    password: Annotated[Secret, Option("Hush")] = Secret()
    command: Annotated[tuple[str, ...], Option("Words")] = ()

    def deliver(self, email: Email) -> Receipt:
        return self.receipt(email, "accepted")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings from the text of a file and variables."""

    def make(text: str | bytes | None = None, **environ: str) -> Settings:
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (tmp_path / "config.toml").write_bytes(data)
        return Settings.load(tmp_path / "config.toml" if text is not None else None, environ=environ)

    return make


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a package had brought it."""
    from mailtui.mail import handlers

    monkeypatch.setitem(handlers.BUILT_IN, "postbox", f"{__name__}:Postbox")
    assert handler_class("postbox") is Postbox


def test_without_a_file_the_handler_is_dummy(load: Load) -> None:
    settings = load(HOME="/nowhere")
    assert type(settings.handler()) is DummyMailHandler
    assert settings.mail_handler.origin == "default"
    assert settings.names() == LABELS


def test_a_named_section_is_a_handler_of_its_own(load: Load) -> None:
    settings = load(FILE)
    mail = settings.handler()
    assert isinstance(mail, EmlMailHandler)
    assert (mail.name, mail.label, mail.folder) == ("work", "eml", Path("/tmp/mails"))
    assert mail.to == ("ann@example.com", '"Doe, Jane" <j@example.com>')
    assert settings.names() == ["dummy", "work", *LABELS[1:]]
    assert settings.handler("dummy").from_addr == "me@example.com"
    assert settings.handler("eml").subject_prefix == ""
    assert settings.handler("eml").name == "eml"


def test_two_sections_may_use_one_class(load: Load) -> None:
    settings = load('[mail.a]\nhandler = "eml"\nfolder = "/a"\n[mail.b]\nhandler = "eml"\nfolder = "/b"')
    assert [settings.handler(name).folder for name in ("a", "b")] == [Path("/a"), Path("/b")]  # type: ignore[attr-defined]


def test_the_file_is_looked_for_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path({}) == f"{tmp_path}/.config/mailtui/config.toml"
    assert config_path({"XDG_CONFIG_HOME": "/etc/x"}) == "/etc/x/mailtui/config.toml"
    assert config_path({"XDG_CONFIG_HOME": "relative"}) == f"{tmp_path}/.config/mailtui/config.toml"
    (tmp_path / ".config/mailtui").mkdir(parents=True)
    (tmp_path / ".config/mailtui/config.toml").write_text('mail_handler = "eml"')
    assert Settings.load(environ={}).mail_handler.value == "eml"


def test_the_file_that_is_named_wins(tmp_path: Path) -> None:
    for name, handler in (("a", "dummy"), ("b", "eml")):
        (tmp_path / name).write_text(f'mail_handler = "{handler}"')
    environ = {"MAILTUI_CONFIG": str(tmp_path / "b")}
    assert Settings.load(environ=environ).mail_handler.value == "eml"
    assert Settings.load(tmp_path / "a", environ=environ).mail_handler.value == "dummy"


def test_the_environment_wins_over_the_file_and_this_run_over_both(load: Load) -> None:
    settings = load(FILE, MAILTUI_MAIL_HANDLER="dummy", MAILTUI_MAIL_WORK_SUBJECT_PREFIX="[env]")
    assert settings.handler().name == "dummy"
    work = settings.handler("work")
    assert (work.subject_prefix, work.to[0]) == ("[env]", "ann@example.com")
    assert settings.with_values("work", {"subject_prefix": "[run]"}).handler("work").subject_prefix == "[run]"
    assert settings.using("work", "command line").handler().name == "work"


def test_each_value_says_where_it_comes_from(load: Load) -> None:
    settings = load(FILE, MAILTUI_MAIL_WORK_SUBJECT_PREFIX="[env]").with_values("work", {"cc": ("a@x.org",)})
    origins = {value.option.name: value.origin for value in handler_sheet(settings, "work").values}
    assert [origins[option] for option in ("subject", "folder", "subject_prefix", "cc")] == [
        "default",
        "file",
        "environment",
        "this run",
    ]
    assert [load(FILE).mail_handler.origin, load(FILE, MAILTUI_MAIL_HANDLER="eml").mail_handler.origin] == [
        "file",
        "environment",
    ]
    assert settings.using("eml", "this run").mail_handler.origin == "this run"


def test_a_change_makes_other_settings(load: Load) -> None:
    before = load(FILE)
    before.with_values("work", {"subject_prefix": "[run]"}).using("dummy", "this run")
    assert (before.handler().name, before.handler().subject_prefix) == ("work", "[ops]")


@pytest.mark.usefixtures("postbox")
def test_variables_are_read_as_the_option_says(load: Load) -> None:
    mail = load(
        MAILTUI_MAIL_POSTBOX_PORT="587",
        MAILTUI_MAIL_POSTBOX_TIMEOUT="3",
        MAILTUI_MAIL_POSTBOX_VERIFY="no",
        MAILTUI_MAIL_POSTBOX_PASSWORD="hunter2",
        MAILTUI_MAIL_POSTBOX_COMMAND='["pass", "show", "a, b"]',
        MAILTUI_MAIL_POSTBOX_TO="a@x.org, b@x.org",
    ).handler("postbox")
    assert isinstance(mail, Postbox)
    assert (mail.port, mail.timeout, mail.verify) == (587, 3.0, False)
    assert (mail.password.reveal(), mail.command, mail.to) == (
        "hunter2",
        ("pass", "show", "a, b"),
        ("a@x.org", "b@x.org"),
    )


def test_a_minus_in_a_name_is_an_underscore_in_a_variable(load: Load) -> None:
    text = '[mail.my]\nhandler = "eml"\n[mail.my-work]\nhandler = "eml"\n[mail.my-work-2]\nhandler = "eml"'
    settings = load(
        text, MAILTUI_MAIL_MY_WORK_SUBJECT="a", MAILTUI_MAIL_MY_SUBJECT="b", MAILTUI_MAIL_MY_WORK_2_SUBJECT_PREFIX="c"
    )
    assert [settings.handler(name).subject for name in ("my", "my-work", "my-work-2")] == ["b", "a", ""]
    assert settings.handler("my-work-2").subject_prefix == "c"


def test_a_variable_may_name_the_class(load: Load) -> None:
    assert isinstance(load("[mail.work]", MAILTUI_MAIL_WORK_HANDLER="eml").handler("work"), EmlMailHandler)


# Text of the file, and what the one sentence says after the path of the file.
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\nmail_handlr = 'x'", ", line 2: unknown key 'mail_handlr'; did you mean mail_handler?"),
        ("[smtp]\nhost = 'x'", ", line 1: unknown key 'smtp'; there are mail_handler, theme, "),
        ("smtp.host = 'x'", ", line 1: unknown key 'smtp'"),
        ("mail_handler = 5", ", line 1: mail_handler: expected the name of a handler, not 5"),
        ("mail_handler = ['dummy']", ", line 1: mail_handler: expected the name of a handler"),
        ("mail = 'x'", ", line 1: mail: expected sections such as [mail.dummy]"),
        ("[[mail]]", ", line 1: mail: expected sections such as [mail.dummy]"),
        ("[mail]\n\nfrom_addr = 'a@x.org'", ", line 3: expected a section [mail.NAME], not mail.from_addr"),
        ("# x\n[[mail.work]]", ", line 2: expected a section [mail.NAME], not mail.work"),
        (
            "\n\n[mail.Work]",
            ", line 3: 'Work' cannot name a handler; use a to z, 0 to 9 and -, beginning with a letter",
        ),
        ("[mail.a_b]", ", line 1: 'a_b' cannot name a handler"),
        ("[mail.'a b']", ", line 1: 'a b' cannot name a handler"),
        ("[mail.'ä']", ", line 1: 'ä' cannot name a handler"),
        ("[mail.'']", ", line 1: '' cannot name a handler"),
        ("[mail.9]", ", line 1: '9' cannot name a handler"),
        ("[mail.'a\u2028']", "cannot name a handler"),
        ("a = ", ": Invalid value (at end of document)"),
        ("x = 1\nx = 2", ": Cannot overwrite a value"),
        ("[mail.dummy\nx", "(at line 1, column 12)"),
        ("\x00", ": "),
        ("x = " + "1" * 5000, ": "),
        ("x = " + "[" * 5000, ": "),
        ("x = 2024-99-99", "line 1"),
        (b"\xff\xfeh\0", ": not UTF-8 at byte 0; save the file as UTF-8."),
        ("é".encode("latin-1"), ": not UTF-8 at byte 0; save the file as UTF-8."),
        (b"# \xe9\n", ": not UTF-8 at byte 2"),
    ],
    ids=lambda value: ascii(value)[:25],
)
def test_a_file_that_cannot_be_understood_is_refused_in_a_sentence(
    load: Load, tmp_path: Path, text: str | bytes, reason: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load(text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/config.toml")
    assert reason in message
    assert len(message.splitlines()) == 1


# Of a section: the option, and what is said of it before the place.
@pytest.mark.usefixtures("postbox")
@pytest.mark.parametrize(
    ("line", "option", "reason"),
    [
        ("prot = 25", "prot", "postbox has no such option; did you mean port?"),
        ("zzz = 25", "zzz", "postbox has no such option; there are to, cc,"),
        ("port = '25'", "port", "expected a whole number from 1 to 65535, not '25'"),
        ("port = 0", "port", "expected a whole number from 1 to 65535, not 0"),
        ("port = 2.5", "port", "expected a whole number"),
        ("port = true", "port", "expected a whole number"),
        ("verify = 'yes'", "verify", "expected true or false, not 'yes'"),
        ("verify = 1", "verify", "expected true or false"),
        ("timeout = 'soon'", "timeout", "expected a number"),
        ("timeout = nan", "timeout", "expected a number"),
        ("timeout = 1" + "0" * 400, "timeout", "expected a number"),
        ("password = 5", "password", "expected a text"),
        ("command = [1]", "command", "expected a list of texts"),
        ("command = 5", "command", "expected a list of texts"),
        ("to = [['a@x.org']]", "to", "expected a list of texts"),
        ("from_addr = ['a@x.org']", "from_addr", "expected a text"),
        ("subject = 2024-05-01", "subject", "expected a text"),
        ("from_addr.x = 1", "from_addr", "expected a text"),
    ],
    ids=lambda value: value[:25],
)
def test_a_wrong_value_is_refused_with_section_line_and_option(
    load: Load, tmp_path: Path, line: str, option: str, reason: str
) -> None:
    settings = load(f"mail_handler = 'dummy'\n[mail.work]\nhandler = 'postbox'\n{line}\n")
    with pytest.raises(InvalidOptions) as caught:
        settings.handler("work")
    assert caught.value.problems.keys() == {option}
    message = str(caught.value)
    assert message.startswith(f"[mail.work]: {option}: {reason}")
    assert message.endswith(f"({tmp_path}/config.toml, line 4)")
    assert settings.problem("work") == message
    assert type(settings.handler()) is DummyMailHandler  # which is another section


@pytest.mark.usefixtures("postbox")
@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("MAILTUI_MAIL_POSTBOX_PORT", "x", "port: expected a whole number from 1 to 65535, not 'x'"),
        ("MAILTUI_MAIL_POSTBOX_PORT", "", "port: expected a whole number"),
        ("MAILTUI_MAIL_POSTBOX_PORT", "70000", "port: expected a whole number"),
        ("MAILTUI_MAIL_POSTBOX_VERIFY", "maybe", "verify: expected true or false, not 'maybe'"),
        ("MAILTUI_MAIL_POSTBOX_COMMAND", "[1]", "command: expected a list of texts"),
        ("MAILTUI_MAIL_POSTBOX_COMMAND", "['a'", "command: expected a TOML array"),
        ("MAILTUI_MAIL_POSTBOX_PROT", "25", "prot: postbox has no such option; did you mean port?"),
        ("MAILTUI_MAIL_EML_FOLDER", "~nobody-of-that-name/x", "folder: "),
    ],
)
def test_a_wrong_variable_is_refused_with_its_name(load: Load, variable: str, value: str, reason: str) -> None:
    settings = load(**{variable: value})
    name = variable.split("_")[2].lower()
    with pytest.raises(InvalidOptions) as caught:
        settings.handler(name)
    assert str(caught.value).startswith(f"[mail.{name}]: {reason}")
    assert str(caught.value).endswith(f"({variable})")
    assert settings.problem("dummy") == ""


@pytest.mark.parametrize(
    "variable", ["MAILTUI_FOO", "MAILTUI_MAIL_SMPT_PORT", "MAILTUI_MAIL", "MAILTUI_", "MAILTUI_MAIL_DUMMY"]
)
def test_an_unknown_variable_is_named_with_those_that_there_are(load: Load, variable: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load(**{variable: "x"})
    assert str(caught.value) == (
        f"{variable}: this variable sets nothing; there are MAILTUI_CONFIG, MAILTUI_MAIL_HANDLER, MAILTUI_THEME, "
        "MAILTUI_SIGNATURE, MAILTUI_ADDRESS_BOOK_COMMAND, MAILTUI_REMEMBER_RECIPIENTS, MAILTUI_KEEP_SENT and "
        f"MAILTUI_MAIL_<NAME>_<OPTION> with one of the names {', '.join(LABELS)}"
    )


def test_variables_of_others_are_left_alone(load: Load) -> None:
    assert load(MAIL="x", XMAILTUI_FOO="y", mailtui_foo="z", MAILTUI="w").names() == LABELS


def test_one_bad_section_does_not_disable_the_others(load: Load) -> None:
    settings = load("[mail.bad]\nhandler = 'nothing'\n[mail.worse]\nhandler = 5\n[mail.good]\nhandler = 'eml'")
    assert settings.names() == ["bad", "worse", "good", *LABELS]
    assert [name for name in settings.names() if settings.problem(name)] == ["bad", "worse"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[mail.work]\nhandler = 'emll'", "[mail.work]: There is no handler called 'emll'; there are dummy, eml"),
        ("[mail.work]\nsubject = 'x'", "[mail.work]: There is no handler called 'work'; there are dummy, eml"),
    ],
)
def test_a_section_of_an_unknown_class_says_which(load: Load, text: str, reason: str) -> None:
    with pytest.raises(UnknownHandler) as caught:
        load(text).handler("work")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "environ", "place"),
    [
        ("\nmail_handler = 'wrok'", {}, "config.toml, line 2"),
        ("", {"MAILTUI_MAIL_HANDLER": "wrok"}, "MAILTUI_MAIL_HANDLER"),
        ("\n[mail.work]\nhandler = 'wrok'\n", {"MAILTUI_MAIL_HANDLER": "work"}, "config.toml, line 3"),
        (
            "[mail.work]",
            {"MAILTUI_MAIL_HANDLER": "work", "MAILTUI_MAIL_WORK_HANDLER": "wrok"},
            "MAILTUI_MAIL_WORK_HANDLER",
        ),
    ],
)
def test_a_name_that_no_handler_has_is_told_with_its_place(
    load: Load, text: str, environ: dict[str, str], place: str
) -> None:
    with pytest.raises(UnknownHandler, match="'wrok'") as caught:
        load(text, **environ).handler()
    assert place in str(caught.value)


def test_a_name_of_a_wrong_type_is_told_with_its_place(load: Load) -> None:
    with pytest.raises(InvalidOptions, match=r"^\[mail.work\]: handler: expected a text \(.*config\.toml, line 2\)$"):
        load("[mail.work]\nhandler = 5").handler("work")


@pytest.mark.parametrize("kind", ["missing", "folder", "through a file"])
def test_a_named_file_that_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").touch()
    path = {"missing": tmp_path / "x", "folder": tmp_path, "through a file": tmp_path / "file" / "x"}[kind]
    for chosen, environ in ((path, {}), (None, {"MAILTUI_CONFIG": str(path)})):
        with pytest.raises(InvalidSettings) as caught:
            Settings.load(chosen, environ=environ)
        assert str(caught.value).startswith(f"{path}: ")
        assert str(caught.value).endswith("Check --config and MAILTUI_CONFIG.")


def test_a_file_of_ones_own_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "mailtui").mkdir()
    (tmp_path / "mailtui/config.toml").symlink_to("gone.toml")
    with pytest.raises(InvalidSettings, match=r"config\.toml: "):
        Settings.load(environ={"XDG_CONFIG_HOME": str(tmp_path)})


def texts(settings: Settings, name: str) -> dict[str, str]:
    """The options of a handler as they are edited."""
    return {value.option.name: value.text for value in handler_sheet(settings, name).values}


@pytest.mark.usefixtures("postbox")
def test_the_text_to_edit_is_what_the_option_reads(load: Load) -> None:
    text = (
        "[mail.postbox]\nport = 587\nverify = false\npassword = 'hunter2'\nto = ['a@x.org', 'b@x.org']\ntimeout = 'x'\n"
    )
    settings = load(text, MAILTUI_MAIL_POSTBOX_CC="c@x.org,d@x.org", MAILTUI_MAIL_POSTBOX_COMMAND="[")
    assert texts(settings, "postbox") == {
        "to": "a@x.org, b@x.org",
        "cc": "c@x.org, d@x.org",
        "bcc": "",
        "from_addr": "",
        "subject": "",
        "subject_prefix": "",
        "port": "587",
        "timeout": "x",
        "verify": "false",
        "password": "",
        "command": "[",
    }
    assert texts(settings, "eml")["folder"] == ""


@pytest.mark.usefixtures("postbox")
@pytest.mark.parametrize(
    "values",
    [
        {"port": 587, "verify": False, "timeout": 2.5},
        {"to": ("a@x.org", '"Doe, Jane" <j@x.org>')},
        {"command": ("sh", "-c", "echo a, b")},
    ],
)
def test_what_the_text_says_can_be_put_back(load: Load, values: dict[str, Any]) -> None:
    settings = load().with_values("postbox", values)
    options = Postbox.options()
    again = {name: options[name].parse(texts(settings, "postbox")[name]) for name in values}
    first, second = settings.handler("postbox"), settings.with_values("postbox", again).handler("postbox")
    for name in values:
        assert getattr(first, name) == getattr(second, name)


@pytest.mark.usefixtures("postbox")
def test_a_secret_is_in_no_message(load: Load) -> None:
    settings = load(
        "[mail.postbox]\npassword = 'hunter2'\nport = 'x'\n[mail.other]\nhandler = 'postbox'\npasword = 'hunter2'"
    )
    messages = [settings.problem("postbox"), settings.problem("other"), repr(settings), str(settings)]
    assert all(messages)
    assert "hunter2" not in "".join(messages)


def test_open_mail_takes_the_configured_handler(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_mail(settings=load(FILE)).name == "work"
    assert open_mail("dummy", settings=load(FILE)).from_addr == "me@example.com"
    assert open_mail("eml").name == "eml"
    monkeypatch.setenv("MAILTUI_MAIL_HANDLER", "eml")
    assert open_mail().name == "eml"
    with pytest.raises(UnknownHandler, match="There is no handler called 'nothing'; there are dummy, eml"):
        open_mail("nothing")


def test_each_handler_is_a_new_one(load: Load) -> None:
    settings = load(FILE)
    assert settings.handler() is not settings.handler()


def test_an_error_of_the_settings_is_an_error_of_mail() -> None:
    for error, builtin in ((InvalidSettings, ValueError), (InvalidOptions, ValueError), (UnknownHandler, LookupError)):
        assert issubclass(error, MailError)
        assert issubclass(error, builtin)


def test_a_secret_is_not_in_what_settings_show_of_themselves(load: Load) -> None:
    settings = load("[mail.dummy]\npassword = 'hunter2'")
    assert "hunter2" not in repr(settings.sections)
    assert "hunter2" not in settings.problem("dummy")


def test_preferences_come_from_the_file_and_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('theme = "nord"\nremember_recipients = false\n\n[keys]\nsend = "f9"\n')
    environ = {"MAILTUI_THEME": "dracula", "MAILTUI_ADDRESS_BOOK_COMMAND": "khard email --parsable %s"}
    settings = Settings.load(path, environ=environ)
    preferences = settings.preferences()
    assert (preferences.theme, preferences.remember_recipients, preferences.signature) == ("dracula", False, "")
    assert preferences.address_book_command == ("khard", "email", "--parsable", "%s")
    assert (settings.preferred["theme"].origin, settings.preferred["remember_recipients"].origin) == (
        "environment",
        "file",
    )
    assert (settings.keys["send"].value, settings.keys["send"].where) == ("f9", f"{path}, line 5")


def test_a_wrong_preference_is_named_with_its_place_and_stops_no_script(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 3\n")
    settings = Settings.load(path, environ={"MAILTUI_REMEMBER_RECIPIENTS": "perhaps"})
    assert settings.handler().name == "dummy"
    with pytest.raises(InvalidOptions) as raised:
        settings.preferences()
    assert raised.value.problems == {
        "theme": f"expected a text, not 3 ({path}, line 1)",
        "remember_recipients": "expected true or false, not 'perhaps' (MAILTUI_REMEMBER_RECIPIENTS)",
    }


@pytest.mark.parametrize("text", ["them = 'nord'", "keys = 3"])
def test_an_unknown_preference_or_wrong_keys_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(InvalidSettings, match=r"config\.toml, line 1: .*(did you mean theme|expected a section)"):
        Settings.load(path, environ={})
