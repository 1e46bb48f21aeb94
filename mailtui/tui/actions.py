"""All actions of mailtui that have keys, wherever they can be done."""

from __future__ import annotations

from textual.app import App

from mailtui.tui.keymap import EVERYWHERE, Action, actions_in
from mailtui.tui.screens.attach import AttachScreen
from mailtui.tui.screens.check import CheckScreen
from mailtui.tui.screens.compose import ComposeScreen
from mailtui.tui.screens.drafts import DraftsScreen
from mailtui.tui.screens.handler_dialogs import NewHandlerScreen, RemoveScreen
from mailtui.tui.screens.handlers_page import HandlersPage
from mailtui.tui.screens.help import HelpScreen
from mailtui.tui.screens.key_dialog import KeyDialog
from mailtui.tui.screens.keys_page import KeysPage
from mailtui.tui.screens.review import ReviewScreen
from mailtui.tui.screens.sending import SendingScreen
from mailtui.tui.screens.settings import SettingsScreen
from mailtui.tui.screens.unkept import UnkeptScreen
from mailtui.tui.widgets.attachment_list import AttachmentList
from mailtui.tui.widgets.body_area import BodyArea
from mailtui.tui.widgets.header_fields import HeaderInput
from mailtui.tui.widgets.text_view import TextView

# What of a question is answered by which key is fixed: `y` in the review above all.
_QUESTIONS = (
    ReviewScreen,
    SendingScreen,
    UnkeptScreen,
    DraftsScreen,
    AttachScreen,
    NewHandlerScreen,
    RemoveScreen,
    CheckScreen,
    KeyDialog,
    HelpScreen,
)


def all_actions(app: type[App[None]]) -> tuple[Action, ...]:
    """The actions of the app, of its screens and of their widgets.

    Args:
        app: The class of the app.
    """
    return (
        *actions_in(EVERYWHERE, [app]),
        *actions_in("Letter", [ComposeScreen, HeaderInput, BodyArea, AttachmentList, TextView]),
        *actions_in("Settings", [SettingsScreen, HandlersPage, KeysPage]),
        *actions_in("Questions", _QUESTIONS, fixed=True),
    )
