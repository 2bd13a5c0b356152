"""vmap: a function of one sample, applied to all samples of a batch at once."""

from __future__ import annotations

import functools
import operator
from typing import Any, Callable, Iterable, Optional

from . import _core, _nest
from ._bodies import check_callable, pack, tensor, tensors_of
from ._thread import sample


def vmap(
    f: Optional[Callable[..., Any]] = None,
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_size: Optional[int] = None,
    shared_draws: bool = False,
) -> Any:
    """A function of a batch, of a function of one sample. f runs once, and its ops compute all samples.

    The samples of an argument lie along its axis `in_axes`: an int for all arguments, or a tuple with an
    entry for each. An entry is an int, None, or a nested structure of these. An argument with None is handed
    to f as it is. Keyword arguments have axis 0. `out_axes` is likewise the axis of the samples in the
    results. `axis_size` is the number of samples, needed where no argument is mapped. f sees tensors without
    values: `if` and `.numpy()` fail there. Each sample draws random numbers of its own; with `shared_draws`
    all draw the same. `vmap(grad(f))` gives per-example gradients. ValueError: axes or sizes that do not fit.
    """
    if f is None:
        return functools.partial(
            vmap, in_axes=in_axes, out_axes=out_axes, axis_size=axis_size, shared_draws=shared_draws
        )
    check_callable("vmap", "f", f)

    @functools.wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        batch = _Batch(args, kwargs, in_axes)
        result: Any = None
        places: list[int] = []

        def of_sample(*tensors: _core.Tensor) -> list[_core.Tensor]:
            nonlocal result, places
            new_args, new_kwargs = batch.filled(tensors)
            with sample():
                result = f(*new_args, **new_kwargs)
                found = tensors_of(result)
            axes = zip(_axes("out_axes", out_axes, result), _nest.flatten(result))
            places = _places("out_axes", [axis for axis, leaf in axes if leaf is not None], found, 1)
            return found

        found = _core.vmap(of_sample, batch.tensors, batch.axes, batch.size(axis_size), bool(shared_draws))
        return pack(result, [_moved(t, place) for t, place in zip(found, places)])

    return mapped


class _Batch:
    """The arguments of a call, and as tensors those that are mapped."""

    def __init__(self, args: Any, kwargs: Any, in_axes: Any) -> None:
        self.structure = (args, kwargs)
        self.leaves = _nest.flatten(self.structure)
        axes = _axes("in_axes", in_axes, args) + [0] * (len(self.leaves) - len(_nest.flatten(args)))
        self.mapped = [axis is not None and leaf is not None for axis, leaf in zip(axes, self.leaves)]
        self.tensors = [tensor(leaf) for leaf, mapped in zip(self.leaves, self.mapped) if mapped]
        self.axes = _places("in_axes", [a for a, mapped in zip(axes, self.mapped) if mapped], self.tensors, 0)

    def size(self, given: Optional[int]) -> int:
        """The number of samples."""
        size, who = given, "axis_size says"
        for t, axis in zip(self.tensors, self.axes):
            if size is None:
                size, who = t.shape[axis], f"one of shape {t.shape} has"
            if t.shape[axis] != size:
                raise ValueError(
                    f"vmap: an argument of shape {t.shape} has {t.shape[axis]} samples along axis {axis}, "
                    f"and {who} {size}"
                )
        if size is None:
            raise ValueError("vmap: no argument is mapped, so axis_size must say how many samples there are")
        return operator.index(size)

    def filled(self, tensors: Iterable[_core.Tensor]) -> Any:
        """The arguments with these tensors in place of those that are mapped."""
        found = iter(tensors)
        leaves = [next(found) if mapped else leaf for leaf, mapped in zip(self.leaves, self.mapped)]
        return _nest.pack(self.structure, leaves)


def _axes(name: str, axes: Any, structure: Any) -> list[Any]:
    """The axis of each leaf of the structure; one axis stands for all leaves below it."""
    if not _nest.is_nest(axes):
        if axes is not None and not hasattr(axes, "__index__"):
            raise TypeError(f"vmap: {name} has {axes!r:.40}; want ints{' or None' * (name == 'in_axes')}")
        return [axes] * len(_nest.flatten(structure))
    if isinstance(axes, dict) and isinstance(structure, dict) and axes.keys() == structure.keys():
        pairs = [(axes[key], entry) for key, entry in structure.items()]
    elif all(isinstance(s, (list, tuple)) for s in (axes, structure)) and len(axes) == len(structure):
        pairs = list(zip(axes, structure))
    else:
        got = f" of {len(structure)}" if _nest.is_nest(structure) else ""
        raise ValueError(f"vmap: {name} has {axes!r:.60} for a {type(structure).__name__}{got}")
    return [axis for inner, entry in pairs for axis in _axes(name, inner, entry)]


def _places(name: str, axes: Iterable[Any], tensors: Iterable[_core.Tensor], more: int) -> list[int]:
    """The axes counted from the first one, of tensors that have so many more axes."""
    found = []
    for axis, t in zip(axes, tensors):
        ndim = t.ndim + more
        if axis is None:
            raise TypeError(f"vmap: {name} has None for a tensor of shape {t.shape}; want the axis of the samples")
        if not -ndim <= operator.index(axis) < ndim:
            hint = "; None is for arguments that all share" if name == "in_axes" else " of each sample"
            raise ValueError(f"vmap: {name} has {axis} for a tensor of shape {t.shape}{hint}")
        found.append(operator.index(axis) % ndim)
    return found


def _moved(t: _core.Tensor, place: int) -> _core.Tensor:
    """The tensor with its first axis at the place."""
    if place == 0:
        return t
    order = [*range(1, place + 1), 0, *range(place + 1, t.ndim)]
    return _core.op("transpose")(t, order)
