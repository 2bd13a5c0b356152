"""Control flow by TensorFlow's names. On values it runs as Python; a tape records the ops that have run. A
condition without a value becomes an op, of which `lax` has more.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Optional, Sequence

from . import _core, _nest, lax
from ._thread import thread
from ._vmap import vmap
from .errors import FailedPreconditionError, UnsupportedError

_op = _core.op


def cond(
    pred: Any,
    true_fn: Callable[..., Any],
    false_fn: Callable[..., Any],
    *operands: Any,
    name: Optional[str] = None,
) -> Any:
    """true_fn(*operands) where pred holds, else false_fn(*operands).

    Python runs the chosen one if pred has a value. Inside a function's body, or a `vmap`, it may have none:
    both are then recorded, as by `gradtape.lax.cond`.
    """
    known = _truth(pred)
    if known is None:
        return lax.cond(pred, true_fn, false_fn, *operands)
    return true_fn(*operands) if known else false_fn(*operands)


def _truth(pred: Any) -> Optional[bool]:
    """Whether it holds; None where it has no value, inside a body that is being recorded."""
    try:
        return bool(pred)
    except FailedPreconditionError:
        return None


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: Optional[int] = None,
    name: Optional[str] = None,
    *,
    max_steps: Optional[int] = None,
    memory_budget: Optional[int] = None,
) -> Any:
    """loop_vars = body(*loop_vars) while cond(*loop_vars) holds, at most so many times. Loop variables that
    are no list or tuple are handed over whole.

    The loop runs as Python if the condition has a value. Inside a function's body, or a `vmap`, it may have
    none. The loop is then one op, as that of `gradtape.lax.while_loop`, and so it is with a `memory_budget`.
    `max_steps` is `maximum_iterations` by the name that the other faces use.
    """
    maximum_iterations = maximum_iterations if max_steps is None else max_steps
    spread = isinstance(loop_vars, (list, tuple))

    def holds(value: Any) -> Any:
        return cond(*value) if spread else cond(value)

    def stepped(value: Any) -> Any:
        if not spread:
            return body(value)
        result = body(*value)
        values = list(result) if isinstance(result, (list, tuple)) else [result]
        if len(values) != len(loop_vars):
            raise ValueError(
                f"while_loop: the body returned {len(values)} values for {len(loop_vars)} loop variables"
            )
        return _nest.rebuilt(loop_vars, values)

    value, done = loop_vars, 0
    while maximum_iterations is None or done < maximum_iterations:
        goes_on = _truth(holds(value)) if memory_budget is None else None
        if goes_on is None:
            left = None if maximum_iterations is None else int(maximum_iterations) - done
            return lax.while_loop(holds, stepped, value, left, memory_budget)
        if not goes_on:
            break
        value, done = stepped(value), done + 1
    return _nest.pack(loop_vars, _nest.flatten(value))


def map_fn(fn: Callable[[Any], Any], elems: Any, name: Optional[str] = None) -> Any:
    """fn of each entry along the first axis, stacked; nested structures go in and come out.

    ValueError where the first axis has size 0: there is no result to tell a shape by.
    """
    return _stacked("map_fn", [fn(row) for row in _rows(elems, False)])


def vectorized_map(fn: Callable[[Any], Any], elems: Any, fallback_to_while_loop: bool = True) -> Any:
    """fn of each entry along the first axis, computed for all at once as by `vmap`. If fn asks for values,
    map_fn takes its place, unless `fallback_to_while_loop` is False.
    """
    try:
        return vmap(fn)(elems)
    except (FailedPreconditionError, UnsupportedError):
        if not fallback_to_while_loop:
            raise
    return map_fn(fn, elems)


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any = None,
    initializer: Any = None,
    reverse: bool = False,
    name: Optional[str] = None,
    *,
    init: Any = None,
    xs: Any = None,
    length: Optional[int] = None,
    memory_budget: Optional[int] = None,
) -> Any:
    """TensorFlow's scan, or JAX's.

    TensorFlow's gives all of a = fn(a, entry) for the entries of elems along the first axis, stacked; a is at
    first the initializer, or the first entry. It runs as Python.

    JAX's, `scan(fn, init, xs)`, is that of `gradtape.lax`: one op, which gives (last carry, stacked ys) of
    carry, y = fn(carry, x). It is meant if `init`, `xs`, `length` or `memory_budget` is named, if elems have no
    rows, or if fn fails on the first of them or does not return a value like the initializer.
    """
    is_named = any(given is not None for given in (init, xs, length, memory_budget))

    def as_one_op() -> Any:
        first, rows = elems if init is None else init, initializer if xs is None else xs
        return lax.scan(fn, first, rows, length, reverse, memory_budget=memory_budget)

    if is_named or (initializer is not None and _has_no_rows(elems)):
        return as_one_op()
    rows = _rows(elems, reverse)
    found = [] if initializer is not None or not rows else [rows.pop(0)]
    first = value = initializer if not found else found[0]
    for row in rows:
        try:
            value = fn(value, row)
        except Exception as failure:
            if initializer is None or found:
                raise
            try:
                return as_one_op()
            except Exception:
                raise failure from None
        if len(_nest.flatten(value)) != len(_nest.flatten(first)):
            if initializer is not None and isinstance(value, tuple) and len(value) == 2:
                with contextlib.suppress(Exception):
                    return as_one_op()
            raise ValueError(
                f"scan: fn returned a {type(value).__name__} that is not of the initializer's structure; "
                "fn(carry, x) -> (carry, y) is for scan(fn, init, xs), as gradtape.lax.scan has it"
            )
        found.append(value)
    return _stacked("scan", found[::-1] if reverse else found)


def _has_no_rows(elems: Any) -> bool:
    return not isinstance(elems, list) and any(getattr(leaf, "ndim", 0) == 0 for leaf in _nest.flatten(elems))


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
    if pred_fn_pairs:
        (pred, fn), *rest = pred_fn_pairs
        return cond(pred, fn, lambda: case(rest, default))
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
    try:
        index = int(branch_index)
    except FailedPreconditionError:  # inside a body that is being recorded
        return case([(branch_index == n, fn) for n, fn in branches.items()], last)
    return branches.get(index, last)()


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
    return thread.bodies == 0 and thread.samples == 0
