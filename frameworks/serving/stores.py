"""Provide a store that holds as many bytes as it may and no more, and lets the least used values go first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

#: The share of the room that values used more than once may fill. The rest is for newcomers.
PROTECTED = 0.8


class Usage(NamedTuple):
    """How many values a store holds, and how many of the bytes that it may hold."""

    values: int
    bytes: int
    capacity: int


class Store(Generic[Value]):
    """A segmented least-recently-used store, safe among threads.

    A value is on probation until it is used again. Only values that were used again push each other out, so that a
    crowd of values that nobody wants twice, such as invented addresses, leaves those in use alone.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = Lock()
        self._probation: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._protected: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = self._protected_bytes = 0

    def __len__(self) -> int:
        return len(self._probation) + len(self._protected)

    @property
    def bytes(self) -> int:
        """Return the size of all values, as they were stored with it."""
        return self._bytes

    def usage(self) -> Usage:
        return Usage(len(self), self._bytes, self.capacity)

    def get(self, key: Hashable) -> Value | None:
        """Return the value, or None if there is none under this key."""
        with self._lock:
            if entry := self._protected.get(key):
                self._protected.move_to_end(key)
                return entry[0]
            if entry := self._probation.pop(key, None):
                self._protect(key, entry)
                return entry[0]
            return None

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Store a value of `size` bytes; not at all if it would take more than a tenth of the room."""
        if size > self.capacity // 10:
            return
        with self._lock:
            for segment in (self._probation, self._protected):
                if entry := segment.pop(key, None):
                    self._bytes -= entry[1]
                    self._protected_bytes -= entry[1] if segment is self._protected else 0
            self._probation[key] = (value, size)
            self._bytes += size
            while self._bytes > self.capacity:
                self._bytes -= self._probation.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            self._probation.clear()
            self._protected.clear()
            self._bytes = self._protected_bytes = 0

    def _protect(self, key: Hashable, entry: tuple[Value, int]) -> None:
        self._protected[key] = entry
        self._protected_bytes += entry[1]
        while self._protected_bytes > self.capacity * PROTECTED:
            oldest, demoted = self._protected.popitem(last=False)
            self._protected_bytes -= demoted[1]
            self._probation[oldest] = demoted
