"""One message being handed over: others can look on, and break it off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Lock

from mailtui.mail.errors import DeliveryError, MailError
from mailtui.mail.receipt import Receipt


class Submission(ABC):
    """Hands one message over, once, in the thread that calls `run`; the rest is for other threads.

    A handler that can tell how far it is, or can be broken off, has one of its own, which writes `_run`.

    Attributes:
        stage: What happens now, for a person: `connecting`.
        sent: How many bytes of the message have been written.
        size: How many there are; 0 where nobody says.
        cancelled: Whether it is to be broken off.
        may_have_left: Whether somebody may get the message. While it is false, a cancel keeps it from everybody.
    """

    def __init__(self) -> None:
        self.stage = "handing over"
        self.sent = 0
        self.size = 0
        self.cancelled = False
        self.may_have_left = False
        self._begun = False
        self._lock = Lock()

    def run(self) -> Receipt:
        """Hand the message over; a second call is refused.

        Raises:
            DeliveryError: Nothing was accepted by anybody.
        """
        with self._lock:
            if self._begun:
                raise MailError("This message is being handed over already; prepare it again to send it again.")
            self._begun = True
        return self._run()

    def cancel(self) -> None:
        """Break it off; what may have left already cannot be called back."""
        with self._lock:
            self.cancelled = True

    def let_go(self) -> None:
        """Called by the handler when from now on somebody may get the message.

        Raises:
            DeliveryError: It was cancelled before.
        """
        with self._lock:
            if self.cancelled:
                raise cancelled()
            self.may_have_left = True

    @abstractmethod
    def _run(self) -> Receipt:
        """Hand it over, with a call of `let_go` just before somebody may get it."""


class PlainSubmission(Submission):
    """Of a handler that has nothing but `deliver`.

    Args:
        deliver: Does it.
        delivers: Whether somebody may get the message by it.
    """

    def __init__(self, deliver: Callable[[], Receipt], *, delivers: bool) -> None:
        super().__init__()
        self._deliver = deliver
        self._delivers = delivers

    def _run(self) -> Receipt:
        if self._delivers:
            self.let_go()
        return self._deliver()


def cancelled() -> DeliveryError:
    """What to raise when a message was broken off before anybody could get it."""
    return DeliveryError("Cancelled; nothing was sent.")
