"""`python -m tests.tui.screenshots` makes the pictures in `screenshots/` from the scenes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.tui.scenes import SCENES, SIZES, THEMES, Scene, frozen

FOLDER = Path(__file__).parents[2] / "screenshots"
FONT = "DejaVu Sans Mono"  # has every sign that the screens use
README_PICTURE = "answered"


async def picture(scene: Scene, size: tuple[int, int], theme: str) -> str:
    """One scene as SVG."""
    app = scene.app(theme)
    async with app.run_test(size=size) as pilot:
        await scene.play(pilot)
        return app.export_screenshot(title="mailtui")


def png(svg: str, width: int = 1400) -> bytes:
    """The SVG as PNG."""
    import resvg_py

    svg = svg.replace("Fira Code", FONT)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, font_family=FONT, monospace_family=FONT))


def main(folder: Path, *, everything: bool) -> None:
    """Write the pictures; with `everything` each scene at each size, in both themes, as PNG."""
    folder.mkdir(exist_ok=True)
    for scene in SCENES:
        for size_name, size in SIZES.items():
            for theme_name, theme in THEMES.items():
                if not everything and (size_name, theme_name) != ("120x36", "dark"):
                    continue
                with frozen():
                    svg = asyncio.run(picture(scene, size, theme))
                name = f"{scene.name}-{size_name}-{theme_name}" if everything else scene.name
                if everything or scene.name == README_PICTURE:
                    (folder / f"{name}.png").write_bytes(png(svg))
                if not everything:
                    (folder / f"{name}.svg").write_text(svg)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER, everything=bool(sys.argv[1:]))
