import pytest
from _pytest.fixtures import FixtureRequest

from tests.tui.scenes import SCENES, SIZES, THEMES, Scene, frozen


@pytest.mark.parametrize(("size", "theme"), [("120x36", "dark"), ("80x24", "light")])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scene(scene: Scene, size: str, theme: str, request: FixtureRequest) -> None:
    snap_compare = request.getfixturevalue("snap_compare")
    with frozen():
        assert snap_compare(scene.app(THEMES[theme]), run_before=scene.play, terminal_size=SIZES[size])
