"""`python -m tests.tui.screenshots` makes the pictures in `screenshots/` from the scenes; the tests compare them."""

from __future__ import annotations

import asyncio
import re
import struct
import sys
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from pathlib import Path
from zlib import crc32

from tests.tui.scenes import SCENES, SIZES, THEMES, Scene, frozen

FOLDER = Path(__file__).parents[2] / "screenshots"
FONT = "DejaVu Sans Mono"  # has every sign that the screens use
README_PICTURE = "answered"
LOOKS = [("120x36", "dark"), ("80x24", "light")]


@dataclass(frozen=True)
class Picture:
    """One scene in one look.

    Args:
        scene: What is shown.
        size: By name, as `120x36`.
        theme: By name, as `dark`.
    """

    scene: Scene
    size: str
    theme: str

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.scene.name}-{self.size}-{self.theme}"

    def draw(self) -> str:
        """As SVG, while the clock stands still."""
        with frozen():
            return asyncio.run(picture(self.scene, SIZES[self.size], THEMES[self.theme]))


# The settings take long to draw: what differs in few lines is looked at in one way, the next one in the other.
PICTURES = [
    Picture(scene, *look)
    for number, scene in enumerate(SCENES)
    for look in (LOOKS[number % 2 :][:1] if scene.name.startswith("settings-") else LOOKS)
]


async def picture(scene: Scene, size: tuple[int, int], theme: str) -> str:
    """One scene as SVG."""
    app = scene.app(theme)
    async with app.run_test(size=size) as pilot:
        await scene.play(pilot)
        # Each name in it begins with a number made of all that is shown: without it one change is one line.
        return re.sub(r"\bterminal-\d+-", "terminal-", app.export_screenshot(title="mailtui", simplify=True))


def lines(svg: str) -> list[str]:
    """What can be read in a picture, blanks apart."""
    rows: dict[int, list[str]] = {}
    for row, words in re.findall(r'<text [^>]*line-(\d+)\)">(.*?)</text>', svg):
        rows.setdefault(int(row), []).append(unescape(words))
    return [" ".join(" ".join(words).split()) for words in rows.values()]


def png(svg: str, width: int = 1400) -> bytes:
    """The SVG as PNG."""
    import resvg_py

    svg = svg.replace("Fira Code", FONT)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, font_family=FONT, monospace_family=FONT))


def png_of(svg: str) -> bytes:
    """The SVG as PNG, which says at its end what it was made from."""
    image, note = png(svg), b"tEXtSource\0" + digest(svg)
    return image[:-12] + struct.pack(">I", len(note) - 4) + note + struct.pack(">I", crc32(note)) + image[-12:]


def digest(svg: str) -> bytes:
    """Tells one SVG from every other."""
    return sha256(svg.encode()).hexdigest().encode()


def make_screenshots() -> None:
    """Make all pictures anew, and remove those whose scene has gone."""
    files: dict[str, bytes] = {}
    for item in PICTURES:
        svg = item.draw()
        files[f"{item.name}.svg"] = svg.encode()
        if (item.scene.name, item.size, item.theme) == (README_PICTURE, *LOOKS[0]):
            files[f"{README_PICTURE}.png"] = png_of(svg)
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        if path.name not in files:
            path.unlink()
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)


def make_gallery(folder: Path) -> None:
    """Make each scene at each size, in both themes, as PNG, to look at."""
    folder.mkdir(exist_ok=True)
    for scene in SCENES:
        for size in SIZES:
            for theme in THEMES:
                item = Picture(scene, size, theme)
                (folder / f"{item.name}.png").write_bytes(png(item.draw()))


if __name__ == "__main__":
    make_gallery(Path(sys.argv[1])) if sys.argv[1:] else make_screenshots()
