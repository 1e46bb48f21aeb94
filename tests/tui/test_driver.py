from select import select

from mailtui.tui.driver import ExitEvent


def is_seen(event: ExitEvent) -> bool:
    readable, _, _ = select([event], [], [], 0)
    return bool(readable)


def test_a_wait_for_files_sees_whether_it_is_set() -> None:
    event = ExitEvent()
    assert not is_seen(event)
    for _ in range(2):
        event.set()
        event.set()
        assert event.is_set()
        assert is_seen(event)
        event.clear()
        event.clear()
        assert not event.is_set()
        assert not is_seen(event)
