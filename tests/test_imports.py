from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mailtui

TREE = ast.parse(Path(mailtui.__file__).read_text())


def run(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr == ""
    return result.stdout


def names_for_type_checkers() -> dict[str, str]:
    """For each name the module that a type checker takes it from."""
    found = {}
    for node in TREE.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for statement in node.body:
                assert isinstance(statement, ast.ImportFrom)
                for alias in statement.names:
                    assert alias.asname is None
                    found[alias.name] = str(statement.module)
    return found


def test_the_three_lists_of_public_names_agree() -> None:
    homes = {name: module for module, names in vars(mailtui)["_HOMES"].items() for name in names}
    assert homes == names_for_type_checkers()
    assert sorted([*homes, "__version__"]) == sorted(mailtui.__all__)
    assert len(set(mailtui.__all__)) == len(mailtui.__all__)


@pytest.mark.parametrize("name", sorted(mailtui.__all__))
def test_every_public_name_can_be_got(name: str) -> None:
    got = getattr(mailtui, name)
    home = names_for_type_checkers().get(name)
    assert home is None or getattr(sys.modules[home], name) is got
    assert name in dir(mailtui)


def test_a_star_import_gives_every_name() -> None:
    assert (
        run("from mailtui import *; print('Draft' in dir(), 'open_mail' in dir(), 'MailtuiApp' in dir())")
        == "True True True\n"
    )


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mailtui' has no attribute 'open_male'"):
        mailtui.open_male  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import mailtui; mailtui.open_mail()",
        "import mailtui; mailtui.open_mail().send('Hello', to=['Ann <ann@example.com>'])",
        "import mailtui.cli; mailtui.cli.main(['send', '--body', 'Hello', 'ann@example.com'])",
        "import mailtui.cli; mailtui.cli.main(['handlers'])",
        "import mailtui; mailtui.Settings, mailtui.EmlMailHandler, mailtui.Email",
    ],
)
def test_a_script_loads_no_toolkit_and_no_client(code: str) -> None:
    heavy = ["textual", "rich", "cement", "smtplib", "asyncio", "ssl"]
    loaded = run(f"{code}\nimport sys\nprint('loaded', *sorted(set({heavy!r}) & set(sys.modules)))")
    assert loaded.splitlines()[-1] == "loaded"


def test_the_composer_is_loaded_when_it_is_asked_for() -> None:
    assert run("import mailtui, sys; mailtui.MailtuiApp; print('textual' in sys.modules)") == "True\n"


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert mailtui.__version__ == version("mailtui")
