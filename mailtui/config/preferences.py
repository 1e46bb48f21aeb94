"""What a person prefers whatever the handler; each a key at the top of the configuration file."""

from __future__ import annotations

from typing import Annotated

from mailtui.mail.options import Configurable, Option


class Preferences(Configurable):
    """How the composer looks, what it puts in and proposes, and what it keeps."""

    theme: Annotated[str, Option("Colours of the composer")] = "textual-dark"
    signature: Annotated[
        str, Option("A file whose text is put below a new letter, after a line with --; mailtui send puts in none")
    ] = ""
    address_book_command: Annotated[
        tuple[str, ...], Option("Proposes recipients; %s is what was typed: khard email --parsable %s", command=True)
    ] = ()
    remember_recipients: Annotated[bool, Option("Propose people whom you have written to")] = True
    keep_sent: Annotated[bool, Option("Keep sent mail in mailtui/sent in your data folder")] = False
