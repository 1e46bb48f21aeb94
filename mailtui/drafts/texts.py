"""A draft in a few words, as the command and the screens have it."""

from __future__ import annotations

from mailtui.drafts.entry import Entry
from mailtui.mail.errors import one_line
from mailtui.visible import visible

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
_TO, _SUBJECT = 30, 40  # characters


def state_text(entry: Entry) -> str:
    """What became of it, and who has it open.

    Args:
        entry: Of any kind.
    """
    state = _STATES[entry.state]
    if entry.process is None:
        return state
    return f"{state}, open in " + (f"process {entry.process}" if entry.process else "another process")


def to_and_subject(entry: Entry) -> tuple[str, str]:
    """To whom, and about what; without a subject the first words of the body, by which it is known again.

    Args:
        entry: Of any kind.
    """
    if entry.problem:
        return "", one_line(entry.problem)
    draft = entry.draft
    subject = draft.subject or next((line for line in draft.body.split("\n") if line.strip()), "")
    return _cut(draft.to or draft.cc or draft.bcc, _TO), _cut(subject, _SUBJECT)


def _cut(text: str, length: int) -> str:
    text = visible(" ".join(text[: 4 * length].split()))
    return text if len(text) <= length else f"{text[: length - 1]}…"
