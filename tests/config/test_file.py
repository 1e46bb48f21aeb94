from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from mailtui.config.file import change_file
from mailtui.mail.errors import InvalidSettings

FILE = """\
# Mine.

mail_handler = "work"  # for now

# The account of the firm
[mail.work]
handler = "eml"   # writes files
folder = '~/mails'
to = [
  "ann@example.com",
  "bob@example.com",
]

# What I try things with
[mail.dummy]
subject_prefix = "[test]"
# the end
"""
PORT = ("mail", "work", "port")


def change(path: Path, text: str | bytes, put: dict[Any, object], drop: tuple[Any, ...] = ()) -> str:
    """The text of a file after a change."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    change_file(str(path), put, drop)
    return path.read_bytes().decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_value_is_replaced_where_it_stands(path: Path) -> None:
    assert change(path, FILE, {("mail", "work", "folder"): "/x"}) == FILE.replace("'~/mails'", '"/x"')
    assert change(path, FILE, {("mail_handler",): "dummy"}) == FILE.replace('"work"', '"dummy"')


def test_a_new_value_stands_below_the_others_of_its_section(path: Path) -> None:
    new = change(path, FILE, {("mail", "work", "cc"): ["x@example.com"], ("mail", "dummy", "bcc"): []})
    assert new == FILE.replace('com",\n]\n', 'com",\n]\ncc = ["x@example.com"]\n').replace(
        '"[test]"\n', '"[test]"\nbcc = []\n'
    )


def test_a_new_section_stands_at_the_end(path: Path) -> None:
    new = change(path, FILE, {("mail", "home", "handler"): "eml", ("mail", "home", "subject"): "Hi"})
    assert new == f'{FILE}\n[mail.home]\nhandler = "eml"\nsubject = "Hi"\n'
    assert change(path, "", {("mail", "home", "handler"): "eml"}) == '[mail.home]\nhandler = "eml"\n'
    assert change(path, "# no line end", {PORT: 1}) == "# no line end\n\n[mail.work]\nport = 1\n"


def test_one_blank_line_is_left_where_a_section_was(path: Path) -> None:
    text = "[mail.a]\nx = 1\n\n[mail.work]\ny = 2\n\n[mail.b]\nz = 3\n"
    assert change(path, text, {}, (("mail", "work"),)) == "[mail.a]\nx = 1\n\n[mail.b]\nz = 3\n"


def test_a_new_section_finds_its_place_in_an_inline_table(path: Path) -> None:
    new = change(path, "mail = { a = { x = 1 } }  # short\n", {PORT: 1})
    assert tomllib.loads(new) == {"mail": {"a": {"x": 1}, "work": {"port": 1}}}
    assert new.endswith("# short\n")


def test_what_looks_like_a_section_inside_a_text_is_none(path: Path) -> None:
    text = "[mail.work]\nsubject = '''\n[mail.b]\nx = 1\n# no comment'''\n\n# above\n[mail.b]\n"
    assert change(path, text, {PORT: 1}) == text.replace("comment'''\n", "comment'''\nport = 1\n")
    assert change(path, text, {}, (("mail", "work"),)) == "\n# above\n[mail.b]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'mail_handler = "x"\n'),
        ("# All.\n\n# Work\n[mail.work]\n", '# All.\n\nmail_handler = "x"\n\n# Work\n[mail.work]\n'),
        ("# Work\n[mail.work]\n", 'mail_handler = "x"\n\n# Work\n[mail.work]\n'),
        ("mail.work.port = 1\n[mail.a]\n", 'mail.work.port = 1\nmail_handler = "x"\n\n[mail.a]\n'),
    ],
)
def test_the_handler_to_begin_with_stands_at_the_top(path: Path, text: str, expected: str) -> None:
    assert change(path, text, {("mail_handler",): "x"}) == expected


def test_a_section_goes_and_comments_above_others_stay(path: Path) -> None:
    new = change(path, FILE, {}, (("mail", "work"), ("mail_handler",)))
    assert new == (
        "# Mine.\n\n\n# The account of the firm\n\n# What I try things with\n"
        '[mail.dummy]\nsubject_prefix = "[test]"\n# the end\n'
    )
    new = change(path, FILE, {}, (("mail", "dummy"),))
    assert new == FILE.replace('[mail.dummy]\nsubject_prefix = "[test]"\n', "")


@pytest.mark.parametrize(
    "text",
    [
        "mail.work.handler = 'eml'\nmail.work.port = 1\n",
        "[mail]\nwork = { handler = 'eml', port = 1 }  # short\n",
        "mail = { work = { handler = 'eml', port = 1 } }\n",
        "[mail]\nwork.handler = 'eml'\nwork.port = 1\n",
        "[mail.'work']\nhandler = 'eml'\nport = 1\n",
        '["mail" . "work"]\nhandler = "eml"\n"port" = 1\n',
        "[mail]\n# all of them\n[mail.work]\nhandler = 'eml'\nport = 1\n[mail.b]\nhandler = 'dummy'\n",
        "  [ mail.work ]  # indented\n  handler = 'eml'\n  port = 1\n",
        "[mail.work.sub]\nx = 1\n[mail.b]\n[mail.work]\nhandler = 'eml'\nport = 1\n",
        "[mail.work]\nhandler = 'eml'\nport = 1\nsubject = '''\n[mail.b]\n# no comment'''\n# one\n",
        "# a\u2028[mail.work]\n[mail.work]\nhandler = 'eml'\nport = 1\n",
        "\ufeff# mark\n[mail.work]\nhandler = 'eml'\nport = 1\n",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_spelling_is_changed(path: Path, text: str, newline: str) -> None:
    text = text.replace("\n", newline)
    before = tomllib.loads(text.removeprefix("\ufeff"))
    edits: list[tuple[dict[Any, object], tuple[Any, ...]]] = [
        ({PORT: 587, ("mail", "work", "cc"): ["a@x.org"], ("mail_handler",): "work"}, ()),
        ({}, (("mail", "work"),)),
    ]
    for put, drop in edits:
        new = change(path, text, put, drop)
        assert new.startswith("\ufeff") == text.startswith("\ufeff")
        assert newline == "\n" or "\n" not in new.replace("\r\n", "")
        after = tomllib.loads(new.removeprefix("\ufeff"))
        if put:
            expected = {**before["mail"], "work": {**before["mail"]["work"], "port": 587, "cc": ["a@x.org"]}}
            assert after == {"mail_handler": "work", "mail": expected}
        else:
            others = {name: values for name, values in before["mail"].items() if name != "work"}
            assert after.get("mail", {}) == others


def test_what_a_parser_would_get_wrong_is_not_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tomlkit, "dumps", lambda document: "[mail.work]\nport = 588\n")
    with pytest.raises(InvalidSettings, match=r"mail\.work\.port cannot be changed in the way this file is written"):
        change(path, "[mail.work]\nport = 1\n", {PORT: 587})
    assert path.read_text() == "[mail.work]\nport = 1\n"


def test_a_file_that_was_broken_meanwhile_stays_as_it_is(path: Path) -> None:
    for text in (b"[mail.work]\npassword = 'Canary\n", b"\xff", b"x = " + b"[" * 5000):
        with pytest.raises(InvalidSettings, match="Mend the file, then save again") as caught:
            change(path, text, {PORT: 1})
        assert "Canary" not in str(caught.value)
        assert path.read_bytes() == text


def test_the_file_and_its_folder_are_for_one_person(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    change_file(str(path), {PORT: 1})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    change_file(str(path), {PORT: 2})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["config.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles/mailtui.toml"
    target.write_text(FILE)
    path = tmp_path / "config.toml"
    path.symlink_to("dotfiles/mailtui.toml")
    change_file(str(path), {PORT: 1})
    assert path.is_symlink()
    assert "port = 1" in target.read_text()
    target.unlink()
    change_file(str(path), {PORT: 2})
    assert target.read_text() == "[mail.work]\nport = 2\n"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "Make room on that disk, then save again."),
        (errno.EROFS, "You may not write there"),
        (errno.EACCES, "You may not write there"),
        (errno.EIO, "Check the path"),
    ],
)
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, remedy: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    path.write_text(FILE)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(InvalidSettings) as caught:
            change_file(str(path), {PORT: 1})
    assert str(caught.value).startswith(f"{path}: nothing was saved: {os.strerror(code)}. {remedy}")
    assert path.read_text() == FILE
    assert os.listdir(path.parent) == ["config.toml"]


def test_a_path_that_is_no_place_for_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidSettings, match="A part of that path is a file, not a folder"):
        change_file(str(tmp_path / "file" / "config.toml"), {PORT: 1})
    with pytest.raises(InvalidSettings, match="A part of that path is a file, not a folder"):
        change_file(str(tmp_path / "file" / "folder" / "config.toml"), {PORT: 1})
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InvalidSettings, match="not a plain file"):
            change_file(str(tmp_path / name), {PORT: 1})


def test_an_edit_in_the_last_moment_is_not_overwritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(FILE)
    sync = os.fsync

    def edit(descriptor: int) -> None:
        path.write_text(f"# mine\n{FILE}")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", edit)
    with pytest.raises(InvalidSettings, match="another program has just changed it"):
        change_file(str(path), {PORT: 1})
    assert path.read_text() == f"# mine\n{FILE}"


values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=3),
)
comments = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20).map(lambda text: f"# {text}\n")
noise = st.lists(st.one_of(comments, st.just("\n"), st.just("   \n")), max_size=3).map("".join)
keys = st.sampled_from(["host", "port", "to", "subject", "handler"])
names = st.sampled_from(["work", "dummy", "a", "my-work"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """Sections in any order with values, comments and blank lines everywhere."""
    text = draw(noise)
    if draw(st.booleans()):
        text += f"mail_handler = 'work'\n{draw(noise)}"
    for name in draw(st.lists(names, unique=True, max_size=4)):
        text += draw(st.sampled_from([f"[mail.{name}]", f"[ mail.'{name}' ] # x", f'["mail".{name}]'])) + "\n"
        for key in draw(st.lists(keys, unique=True, max_size=4)):
            item = tomlkit.item(draw(values)).as_string()
            ending = draw(st.sampled_from(["", "  # why", "\t"]))
            text += f"{draw(noise)}{key} = {item}{ending}\n"
        text += draw(noise)
    return text


@given(
    text=files(),
    put=st.dictionaries(
        st.one_of(st.tuples(st.just("mail"), names, keys), st.just(("mail_handler",))), values, min_size=1, max_size=4
    ),
    crlf=st.booleans(),
    cut=st.booleans(),
)
def test_comments_and_all_other_values_stay(
    tmp_path_factory: pytest.TempPathFactory, text: str, put: dict[Any, Any], crlf: bool, cut: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    text = text.replace("\n", "\r\n") if crlf else text
    text = text.rstrip("\r\n") if cut else text
    expected = tomllib.loads(text)
    for place, value in put.items():
        table = expected
        for name in place[:-1]:
            table = table.setdefault(name, {})
        table[place[-1]] = value
    new = change(path, text, put)
    assert tomllib.loads(new) == expected
    kept = [line for line in text.split("\n") if line.startswith("#")]
    assert [line.rstrip("\r") for line in new.split("\n") if line.startswith("#")] == [
        line.rstrip("\r") for line in kept
    ]
    assert new.count("# why") >= text.count("# why")
