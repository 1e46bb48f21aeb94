"""The handler that writes each message to a file of its own."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import Annotated, ClassVar

from mailtui.files import data_path, replace_file
from mailtui.mail.errors import DeliveryError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.options import Option
from mailtui.mail.receipt import Receipt


class EmlMailHandler(MailHandler):
    """Writes the message to a file, as its receivers would get it: any mail program can open it.

    Source: RFC 5322 for what is in the file; Bcc stands in the receipt only.
    """

    label: ClassVar[str] = "eml"
    delivers: ClassVar[bool] = False

    folder: Annotated[Path | None, Option("Where the files go; when empty, mailtui/eml in your data folder")] = None

    def deliver(self, email: Email) -> Receipt:
        """Write one file that is complete or not there at all; see `MailHandler.deliver`."""
        started = perf_counter()
        folder = self.folder or Path(data_path("eml"))
        name = f"{email.date:%Y%m%d-%H%M%S}-{os.urandom(4).hex()}.eml"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(folder / name, email.iter_bytes(), unfinished=folder / f".{name}.part")
        except (FileExistsError, NotADirectoryError) as error:
            raise DeliveryError(
                f"The message was not written to {folder}: a part of that path is a file, not a folder. "
                f"Choose another folder for {self.name} in the settings."
            ) from error
        except OSError as error:
            raise DeliveryError(
                f"The message was not written to {error.filename or folder}: {error.strerror}. "
                f"Choose another folder for {self.name} in the settings, or make room there."
            ) from error
        output = f"Written to {folder / name}"
        return self.receipt(email, "shown", output=output, duration=perf_counter() - started)
