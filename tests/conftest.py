from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The example of the mail interface comes first."""
    items.sort(key=lambda item: item.path.name != "test_example.py")
