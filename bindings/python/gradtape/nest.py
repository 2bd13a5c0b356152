"""`gradtape.nest`: nested lists, tuples and dicts. The leaves of a dict are in the order of its keys."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from . import _nest


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a structure."""
    return _nest.flatten(_in_order(structure))


def is_nested(structure: Any) -> bool:
    """Whether it is a container, and no leaf."""
    return _nest.is_nest(structure)


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """The first structure with func(a leaf of each structure) at each place. ValueError where they differ."""
    if not structure:
        raise ValueError("map_structure: no structure was given")
    first, *others = (_in_order(s) for s in structure)
    columns = [_nest.flatten(first)]
    columns += [_nest.flatten_like(first, other, "map_structure: a structure") for other in others]
    return _nest.pack(first, [func(*leaves) for leaves in zip(*columns)])


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any], expand_composites: bool = False) -> Any:
    """The structure with the leaves of the sequence. ValueError where there are more or fewer."""
    ordered = _in_order(structure)
    wanted = len(_nest.flatten(ordered))
    if len(flat_sequence) != wanted:
        raise ValueError(f"pack_sequence_as: {len(flat_sequence)} leaves for a structure of {wanted}")
    return _nest.pack(ordered, flat_sequence)


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """ValueError where the structures differ, and TypeError where their containers' types do."""
    one, other = _in_order(nest1), _in_order(nest2)
    for leaf in _nest.flatten_like(one, other, "assert_same_structure: the second"):
        if _nest.is_nest(leaf):
            raise ValueError(f"assert_same_structure: {leaf!r:.60} where the first has a leaf")
    if check_types and _nest.shape_of(one) != _nest.shape_of(other):
        raise TypeError("assert_same_structure: the containers are of different types")


def _in_order(structure: Any) -> Any:
    if not _nest.is_nest(structure):
        return structure
    if type(structure) is dict:
        return {key: _in_order(structure[key]) for key in sorted(structure)}
    return _nest.rebuilt(structure, [_in_order(entry) for entry in _nest.entries_of(structure)])
