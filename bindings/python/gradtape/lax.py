"""`gradtape.lax`: loops and branches in JAX's manner. Each becomes one op, and a loop is not unrolled.

The functions that they take are recorded once, on tensors without values: `if`, `float(x)` and `.numpy()`
raise FailedPreconditionError there, and variables cannot be assigned. A function may use tensors and
variables from outside, which have derivatives too, of every order. Random ops draw anew at each step. Carried
values, sequences and results are nested structures, in which None stands for nothing.
"""

from __future__ import annotations

import operator
from typing import Any, Callable, Optional

from . import _core
from ._bodies import Branches, Carries, bound, check_callable, pack, tensor, tensors_of
from ._thread import body

__all__ = ["cond", "map", "scan", "while_loop"]


def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: Optional[int] = None,
    reverse: bool = False,
    *,
    memory_budget: Optional[int] = None,
) -> tuple[Any, Any]:
    """(last carry, stacked ys) of carry, y = f(carry, x) for each row x of xs, from carry = init on.

    The rows lie along the first axes of xs. Without xs, x is None and `length` the number of steps. In
    reverse the last row comes first, and each y lies where its x does. A carry keeps its structure, shapes
    and dtypes; a number of Python's in init takes the dtype that f gives it. A gradient keeps the carries of
    all steps. With a `memory_budget`, in bytes, it keeps as many as fit, and makes the steps between again.
    """
    check_callable("scan", "f", f)
    carries, sequences = Carries("scan", init), tensors_of(xs)
    steps = -1 if length is None else operator.index(length)
    if length is not None and steps < 0:
        raise ValueError(f"scan: length must be a number of steps, got {steps}")
    if steps < 0 and not sequences:
        raise ValueError("scan: there are no xs, so length must say how many steps to make")
    budget = bound("scan", "memory_budget", memory_budget)
    ys: Any = None

    def step(*given: _core.Tensor) -> list[_core.Tensor]:
        nonlocal ys
        with body():
            result = f(*pack((init, xs), given))
            if not isinstance(result, (tuple, list)) or len(result) != 2:
                raise TypeError(f"scan: f must return (carry, y), got a {type(result).__name__}")
            carry, ys = result
            return carries.next(carry) + tensors_of(ys)

    found = carries.recorded(
        lambda: _core.scan(step, carries.tensors, sequences, steps, bool(reverse), budget)
    )
    kept = len(carries.tensors)
    return carries.pack(found[:kept]), pack(ys, found[kept:])


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """f of each row along the first axes of xs, one by one, stacked. `gradtape.vmap` takes all at once."""
    check_callable("map", "f", f)
    return scan(lambda _, x: (None, f(x)), None, xs)[1]


def while_loop(
    cond_fun: Callable[[Any], Any],
    body_fun: Callable[[Any], Any],
    init_val: Any,
    max_steps: Optional[int] = None,
    memory_budget: Optional[int] = None,
) -> Any:
    """The last val of val = body_fun(val) while cond_fun(val) holds; the first val is init_val.

    A val keeps its structure, shapes and dtypes. `cond_fun` gives a bool without axes, and draws no random
    numbers. The loop ends after `max_steps` in any case. Forward mode takes any number of steps. A gradient
    makes the steps again, and needs `max_steps` or a `memory_budget`; inside a body or a `function` it needs
    `max_steps`.
    """
    check_callable("while_loop", "cond_fun", cond_fun)
    check_callable("while_loop", "body_fun", body_fun)
    carries = Carries("while_loop", init_val)
    if not carries.tensors:
        raise ValueError("while_loop: init_val has no tensor, so the condition would never change")
    steps = bound("while_loop", "max_steps", max_steps)
    budget = bound("while_loop", "memory_budget", memory_budget)

    def condition(*given: _core.Tensor) -> list[_core.Tensor]:
        with body():
            return tensors_of(cond_fun(carries.pack(given)))

    def step(*given: _core.Tensor) -> list[_core.Tensor]:
        with body():
            return carries.next(body_fun(carries.pack(given)))

    return carries.pack(
        carries.recorded(lambda: _core.while_loop(condition, step, carries.tensors, steps, budget))
    )


def cond(pred: Any, true_fun: Callable[..., Any], false_fun: Callable[..., Any], *operands: Any) -> Any:
    """true_fun(*operands) where pred, a scalar, holds, else false_fun(*operands).

    Both functions are recorded, and the one that is chosen runs; in a `vmap` each sample has its own choice.
    Their results have the same structure, shapes and dtypes. A number of Python's takes the dtype of its
    fellow.
    """
    check_callable("cond", "true_fun", true_fun)
    check_callable("cond", "false_fun", false_fun)
    which = tensor(pred)
    if not which.dtype.is_bool:
        which = which != 0
    inputs = tensors_of(operands)
    branches = Branches("cond", operands)
    yes, no = branches.of(0, true_fun), branches.of(1, false_fun)
    return branches.recorded(lambda: _core.cond(which, yes, no, inputs))
