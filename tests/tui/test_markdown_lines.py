from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from markdown_it.tree import SyntaxTreeNode

from mailtui.tui import markdown_lines
from mailtui.tui.lines import Line, Piece
from mailtui.tui.markdown_lines import MarkdownReader

SHOWN = {
    "# Title #": ["Title"],
    "one\ntwo  \nthree\\\nfour": ["one", "two", "three", "four"],
    "Hi\n\n--\nMe": ["Hi", "", "--", "Me"],
    "[plan](https://x.org/p)": ["plan <https://x.org/p>"],
    "[https://bank.example](https://evil.example)": ["https://bank.example <https://evil.example>"],
    "https://x.org <https://y.org> <ann@x.org>": ["https://x.org https://y.org ann@x.org"],
    "[](https://x.org)": ["<https://x.org>"],
    "[a *b*][1]\n\n[1]: https://x.org": ["a b <https://x.org>"],
    "[x](javascript:alert(1)) [y](data:text/html,x)": ["[x](javascript:alert(1)) [y](data:text/html,x)"],
    "![](cid:a%20chart.png) ![Sales](https://x.org/a.png)": [
        "[image: a chart.png] [image: https://x.org/a.png · Sales]"
    ],
    "<b>x</b> [@click=app.quit]x[/]": ["<b>x</b> [@click=app.quit]x[/]"],
    "a\x1b[31m\u202eb `\x9b\x07`": ["a␛[31m�b �␇"],
    "[\x1b](<https://x.org/\u202e>)": ["␛ <https://x.org/%E2%80%AE>"],
    "- a\n- b\n  - c\n\n    d": ["• a", "• b", "  • c", "", "    d"],
    "- a\n-\n- b": ["• a", "•", "• b"],
    "9. a\n10. b": [" 9. a", "10. b"],
    "> a\n> > b\n>\n> c": ["▌ a", "▌", "▌ ▌ b", "▌", "▌ c"],
    "```sh\na\tb\n\nc\n```": ["    a   b", "    ", "    c"],
    "|a|bcd|\n|-|-:|\n|漢字|1|\n||": ["a     bcd", "─────────", "漢字    1", ""],
    "***": ["────────"],
    "": [],
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_shown(text: str) -> None:
    shown = MarkdownReader().lines(text)
    assert [line.rstrip() for line in shown] == [line.rstrip() for line in SHOWN[text]]


def test_looks_add_up_and_rows_hang_under_their_text() -> None:
    (line,) = MarkdownReader().lines("- a **b [c](https://x.org)**")
    assert line == Line(
        [
            Piece("• ", ("muted",)),
            Piece("a "),
            Piece("b ", ("strong",)),
            Piece("c", ("strong", "link")),
            Piece(" <https://x.org>", ("strong", "muted")),
        ],
        "  ",
    )
    assert line != Line([Piece(str(line))], "  ")
    assert line != str(line)


BLOCKS = ["# a", "- b", "  - c", "- ", "1. d", "> e", ">", "```", "~~~", "  ```", "- ```", "---", "|a|b|", "|-|-|"]
TEXTS = [
    "f",
    "  g",
    "    h",
    "\ti",
    "--",
    "*j",
    "j*",
    "a <b> `c`",
    "![x](cid:y)",
    "[r]",
    "\\",
    "é\x1b",
    "https://x.org",
]
DEFINITIONS = ["[r]: ", "[r]: u", "[r]: v", "[r]", "> [r]: w"]


def lines_at_random(random: Random, count: int, lines: Sequence[str]) -> list[str]:
    return ["" if random.random() < 0.3 else random.choice(lines) for _ in range(count)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f\n|a|b|\n|-|-|", "f\n|a|b|\n|-x|"),
        ("f\n|a|b|\n|-x|", "f\n|a|b|\n|-|-|"),
        ("[r]\n\na\n\nb\n\nc\n\n[r]: u\n\nf", "[r]\n\na\n\nb\n\nc\n\n\n\nf"),
        ("f\n\n- a\n\nb\n\n# c", "f\n\n- a\n\n  b\n\n# c"),
        ("f\n\n```\n# a\n```\n\n# b", "f\n\n# a\n```\n\n# b"),
        ("a\r\rb", "a\rb"),
    ],
)
def test_a_change_that_reaches_further_than_its_line(before: str, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown_lines, "_ENOUGH", 1)
    reader = MarkdownReader()
    for text in (before, after, before):
        assert reader.lines(text) == MarkdownReader().lines(text)


def test_what_is_read_after_a_change_is_what_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(150):
        random = Random(number)
        lines = [*random.sample([*BLOCKS, *TEXTS], 5), *(DEFINITIONS if number % 5 == 0 else ())]
        monkeypatch.setattr(markdown_lines, "_ENOUGH", random.randint(1, 8))
        reader = MarkdownReader()
        text = lines_at_random(random, random.randint(0, 40), lines)
        for _ in range(5):
            source = "\n".join(text)
            assert reader.lines(source) == MarkdownReader().lines(source), (number, source)
            first = random.randint(0, len(text))
            text[first : first + random.randint(0, 3)] = lines_at_random(random, random.randint(0, 3), lines)


def test_a_key_in_a_long_letter_is_not_all_of_it_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "## Part\n\nWith *some* words.\n\n- one\n- two\n\n" * 500
    reader = MarkdownReader()
    reader.lines(text)
    read: list[int] = []
    original = markdown_lines._shown

    def counting(node: SyntaxTreeNode) -> list[Line]:
        read.append(1)
        return original(node)

    monkeypatch.setattr(markdown_lines, "_shown", counting)
    middle = len(text) // 2
    for added in ("x", "xy", "xy\n\n# z"):
        changed = text[:middle] + added + text[middle:]
        shown = reader.lines(changed)
        assert 0 < len(read) < 100
        assert shown == MarkdownReader().lines(changed)
        assert len(read) > 1000
        read.clear()
