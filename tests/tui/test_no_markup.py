"""No text that is not written in the code itself is given to a widget that would read markup in it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

import mailtui.tui

# Read markup in what they are given, now or later, unless they are told not to.
TEXTS = {"Static", "Label", "OptionList"}
PARTS = {"Button", "Checkbox", "RadioButton", "Collapsible", "Tab", "TabPane"}  # and these cannot be told
WORDS = {"label", "title", "tooltip", "content", "border_title", "border_subtitle"}
FILES = sorted(Path(mailtui.tui.__file__).parent.rglob("*.py"))


def is_plain(node: ast.expr, tables: Collection[str] = ()) -> bool:
    """Whether it is a literal, or `Content`, which has no markup.

    Args:
        node: What is given.
        tables: Functions that make a table of texts without markup.
    """
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr(values=parts):
            return all(map(is_plain, parts))
        case ast.FormattedValue(value=ast.Call(func=ast.Name("len"))):
            return True
        case ast.IfExp(body=body, orelse=other):
            return is_plain(body, tables) and is_plain(other, tables)
        case ast.Call(func=ast.Name(name)) if name in tables:
            return True
        case ast.Call(func=ast.Name("Content")) | ast.Call(func=ast.Attribute(value=ast.Name("Content"))):
            return True
        case ast.Call(func=ast.Attribute(value=inner)):  # a method of a Content gives another one
            return is_plain(inner) and isinstance(inner, ast.Call)
    return False


def is_table(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "Table"


def is_told(words: list[ast.keyword]) -> bool:
    """Whether a widget is told to read no markup."""
    return any(word.arg == "markup" and is_false(word.value) for word in words)


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def raw_texts(code: str) -> Iterator[int]:
    """The lines in which a text from elsewhere may be taken for markup."""
    tree = ast.parse(code)
    tables = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and is_table(node.returns)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=words) if name in TEXTS | PARTS:
                given = [*args[: name != "Collapsible"], *(word.value for word in words if word.arg in WORDS)]
                if not (is_told(words) or (all(is_plain(one, tables) for one in given) and (given or name in PARTS))):
                    yield node.lineno
            case ast.ClassDef(bases=[ast.Name("OptionList")], body=body):
                calls = [call for part in body for call in ast.walk(part) if isinstance(call, ast.Call)]
                if not any(is_told(call.keywords) for call in calls):
                    yield node.lineno
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in WORDS:
                if not is_plain(value, tables):
                    yield node.lineno
            case ast.keyword(arg="markup", value=value) if not is_false(value):
                yield node.lineno
            case ast.Attribute(attr="from_markup" | "render_str" | "with_tooltip"):
                yield node.lineno


@pytest.mark.parametrize(
    "code",
    [
        "Static(text)",
        "Static()",
        "Static(f'{name} is wrong', id='x')",
        "Label(text, markup=markup)",
        "Button('Send' if ready else text)",
        "Button('Send', tooltip=text)",
        "box.border_title = text",
        "box.tooltip = visible(text)",
        "OptionList(*texts)",
        "class Texts(OptionList):\n    def __init__(self):\n        super().__init__(id='x')",
        "Collapsible(view, title=text)",
        "app.notify(text, markup=True)",
        "Content.from_markup(text)",
    ],
)
def test_a_text_that_may_hold_markup_is_found(code: str) -> None:
    assert list(raw_texts(code))


@pytest.mark.parametrize(
    "code",
    [
        "Static(text, markup=False)",
        "Static(Content(text))",
        "Button(Content.assemble(text).truncate(9), tooltip='Send it')",
        "box.border_title = Content(text) if text else None",
        "Collapsible(view, title=f'{len(lines)} lines')",
        "OptionList(*texts, markup=False)",
    ],
)
def test_a_text_without_markup_is_none(code: str) -> None:
    assert not list(raw_texts(code))


def test_no_widget_reads_markup_in_a_text_from_elsewhere() -> None:
    assert len(FILES) > 40
    assert not [f"{path.name}:{line}" for path in FILES for line in raw_texts(path.read_text("utf-8"))]
