"""Nested containers: lists, tuples, named tuples and dicts are taken apart into leaves and packed again."""

from __future__ import annotations

import copy
from typing import Any, Callable, Hashable, Iterable, Iterator


def is_nest(value: Any) -> bool:
    """Whether the value is a container whose entries are looked into."""
    return isinstance(value, (list, tuple, dict))


def flatten(structure: Any) -> list[Any]:
    """The leaves of a structure, in order; of dicts in the order of their entries. None is a leaf."""
    if not is_nest(structure):
        return [structure]
    leaves: list[Any] = []
    _flatten_into(structure, leaves)
    return leaves


def _flatten_into(structure: Any, leaves: list[Any]) -> None:
    for entry in entries_of(structure):
        if is_nest(entry):
            _flatten_into(entry, leaves)
        else:
            leaves.append(entry)


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """The structure with other leaves, which are taken in the order of `flatten`."""
    return _pack(structure, iter(leaves))


def _pack(structure: Any, leaves: Iterator[Any]) -> Any:
    if not is_nest(structure):
        return next(leaves)
    return rebuilt(structure, [_pack(entry, leaves) for entry in entries_of(structure)])


def entries_of(container: Any) -> Iterable[Any]:
    """The direct entries of a container, inner containers among them; for a dict its values."""
    return container.values() if isinstance(container, dict) else container


def rebuilt(container: Any, entries: list[Any]) -> Any:
    """A container of the same type with other entries."""
    if type(container) is list:
        return entries
    if isinstance(container, dict):
        if type(container) is dict:
            return dict(zip(container, entries))
        same = copy.copy(container)  # keeps the type's own state, as that of defaultdict
        same.update(zip(container, entries))
        return same
    if hasattr(container, "_make"):
        return container._make(entries)
    return type(container)(entries)


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure with function(leaf) for each leaf."""
    if not is_nest(structure):
        return function(structure)
    return pack(structure, [function(leaf) for leaf in flatten(structure)])


def flatten_like(structure: Any, other: Any, what: str) -> list[Any]:
    """The parts of `other` at the leaves of the structure; ValueError, beginning with `what`, if the structures
    differ.
    """
    leaves: list[Any] = []
    _flatten_like(structure, other, what, leaves)
    return leaves


def _flatten_like(structure: Any, other: Any, what: str, leaves: list[Any]) -> None:
    if not is_nest(structure):
        leaves.append(other)
    elif isinstance(structure, dict):
        if not isinstance(other, dict) or set(structure) != set(other):
            got = list(other) if isinstance(other, dict) else type(other).__name__
            raise ValueError(f"{what}: got {got}, wanted a dict with the keys {list(structure)}")
        for key, entry in structure.items():
            _flatten_like(entry, other[key], what, leaves)
    else:
        if not isinstance(other, (list, tuple)) or len(structure) != len(other):
            got = f"{len(other)} entries" if isinstance(other, (list, tuple)) else f"a {type(other).__name__}"
            raise ValueError(f"{what}: got {got}, wanted a {type(structure).__name__} of {len(structure)}")
        for entry, other_entry in zip(structure, other):
            _flatten_like(entry, other_entry, what, leaves)


def shape_of(structure: Any) -> Hashable:
    """The containers of a structure without the leaves; equal for structures that `pack` would make
    alike.
    """
    if not is_nest(structure):
        return None
    if isinstance(structure, dict):
        return type(structure), tuple((key, shape_of(entry)) for key, entry in structure.items())
    return type(structure), tuple(shape_of(entry) for entry in structure)
