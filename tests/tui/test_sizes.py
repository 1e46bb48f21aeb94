"""Every control of every screen can be reached and seen, in small terminals and in large ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.tui.conftest import screen_text
from tests.tui.scenes import REPORT, SCENES, WORK, Scene, frozen

pytestmark = pytest.mark.long

SIZES = [(60, 20), (80, 24), (300, 80)]
LONG = f"{'x' * 60}@"  # whose reason takes more than one line
WRONG = replace(REPORT, from_addr=LONG, to=LONG, cc=LONG, bcc=LONG, attachments="report.pdf, a, b, c")
# With as much on them as there can be.
SCREENS = [
    Scene("letter", draft=WRONG, keys=("ctrl+s",)),
    Scene("refused", keys=next(scene for scene in SCENES if scene.name == "refused").keys, delivers=True),
    Scene("review", keys=("ctrl+s",), delivers=True),
    Scene("handlers", keys=("f2", "up"), work=WORK),
    Scene("preferences", keys=("f2", "f3")),
    Scene("keys", keys=("f2", "f3", "f3")),
    Scene("new handler", keys=("f2", "ctrl+n")),
    Scene("attach", keys=("ctrl+o",)),
    Scene("help", keys=("f1",)),
]


async def lost(pilot: Pilot[None]) -> list[str]:
    """Controls that are not seen, even after one has scrolled to them, or not in their whole width."""
    screen = pilot.app.screen
    found = []
    for control in screen.focus_chain:
        if not seen(screen, control):
            control.scroll_visible(animate=False)
            await pilot.pause()
        if not seen(screen, control):
            found.append(f"{control!r} at {pilot.app.size}: {control.region}")
    return found


def seen(screen: Screen[object], control: Widget) -> bool:
    """Whether it is on the screen, and not cut off at its right."""
    region = screen.find_widget(control).visible_region
    return region.area > 0 and region.width == control.region.width


@pytest.mark.parametrize("scene", SCREENS, ids=lambda scene: scene.name)
async def test_no_control_is_lost(scene: Scene) -> None:
    with frozen():
        app = scene.app()
        async with app.run_test(size=SIZES[0]) as pilot:
            await scene.play(pilot)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(app.screen.focus_chain) > 0
                assert await lost(pilot) == []
                assert all(bar.region.height == 1 for bar in app.screen.query("KeyBar, TopBar"))


async def test_names_stay_beside_their_fields_and_reasons_in_two_lines() -> None:
    with frozen():
        app = SCREENS[0].app()
        async with app.run_test(size=SIZES[0]) as pilot:
            await SCREENS[0].play(pilot)
            app.screen.query_one("#subject").focus()
            await pilot.pause(0.3)
            shown = screen_text(app)
            assert f"Bcc {LONG[:49]}" in shown
            assert f"✗ {LONG[:15]}…{LONG[-14:]}: the domain is missing Subject Minutes of Monday" in shown
            assert str(app.screen.query_one("#bcc-problem").tooltip) == f"{LONG}: the domain is missing"
