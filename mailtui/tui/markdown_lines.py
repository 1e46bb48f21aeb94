"""Markdown as lines to read in a terminal: the address of each link is shown, and nothing can be followed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat, zip_longest
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from rich.cells import cell_len

from mailtui.mail.markdown import parser_of
from mailtui.tui.lines import Line, Look, Piece
from mailtui.visible import visible

_ENOUGH = 64  # lines below a change that are read at first; more only where the change reaches further
_LOOKS: dict[str, Look] = {"strong": "strong", "em": "emphasis", "s": "strike", "link": "link"}
_BREAK = Piece("\n")


class _Block(NamedTuple):
    """A heading, paragraph, list, table … that stands in no other.

    Args:
        start: The number of its first line in the source.
        lines: As shown.
    """

    start: int
    lines: tuple[Line, ...]


class MarkdownReader:
    """Shows a text in Markdown; when a part of it has changed, only what stands there is read again."""

    def __init__(self) -> None:
        self._source: list[str] = []
        self._blocks: list[_Block] = []
        self._whole = True

    def lines(self, text: str) -> list[str]:
        """The text as a reader sees it, an empty line between its blocks.

        Args:
            text: In Markdown.
        """
        text = re.sub("\r\n?", "\n", text)
        source = text.split("\n")
        parser = parser_of(text)
        # What is defined in one place, and whether bare links are looked for, changes all of the others.
        whole = "]:" in text or not parser.options["linkify"]
        if whole or self._whole:
            self._blocks = list(_blocks(parser, source, 0))
        elif source != self._source:
            self._blocks = self._read_change(parser, source)
        self._source, self._whole = source, whole
        shown = list(chain.from_iterable((*block.lines, "") for block in self._blocks))
        return shown[:-1]

    def _read_change(self, parser: MarkdownIt, source: list[str]) -> list[_Block]:
        """The blocks before the change and after it as they were, those between them read again.

        Where a block begins, nothing of what stands above matters to it.
        """
        old = self._source
        head = _same(old, source)
        tail = min(_same(reversed(old), reversed(source)), len(old) - head, len(source) - head)
        moved = len(source) - len(old)
        # The block in which it stands may be one with the one before now; no other looks so far down.
        first = max(0, bisect_left(self._blocks, head, key=lambda block: block.start) - 2)
        start = self._blocks[first].start if first else 0
        unchanged = bisect_left(self._blocks, max(len(old) - tail, start), key=lambda block: block.start)
        later = {block.start + moved: number for number, block in enumerate(self._blocks[unchanged:], unchanged)}
        reach = len(source) - tail - start + _ENOUGH
        while start + reach < len(source):
            read = list(_blocks(parser, source[start : start + reach], start))
            for count, block in enumerate(read):  # the last one may go on below, but it begins where it begins
                if block.start in later:
                    rest = self._blocks[later[block.start] :]
                    return [*self._blocks[:first], *read[:count], *(_Block(s + moved, lines) for s, lines in rest)]
            reach *= 4
        return [*self._blocks[:first], *_blocks(parser, source[start:], start)]


def _same(one: Iterable[str], other: Iterable[str]) -> int:
    """How many are the same before one differs."""
    count = 0
    for count, (left, right) in enumerate(zip(one, other, strict=False), 1):
        if left != right:
            return count - 1
    return count


def _blocks(parser: MarkdownIt, source: Sequence[str], start: int) -> Iterator[_Block]:
    for node in SyntaxTreeNode(parser.parse("\n".join(source))).children:
        assert node.map is not None
        yield _Block(start + node.map[0], tuple(_shown(node)))


def _shown(node: SyntaxTreeNode) -> list[Line]:
    """One block as shown."""
    match node.type:
        case "heading":
            looks: tuple[Look, ...] = {"h1": ("title",), "h2": ("heading",)}.get(node.tag, ("strong",))  # type: ignore[assignment]
            return _inline_lines(node, looks)
        case "bullet_list":
            return _list(node, ["• "] * len(node.children))
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            numbers = [f"{first + index}. " for index in range(len(node.children))]
            return _list(node, (number.rjust(len(numbers[-1])) for number in numbers))
        case "blockquote":
            return _indented(_stacked(node.children), "▌ ", "▌ ")
        case "fence" | "code_block":
            code = node.content.removesuffix("\n").split("\n")
            return [Line([Piece("    "), Piece(_safe(line), ("code",))], "    ") for line in code]
        case "hr":
            return [Line([Piece("─" * 8, ("muted",))])]
        case "table":
            return _table(node)
    return _inline_lines(node)


def _stacked(nodes: Iterable[SyntaxTreeNode], *, loose: bool = True) -> list[Line]:
    """Blocks one below the other."""
    lines: list[Line] = []
    for node in nodes:
        if lines and loose:
            lines.append(Line())
        lines += _shown(node)
    return lines


def _list(node: SyntaxTreeNode, marks: Iterable[str]) -> list[Line]:
    loose = any(part.type == "paragraph" and not part.hidden for item in node.children for part in item.children)
    lines: list[Line] = []
    for item, mark in zip(node.children, marks, strict=True):
        if lines and loose:
            lines.append(Line())
        lines += _indented(_stacked(item.children, loose=loose) or [Line()], mark, " " * len(mark))
    return lines


def _indented(lines: Iterable[Line], first: str, rest: str) -> list[Line]:
    marks = chain([first], repeat(rest))
    return [
        Line([Piece(mark if line else mark.rstrip(), ("muted",)), *line.pieces], rest + line.hang)
        for mark, line in zip(marks, lines, strict=False)
    ]


def _table(node: SyntaxTreeNode) -> list[Line]:
    """Columns as wide as what stands in them, a rule below their names."""
    rows = [row.children for part in node.children for row in part.children]
    cells = [[_inline(cell, ("strong",) if cell.type == "th" else ()) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip_longest(*cells, fillvalue=())]
    lines = [Line(_row(named, row, widths)) for named, row in zip(rows, cells, strict=True)]
    rule = Line([Piece("─" * (sum(widths) + 2 * len(widths) - 2), ("muted",))])
    return [lines[0], rule, *lines[1:]]


def _row(
    cells: Iterable[SyntaxTreeNode], contents: Iterable[Sequence[Piece]], widths: Iterable[int]
) -> Iterator[Piece]:
    """The cells of one row, each where its column is to stand, and two blanks before the next."""
    gap = 0
    for cell, pieces, width in zip(cells, contents, widths, strict=True):
        space = width - _width(pieces)
        align = str(cell.attrs.get("style", ""))
        left = space if "right" in align else space // 2 if "center" in align else 0
        yield from (Piece(" " * (gap + left)), *pieces)
        gap = space - left + 2


def _width(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(piece.text) for piece in pieces)


def _inline_lines(node: SyntaxTreeNode, looks: tuple[Look, ...] = ()) -> list[Line]:
    parts = groupby(_inline(node, looks), lambda piece: piece == _BREAK)
    return [Line(pieces) for is_break, pieces in parts if not is_break] or [Line()]


def _inline(node: SyntaxTreeNode, looks: tuple[Look, ...]) -> list[Piece]:
    return list(chain.from_iterable(_pieces(child, looks) for child in node.children))


def _pieces(node: SyntaxTreeNode, looks: tuple[Look, ...]) -> Iterator[Piece]:
    match node.type:
        case "softbreak" | "hardbreak":
            yield _BREAK
        case "code_inline":
            yield Piece(_safe(node.content), (*looks, "code"))
        case "image":
            yield Piece(_image(node), (*looks, "muted"))
        case "link":
            address = str(node.attrs["href"])
            named = _inline(node, (*looks, "link"))
            yield from named
            if "".join(piece.text for piece in named) not in (address, address.removeprefix("mailto:")):
                yield Piece(f"{' ' if named else ''}<{_safe(address)}>", (*looks, "muted"))
        case _ if node.children:
            look = _LOOKS.get(node.type)
            yield from _inline(node, (*looks, look) if look else looks)
        case _ if node.content:
            yield Piece(_safe(node.content), looks)


def _image(node: SyntaxTreeNode) -> str:
    source, about = str(node.attrs["src"]), node.content
    name = unquote(source[4:]) if source[:4].lower() == "cid:" else source
    return f"[image: {_safe(name)}{' · ' if about else ''}{_safe(about)}]"


def _safe(text: str) -> str:
    return visible(text.replace("\n", " ").expandtabs(4))
