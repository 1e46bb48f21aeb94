from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from tests.programs import path_of

settings.register_profile("mailtui", deadline=None, derandomize=True)  # the same examples on every machine
settings.load_profile("mailtui")


@pytest.fixture(scope="session", autouse=True)
def _nobodys_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No configuration, address or variable of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in list(os.environ):
            if variable == "EMAIL" or variable.startswith(("MAILTUI_", "XDG_")):
                patch.delenv(variable)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def _nobodys_drafts() -> Iterator[None]:
    """No test is offered what another one has typed."""
    home = os.environ["HOME"]
    yield
    shutil.rmtree(os.path.join(home, ".local/share/mailtui/drafts"), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The example of the mail interface comes first; what takes long is left to the quality command."""
    items.sort(key=lambda item: item.path.name != "test_example.py")
    if not config.getoption("--all"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """What is there by now stays: looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The gate leaves no test out."""
    parser.addoption("--all", action="store_true", help="also the tests that take long, such as those of the pictures")
    parser.addoption("--no-skip", action="store_true", help="a test that would be skipped fails, whatever the reason")


def pytest_xdist_auto_num_workers() -> int:
    """More than there are processors: a test of a screen spends much of its time waiting."""
    return (os.cpu_count() or 1) * 2


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the program that a test needs it is skipped, and says what to install."""
    for mark in item.iter_markers("system"):
        for program in mark.args:
            if path_of(program) is None:
                pytest.skip(f"{program} is not installed (Debian package {mark.kwargs['package']})")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With --no-skip a skipped test fails; one that is expected to fail is none."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report, item.config)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """With --no-skip a skipped module fails."""
    report = yield
    _fail_if_skipped(report, collector.config)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if report.skipped and config.getoption("--no-skip"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}: --no-skip"
