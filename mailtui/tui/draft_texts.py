"""What the screens say about drafts, as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.drafts.entry import Entry
    from mailtui.drafts.journal import Attempt, Journal, Standing
    from mailtui.mail.draft import Draft

_NAMED = 3  # addresses in a sentence


def when_text(at: datetime) -> str:
    """When something was, as short as it can be said: the time alone if it was today.

    Args:
        at: In local time.
    """
    return f"{at:%H:%M}" if at.date() == datetime.now().date() else f"{at:%Y-%m-%d %H:%M}"


def kept_text(at: datetime | None, *, problem: str, holder: str, wide: bool) -> str:
    """How the letter stands on disk, for the end of the first line.

    Args:
        at: When it was saved; None while nothing of it is there.
        problem: Why what was typed last is not there.
        holder: Who else has it open, so that it can only be read here.
        wide: Whether there is room.
    """
    if holder:
        return f"read only: open in {holder}" if wide else "read only"
    if problem:
        return "draft not saved ✗"
    if at is None:
        return ""
    return f"draft saved {when_text(at)}" if wide else "draft ✓"


def not_saved_text(problem: str) -> str:
    """That goes on until a save works, or nothing if it does.

    Args:
        problem: Why not, and what to do.
    """
    return f"{problem} It is tried again and again; go on writing." if problem else ""


def waiting_text(count: int, key: str) -> str:
    """That there are drafts, where nothing comes between a person and the letter.

    Args:
        count: One at least.
        key: That shows them.
    """
    return f"{count} {'draft is' if count == 1 else 'drafts are'} waiting: {key} shows them."


def left_text(key: str, problem: str = "", *, unknown: bool = False) -> str:
    """What is said when the app has gone, or nothing.

    Args:
        key: The number of the draft; empty if there is none.
        problem: Why what was typed last is not in it; empty if it is.
        unknown: Whether the letter was on its way, and nobody knows how far it came.
    """
    lines = []
    if unknown:
        lines.append("mailtui: whether the letter was accepted is not known: find out before you send it again.")
    if problem:
        lines.append(f"mailtui: what was typed last is not kept. {problem}")
    if key:
        lines.append(f"mailtui: the letter is kept as draft {key}; to go on with it: mailtui drafts open {key}")
    return "\n".join(lines)


def entry_texts(entry: Entry) -> tuple[str, str]:
    """A draft in two lines: what it is about; number, time, what became of it, to whom.

    Args:
        entry: Of any kind.
    """
    from mailtui.drafts.texts import state_text, to_and_subject

    to, subject = to_and_subject(entry)
    sign = "●" if entry.state in ("draft", "changed", "sent", "foreign") else "⚠"
    number = f"draft {entry.key}" if entry.key.isdigit() else entry.key
    about = filter(None, (number, when_text(entry.saved.astimezone()), state_text(entry), f"to {to}" if to else ""))
    return f"{sign} {subject or '(nothing written yet)'}", "  " + " · ".join(about)


def known_text(journal: Journal, draft: Draft) -> str:
    """What is known of who has a letter that comes from disk, a sentence each; nothing if it was never sent.

    Args:
        journal: What was tried to send it.
        draft: Its text.
    """
    from mailtui.drafts.journal import INTERRUPTED

    def kind(one: Standing) -> tuple[int, str]:
        lost = one.recipient.reply == INTERRUPTED
        return one.attempt.number, "interrupted" if lost else one.recipient.status

    standing = sorted(journal.standing(draft.letter).values(), key=kind)
    told = [_sentence(what, list(group)) for (_, what), group in groupby(standing, key=kind)]
    statuses = {one.recipient.status for one in standing}
    if "unknown" in statuses:
        told.append("Find out before you send it again: Send goes to all who are not known to have it.")
    elif "accepted" in statuses and "refused" in statuses:
        told.append("Send goes only to those who do not have it.")
    elif journal.attempts and not standing:
        told.append(
            f"It was changed since it was {_handed_over(journal.attempts[-1])}, and goes to all as another letter."
        )
    return "\n".join(told)


def _sentence(what: str, group: Sequence[Standing]) -> str:
    attempt = group[0].attempt
    who = _names(one.recipient.address for one in group)
    has = "have" if group[1:] else "has"
    if what == "interrupted":
        return (
            f"mailtui ended while this letter was being {_handed_over(attempt)}. Whether {who} {has} it is not known."
        )
    place = f"{attempt.handler}, {when_text((attempt.ended or attempt.begun).astimezone())}"
    if what == "unknown":
        return f"Whether {who} {has} it is not known ({place})."
    if what == "refused":
        return f"{who} {'do' if group[1:] else 'does'} not have it ({place}: {group[0].recipient.reply})."
    return f"{who} {has} it already ({place})."


def _handed_over(attempt: Attempt) -> str:
    return f"handed over to {attempt.handler} at {when_text(attempt.begun.astimezone())}"


def _names(addresses: Iterable[str]) -> str:
    every = list(addresses)
    if len(every) > _NAMED:
        return f"{', '.join(every[:_NAMED])} and {len(every) - _NAMED} more"
    return " and ".join(filter(None, (", ".join(every[:-1]), every[-1])))
