"""The command `mailtui`: results on stdout, talk on stderr, exit codes as in sysexits.h."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mailtui.cli import commands
from mailtui.cli.arguments import parse, split_command
from mailtui.cli.exits import NOT_WRITTEN, exit_code_of_error
from mailtui.cli.output import drop_stdout, talk
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
        code = getattr(commands, command)(parse(command, words))
        if sys.stdout is not None:
            sys.stdout.flush()
    except MailError as error:
        talk(str(error))
        return exit_code_of_error(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has gone
        drop_stdout()
        return 141
    except OSError as error:
        talk(f"The result could not be written: {error.strerror}. The mail itself was dealt with.")
        drop_stdout()
        return NOT_WRITTEN
    return int(code)
