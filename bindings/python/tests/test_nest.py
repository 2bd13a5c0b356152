"""Nested containers are taken apart and packed again."""

from __future__ import annotations

import collections

import pytest

from gradtape import _nest

Point = collections.namedtuple("Point", "x y")


def test_leaves_come_in_order_and_go_back():
    structure = {"b": [1, (2, None)], "a": Point(3, {"z": 4}), "e": [], "n": ()}
    assert _nest.flatten(structure) == [1, 2, None, 3, 4]
    packed = _nest.pack(structure, "uvwxy")
    assert packed == {"b": ["u", ("v", "w")], "a": Point("x", {"z": "y"}), "e": [], "n": ()}
    assert type(packed["a"]) is Point


def test_a_leaf_is_its_own_structure():
    assert _nest.flatten("text") == ["text"]
    assert _nest.pack(None, [7]) == 7


def test_kinds_of_dicts_stay():
    default = collections.defaultdict(list, a=1)
    packed = _nest.pack(default, [2])
    assert packed == {"a": 2} and packed["missing"] == []
    ordered = _nest.pack(collections.OrderedDict(b=1, a=2), [3, 4])
    assert type(ordered) is collections.OrderedDict and list(ordered.items()) == [("b", 3), ("a", 4)]


def test_flatten_like_goes_by_keys():
    assert _nest.flatten_like({"a": 1, "b": [2, 3]}, {"b": [5, [6]], "a": 4}, "x") == [4, 5, [6]]


@pytest.mark.parametrize(
    "structure, other, text",
    [
        ([1, 2], [1], "x: got 1 entries, wanted a list of 2"),
        ({"a": 1}, {"b": 1}, r"x: got \['b'\], wanted a dict with the keys \['a'\]"),
        ({"a": 1}, [1], "x: got list, wanted a dict"),
        ((1,), 1, "x: got a int, wanted a tuple of 1"),
    ],
)
def test_structures_that_differ(structure, other, text):
    with pytest.raises(ValueError, match=text):
        _nest.flatten_like(structure, other, "x")
