"""Names and addresses of servers, and those that lead nowhere."""

from __future__ import annotations

import socket
import threading

import pytest

from mailtui import ConnectionFailed, SMTPMailHandler
from tests.fault_server import fault_server
from tests.mail.smtp.lines import PATIENCE, TO, mail_to


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "[::1]"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_an_ipv6_address(host: str, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no IPv6 the resolver leads elsewhere; what is asked, verified and shown is the same."""
    real, at = socket.getaddrinfo, "::1" if has_ipv6() else "127.0.0.1"
    asked = []

    def resolver(name: str, port: int, **options: int) -> object:
        asked.append(name)
        return real(at, port, type=socket.SOCK_STREAM)

    with fault_server(host=at, security=security) as server, monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolver)
        mail = mail_to(server, security, host=host)
        receipt = mail.send("Hello", to=TO)
    assert receipt
    assert asked == ["::1"]
    assert mail.destination.startswith(f"[::1]:{server.port} ")
    assert receipt.transcript[0] == f"* connecting to [::1]:{server.port}"
    assert server.record.lines[0] == (b"ehlo [IPv6:::1]" if at == "::1" else b"ehlo [127.0.0.1]")


def test_an_ipv6_address_in_errors() -> None:
    mail = SMTPMailHandler(host="::1", port=1, security="none", from_addr="me@example.com")
    with pytest.raises(ConnectionFailed, match=r"\[::1\]:1"):
        mail.send("Hello", to=TO)


@pytest.mark.parametrize("host", ["localhost", "localhost.", "bücher.localhost", "BÜCHER.localhost."])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_names_of_hosts(host: str, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = socket.getaddrinfo

    def resolver(name: str, port: int, **options: int) -> object:
        asked.append(name.encode("idna"))
        return real("127.0.0.1", port, type=socket.SOCK_STREAM)

    with fault_server(security=security) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        receipt = mail_to(server, security, host=host).send("Hello", to=TO)
        monkeypatch.undo()
    assert receipt
    assert asked[0].rstrip(b".") in (b"localhost", b"xn--bcher-kva.localhost")


def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed, fault_server() as server:
        closed.bind(("127.0.0.1", 0))
        usual = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        nowhere = (4711, socket.SOCK_STREAM, 6, "", ("x", 1))  # a family that this machine does not have
        found = [nowhere, (*usual, closed.getsockname()), (*usual, ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert mail_to(server, host="mail.example.org").send("Hello", to=TO)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found[:2])
        with pytest.raises(ConnectionFailed, match=r"Connection refused at mail.example.org:\d+\. Is a"):
            mail_to(server, host="mail.example.org").send("Hello", to=TO)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
        with pytest.raises(ConnectionFailed, match=r"mail\.example\.org has no address"):
            mail_to(server, host="mail.example.org").send("Hello", to=TO)
        monkeypatch.undo()


def test_a_resolver_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    asking = []

    def resolver(*_: object, **__: object) -> list[bool]:
        asking.append(threading.current_thread())
        return [over.wait(15)]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolver)
        mail = SMTPMailHandler(host="mail.example.org", security="none", from_addr="me@example.com", timeout=0.2)
        with pytest.raises(ConnectionFailed, match=r"mail\.example\.org could not be looked up: no answer in time"):
            mail.send("Hello", to=TO)
        over.set()
    assert asking[0].daemon  # else the program could not end before it


def test_a_black_hole_takes_no_longer_than_the_timeout(black_hole: int) -> None:
    mail = SMTPMailHandler(
        host="127.0.0.1", port=black_hole, security="none", from_addr="me@example.com", timeout=PATIENCE
    )
    with pytest.raises(ConnectionFailed, match=r"gave no answer in time while connecting\. Check host, port"):
        mail.send("Hello", to=TO)


def test_the_first_address_may_be_a_black_hole(black_hole: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with fault_server() as server:
        usual = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        found = [(*usual, ("127.0.0.1", black_hole)), (*usual, ("127.0.0.1", server.port))]
        with monkeypatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
            receipt = mail_to(server, host="mail.example.org", timeout=0.4).send("Hello", to=TO)
    assert receipt
    assert receipt.duration < 0.38  # the first has half of the time


@pytest.mark.parametrize("host", ["[]", ".", "a\0b", "a\x1bb", "a/b", "a b", "\u202e"])
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError, match="host: expected the name or the address of a server"):
        SMTPMailHandler(host=host)
