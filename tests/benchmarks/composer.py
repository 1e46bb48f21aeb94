"""The composer with a body of so many bytes, its preview shown or hidden: `composer.py shown 100000`."""

import sys

from mailtui import Draft, MailtuiApp, Settings
from mailtui.tui.widgets.preview import Preview

LINE = "All work and no play makes Jack a dull boy, said the typewriter.\n"


class Composer(MailtuiApp):
    """The cursor waits at the end of the body."""

    def on_ready(self) -> None:
        """Hide the preview if asked to."""
        super().on_ready()
        self.screen.query_one(Preview).display = sys.argv[1] == "shown"
        body = self.screen.query_one("#body")
        body.focus()
        body.move_cursor(body.document.end)  # type: ignore[attr-defined]


Composer(Settings(), Draft(to="ann@example.com", body=LINE * (int(sys.argv[2]) // len(LINE)))).run()
