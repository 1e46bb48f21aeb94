"""Drafts as text: a line each, or one of them with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.drafts.entry import Entry
from mailtui.drafts.journal import Attempt
from mailtui.mail.errors import FIELD_NAMES, one_line

_STATES = {
    "draft": "draft",
    "changed": "changed since it was sent",
    "sending": "being sent",
    "sent": "sent to all",
    "partly sent": "sent to some",
    "refused": "refused",
    "unknown": "not known who has it",
    "foreign": "of another program",
    "unreadable": "cannot be read",
}
_TYPED = ("from_addr", "to", "cc", "bcc", "reply_to", "subject", "attachments", "headers")
_TO, _SUBJECT = 30, 40  # characters in a line of the list


def rows(entries: Sequence[Entry]) -> list[str]:
    """A line for each draft: its number, when it was saved, what became of it, to whom, and the subject.

    Args:
        entries: In their order.
    """
    table = [
        (one_line(entry.key), f"{entry.saved:%Y-%m-%d %H:%M}", _state(entry), *_to_and_subject(entry))
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
    lines.append(f"Saved: {entry.saved:%Y-%m-%d %H:%M}, {_state(entry)}")
    for attempt in entry.journal.attempts:
        lines += _attempt(attempt)
    return "\n".join((*lines, "", entry.draft.body))


def name_of(entry: Entry) -> str:
    """A draft in a few words, to say what was done with it.

    Args:
        entry: Of any kind.
    """
    about = "  ".join(filter(None, _to_and_subject(entry)))
    return f"draft {one_line(entry.key)}, saved {entry.saved:%Y-%m-%d %H:%M}: {about}".rstrip(": ")


def _state(entry: Entry) -> str:
    state = _STATES[entry.state]
    if entry.process is None:
        return state
    return f"{state}, open in " + (f"process {entry.process}" if entry.process else "another process")


def _to_and_subject(entry: Entry) -> tuple[str, str]:
    """Without a subject the first words of the body, by which it is known again."""
    if entry.problem:
        return "", one_line(entry.problem)
    draft = entry.draft
    subject = draft.subject or next((line for line in draft.body.split("\n") if line.strip()), "")
    return _cut(draft.to or draft.cc or draft.bcc, _TO), _cut(subject, _SUBJECT)


def _cut(text: str, length: int) -> str:
    text = one_line(" ".join(text[: 4 * length].split()))
    return text if len(text) <= length else f"{text[: length - 1]}…"


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
