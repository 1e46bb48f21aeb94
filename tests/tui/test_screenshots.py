from difflib import unified_diff
from pathlib import Path

import pytest

from tests.tui.screenshots import FOLDER, PICTURES, README_PICTURE, Picture, digest, lines

pytestmark = pytest.mark.long

RENEW = "If that is meant, .venv/bin/python -m tests.tui.screenshots makes all pictures anew: look at them."


@pytest.mark.parametrize("item", PICTURES, ids=lambda item: item.name)
def test_the_app_looks_as_in_its_picture(item: Picture, tmp_path: Path) -> None:
    path = FOLDER / f"{item.name}.svg"
    before, now = path.read_text() if path.exists() else "", item.draw()
    if now == before:
        return
    seen = tmp_path / path.name
    seen.write_text(now)
    changes = list(unified_diff(lines(before), lines(now), "then", "now", n=0, lineterm=""))[2:]
    said = "\n".join(changes) if changes else "The words are the same; colours or places differ."
    pytest.fail(f"screenshots/{path.name} is not what the app shows.\n{said}\nIt shows {seen}\n{RENEW}", pytrace=False)


def test_each_picture_is_of_a_scene() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{README_PICTURE}.png",
        *(f"{item.name}.svg" for item in PICTURES),
    }, RENEW


def test_the_picture_of_the_readme_was_made_from_the_one_compared_here() -> None:
    source = (FOLDER / f"{README_PICTURE}-120x36-dark.svg").read_text()
    assert digest(source) in (FOLDER / f"{README_PICTURE}.png").read_bytes(), RENEW
