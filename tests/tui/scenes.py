"""The scenes that the snapshot tests compare and the screenshots show. One list for both."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import time_machine
from textual.pilot import Pilot

from mailtui import Draft, Email, MailHandler, MailtuiApp, Receipt, Recipient, Settings
from mailtui.config.sources import ConfigFile, Setting
from mailtui.drafts.store import Drafts
from mailtui.mail.errors import DraftError
from mailtui.tui.leaving import QUIET
from mailtui.tui.screens.compose import ComposeScreen
from mailtui.tui.widgets.body_area import BodyArea

SIZES = {"120x36": (120, 36), "80x24": (80, 24), "60x20": (60, 20)}
THEMES = {"dark": "textual-dark", "light": "textual-light"}
NOW = datetime(2026, 11, 23, 12, 4, 31, tzinfo=UTC)

LETTER = Draft(
    from_addr="me@example.com",
    to='ann@example.org, "Doe, Jane" <jane@example.org>',
    cc="bob@example.net",
    subject="Minutes of Monday",
    body="Hi both,\n\nthe minutes are below. Tell me by Friday what I missed.\n\n"
    "  1. The move is in March.\n  2. Ann asks for two more desks.\n\nBest wishes\nMe\n",
    letter="0123456789abcdef0123456789abcdef",
)
NEWS = replace(LETTER, body="# News\n\nThe move is in **March**. See the [plan](https://example.org/plan).\n")
HASTY = replace(
    LETTER, to="ann@ехample.org", cc="", body="Hi Ann,\n\nthe minutes are attached.\n"
)  # two Cyrillic letters
READ = replace(
    LETTER,
    markdown=True,
    body="""\
# News of the week

The move is in **March**, see the [plan](https://example.org/plan) and the *list of rooms*, which is not complete yet.
Questions go to <ann@example.org>.

## What is left to do

1. Pack what is on your desk; what stays there is thrown away by those who come after us
2. Hand in the keys
   - of the door
   - of the ~~cellar~~ garage

> We have ten days, not twelve.

| Room | Desks | Who        |
|------|------:|------------|
| 101  |     4 | Ann, Bob   |
| 102  |    12 | the others |

```
rsync -a ~/work/ new:work/
```

--
Me
""",
)
HIDDEN = replace(LETTER, bcc="boss@example.com")
MISTAKE = Draft(
    from_addr="me@example.com",
    to="Doe, Jane <jane@example.org>",
    cc="bob@",
    subject="Minutes of Monday",
    body=LETTER.body,
    letter=LETTER.letter,
)
REPORT = replace(LETTER, attachments="report.pdf, notes.txt")
FILES = {"archive/2025.zip": 0, "accounts.ods": 18_230, "plan of the new office.pdf": 2_412_003, "report.pdf": 84_120}
FILES |= {".draft": 12, "minutes.txt": 1_204}


ADDRESS_BOOK = (
    "printf",
    "searching for %s ...\n"
    "ann@example.org\tAnn Example\twork\n"
    "zoe@example.org\tZoë Ångström\n"
    "anna.katharina@a-long-domain-name.example.org\tAnna Katharina von und zu Hohenstein\n"
    "eve@example.org\t[@click=app.quit]Anton[/]\n"
    "jane@example.org\tDoe, Jane\n"
    "announce@lists.example.com\n",
)
SIGNATURE = Path(__file__).with_name("signature.txt")
QUIET_KEY = "none"  # half a second without a key
SENT = ("ctrl+s", QUIET_KEY, "y", QUIET_KEY, QUIET_KEY)
WORK = {
    "handler": "smtp",
    "host": "mail.example.org",
    "port": 587,
    "username": "me",
    "password": "hunter2",
    "from_addr": "me@example.org",
}


class RemoteMailHandler(MailHandler):
    """Stands for a mail server that does not know Jane; nothing leaves."""

    label: ClassVar[str] = "remote"

    @property
    def destination(self) -> str:
        """Where it would go."""
        return "mail.example.com:587 · STARTTLS"

    def deliver(self, email: Email) -> Receipt:
        """Say that everybody but Jane has it."""
        answers = {"jane@example.org": Recipient("jane@example.org", "refused", 550, "5.1.1 no such user here")}
        recipients = (
            answers.get(address, Recipient(address, "accepted", 250, "2.0.0 queued as 4711"))
            for address in email.envelope.recipients
        )
        transcript = ("* connecting to mail.example.com:587", "< 220 mail.example.com ESMTP", "> EHLO [192.0.2.7]")
        return Receipt(
            handler=self.name,
            message_id=email.message_id,
            recipients=tuple(recipients),
            transcript=transcript,
            duration=0.214,
        )


def some_drafts() -> None:
    """One that was being sent when mailtui ended, one that was sent to some, one that was written yesterday."""
    drafts = Drafts()
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        opened = drafts.begin()
        opened.save(Draft(to="zoe@example.org", body="Dear Zoë,\n\nit was a pleasure to\n"))
        opened.close()
    mail = RemoteMailHandler(from_addr="me@example.com")
    mail.name = "work"
    for draft, answered in ((replace(HIDDEN, letter="one", subject="Two more desks"), True), (HIDDEN, False)):
        opened, email = drafts.begin(), mail.prepare(draft)
        number = opened.begin_sending(mail, email, draft)
        if answered:
            opened.end_sending(number, mail.deliver(email))
        opened.close()


def no_disk() -> None:
    """Nothing can be written."""
    os.environ["XDG_DATA_HOME"] = "/dev/null"


@dataclass(frozen=True)
class Scene:
    """One state of the app.

    Args:
        name: Of the snapshot and the screenshot.
        draft: What stands in the form.
        keys: Pressed one after the other.
        handler: In use.
        folder: Its option of that name.
        delivers: Use a handler that delivers instead.
        work: Options in the file of a handler called work.
        preferences: In the file.
        left: Puts on disk what was left there before.
    """

    name: str
    draft: Draft = LETTER
    keys: tuple[str, ...] = ()
    handler: str = "dummy"
    folder: str = ""
    delivers: bool = False
    work: Mapping[str, object] = field(default_factory=dict)
    preferences: Mapping[str, object] = field(default_factory=dict)
    left: Callable[[], None] | None = None

    def app(self, theme: str = "textual-dark") -> MailtuiApp:
        """The app before the keys are pressed."""
        if self.left is not None:
            self.left()
        section = {"folder": Setting(self.folder, "this run")} if self.folder else {}
        work = {"work": {name: Setting(value, "file") for name, value in self.work.items()}} if self.work else {}
        settings = Settings(
            path="~/.config/mailtui/config.toml",
            sections={**work, self.handler: section},
            file=ConfigFile(sections=work, mode=0o600),
            preferred={name: Setting(value, "file") for name, value in self.preferences.items()},
        )
        app = MailtuiApp(settings=settings, draft=self.draft, mail_handler=self.handler)
        if self.delivers:
            app.mail = RemoteMailHandler(from_addr="me@example.com")
            app.mail.name = "work"
        app.theme = theme
        return app

    async def play(self, pilot: Pilot[None]) -> None:
        """Press the keys."""
        await pilot.pause()
        for key in self.keys:
            if key == QUIET_KEY:
                await pilot.app.workers.wait_for_complete()
                await pilot.pause(QUIET + 0.1)
            else:
                await pilot.press(key)
            await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        for screen in pilot.app.screen_stack[:1]:
            assert isinstance(screen, ComposeScreen)
            with suppress(DraftError):
                screen.keeping.keep(screen.typed())  # as it will be in a moment
            screen.query_one(BodyArea)._count_words()
        for widget in pilot.app.screen.query("Input, TextArea"):
            widget.cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause()


SCENES = [
    Scene("empty", draft=Draft(letter=LETTER.letter)),
    Scene("signature", draft=Draft(letter=LETTER.letter), preferences={"signature": str(SIGNATURE)}),
    Scene("compose"),
    Scene(
        "completion",
        keys=("end", *", an", QUIET_KEY, "down", "down"),
        preferences={"address_book_command": ADDRESS_BOOK, "remember_recipients": False},
    ),
    Scene("checks", draft=HASTY),
    Scene("checks-review", draft=HASTY, keys=("ctrl+s",), delivers=True),
    Scene("message", keys=("f3",)),
    Scene("message-markdown", draft=READ, keys=("f3",)),
    Scene("source", keys=("f3", "f3")),
    Scene("markdown", draft=NEWS, keys=("f8", "f3", "f3")),
    Scene("mistake", draft=MISTAKE, keys=("ctrl+s",)),
    Scene("answered", keys=("ctrl+s",)),
    Scene("failed", keys=("ctrl+s",), handler="eml", folder="/dev/null/mails"),
    Scene("review", draft=HIDDEN, keys=("ctrl+s",), delivers=True),
    Scene("review-source", draft=HIDDEN, keys=("ctrl+s", QUIET_KEY, "v"), delivers=True),
    Scene("refused", draft=HIDDEN, keys=SENT, delivers=True),
    Scene("retry", draft=HIDDEN, keys=(*SENT, "ctrl+s"), delivers=True),
    Scene("settings", keys=("f2",)),
    Scene("settings-eml", keys=("f2", "down")),
    Scene("settings-smtp", keys=("f2", "up", *["tab"] * 4), work=WORK),
    Scene("settings-wrong", keys=("f2", "up", *["tab"] * 5, "0", "0", "0", "tab"), work=WORK),
    Scene("settings-add", keys=("f2", "ctrl+n", "down")),
    Scene("settings-copy", keys=("f2", "up", "f5"), work=WORK),
    Scene("settings-remove", keys=("f2", "up", "f8"), work=WORK),
    Scene("settings-check", keys=("f2", "up", "f9"), work={**WORK, "host": "localhost", "port": 1}),
    Scene("settings-checked", keys=("f2", "f9")),
    Scene("preferences", keys=("f2", "f3")),
    Scene("preferences-theme", keys=("f2", "f3", "enter", "down", "down", "down")),
    Scene("keys", keys=("f2", "f3", "f3", "down", "down", "down", "down")),
    Scene("keys-edited", keys=("f2", "f3", "f3", "down", "down", "down", "enter", "f12")),
    Scene("keys-clash", keys=("f2", "f3", "f3", "down", "down", "down", "enter", "f3")),
    Scene("drafts", draft=Draft(letter=LETTER.letter), left=some_drafts),
    Scene("draft-opened", draft=Draft(letter=LETTER.letter), keys=(QUIET_KEY, "enter"), left=some_drafts),
    Scene("draft-saved", draft=Draft(letter=LETTER.letter), keys=(*"ann@example.org", "tab"), handler="eml"),
    Scene("draft-not-saved", keys=("end", "tab", "x", QUIET_KEY), left=no_disk),
    Scene("picker", keys=("ctrl+t",)),
    Scene("attachments", draft=REPORT, keys=(*["tab"] * 4, "down", "ctrl+s")),
    Scene("attach", keys=("ctrl+o", QUIET_KEY, "down", "down", "tab", "down")),
    Scene("help", keys=("f1",)),
    Scene("corrected", draft=HIDDEN, keys=(*SENT, "escape", "end", "left", *["backspace"] * 3, *"com"), delivers=True),
]


@contextmanager
def frozen() -> Iterator[None]:
    """Clock and time zone stand still; the home folder, and the files in it, are always the same."""
    before = {name: os.environ.get(name) for name in ("TZ", "HOME", "XDG_DATA_HOME")}
    folder = Path.cwd()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"TZ": "UTC", "HOME": home}
        time.tzset()
        os.chdir(_documents(Path(home)))
        try:
            with time_machine.travel(NOW, tick=False):
                yield
        finally:
            os.chdir(folder)
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            time.tzset()


def _documents(home: Path) -> Path:
    """A folder with a few files."""
    folder = home / "Documents"
    for number, (name, size) in enumerate(FILES.items(), 1):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.truncate(file, size)
        day = datetime(2026, 11, number, tzinfo=UTC).timestamp()
        os.utime(file, (day, day))
    return folder
