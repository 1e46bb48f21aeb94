"""Drafts as text: a line each, or one of them with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.drafts.entry import Entry
from mailtui.drafts.journal import Attempt
from mailtui.drafts.texts import state_text, to_and_subject
from mailtui.mail.errors import FIELD_NAMES, one_line

_TYPED = ("from_addr", "to", "cc", "bcc", "reply_to", "subject", "attachments", "headers")


def rows(entries: Sequence[Entry]) -> list[str]:
    """A line for each draft: its number, when it was saved, what became of it, to whom, and the subject.

    Args:
        entries: In their order.
    """
    table = [
        (one_line(entry.key), f"{entry.saved:%Y-%m-%d %H:%M}", state_text(entry), *to_and_subject(entry))
        for entry in entries
    ]
    numbers = max((len(key) for key, *_ in table if key.isdigit()), default=1)
    states, people = (max((len(row[column]) for row in table), default=0) for column in (2, 3))
    return [
        f"{key:>{numbers}}  {when}  {state:{states}}  {to:{people}}  {subject}".rstrip()
        for key, when, state, to, subject in table
    ]


def whole(entry: Entry) -> str:
    """All of a draft: the fields as typed, what became of it, and the body.

    Args:
        entry: That can be read.
    """
    typed = [(FIELD_NAMES[name], getattr(entry.draft, name)) for name in _TYPED]
    lines = [f"{name}: {text}".replace("\n", "\n  ") for name, text in typed if text]
    if entry.draft.markdown:
        lines.append("Markdown: yes")
    lines.append(f"Saved: {entry.saved:%Y-%m-%d %H:%M}, {state_text(entry)}")
    for attempt in entry.journal.attempts:
        lines += _attempt(attempt)
    return "\n".join((*lines, "", entry.draft.body))


def name_of(entry: Entry) -> str:
    """A draft in a few words, to say what was done with it.

    Args:
        entry: Of any kind.
    """
    about = "  ".join(filter(None, to_and_subject(entry)))
    return f"draft {one_line(entry.key)}, saved {entry.saved:%Y-%m-%d %H:%M}: {about}".rstrip(": ")


def _attempt(attempt: Attempt) -> list[str]:
    place = f" ({attempt.destination})" if attempt.destination else ""
    head = f"Tried: {attempt.begun:%Y-%m-%d %H:%M} by {attempt.handler}{place}, {attempt.message_id}"
    return [
        head,
        *(
            "  " + " ".join(filter(None, (one.address, one.status, str(one.code or ""), one_line(one.reply))))
            for one in attempt.recipients
        ),
    ]
