"""Tests that need a program are skipped without it, and with --no-skip nothing is skipped unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = "pytester"

CONFTEST = (Path(__file__).parent / "conftest.py").read_text()

SKIPPED = {
    "marker": '@pytest.mark.system("no-such-mailer", package="mailer")\ndef test_it(): pass',
    "second program": '@pytest.mark.system("sh", "no-such-mailer", package="mailer")\ndef test_it(): pass',
    "whole file": 'pytestmark = pytest.mark.system("no-such-mailer", package="mailer")\ndef test_it(): pass',
    "skip": '@pytest.mark.skip(reason="why")\ndef test_it(): pass',
    "skipif": '@pytest.mark.skipif(True, reason="why")\ndef test_it(): pass',
    "call": 'def test_it(): pytest.skip("why")',
    "fixture": '@pytest.fixture\ndef it(): pytest.skip("why")\ndef test_it(it): pass',
    "teardown": '@pytest.fixture\ndef it():\n    yield\n    pytest.skip("why")\ndef test_it(it): pass',
    "import": 'def test_it(): pytest.importorskip("no_such_module", reason="why")',
    "module": 'pytest.skip("why", allow_module_level=True)',
    "no parameters": '@pytest.mark.parametrize("a", [])\ndef test_it(a): pass',
    "unittest": 'import unittest\nclass TestIt(unittest.TestCase):\n    def test_it(self): self.skipTest("why")',
    "unittest class": (
        'import unittest\n@unittest.skip("why")\nclass TestIt(unittest.TestCase):\n    def test_it(self): pass'
    ),
}


def run(pytester: pytest.Pytester, code: str, *options: str) -> tuple[dict[str, int], str]:
    """How many tests ended in which way, and what was printed."""
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nmarkers = system\n")
    pytester.makepyfile(f"import pytest\n{code}\n")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-rs", *options)
    return result.parseoutcomes(), result.stdout.str()


@pytest.mark.parametrize("kind", SKIPPED)
def test_with_no_skip_every_skip_is_a_failure(pytester: pytest.Pytester, kind: str) -> None:
    outcomes, printed = run(pytester, SKIPPED[kind], "--no-skip")
    assert {"failed", "error", "errors"} & outcomes.keys(), printed
    assert "skipped" not in outcomes
    assert "--no-skip" in printed


@pytest.mark.parametrize("kind", SKIPPED)
def test_without_it_a_skip_is_a_skip(pytester: pytest.Pytester, kind: str) -> None:
    outcomes, printed = run(pytester, SKIPPED[kind])
    assert outcomes.pop("skipped") == 1, printed
    assert outcomes in ({}, {"passed": 1})


@pytest.mark.parametrize("options", [[], ["--no-skip"]])
@pytest.mark.parametrize("kind", ["marker", "second program", "whole file"])
def test_the_program_and_its_package_are_named(pytester: pytest.Pytester, kind: str, options: list[str]) -> None:
    _, printed = run(pytester, SKIPPED[kind], *options)
    assert "no-such-mailer is not installed (Debian package mailer)" in printed


def test_a_test_whose_program_is_there_runs(pytester: pytest.Pytester) -> None:
    code = '@pytest.mark.system("sh", package="dash")\ndef test_it(): pass'
    assert run(pytester, code, "--no-skip")[0] == {"passed": 1}


def test_programs_are_found_where_administrators_have_them(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.programs._ELSEWHERE", ("/nowhere", str(pytester.path)))
    (pytester.path / "mailer").touch(0o755)
    code = '@pytest.mark.system("mailer", package="mailer")\ndef test_it(): pass'
    assert run(pytester, code, "--no-skip")[0] == {"passed": 1}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("@pytest.mark.xfail\ndef test_it(): assert False", "xfailed"),
        ("@pytest.mark.xfail\ndef test_it(): pass", "xpassed"),
        ("@pytest.mark.xfail(run=False)\ndef test_it(): pass", "xfailed"),
        ('def test_it(): pytest.xfail("why")', "xfailed"),
        ("def test_it(): pass", "passed"),
    ],
)
def test_what_is_not_skipped_stays_as_it_is(pytester: pytest.Pytester, code: str, outcome: str) -> None:
    assert run(pytester, code, "--no-skip")[0] == {outcome: 1}
