"""Control flow by TensorFlow's names. It runs as Python, on values; a tape records the ops that have run."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Optional, Sequence

from . import _core, _nest
from ._thread import thread

_op = _core.op


def cond(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: Optional[str] = None
) -> Any:
    """true_fn() where pred holds, else false_fn(). In a function's body pred must not depend on the
    arguments.
    """
    return true_fn() if pred else false_fn()


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: Optional[int] = None,
    name: Optional[str] = None,
) -> Any:
    """loop_vars = body(*loop_vars) while cond(*loop_vars) holds, at most so many times."""
    values, done = list(loop_vars), 0
    while (maximum_iterations is None or done < maximum_iterations) and cond(*values):
        result = body(*values)
        values = list(result) if isinstance(result, (list, tuple)) else [result]
        if len(values) != len(loop_vars):
            raise ValueError(
                f"while_loop: the body returned {len(values)} values for {len(loop_vars)} loop variables"
            )
        done += 1
    return _nest.pack(loop_vars, _nest.flatten(values))


def map_fn(fn: Callable[[Any], Any], elems: Any, name: Optional[str] = None) -> Any:
    """fn of each entry along the first axis, stacked; nested structures go in and come out.

    ValueError where the first axis has size 0: there is no result to tell a shape by.
    """
    return _stacked("map_fn", [fn(row) for row in _rows(elems, False)])


def vectorized_map(fn: Callable[[Any], Any], elems: Any, fallback_to_while_loop: bool = True) -> Any:
    """As map_fn."""
    return map_fn(fn, elems)


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    reverse: bool = False,
    name: Optional[str] = None,
) -> Any:
    """All of a = fn(a, entry) for the entries along the first axis, stacked; a is at first the initializer,
    or the first entry.
    """
    rows = _rows(elems, reverse)
    found = [] if initializer is not None or not rows else [rows.pop(0)]
    value = initializer if not found else found[0]
    for row in rows:
        value = fn(value, row)
        found.append(value)
    return _stacked("scan", found[::-1] if reverse else found)


def foldl(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: Optional[str] = None
) -> Any:
    """The last a = fn(a, entry) for the entries along the first axis; a is at first the initializer, or the
    first entry.
    """
    return _folded("foldl", fn, _rows(elems, False), initializer)


def foldr(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: Optional[str] = None
) -> Any:
    """foldl from the last entry to the first."""
    return _folded("foldr", fn, _rows(elems, True), initializer)


def _folded(name: str, fn: Callable[[Any, Any], Any], rows: list[Any], value: Any) -> Any:
    if value is None:
        if not rows:
            raise ValueError(f"{name}: no initializer, and no entries")
        value = rows.pop(0)
    for row in rows:
        value = fn(value, row)
    return value


def _rows(elems: Any, reverse: bool) -> list[Any]:
    """The entries along the first axis, each in the structure of elems."""
    columns = [_op("unstack")(_core.tensor(leaf), 0) for leaf in _nest.flatten(elems)]
    rows = [_nest.pack(elems, row) for row in zip(*columns)]
    return rows[::-1] if reverse else rows


def _stacked(name: str, results: list[Any]) -> Any:
    if not results:
        raise ValueError(f"{name}: the first axis has size 0, so the shape of the result is not known")
    leaves = [_nest.flatten(result) for result in results]
    return _nest.pack(results[0], [_op("stack")(list(column), 0) for column in zip(*leaves)])


def case(
    pred_fn_pairs: Sequence[tuple[Any, Callable[[], Any]]],
    default: Optional[Callable[[], Any]] = None,
    exclusive: bool = False,
    name: Optional[str] = None,
) -> Any:
    """fn() of the first pair (pred, fn) whose pred holds, else default(); ValueError where there is none."""
    for pred, fn in pred_fn_pairs:
        if pred:
            return fn()
    if default is None:
        raise ValueError("case: no condition holds, and there is no default")
    return default()


def switch_case(
    branch_index: Any,
    branch_fns: Any,
    default: Optional[Callable[[], Any]] = None,
    name: Optional[str] = None,
) -> Any:
    """The branch of that number, of a list, a dict or pairs; for one that is not there the default, or the
    last.
    """
    pairs = branch_fns.items() if isinstance(branch_fns, dict) else branch_fns
    branches: dict[int, Callable[[], Any]] = dict(
        pair if isinstance(pair, tuple) else (n, pair) for n, pair in enumerate(pairs)
    )
    last = branches[max(branches)] if default is None else default
    return branches.get(int(branch_index), last)()


class TensorArray:
    """A list of tensors that are written and read by index; the writes return the array."""

    def __init__(
        self,
        dtype: Any,
        size: Any = 0,
        dynamic_size: bool = False,
        clear_after_read: bool = True,
        element_shape: Any = None,
        infer_shape: bool = True,
        name: Optional[str] = None,
    ) -> None:
        self.dtype = _core.as_dtype(dtype)
        self.dynamic_size = dynamic_size
        self._entries: list[Optional[_core.Tensor]] = [None] * int(size)

    def write(self, index: Any, value: Any, name: Optional[str] = None) -> TensorArray:
        """Puts the value at the index. IndexError: beyond the size, where that is not dynamic."""
        n = int(index)
        if not 0 <= n < len(self._entries) and not (self.dynamic_size and n >= 0):
            raise IndexError(f"TensorArray: index {n} of an array of {len(self._entries)}")
        self._entries += [None] * (n + 1 - len(self._entries))
        self._entries[n] = _core.tensor(value, self.dtype)
        return self

    def read(self, index: Any, name: Optional[str] = None) -> _core.Tensor:
        """The tensor at the index. ValueError: none was written there."""
        found = self._entries[int(index)]
        if found is None:
            raise ValueError(f"TensorArray: nothing was written at {int(index)}")
        return found

    def stack(self, name: Optional[str] = None) -> _core.Tensor:
        """All of them along a new first axis."""
        return _op("stack")([self.read(n) for n in range(len(self._entries))], 0)

    def concat(self, name: Optional[str] = None) -> _core.Tensor:
        """All of them along their first axis."""
        return _op("concat")([self.read(n) for n in range(len(self._entries))], 0)

    def gather(self, indices: Any, name: Optional[str] = None) -> _core.Tensor:
        """Those at the indices along a new first axis."""
        return _op("stack")([self.read(n) for n in _core.tensor(indices).numpy().tolist()], 0)

    def unstack(self, value: Any, name: Optional[str] = None) -> TensorArray:
        """Holds the entries of the value along its first axis."""
        self._entries = list(_op("unstack")(_core.tensor(value, self.dtype), 0))
        return self

    def size(self, name: Optional[str] = None) -> _core.Tensor:
        """How many places there are."""
        return _core.tensor(len(self._entries))


@contextlib.contextmanager
def name_scope(name: str) -> Iterator[str]:
    """A block with a name, which changes nothing."""
    yield name


@contextlib.contextmanager
def control_dependencies(control_inputs: Any) -> Iterator[None]:
    """A block in which all is done in the order of the program, as everywhere."""
    yield


@contextlib.contextmanager
def device(device_name: Optional[str]) -> Iterator[None]:
    """A block that runs on the CPU. ValueError: another device."""
    if device_name is not None and "CPU" not in str(device_name).upper():
        raise ValueError(f"device {device_name!r} is not known; the one device is 'CPU:0'")
    yield


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor or a variable."""
    return isinstance(x, _core.Tensor)


def executing_eagerly() -> bool:
    """Whether ops run as they are called; in the body of a `function` they do not."""
    return thread.bodies == 0
