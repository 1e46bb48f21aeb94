"""The command `mailtui`: results on stdout, talk on stderr, exit codes as in sysexits.h."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mailtui.cli import commands
from mailtui.cli.arguments import parse, split_command
from mailtui.cli.exits import INTERRUPTED, NOT_WRITTEN, exit_code_of_error
from mailtui.cli.output import NotWritten, drop_stdout, talk
from mailtui.mail.errors import MailError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Its words, without the program's name. Default: `sys.argv`.

    Returns:
        The exit code.
    """
    command, words = split_command(sys.argv[1:] if argv is None else argv)
    try:
        return int(getattr(commands, command)(parse(command, words)))
    except MailError as error:
        talk(str(error))
        return exit_code_of_error(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader has gone
        drop_stdout()
        return 141
    except NotWritten as error:
        talk(str(error))
        drop_stdout()
        return NOT_WRITTEN
