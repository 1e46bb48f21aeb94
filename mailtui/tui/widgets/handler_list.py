"""The list of all handlers, each with what it does with a mail."""

from __future__ import annotations

from collections.abc import Collection

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mailtui.config.settings import Settings


class HandlerList(OptionList):
    """Names with badges: what a handler does, which one is in use, which ones have edits.

    Args:
        in_use: The name of the handler in use.
        id: Of the widget.
    """

    def __init__(self, in_use: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, markup=False)
        self._in_use = in_use

    def show(self, settings: Settings, chosen: str, edited: Collection[str], *, narrow: bool) -> None:
        """Show the handlers as they are now.

        Args:
            settings: With the handlers.
            chosen: The one to put the cursor on.
            edited: Those with edits.
            narrow: Whether there is one line for each, and not two.
        """
        names = settings.names()
        prompts = [self._prompt(settings, name, edited=name in edited, narrow=narrow) for name in names]
        if names == [option.id for option in self.options]:
            for name, prompt in zip(names, prompts, strict=True):
                self.replace_option_prompt(name, prompt)
        else:
            self.clear_options()
            self.add_options([Option(prompt, id=name) for name, prompt in zip(names, prompts, strict=True)])
        self.highlighted = names.index(chosen)

    def _prompt(self, settings: Settings, name: str, *, edited: bool, narrow: bool) -> Content:
        sign = "▸" if name == self._in_use else " "
        mark = " • edited" if edited else ""
        gap = "  " if narrow else "\n    "
        return Content.assemble(f"{sign} {name}", (mark, "bold"), gap, badge(settings, name))


def badge(settings: Settings, name: str) -> tuple[str, str]:
    """What a handler does with a mail, with sign and colour.

    Args:
        settings: With the handler.
        name: Of the handler.
    """
    if settings.problem(name):
        return "✗ cannot be used", "$text-error"
    delivers = settings.handler_type(name).delivers
    return ("▲ delivers mail", "$text-warning") if delivers else ("● sends nothing", "$text-muted")


def destination(settings: Settings, name: str) -> str:
    """Where a handler's mail goes, or an empty text.

    Args:
        settings: With the handler.
        name: Of the handler.
    """
    try:
        return settings.handler(name).destination
    except Exception:  # noqa: BLE001  a handler from elsewhere need not foresee what is half typed
        return ""
