"""Values that an object computes when first asked: kept, and without making other objects wait."""

from threading import Event, Thread

from engine.computed_once import computed_once


class Slow:
    def __init__(self, starts: Event, goes_on: Event) -> None:
        self.starts, self.goes_on, self.computed = starts, goes_on, 0

    @computed_once
    def value(self) -> int:
        """What takes a while."""
        self.starts.set()
        self.goes_on.wait(10)
        self.computed += 1
        return self.computed


def test_a_value_is_computed_once() -> None:
    goes_on = Event()
    goes_on.set()
    slow = Slow(Event(), goes_on)
    assert (slow.value, slow.value, slow.computed) == (1, 1, 1)
    assert Slow.value.__doc__ == "What takes a while."


def test_an_object_that_computes_does_not_make_another_wait() -> None:
    first, second = Slow(Event(), Event()), Slow(Event(), Event())
    waiting = Thread(target=lambda: first.value)
    waiting.start()
    first.starts.wait(10)
    second.goes_on.set()
    other = Thread(target=lambda: second.value)
    other.start()
    other.join(5)
    assert (first.computed, second.computed) == (0, 1)
    first.goes_on.set()
    waiting.join()
