"""Control flow by TensorFlow's names. It runs as Python, on values; a tape records what has run."""

from __future__ import annotations

from typing import Any, Callable, Optional

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
    columns = [_op("unstack")(_core.tensor(leaf), 0) for leaf in _nest.flatten(elems)]
    results = [fn(_nest.pack(elems, row)) for row in zip(*columns)]
    if not results:
        raise ValueError("map_fn: the first axis has size 0, so the shape of the result is not known")
    rows = [_nest.flatten(result) for result in results]
    return _nest.pack(results[0], [_op("stack")(list(column), 0) for column in zip(*rows)])


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor or a variable."""
    return isinstance(x, _core.Tensor)


def executing_eagerly() -> bool:
    """Whether ops run as they are called; in the body of a `function` they do not."""
    return thread.bodies == 0
