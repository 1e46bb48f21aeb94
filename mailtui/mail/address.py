"""Addresses: one mailbox as typed, and the form of it that stands in an envelope (RFC 5322 3.4, RFC 5321 4.1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from unicodedata import normalize

_ATEXT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-")
_LABEL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
_LOCAL_LIMIT, _LABEL_LIMIT, _ADDRESS_LIMIT = 64, 63, 254

_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<literal>\[[^\[\]]*\])
      | (?P<atom>[^ \t"(),:;<>@\[\]\\]+)
      | (?P<special>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT_MARK = r"(?s)\\.|[()]"
_ADDRESS_IN_NAME = r"""[^\s<>",;:()\[\]@]{1,256}@[^\s<>",;:()\[\]@]{1,256}"""

_OPENING = ('"', "(")  # as specials, for what is never closed

Token = tuple[str, str]


class InvalidAddress(ValueError):
    """A text is not one unambiguous address; the message says why."""


@dataclass(frozen=True)
class Address:
    """One mailbox, or a group of nobody such as `undisclosed-recipients:;`.

    Args:
        text: The spelling that was given, comments and quotes included.
        display_name: The name before the angle brackets, or of the group, quotes taken off; empty when there is none.
        addr_spec: `local@domain` as an envelope has it: domain in lower case and as A-labels (RFC 5890 2.3.2.1); empty
            for a group.
        plain: The given spelling is ASCII without comments and may stand in a header field as it is.
    """

    text: str
    display_name: str
    addr_spec: str
    plain: bool

    @property
    def domain(self) -> str:
        """What stands after the last @."""
        return self.addr_spec.rpartition("@")[2]


def split_addresses(text: str) -> list[str]:
    """Cut a typed list at its commas, those in quotes and comments apart; empty items are left out. Never fails.

    Args:
        text: What was typed in a recipient field, nonsense included.
    """
    items: list[str] = []
    item: list[str] = []
    for kind, token in (*_tokens(text), ("special", ",")):
        if (kind, token) == ("special", ","):
            items.append("".join(item).strip())
            item = []
        else:
            item.append(token)
    return list(filter(None, items))


def item_at(text: str, position: int) -> tuple[int, int]:
    """Where the item of a typed list begins and ends in which a cursor stands, blanks around it left out.

    Args:
        text: What was typed in a recipient field, nonsense included.
        position: Of the cursor. What is never closed, such as a quote, ends there, for the rest may be others'.
    """
    start = end = 0
    is_open = False
    for kind, token in _tokens(text):
        if (kind, token) == ("special", ","):
            if position <= end:
                break
            start = end + 1
        is_open |= kind == "special" and token in _OPENING
        end += len(token)
    if is_open:
        end = max(start, position)
    item = text[start:end]
    if not item.strip(" \t"):
        return position, position
    return end - len(item.lstrip(" \t")), start + len(item.rstrip(" \t"))


def as_typed(display_name: str, spec: str) -> str:
    """One address as a person would type it, the name in quotes where it needs them.

    Args:
        display_name: Left out when it is empty, or could not stand there: it shows another address, say.
        spec: `local@domain`.
    """
    name = " ".join(display_name.split())
    if not all(kind in ("atom", "blank") and "." not in token for kind, token in _tokens(name)):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    text = f"{name} <{spec}>"
    try:
        return text if parse_address(text).display_name else spec
    except InvalidAddress:
        return spec


@lru_cache(maxsize=16)
def parse_addresses(text: str) -> tuple[Address, ...]:
    """Parse a typed list of addresses, separated by commas.

    Args:
        text: What was typed in a recipient field.

    Raises:
        InvalidAddress: An item is not one address; the message names the item and the reason.

    Source: RFC 5322 3.4; of groups only empty ones are taken, for the others hide who gets the mail.
    """
    items = split_addresses(text)
    for item, following in pairwise(items):
        if "@" not in item and not item.endswith(";") and "<" in following:
            name, _, rest = following.partition("<")
            raise InvalidAddress(f'a name with a comma needs quotes: "{item}, {name.strip()}" <{rest}')
    return tuple(parse_address(item) for item in items)


@lru_cache(maxsize=256)  # an application's sender is the same every time
def parse_address(text: str) -> Address:
    """Parse exactly one address, `local@domain` or `Name <local@domain>`.

    Args:
        text: The spelling to keep.

    Raises:
        InvalidAddress: It is none, or could be read in two ways.

    Source: RFC 5322 3.4; RFC 5321 4.1.2 and 4.5.3.1 for what an envelope takes.
    """
    try:
        return _parse(text.strip(" \t"))
    except InvalidAddress as error:
        raise InvalidAddress(f"{text.strip()}: {error}" if text.strip() else str(error)) from None


def control_in(text: str) -> str:
    """What of a text can stand in no header field, and where: C0, DEL, C1 and half characters (lone surrogates).

    Args:
        text: Of a header field.

    Returns:
        `a line break at position 3`; empty when there is nothing of that kind.
    """
    if text.isprintable() or not (found := _CONTROL.search(text)):
        return ""
    noun = "half a character" if found[0] > "\x9f" else "the control character"
    told = "a line break" if found[0] in "\r\n" else f"{noun} U+{ord(found[0]):04X}"
    return f"{told} at position {found.start() + 1}"


def _parse(text: str) -> Address:
    if not text:
        raise InvalidAddress("the address is empty")
    if trouble := control_in(text):
        raise InvalidAddress(f"{trouble} cannot be sent")
    tokens = list(_tokens(text))
    comments = [token[1:-1] for kind, token in tokens if kind == "comment"]
    tokens = [token for token in tokens if token[0] != "comment"]
    if name := _name_of_empty_group(tokens):
        display_name = _display_name(name)
        _refuse_misleading(display_name, "nobody")
        return Address(text, display_name, "", text.isascii() and not comments and _is_read_alike(name))
    _refuse_ambiguous(tokens)

    if ("special", "<") in tokens:
        opening = tokens.index(("special", "<"))
        name, spec = tokens[:opening], tokens[opening + 1 :]
        if ("special", ">") not in spec:
            raise InvalidAddress("the closing > is missing")
        closing = spec.index(("special", ">"))
        if any(kind != "blank" for kind, _ in spec[closing + 1 :]):
            raise InvalidAddress("something stands after the >; separate addresses with commas")
        spec = spec[:closing]
    else:
        name, spec = [], _trim(tokens)

    addr_spec = _normalise("".join(token for _, token in _trim_blanks_in(spec)))
    display_name = _display_name(name) or " ".join(comments).strip()
    _refuse_misleading(display_name, addr_spec)
    plain = text.isascii() and not comments and _is_read_alike(_trim(name), spec)
    return Address(text, display_name, addr_spec, plain)


def _name_of_empty_group(tokens: list[Token]) -> list[Token]:
    """What stands before `:;`, if that and nothing else is there."""
    solid = _trim(tokens)
    opening = _trim(solid[:-1])
    if not opening or (opening[-1], solid[-1]) != (("special", ":"), ("special", ";")):
        return []
    words = _trim(opening[:-1])
    return words if all(kind in ("atom", "quoted", "blank") for kind, _ in words) else []


def _is_read_alike(name: list[Token], spec: Sequence[Token] = ()) -> bool:
    """Whether all programs read a name and an address as they were typed.

    They differ about dots and brackets in a name, quotes beside other words, blanks at the edges inside of quotes, and
    about quotes and brackets in an address.
    """
    if any(kind in ("quoted", "literal") for kind, _ in spec):
        return False
    if [kind for kind, _ in name] == ["quoted"]:
        return _word_of(name[0]) == _word_of(name[0]).strip()
    return all(kind in ("atom", "blank") and "." not in token for kind, token in name)


def _refuse_ambiguous(tokens: list[Token]) -> None:
    for kind, text in tokens:
        if kind != "special" or text in "<>@":
            continue
        reason = {
            ",": "one address is expected here; a name with a comma needs quotes",
            ";": "separate addresses with commas, not with ;",
            ":": "groups are not taken; list the addresses themselves",
            '"': 'the closing " is missing',
            "(": "the closing ) is missing",
        }.get(text, f"{text} may stand in quotes only")
        raise InvalidAddress(reason)


def _trim_blanks_in(spec: list[Token]) -> list[Token]:
    spec = _trim(spec)
    if any(kind == "blank" for kind, _ in spec):
        raise InvalidAddress("there is a blank in the address; separate addresses with commas")
    return spec


def _display_name(tokens: list[Token]) -> str:
    if ("special", "@") in tokens:
        raise InvalidAddress("a name with an @ needs quotes; separate addresses with commas")
    if ("special", ">") in tokens:
        raise InvalidAddress("a name with a > needs quotes")
    return "".join(map(_word_of, _trim(tokens)))


def _word_of(token: Token) -> str:
    kind, text = token
    if kind == "blank":
        return " "
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "quoted" else text


def _refuse_misleading(display_name: str, addr_spec: str) -> None:
    if "=?" in display_name:
        raise InvalidAddress("the name holds an encoded word (=?…?=); write the name itself")
    plain_name = normalize("NFKC", display_name)  # ＠ looks like @
    for shown in re.findall(_ADDRESS_IN_NAME, plain_name) if "@" in plain_name else ():
        if not _is_same(shown, addr_spec) and not _is_same(shown.strip("'.!?"), addr_spec):
            raise InvalidAddress(f"the name shows {shown}, but the mail would go to {addr_spec}")


def _is_same(shown: str, addr_spec: str) -> bool:
    try:
        return _normalise(shown).casefold() == addr_spec.casefold()
    except InvalidAddress:
        return False


def _normalise(spec: str) -> str:
    """Check `local@domain` and give it as an envelope has it."""
    if "@" not in spec:
        raise InvalidAddress("the @ and the domain are missing" if spec else "there is no address in <>")
    local, _, domain = spec.rpartition("@")
    if "=?" in local or "<" in local or ">" in local:
        raise InvalidAddress("an encoded word (=?…?=) or a < before the @ would be read as another address")
    if _is_everyday(local, domain):
        return f"{local}@{domain.lower()}"
    if spec.endswith("@"):
        raise InvalidAddress("the domain is missing")
    if spec.startswith("@"):
        raise InvalidAddress("there is nothing before the @")
    return _validated(spec)


def _is_everyday(local: str, domain: str) -> bool:
    """Whether it is what nearly everybody types.

    email-validator says the same of it (a test holds the two together), but takes as long to import as all the rest.
    """
    return (
        len(local) <= _LOCAL_LIMIT
        and len(local) + 1 + len(domain) <= _ADDRESS_LIMIT
        and all(atom and _ATEXT.issuperset(atom) for atom in local.split("."))
        and "--" not in domain
        and all(
            0 < len(label) <= _LABEL_LIMIT and _LABEL.issuperset(label) and "-" not in (label[0], label[-1])
            for label in domain.split(".")
        )
    )


def _validated(spec: str) -> str:
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email  # late: see _is_everyday

    # email-validator refuses names such as localhost or .test, which mailtui takes; another last label of the same
    # length gets everything else about the address checked.
    rest, dot, last = spec.rpartition("." if "." in spec.rpartition("@")[2] else "@")
    reserved = last.lower() in {name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES}
    try:
        valid = validate_email(
            f"{rest}{dot}{'x' * len(last)}" if reserved else spec,
            check_deliverability=False,
            globally_deliverable=False,
            allow_quoted_local=True,
            allow_domain_literal=True,
            strict=True,
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise InvalidAddress(reason[:1].lower() + reason[1:]) from None
    domain = valid.ascii_domain
    if reserved:
        domain = domain[: -len(last)] + last.lower()
    return f"{valid.local_part}@{domain}"


def _trim(tokens: list[Token]) -> list[Token]:
    solid = [index for index, (kind, _) in enumerate(tokens) if kind != "blank"]
    return tokens[solid[0] : solid[-1] + 1] if solid else []


def _tokens(text: str) -> Iterator[Token]:
    """Lexical tokens of RFC 5322 3.2, comments whole; what is never closed comes out as a special and the rest."""
    position = 0
    while position < len(text):
        if text[position] == "(" and (end := _comment_end(text, position)):
            yield "comment", text[position:end]
            position = end
            continue
        match = _TOKEN.match(text, position)
        assert match is not None  # the last alternative takes any character
        yield str(match.lastgroup), match[0]
        position = match.end()
        if match[0] in _OPENING:  # what is never closed takes the rest of the text, commas included
            yield "atom", text[position:]
            return


def _comment_end(text: str, start: int) -> int | None:
    depth = 0
    for mark in re.compile(_COMMENT_MARK).finditer(text, start):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.end()
    return None
