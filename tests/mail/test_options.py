from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.mail.errors import InvalidOptions
from mailtui.mail.options import Configurable, Option, Secret


class Everything(Configurable):
    text: Annotated[str, Option("A text")] = "x"
    port: Annotated[int, Option("A port", ge=1, le=65535)] = 25
    timeout: Annotated[float, Option("Seconds", ge=0.5)] = 10.0
    ratio: Annotated[float, Option("A part", ge=0, le=1)] = 0.5
    verify: Annotated[bool, Option("Yes or no")] = True
    security: Annotated[Literal["tls", "starttls", "none"], Option("How")] = "tls"
    command: Annotated[tuple[str, ...], Option("Words")] = ()
    folder: Annotated[Path | None, Option("Where")] = None
    password: Annotated[Secret, Option("Hush")] = Secret("")
    bare: str = ""
    limit: ClassVar[int] = 5


OPTIONS = Everything.options()


def test_the_annotations_are_the_options() -> None:
    assert list(OPTIONS) == [
        "text", "port", "timeout", "ratio", "verify", "security", "command", "folder", "password", "bare",
    ]  # fmt: skip
    assert OPTIONS["port"].help == "A port"
    assert OPTIONS["bare"].help == ""
    assert OPTIONS["security"].choices == ("tls", "starttls", "none")


def test_defaults_are_filled_in() -> None:
    made = Everything()
    assert (made.text, made.port, made.timeout, made.verify, made.security) == ("x", 25, 10.0, True, "tls")
    assert (made.command, made.folder) == ((), None)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("text", "", ""),
        ("port", 65535, 65535),
        ("timeout", 3, 3.0),
        ("ratio", 1, 1.0),
        ("verify", False, False),
        ("security", "none", "none"),
        ("command", ["pass", "show"], ("pass", "show")),
        ("command", ("a, b", ""), ("a, b", "")),
        ("command", 'a@x.org, "Doe, Jane" <j@x.org>', ("a@x.org", '"Doe, Jane" <j@x.org>')),
        ("command", "", ()),
        ("folder", "", None),
        ("folder", None, None),
        ("folder", "/tmp/x", Path("/tmp/x")),
        ("folder", Path("/tmp/x"), Path("/tmp/x")),
    ],
)
def test_values_are_converted_when_the_object_is_made(name: str, value: Any, kept: Any) -> None:
    got = getattr(Everything(**{name: value}), name)
    assert (got, type(got)) == (kept, type(kept))


def test_the_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert Everything(folder="~/mails").folder == Path("/home/ann/mails")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("text", 5, "expected a text, not 5"),
        ("text", None, "expected a text, not None"),
        ("port", "25", "expected a whole number from 1 to 65535, not '25'"),
        ("port", True, "expected a whole number"),
        ("port", 25.0, "expected a whole number"),
        ("port", 0, "expected a whole number from 1 to 65535, not 0"),
        ("port", 65536, "not 65536"),
        ("timeout", 0.4, "expected a number of at least 0.5, not 0.4"),
        ("timeout", "3", "expected a number"),
        ("timeout", True, "expected a number"),
        ("timeout", float("nan"), "expected a number"),
        pytest.param("timeout", 10**400, "expected a number", id="timeout-huge"),
        ("ratio", 1.1, "expected a number from 0 to 1, not 1.1"),
        ("ratio", float("nan"), "expected a number"),
        ("verify", 1, "expected true or false, not 1"),
        ("verify", "true", "expected true or false"),
        ("security", "ssl", "expected 'tls' or 'starttls' or 'none', not 'ssl'"),
        ("security", ["tls"], "expected 'tls'"),
        ("security", None, "expected 'tls'"),
        ("command", [1], "expected a list of texts, not [1]"),
        ("command", {"a"}, "expected a list of texts"),
        ("command", None, "expected a list of texts"),
        ("folder", 5, "expected a path, not 5"),
        ("folder", "~nobody-of-that-name/x", "nobody-of-that-name"),
        ("folder", "a\0b", ""),
        ("password", 5, "expected a text"),
        ("password", None, "expected a text"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_expected(name: str, value: Any, reason: str) -> None:
    with pytest.raises(InvalidOptions) as caught:
        Everything(**{name: value})
    assert caught.value.problems.keys() == {name}
    assert reason in caught.value.problems[name]
    assert str(caught.value).startswith(f"Everything: {name}: ")


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(InvalidOptions) as caught:
        Everything(port="x", verify="y")  # type: ignore[arg-type]
    assert caught.value.problems.keys() == {"port", "verify"}


def test_an_unknown_keyword_is_named_with_those_that_there_are() -> None:
    with pytest.raises(TypeError, match="Everything has no option 'prot'; there are text, port, "):
        Everything(prot=25)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("verify", "true", True),
        ("verify", "Yes", True),
        ("verify", "ON", True),
        ("verify", "1", True),
        ("verify", "false", False),
        ("verify", "no", False),
        ("verify", "Off", False),
        ("verify", "0", False),
        ("port", "587", 587),
        ("timeout", "3", 3.0),
        ("timeout", "2.5", 2.5),
        ("command", "a@x.org, b@x.org", ("a@x.org", "b@x.org")),
        ("command", '["pass", "show", "a, b"]', ("pass", "show", "a, b")),
        ("command", "[]", ()),
        ("folder", "", None),
    ],
)
def test_a_text_is_read_as_the_declared_type(name: str, text: str, value: object) -> None:
    got = OPTIONS[name].parse(text)
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("verify", "maybe", "expected true or false, not 'maybe'"),
        ("verify", "", "expected true or false, not ''"),
        ("port", "x", "expected a whole number from 1 to 65535, not 'x'"),
        ("port", "", "expected a whole number from 1 to 65535, not ''"),
        ("port", "2.5", "expected a whole number from 1 to 65535, not '2.5'"),
        ("port", "0", "expected a whole number from 1 to 65535, not 0"),
        ("port", "9" * 5000, "expected a whole number"),
        ("timeout", "soon", "expected a number of at least 0.5, not 'soon'"),
        ("timeout", "nan", "expected a number of at least 0.5"),
        ("ratio", "nan", "expected a number from 0 to 1"),
        ("ratio", "inf", "expected a number from 0 to 1"),
        ("security", "", "expected 'tls' or"),
        ("command", "[1]", "expected a list of texts"),
        ("command", '["a"', "expected a TOML array"),
        ("command", "[[['a']]]", "expected a list of texts"),
        ("folder", "~nobody-of-that-name/x", "nobody-of-that-name"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_text_that_cannot_be_read_is_refused(name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        OPTIONS[name].parse(text)


values = st.one_of(
    st.tuples(st.just("text"), st.text()),
    st.tuples(st.just("port"), st.integers(1, 65535)),
    st.tuples(st.just("timeout"), st.floats(min_value=0.5, allow_infinity=False)),
    st.tuples(st.just("verify"), st.booleans()),
    st.tuples(st.just("security"), st.sampled_from(["tls", "starttls", "none"])),
    st.tuples(st.just("command"), st.lists(st.text(), max_size=4).map(tuple)),
    st.tuples(
        st.just("command"), st.lists(st.sampled_from(["a", "", ",", "a, b", "[x]", '"', "(", " a ", "\\"])).map(tuple)
    ),
    st.tuples(st.just("folder"), st.none() | st.text("ab/. ", min_size=1).map(Path)),
)


@given(values)
def test_what_is_shown_in_a_form_is_read_back(pair: tuple[str, Any]) -> None:
    name, value = pair
    option = OPTIONS[name]
    kept = option.convert(value)
    assert option.parse(option.format(kept)) == kept


@given(st.text())
def test_a_secret_in_a_form_is_read_back(text: str) -> None:
    option = OPTIONS["password"]
    assert option.parse(option.format(Secret(text))).reveal() == text


class Base(Configurable):
    first: Annotated[str, Option("First")] = "a"
    second: Annotated[int, Option("Second")] = 1


class Derived(Base):
    third: bool = False
    second: Annotated[int, Option("Another", ge=0)] = 2


class Unannotated(Base):
    first = "b"


def test_options_are_inherited_and_can_be_declared_anew() -> None:
    assert list(Derived.options()) == ["first", "second", "third"]
    assert (Derived().first, Derived().second, Derived(first="z").first) == ("a", 2, "z")
    assert Derived.options()["second"].help == "Another"
    assert Base().second == 1
    with pytest.raises(TypeError, match="Base has no option 'third'"):
        Base(third=True)  # type: ignore[call-arg]


def test_a_default_that_a_subclass_assigns_is_its_default() -> None:
    assert Unannotated.first == "b"
    assert Unannotated().first == "b"


def test_objects_compare_by_identity() -> None:
    one, other = Derived(), Derived()
    assert one == one
    assert one != other
    assert len({one, other}) == 2


def test_an_option_of_a_type_that_no_form_can_show_is_refused() -> None:
    for hint in (
        list[str],
        dict[str, str],
        bytes,
        str | None,
        tuple[str, str],
        tuple[int, ...],
        Path,
        Literal[1],
        object,
        str | int,
    ):
        with pytest.raises(TypeError, match=r"Bad.x: an option cannot be of type .*; use str, int, float"):
            type("Bad", (Configurable,), {"__annotations__": {"x": hint}, "x": None})


def test_an_option_without_a_default_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Bad.x: an option needs a default value"):

        class Bad(Configurable):
            x: str


def test_a_wrong_default_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"Bad.x: the default value is wrong: expected a whole number of at least 1, not 0"
    ):

        class Bad(Configurable):
            x: Annotated[int, Option(ge=1)] = 0


@pytest.mark.parametrize("method", [lambda self: "", property(lambda self: "")], ids=["method", "property"])
@pytest.mark.parametrize(
    ("base", "annotations"), [(Configurable, {"first": str}), (Base, {})], ids=["own", "inherited"]
)
def test_a_method_with_the_name_of_an_option_is_refused(
    base: type, annotations: dict[str, type], method: object
) -> None:
    with pytest.raises(TypeError, match=r"Bad.first: a method has the name of an option"):
        type("Bad", (base,), {"__annotations__": annotations, "first": method})


def test_a_secret_shows_itself_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    made = Everything(password="hunter2", text="seen")  # type: ignore[arg-type]
    secret = made.password
    logging.warning("%s %r %s", secret, secret, made)
    shown = [
        repr(made),
        str(made),
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>20}",
        caplog.text,
    ]
    assert "hunter2" not in "".join(shown)
    assert "seen" in repr(made)
    assert (str(secret), repr(secret)) == ("***", "Secret('***')")
    assert secret.reveal() == "hunter2"
    assert not hasattr(secret, "__dict__")


def test_a_secret_is_true_when_there_is_one() -> None:
    assert Secret("x")
    assert not Secret()
    assert (str(Secret()), repr(Secret())) == ("", "Secret('')")


def test_a_secret_is_in_no_error() -> None:
    for call in (
        lambda: Everything(password="hunter2", port="x"),  # type: ignore[arg-type]
        lambda: Everything(password=["hunter2"]),  # type: ignore[arg-type]
        lambda: Everything(password="hunter2", nothing=1),  # type: ignore[arg-type, call-arg]
        lambda: OPTIONS["password"].convert(b"hunter2"),
    ):
        with pytest.raises((InvalidOptions, TypeError, ValueError)) as caught:
            call()
        assert "hunter2" not in "".join(
            str(error) for error in (caught.value, caught.value.__cause__, caught.value.__context__)
        )
