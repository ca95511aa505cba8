"""A store holds as many bytes as it may, and a crowd that nobody wants twice pushes nothing out that is used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworks.serving.stores import Store


def test_store_returns_what_was_put_and_none_for_the_rest() -> None:
    store: Store[str] = Store(1_000)
    store.put("key", "value", 10)
    assert (store.get("key"), store.get("other"), len(store), store.bytes) == ("value", None, 1, 10)


def test_store_counts_a_replaced_value_once() -> None:
    store: Store[str] = Store(1_000)
    for size in (10, 30, 20):
        store.put("key", f"{size}", size)
        store.get("key")
    assert (store.get("key"), store.bytes, len(store)) == ("20", 20, 1)


def test_store_refuses_a_value_larger_than_a_tenth_of_its_capacity() -> None:
    store: Store[str] = Store(1_000)
    store.put("key", "value", 101)
    assert (store.get("key"), store.bytes) == (None, 0)


def test_store_evicts_the_least_recently_used_value_first() -> None:
    store: Store[int] = Store(100)
    for key in range(10):
        store.put(key, key, 10)
    assert store.get(0) == 0
    store.put(10, 10, 10)
    assert (store.get(0), store.get(1), store.get(10)) == (0, None, 10)


def test_store_keeps_used_values_through_ten_thousand_that_are_used_once() -> None:
    store: Store[int] = Store(300 * 10)
    for _ in range(2):
        for key in range(100):
            if store.get(key) is None:
                store.put(key, key, 10)
    hits = 0
    for junk in range(10_000):
        store.put(f"junk {junk}", junk, 10)
        hits += store.get(junk * 37 % 100) is not None
    assert hits == 10_000
    assert store.bytes <= store.capacity


@given(
    st.lists(st.tuples(st.sampled_from(["put", "get"]), st.integers(0, 40), st.integers(0, 60)), max_size=200)
)
def test_store_never_exceeds_its_capacity_and_counts_its_bytes(steps: list[tuple[str, int, int]]) -> None:
    store: Store[int] = Store(500)
    sizes: dict[int, int] = {}
    for step, key, size in steps:
        if step == "put":
            store.put(key, size, size)
            sizes[key] = size if size <= 50 else sizes.get(key, 0)
        elif (value := store.get(key)) is not None:
            assert value == sizes[key]
        assert 0 <= store.bytes <= store.capacity
    assert store.bytes == sum(store.get(key) or 0 for key in range(41))


@pytest.mark.parametrize("uses", [1, 3])
def test_store_is_empty_after_clear(uses: int) -> None:
    store: Store[str] = Store(1_000)
    store.put("key", "value", 10)
    for _ in range(uses):
        store.get("key")
    store.clear()
    assert (store.get("key"), store.bytes, len(store)) == (None, 0, 0)
