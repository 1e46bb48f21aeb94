import pytest
from _pytest.fixtures import FixtureRequest

from tests.tui.scenes import SCENES, SIZES, THEMES, Scene, frozen

LOOKS = [("120x36", "dark"), ("80x24", "light")]
# The settings take long to draw: what differs in few lines is looked at in one way, the next one in the other.
CASES = [
    pytest.param(scene, *look, id="-".join((scene.name, *look)))
    for number, scene in enumerate(SCENES)
    for look in (LOOKS[number % 2 :][:1] if scene.name.startswith("settings-") else LOOKS)
]


@pytest.mark.parametrize(("scene", "size", "theme"), CASES)
def test_scene(scene: Scene, size: str, theme: str, request: FixtureRequest) -> None:
    snap_compare = request.getfixturevalue("snap_compare")
    with frozen():
        assert snap_compare(scene.app(THEMES[theme]), run_before=scene.play, terminal_size=SIZES[size])
