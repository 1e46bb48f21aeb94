"""What Cement itself prints: an application of the installed package, with its dummy handler."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from typing import Any

from cement import App

SECTION = "mail.dummy"


def printed(call: Callable[[], object]) -> bytes:
    """The bytes that a call writes to stdout."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    with redirect_stdout(stdout):
        call()
    data = stdout.buffer
    assert isinstance(data, io.BytesIO)
    return data.getvalue()


def cement_prints(body: str, configured: Mapping[str, Any] | None = None, **message: Any) -> bytes:
    """What `app.mail.send(body, …)` prints.

    Args:
        body: Of the message.
        configured: What `[mail.dummy]` says; the rest is as Cement delivers it.
        message: Keywords of `send`.
    """
    app, delivered = _app()
    for key, value in {**delivered, **(configured or {})}.items():
        app.config.set(SECTION, key, value)
    return printed(lambda: app.mail.send(body, **message))


@cache
def _app() -> tuple[App, dict[str, Any]]:
    app = App("reference", argv=[], catch_signals=[], config_files=[])
    app.setup()
    return app, {key: app.config.get(SECTION, key) for key in app.config.keys(SECTION)}
