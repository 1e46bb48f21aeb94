"""The words of the command line: which command, its options, and the draft that they describe."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NoReturn

from mailtui import __version__
from mailtui.cli.exits import NO_INPUT, NOT_SENDABLE, USAGE
from mailtui.cli.output import stop, talk
from mailtui.cli.saved import draft_of_saved, saved_messages
from mailtui.mail.attachment import join_files
from mailtui.mail.draft import Draft

COMMANDS = {
    "compose": """\
Open the composer, fields filled in.

  mailtui                                      write a mail
  mailtui ann@example.com -s "Hello"           the same, to Ann
  mailtui "mailto:ann@example.com?subject=Hi"  what a link in a browser asks for
  mailtui letter.eml                           a saved message, to send it anew
  mailtui -H eml                               with another handler, this time

Other commands:

  mailtui send       send one mail without a screen: mailtui send --help
  mailtui handlers   list the handlers that can be used
  mailtui check      try a handler without sending anything
  mailtui drafts     list the drafts, go on with one: mailtui drafts --help
""",
    "send": """\
Send one mail without a screen. The body: --body, --body-file, that of a saved
message (FILE.eml), else stdin.

  echo "It is done." | mailtui send -s Backup ann@example.com
  mailtui send -s Report -a report.pdf --body "Here it is." ann@example.com
  mailtui send --body-file letter.txt -H eml --json ann@example.com
  mailtui send --dry-run --body "Hello" ann@example.com
  mailtui send letter.eml -s "Once more" bob@example.com
""",
    "handlers": """\
List the handlers that can be used; * marks the one in use.

  mailtui handlers
  mailtui handlers --config other.toml
""",
    "check": """\
Try a handler without sending anything: connect, secure the line, log in.

  mailtui check                                the handler in use
  mailtui check work                           the one called work
""",
    "drafts": """\
List the drafts, the newest first, each with its number; or deal with one.

  mailtui drafts                               number, time, state, to, subject
  mailtui drafts show 3                        print it, and what became of it
  mailtui drafts open 3                        go on writing it
  mailtui drafts delete 3 5                    delete them, without a question

They are messages in a Maildir, which other mail programs can read:
~/.local/share/mailtui/drafts, or mailtui/drafts in $XDG_DATA_HOME.
""",
}
_OPERANDS = {
    "compose": " [ADDRESS | FILE.eml ...]",
    "send": " [ADDRESS | FILE.eml ...]",
    "check": " [NAME]",
    "drafts": " [list | show N | open N | delete N ...]",
}
_DEEDS = ("list", "show", "open", "delete")
_EXIT_CODES_OF_DRAFTS = """\
exit codes:
   0  done
  64  usage
  66  there is no such draft
  74  not written, or not deleted; see the reason
  75  another process has it open: run it again later
"""
_EXIT_CODES_OF_CHECK = """\
exit codes:
   0  it works, as far as that can be seen
  64  usage
  69  it does not work
  70  the handler has a defect
  75  it does not work for now: try again later
  77  log-in refused, or the line cannot be trusted
  78  configuration
"""
_EXIT_CODES = """\
exit codes:
   0  every recipient accepted, or shown
  64  usage
  65  not sendable, see the reason
  66  a body or a saved message that cannot be read
  69  not delivered to anybody
  70  the handler has a defect; nothing left
  74  the result could not be written
  75  refused for now: run it again
  76  unknown, or only some accepted: do not run it again
  77  log-in refused, or the line cannot be trusted
  78  configuration
 130  interrupted; nothing was sent
"""


def split_command(words: Sequence[str]) -> tuple[str, list[str]]:
    """Take the command's name out of the words: the first that is neither an option nor the value of one.

    Args:
        words: Of the command line, in any order.
    """
    takes_value = {name for action in _parser("send")._actions if action.nargs != 0 for name in action.option_strings}
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            break
        elif word.startswith("-") and word != "-":
            skip = word in takes_value
        elif word in COMMANDS:
            return word, [*words[:index], *words[index + 1 :]]
        else:
            break
    return "compose", list(words)


def parse(command: str, words: Sequence[str]) -> argparse.Namespace:
    """Parse the options of one command; a mistake is told on stderr and ends the program with 64.

    Args:
        command: One of COMMANDS.
        words: Without the command's name.
    """
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    arguments = _parser(command).parse_intermixed_args(words[:end])
    if addresses := words[end + 1 :]:
        if "address" not in arguments:
            stop(f"{command} takes no addresses; see mailtui {command} --help", USAGE)
        arguments.address += addresses
    if command == "drafts" and arguments.deed == "list" and arguments.drafts:
        stop("list names all drafts; show, open and delete take a number", USAGE)
    if command == "drafts" and arguments.deed in ("show", "open", "delete"):
        if not arguments.drafts:
            stop(f"{arguments.deed} which draft? mailtui drafts lists them", USAGE)
        if arguments.drafts[1:] and arguments.deed != "delete":
            stop(f"{arguments.deed} one draft at a time: {arguments.drafts[0]} or {arguments.drafts[1]}?", USAGE)
    return arguments


def draft_of(arguments: argparse.Namespace, body: str | None, unpack_to: Callable[[], str]) -> Draft:
    """The draft that the options and addresses describe, on top of a saved message if one is named.

    Args:
        arguments: Of `compose` or `send`.
        body: As read; None for that of a link or a saved message.
        unpack_to: Makes a folder for the attachments of a saved message.
    """
    links = [word for word in arguments.address if word.lower().startswith("mailto:")]
    saved = saved_messages(arguments.address)
    addresses = [word for word in arguments.address if word not in links and word not in saved]
    link, message = Draft(), Draft()
    if links:
        from mailtui.mail.mailto import draft_of_links  # few mails begin with a link

        link = draft_of_links(links)
    if any("\n" in header or "\r" in header for header in arguments.header):
        stop("--header is one line; use it once more for another header", NOT_SENDABLE)
    if saved:
        message = draft_of_saved(saved, unpack_to)
    named = {_header_name(header) for header in arguments.header}
    kept = [header for header in message.headers.split("\n") if header and _header_name(header) not in named]
    return Draft(
        from_addr=arguments.from_addr or message.from_addr,
        to=_join(*arguments.to, *addresses, link.to, message.to),
        cc=_join(*arguments.cc, link.cc, message.cc),
        bcc=_join(*arguments.bcc, link.bcc, message.bcc),
        subject=arguments.subject if arguments.subject is not None else link.subject or message.subject,
        body=body if body is not None else link.body or message.body,
        attachments=_join(join_files(arguments.attach), message.attachments),
        reply_to=_join(*arguments.reply_to) or message.reply_to,
        headers="\n".join([*arguments.header, *kept]),
        markdown=arguments.markdown,
    )


def body_of(arguments: argparse.Namespace, *, from_stdin: bool) -> str | None:
    """The body that the options name; None if they name none.

    Args:
        arguments: Of `compose` or `send`.
        from_stdin: Read stdin when no option names a body, and no saved message brings one.
    """
    if arguments.body is not None:
        return str(arguments.body)
    source = arguments.body_file or ("-" if from_stdin and not saved_messages(arguments.address) else "")
    if not source:
        return None
    if source == "-" and sys.stdin is None:
        stop("there is no stdin to read the body from; use --body or --body-file", NO_INPUT)
    if source == "-" and sys.stdin.isatty():
        talk("Type the message; ctrl+d on a line of its own ends it.")
    try:
        if source == "-":
            read = sys.stdin.buffer.read().decode()
            return read if read or arguments.body_file else None
        with open(source, "rb") as file:
            return file.read().decode()
    except OSError as error:
        stop(f"{source}: {error.strerror}", NO_INPUT)
    except UnicodeDecodeError as error:
        name = "stdin" if source == "-" else source
        stop(f"{name}: not UTF-8 at byte {error.start}; convert it, or attach it with -a", NOT_SENDABLE)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        stop(f"{message}; see {self.prog} --help", USAGE)


@cache
def _parser(command: str) -> _Parser:
    parser = _Parser(
        prog="mailtui" if command == "compose" else f"mailtui {command}",
        usage=f"%(prog)s [OPTIONS]{_OPERANDS.get(command, '')}",
        description=COMMANDS[command],
        epilog={"send": _EXIT_CODES, "check": _EXIT_CODES_OF_CHECK, "drafts": _EXIT_CODES_OF_DRAFTS}.get(command),
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=80),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config", metavar="FILE", help="configuration to use instead of ~/.config/mailtui/config.toml"
    )
    parser.add_argument("-H", "--handler", metavar="NAME", help="the handler to use, this time")
    parser.add_argument("--version", action="version", version=f"mailtui {__version__}")
    if command in ("compose", "send"):
        _add_letter(parser, from_stdin="; - is stdin" if command == "send" else "")
    if command == "check":
        parser.add_argument("name", metavar="NAME", nargs="?", help="the handler to try; default: the one in use")
    if command == "drafts":
        parser.add_argument("deed", metavar="WHAT", nargs="?", choices=_DEEDS, help=", ".join(_DEEDS))
        parser.add_argument("drafts", metavar="N", nargs="*", help="the number of a draft")
    if command == "send":
        parser.add_argument("--json", action="store_true", help="print what happened as JSON")
        parser.add_argument("--dry-run", action="store_true", help="print the message, deliver nothing")
    return parser


def _add_letter(parser: argparse.ArgumentParser, *, from_stdin: str) -> None:
    parser.add_argument(
        "address", metavar="ADDRESS", nargs="*", help="a recipient, a mailto: link, or FILE.eml: a saved message"
    )
    letter = parser.add_argument_group("the letter")
    letter.add_argument("--to", metavar="ADDRESS", action="append", default=[], help="a recipient; may be repeated")
    letter.add_argument("-c", "--cc", metavar="ADDRESS", action="append", default=[], help="a recipient of a copy")
    letter.add_argument(
        "-b", "--bcc", metavar="ADDRESS", action="append", default=[], help="one that others do not see"
    )
    letter.add_argument("-s", "--subject", metavar="TEXT", help="the subject")
    letter.add_argument("-f", "--from", metavar="ADDRESS", dest="from_addr", default="", help="the author")
    letter.add_argument("-a", "--attach", metavar="FILE", action="append", default=[], help="a file; may be repeated")
    body = letter.add_mutually_exclusive_group()
    body.add_argument("--body", metavar="TEXT", help="the body")
    body.add_argument("--body-file", metavar="FILE", help=f"a file with the body{from_stdin}")
    letter.add_argument("--markdown", action="store_true", help="the body is Markdown: send it as text and as HTML")
    letter.add_argument("--reply-to", metavar="ADDRESS", action="append", default=[], help="where answers are to go")
    letter.add_argument("--header", metavar="LINE", action="append", default=[], help="one more header, Name: value")


def _join(*addresses: str) -> str:
    return ", ".join(filter(None, addresses))


def _header_name(line: str) -> str:
    return line.partition(":")[0].strip().lower()
