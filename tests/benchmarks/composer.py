"""The composer with a body of so many bytes, its preview shown or hidden: `composer.py shown 100000 [Message]`.

With a tab named the letter goes as Markdown. `unsaved` shows the preview, and saves nothing of what is typed.
"""

import sys

from mailtui import Draft, MailtuiApp, Settings
from mailtui.tui.keeping import Keeping
from mailtui.tui.widgets.preview import Preview

LINE = "All work and no play makes Jack a dull boy, said the typewriter.\n"
PART = f"## Part\n\nAll **work** and no [play](https://example.org/play):\n{LINE}\n- makes *Jack*\n- a dull `boy`\n\n"
TAB = "".join(sys.argv[3:])
BODY = PART if TAB else LINE


class Composer(MailtuiApp):
    """The cursor waits at the end of the body."""

    def on_ready(self) -> None:
        """Hide the preview if asked to."""
        super().on_ready()
        preview = self.screen.query_one(Preview)
        preview.display = sys.argv[1] != "hidden"
        if TAB:
            preview.tab = TAB
        body = self.screen.query_one("#body")
        body.focus()
        body.move_cursor(body.document.end)  # type: ignore[attr-defined]


if sys.argv[1] == "unsaved":
    Keeping.save = lambda *_: None  # type: ignore[method-assign]
draft = Draft(to="ann@example.com", body=BODY * (int(sys.argv[2]) // len(BODY)), markdown=bool(TAB))
Composer(Settings(), draft).run()
