from __future__ import annotations

import struct
import subprocess
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mailtui.mail.markdown import Markdown
from mailtui.tui import page
from mailtui.tui.page import page_of
from tests.mail.emails import email_of
from tests.programs import path_of

GREEN = (0, 170, 0)
WHITE = (255, 255, 255)
PICTURE = b"\x89PNG not really"


class Elements(HTMLParser):
    """The elements of a page, each with its attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def letter_in(text: str) -> str:
    """What stands in the frame, the only one, which may do nothing."""
    (frame,) = [attributes for tag, attributes in Elements(text).found if tag == "iframe"]
    assert frame["sandbox"] is None
    return frame["srcdoc"] or ""


def test_headers_are_text_and_only_those_that_receivers_see() -> None:
    text = page_of(
        email_of(
            ("Hi", "<p>Hi</p>"),
            subject="</title><script>x</script>\u202e",
            cc=['"<img src=//e>" <cc@x.org>'],
            bcc=["hidden@x.org"],
        )
    )
    page = Elements(text)
    assert [tag for tag, _ in page.found if tag in ("script", "img")] == []
    assert "</title><script>x</script>�" in page.text
    assert '"<img src=//e>" <cc@x.org>' in page.text
    assert "hidden@" not in text
    assert letter_in(text) == "<p>Hi</p>"


def test_the_frame_holds_the_letter_to_the_last_sign() -> None:
    html = "<p title='\"'>&amp;&quot; \"</iframe> ü 漢 <b>x</b>\n"
    assert letter_in(page_of(email_of(("Hi", html)))).rstrip("\n") == html.rstrip("\n")


def test_attached_pictures_stand_in_the_page_as_far_as_they_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a chart.png", "b.png", "c.pdf")
    for name in names:
        (tmp_path / name).write_bytes(b"picture")
    monkeypatch.setattr(page, "PICTURES", 13)  # bytes, so that the second is too much
    email = email_of(
        Markdown('![one](cid:a%20chart.png) ![two](cid:b.png) ![three](cid:c.pdf) `src="cid:b.png"`'),
        files=[str(tmp_path / name) for name in names],
    )
    embedded = "data:image/png;base64,cGljdHVyZQ=="
    shown = letter_in(page_of(email))
    assert [attributes["src"] for tag, attributes in Elements(shown).found if tag == "img"] == [
        embedded,
        "cid:b.png",
        "cid:c.pdf",
    ]
    assert shown.count("data:") == 1
    (tmp_path / "a chart.png").write_bytes(b"another")
    assert embedded not in page_of(email)


class Trap(ThreadingHTTPServer):
    """Listens for what a page asks for."""

    def __init__(self) -> None:
        self.connections = 0
        self.paths: set[str] = set()
        super().__init__(("127.0.0.1", 0), Answer)

    def get_request(self) -> Any:
        connection = super().get_request()
        self.connections += 1
        return connection


class Answer(BaseHTTPRequestHandler):
    """An empty one."""

    timeout = 5

    def do_GET(self) -> None:
        assert isinstance(self.server, Trap)
        self.server.paths.add(self.path.rpartition("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def hostile_letter(server: Trap) -> str:
    """A letter that wants to be noticed in every way; each way has a name of its own."""
    url = f"http://127.0.0.1:{server.server_port}"

    def run(name: str) -> str:
        return f"new Image().src='{url}/{name}';try{{parent.document.title='ran'}}catch(e){{}}"

    return f"""
<html><head><meta http-equiv="refresh" content="0;url={url}/refresh">
<link rel="preconnect" href="{url}"><link rel="prefetch" href="{url}/prefetch">
<link rel="stylesheet" href="{url}/stylesheet"><base href="{url}/">
<style>@import url({url}/import); @font-face {{ font-family: x; src: url({url}/font) }}
body {{ height: 3000px; font-family: x; background: rgb{GREEN} url({url}/background) }}</style></head>
<body>A text<script>{run("script")}</script><script src="{url}/source"></script>
<img src="relative"><img srcset="{url}/srcset 1x"><img src="/nothing" onerror="{run("onerror")}">
<svg onload="{run("onload")}"><image href="{url}/svg"/><script>{run("svg-script")}</script></svg>
<iframe src="{url}/frame"></iframe><iframe srcdoc="<script>{run("srcdoc")}</script>"></iframe>
<iframe src="javascript:{run("javascript")}"></iframe><object data="{url}/object"></object><embed src="{url}/embed">
<video src="{url}/video" poster="{url}/poster" autoplay></video><audio src="{url}/audio" autoplay></audio>
<details open ontoggle="{run("ontoggle")}"></details><input autofocus onfocus="{run("onfocus")}">
<form action="{url}/form"><input type="image" src="{url}/input"></form><a href="{url}/link" ping="{url}/ping">x</a>
</body></html>"""


def shown_by_chromium(text: str, folder: Path) -> tuple[str, tuple[int, ...]]:
    """The page after it was run, and the colour of a point in its frame.

    On a busy machine the picture may be taken before the frame is painted; then it is taken once more.
    """
    (folder / "page.html").write_text(text)
    for _ in range(5):
        dom, colour = _run_chromium(folder)
        if colour != WHITE:
            break
    return dom, colour


def _run_chromium(folder: Path) -> tuple[str, tuple[int, ...]]:
    program = path_of("chromium")
    assert program
    switches = "headless no-sandbox disable-gpu no-first-run disable-background-networking disable-component-update"
    words = [f"--{switch}" for switch in (*switches.split(), "disable-sync", "disable-quic", "dump-dom")]
    words += [f"--user-data-dir={folder / 'profile'}", f"--screenshot={folder / 'page.png'}"]
    words += ["--window-size=600,500", "--virtual-time-budget=1500", "--run-all-compositor-stages-before-draw"]
    done = subprocess.run(
        [program, *words, (folder / "page.html").as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout, pixel((folder / "page.png").read_bytes(), 300, 300)


def pixel(png: bytes, x: int, y: int) -> tuple[int, ...]:
    """The colour of a point.

    Source: https://www.w3.org/TR/png-3/#9Filters
    """
    chunks, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IHDR":
            width, _, _, colours = struct.unpack(">IIBB", png[at + 8 : at + 18])
        chunks += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    size = {2: 3, 6: 4}[colours]
    data, row = zlib.decompress(chunks), bytearray(width * size)
    for number in range(y + 1):
        kind_of_filter, *raw = data[number * (width * size + 1) : (number + 1) * (width * size + 1)]
        above, row = row, bytearray(raw)
        for i in range(len(row)):
            a, b, c = (row[i - size], above[i], above[i - size]) if i >= size else (0, above[i], 0)
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, nearest)[kind_of_filter]) % 256
    return tuple(row[x * size : x * size + 3])


@pytest.mark.system("chromium", package="chromium")
def test_in_a_browser_a_hostile_letter_is_seen_and_does_nothing(trap: Trap, tmp_path: Path) -> None:
    dom, colour = shown_by_chromium(page_of(email_of(("Hi", hostile_letter(trap)), subject="Quiet")), tmp_path)
    assert colour == GREEN
    assert "<title>Quiet</title>" in dom
    assert trap.paths == set()
    assert trap.connections == 0


@pytest.mark.system("chromium", package="chromium")
def test_the_same_letter_unguarded_does_all_that_it_wants(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "POLICY", "default-src * data: 'unsafe-inline'")
    monkeypatch.setattr(page, "SANDBOX", "")
    monkeypatch.setattr(page, "_still", str)
    wanted = "refresh stylesheet import font background script source relative srcset onerror onload svg frame object"
    for _ in range(3):  # a busy machine may end it before all is asked for
        dom, _colour = shown_by_chromium(page_of(email_of(("Hi", hostile_letter(trap)), subject="Loud")), tmp_path)
        if set(wanted.split()) <= trap.paths:
            break
    assert "<title>ran</title>" in dom
    assert set(wanted.split()) - trap.paths == set()
