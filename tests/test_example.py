from __future__ import annotations

import pytest

import mailtui
from mailtui import Settings

EXPECTED = """
=============================================================================
DUMMY MAIL MESSAGE
-----------------------------------------------------------------------------

To: me@example.com
From: noreply@localhost
CC:
BCC:
Subject: My Subject

---

Test mail message

-----------------------------------------------------------------------------

"""


def test_the_published_example_prints_the_published_block(capsys: pytest.CaptureFixture[str]) -> None:
    mail = mailtui.open_mail("dummy", settings=Settings())
    receipt = mail.send("Test mail message", subject="My Subject", to=["me@example.com"], from_addr="noreply@localhost")
    assert [line.rstrip() for line in capsys.readouterr().out.split("\n")] == EXPECTED.split("\n")
    assert receipt
