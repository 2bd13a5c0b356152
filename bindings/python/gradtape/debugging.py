"""`gradtape.debugging`: assertions on tensors, by TensorFlow's names.

One that does not hold is an InvalidArgumentError. In the body of a `function` values come later: assertions
on them are not checked there.
"""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np

from . import _core
from ._checks import set_checks
from .errors import FailedPreconditionError, InvalidArgumentError

_op = _core.op
Message = Optional[str]


def enable_check_numerics(stack_height_limit: Any = None, path_length_limit: Any = None) -> None:
    """`gradtape.set_checks(finite=True)`: the first op that makes a nan or an infinity is an error."""
    set_checks(finite=True)


def disable_check_numerics() -> None:
    """Ends it."""
    set_checks(finite=False)


def assert_equal(x: Any, y: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x == y everywhere."""
    _compare("equal", x, y, message)


def assert_none_equal(
    x: Any, y: Any, summarize: Any = None, message: Message = None, name: Any = None
) -> None:
    """x != y everywhere."""
    _compare("not_equal", x, y, message)


def assert_less(x: Any, y: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x < y everywhere."""
    _compare("less", x, y, message)


def assert_less_equal(
    x: Any, y: Any, message: Message = None, summarize: Any = None, name: Any = None
) -> None:
    """x <= y everywhere."""
    _compare("less_equal", x, y, message)


def assert_greater(x: Any, y: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x > y everywhere."""
    _compare("greater", x, y, message)


def assert_greater_equal(
    x: Any, y: Any, message: Message = None, summarize: Any = None, name: Any = None
) -> None:
    """x >= y everywhere."""
    _compare("greater_equal", x, y, message)


def assert_positive(x: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x > 0 everywhere."""
    _compare("greater", x, 0, message)


def assert_negative(x: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x < 0 everywhere."""
    _compare("less", x, 0, message)


def assert_non_negative(x: Any, message: Message = None, summarize: Any = None, name: Any = None) -> None:
    """x >= 0 everywhere."""
    _compare("greater_equal", x, 0, message)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: Message = None,
    summarize: Any = None,
    name: Any = None,
) -> None:
    """|x - y| <= atol + rtol |y| everywhere; both are by default ten times the dtype's precision."""
    x = _core.tensor(x)
    y = _core.tensor(y, x.dtype)
    least = 10 * float(np.finfo(x.dtype.as_numpy_dtype).eps) if x.dtype.is_floating else 0
    bound = abs(y) * (least if rtol is None else rtol) + (least if atol is None else atol)
    _check(abs(x - y) <= bound, message or "x and y are not near", x, y)


def check_numerics(tensor: Any, message: str, name: Any = None) -> _core.Tensor:
    """The tensor, whose entries are all finite."""
    x = _core.tensor(tensor)
    _check(_op("is_finite")(x), f"{message}: infinite, or no number", x)
    return x


def assert_all_finite(x: Any, message: str, name: Any = None) -> _core.Tensor:
    """The tensor, whose entries are all finite."""
    return check_numerics(x, message)


def assert_rank(x: Any, rank: int, message: Message = None, name: Any = None) -> None:
    """x has so many axes. ValueError."""
    found = _core.tensor(x).ndim
    if found != int(rank):
        raise InvalidArgumentError(f"{message or 'assert_rank'}: the rank is {found}, wanted {int(rank)}")


def assert_type(tensor: Any, tf_type: Any, message: Message = None, name: Any = None) -> None:
    """The dtype is tf_type. TypeError."""
    found = _core.tensor(tensor).dtype
    if found != tf_type:
        raise TypeError(f"{message or 'assert_type'}: the dtype is {found}, wanted {_core.as_dtype(tf_type)}")


def assert_shapes(
    shapes: Sequence[tuple[Any, Sequence[Any]]],
    data: Any = None,
    summarize: Any = None,
    message: Message = None,
    name: Any = None,
) -> None:
    """Each tensor has the shape beside it: of sizes, None for any, and letters, each of which is one size."""
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    known: dict[Any, int] = {}
    for tensor, wanted in pairs:
        found = _core.tensor(tensor).shape
        sizes = [known.setdefault(w, n) if isinstance(w, str) else w for w, n in zip(wanted, found)]
        if not found.is_compatible_with(sizes) or len(wanted) != len(found):
            what = message or "assert_shapes"
            raise InvalidArgumentError(f"{what}: the shape is {found}, wanted {tuple(wanted)}")


def Assert(condition: Any, data: Any, summarize: Any = None, name: Any = None) -> None:
    """The condition holds; `data` is shown where it does not."""
    _check(_core.tensor(condition), "the assertion does not hold", *data)


def _compare(op: str, x: Any, y: Any, message: Message) -> None:
    _check(_op(op)(x, y), message or f"{op}(x, y) does not hold", x, y)


def _check(holds: _core.Tensor, message: str, *shown: Any) -> None:
    try:
        everywhere = bool(np.all(holds.numpy()))
    except FailedPreconditionError:
        return
    if not everywhere:
        values = (v.tolist() if isinstance(v, _core.Tensor) else v for v in shown)
        raise InvalidArgumentError(f"{message}, got {', '.join(f'{v!r:.80}' for v in values)}")
