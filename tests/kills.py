"""mailtui killed while one types, while it saves, while it sends, in a real terminal: `python -m tests.kills 200`.

After each kill it is started again. At most the last second of typing is gone; nobody gets anything twice; and what is
told of the letter agrees with what the server has.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from mailtui.drafts.entry import Entry
from mailtui.drafts.store import Drafts
from tests.smtp_server import Mailbox, smtp_server
from tests.terminal import Terminal

ANN, BOB = "ann@example.org", "bob@example.org"
_WORDS = "It was written while mailtui was about to be killed, again and again. "
_MAY_BE_LOST = 1.0  # seconds of typing


class Killing:
    """One home folder and one server, for as many kills as one likes.

    Args:
        home: The folder.
        mailbox: Of the server.
        port: Of the server.
        random: Chooses the moments.
    """

    def __init__(self, home: Path, mailbox: Mailbox, port: int, random: Random) -> None:
        self._home = home
        self._mailbox = mailbox
        self._random = random
        self._drafts = Drafts(home / ".local/share/mailtui/drafts")
        self.seen: Counter[str] = Counter()
        config = home / ".config/mailtui/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            f'mail_handler = "work"\nremember_recipients = false\n[mail.work]\nhandler = "smtp"\nhost = "127.0.0.1"\n'
            f'port = {port}\nsecurity = "none"\nfrom_addr = "me@example.com"\n'
        )

    def once(self, number: int) -> None:
        """Kill it once, and see what is left.

        Args:
            number: Of this kill, to tell its letter from the others.
        """
        kind = self._random.choice(["typing", "saving", "sending", "sending"])
        if kind == "sending":
            self._while_sending(f"Kill {number}")
        else:
            self._while_typing(f"Kill {number}", pause=kind == "saving")
        self.seen[kind] += 1
        assert not self._drafts.entries()

    def _while_typing(self, subject: str, *, pause: bool) -> None:
        terminal = Terminal(self._home, ANN, "-s", subject)
        terminal.wait_for(subject, "✓ ready")
        typed: list[float] = []
        text = _WORDS * 20
        end = time.monotonic() + self._random.uniform(0.0, 4.0)
        while time.monotonic() < end:
            terminal.type(text[len(typed)], pace=0)
            typed.append(time.monotonic())
            terminal.look_on(self._random.uniform(0.001, 0.03))
        if pause:  # a save begins 0.3 seconds after the last key
            terminal.look_on(self._random.uniform(0.25, 0.4))
        killed = time.monotonic()
        self._kill(terminal)
        must = sum(at < killed - _MAY_BE_LOST for at in typed)
        entries = self._drafts.entries()
        if not entries:
            assert must == 0, f"{must} characters are lost"
            self.seen["nothing yet"] += 1
            return
        (entry,) = entries
        body = entry.draft.body
        assert text.startswith(body), body
        assert must <= len(body) <= len(typed), (must, len(body), len(typed))
        terminal = self._offered(subject, "draft")
        terminal.wait_for(f"To {ANN}", f"Subject {subject}", body[:40])
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert self._drafts.delete(entry.key).draft == entry.draft

    def _while_sending(self, subject: str) -> None:
        mailbox, random = self._mailbox, self._random
        mailbox.delay = random.choice([0.0, random.uniform(0, 0.3)])
        mailbox.refused = random.choice([{}, {BOB: "450 4.2.0 later"}])
        terminal = Terminal(self._home, ANN, BOB, "-s", subject, "--body", _WORDS * random.choice([1, 1000]))
        terminal.wait_for(subject, "✓ ready · 2 recipients")
        terminal.press("ctrl+s")
        terminal.wait_for("Send this letter?")
        time.sleep(0.6)
        terminal.press("y")
        terminal.look_on(random.choice([0.0, random.uniform(0, 0.2), random.uniform(0, 1.0)]))
        self._kill(terminal)
        time.sleep(mailbox.delay + 0.1)  # what was complete is accepted all the same
        have = self._who_has(subject)
        entries = self._drafts.entries()
        if not entries:  # nothing had been typed, and it was not begun; or everybody has it
            assert set(have) in ({ANN, BOB}, set()), have
            self.seen["done" if have else "not begun"] += 1
            return
        (entry,) = entries
        self._check_truth(entry, have)
        self._send_to_the_rest(subject, entry, have)

    def _check_truth(self, entry: Entry, have: Counter[str]) -> None:
        self.seen[entry.state] += 1
        for address, (recipient, _) in entry.journal.standing(entry.draft.letter).items():
            if recipient.status != "unknown":
                assert (recipient.status == "accepted") is (address in have), (address, recipient, have)
        assert entry.state in ("unknown", "partly sent", "refused", "sent"), entry.state

    def _send_to_the_rest(self, subject: str, entry: Entry, have: Counter[str]) -> None:
        """As a person does who has asked those of whom nothing is known."""
        known = {one for one, (recipient, _) in entry.journal.standing(entry.draft.letter).items() if recipient.status}
        assert known == {ANN, BOB}
        self._mailbox.refused, self._mailbox.delay = {}, 0.0
        unknown = entry.state == "unknown"
        if entry.state == "sent":
            self._drafts.delete(entry.key)
            return
        terminal = self._offered(subject, "not known who has it" if unknown else "sent to some")
        terminal.wait_for(f"To {ANN}, {BOB}", f"Subject {subject}")
        terminal.wait_for("mailtui ended while this letter was being handed over" if unknown else "has it already")
        if not (unknown and have):
            terminal.press("ctrl+s")
            terminal.wait_for("Send this letter?", "may have it already" if unknown else "not again")
            time.sleep(0.6)
            terminal.press("y")
            terminal.wait_for("✓ work · ")
            assert self._who_has(subject) == {ANN: 1, BOB: 1}
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        for left in self._drafts.entries():
            assert unknown
            assert have
            self._drafts.delete(left.key)

    def _offered(self, subject: str, state: str) -> Terminal:
        """The next start, until the letter is in the form again."""
        terminal = Terminal(self._home)
        terminal.wait_for("Drafts", subject, state)
        time.sleep(0.6)
        terminal.press("enter")
        return terminal

    def _kill(self, terminal: Terminal) -> None:
        terminal.signal(signal.SIGKILL)
        terminal.exit_code()

    def _who_has(self, subject: str) -> Counter[str]:
        """How often each recipient has a letter; it is the same one, by its Message-ID."""
        found = [(message_from_bytes(one.data), one.recipients) for one in self._mailbox.messages]
        found = [(message, recipients) for message, recipients in found if message["Subject"] == subject]
        assert len({message["Message-ID"] for message, _ in found}) <= 1
        have = Counter(address for _, recipients in found for address in recipients)
        assert max(have.values(), default=0) <= 1, f"sent twice: {have}"
        return have


def kill_again_and_again(times: int, seed: int = 1) -> None:
    """Kill it so many times.

    Args:
        times: How often.
        seed: Of the moments.
    """
    mailbox = Mailbox()
    with TemporaryDirectory() as home, smtp_server(mailbox) as port:
        killing = Killing(Path(home), mailbox, port, Random(seed))
        for number in range(times):
            try:
                killing.once(number)
            except BaseException:
                print(f"kill {number} of seed {seed}", file=sys.stderr)
                raise
        print(f"{times} kills:", ", ".join(f"{count} {what}" for what, count in killing.seen.most_common()))


if __name__ == "__main__":
    kill_again_and_again(*map(int, sys.argv[1:]))
