"""The command `mailtui`: results on stdout, talk on stderr, exit codes as in sysexits.h."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from mailtui.cli import commands
from mailtui.cli.arguments import parse, split_command
from mailtui.cli.exits import exit_code_of_error
from mailtui.mail.errors import MailError
from mailtui.visible import visible


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
        sys.stdout.flush()
    except MailError as error:
        print("\n".join(f"mailtui: {visible(line)}" for line in str(error).splitlines()), file=sys.stderr)
        return exit_code_of_error(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has gone; Python would complain once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return int(code)
