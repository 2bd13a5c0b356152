"""Gradients of one's own: custom_gradient, registered rules, recomputation, gradients that pass."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional, Sequence

import numpy as np

from . import _core, _nest
from ._bodies import check_callable, pack, tensors_of
from ._thread import body, differentiating, recording, thread, undifferentiated, unrecorded

_NUMERIC = (_core.Tensor, np.ndarray, np.generic, bool, int, float)


def custom_gradient(f: Optional[Callable[..., Any]] = None) -> Any:
    """Decorates a function that returns (y, grad_fn): grad_fn gives its derivative.

    `grad_fn(*dys)` takes one gradient for each tensor of y, zeros if y was not used, and returns one
    for each argument, or None. Arguments that can be no tensors (strings, objects) and keyword arguments
    do not count. A function that reads trainable variables needs `grad_fn(*dys, variables)`, which returns the
    gradients of the arguments and a list of those of the variables. Tapes record the ops of grad_fn, for higher
    orders. It may use all values that the function has computed. Forward mode transposes grad_fn. While a tape
    records, a `function` that calls such a function runs as plain Python. In the body of a loop or a map grad_fn
    is called when the body is recorded.
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        return _Call(f, args, kwargs).outputs()

    return decorated


class _Call:
    """One call of a function with a gradient of its own."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.name = getattr(f, "__name__", "custom_gradient")
        leaves = _nest.flatten(args)
        self.counted = [leaf for leaf in leaves if isinstance(leaf, _NUMERIC)]
        self.tensors = [leaf for leaf in self.counted if isinstance(leaf, _core.Tensor)]
        probe = _core.Tape(False, True)
        try:
            with undifferentiated():  # grad_fn gives the derivative
                result = f(*args, **kwargs)
        finally:
            probe.end()
        if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
            raise TypeError(
                f"custom_gradient: {self.name} must return (y, grad_fn), got {type(result).__name__}"
            )
        self.y, self.grad_fn = result
        self.f, self.args, self.kwargs = f, args, kwargs
        self.variables = [v for v in probe.watched_variables() if not any(v is leaf for leaf in leaves)]
        if self.variables and not _takes_variables(self.grad_fn):
            names = ", ".join(str(v.name) for v in self.variables)
            raise TypeError(
                f"custom_gradient: {self.name} reads variables ({names}), so its gradient function must take "
                "the keyword argument 'variables' and return (gradients, gradients of the variables)"
            )

    def outputs(self) -> Any:
        thread.custom_gradients += 1
        flat = [_core.tensor(leaf) for leaf in _nest.flatten(self.y)]
        first = [flat]
        made = _core.custom_gradient(
            lambda *given: first.pop() if first else self.again(given),
            self.backward,
            self.tensors + self.variables,
            self.name,
        )
        return _nest.pack(self.y, made)

    def again(self, given: Sequence[_core.Tensor]) -> list[_core.Tensor]:
        """The values on other inputs, for `GradientTape.check`, which also takes the gradient there."""
        thread.called_again.setdefault(self, self.grad_fn)
        tensors = iter(given)
        args = [
            next(tensors) if isinstance(leaf, _core.Tensor) else leaf for leaf in _nest.flatten(self.args)
        ]
        kept = [v.value() for v in self.variables]
        for variable, value in zip(self.variables, tensors):
            variable.assign(value)
        try:
            with undifferentiated():
                y, self.grad_fn = self.f(*_nest.pack(self.args, args), **self.kwargs)
        finally:
            for variable, value in zip(self.variables, kept):
                variable.assign(value)
        return [_core.tensor(leaf) for leaf in _nest.flatten(y)]

    def backward(self, *dys: _core.Tensor) -> list[Optional[_core.Tensor]]:
        if not self.variables:
            return self.of_tensors(self.grad_fn(*dys))
        result = self.grad_fn(*dys, variables=self.variables)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"custom_gradient: the gradient function of {self.name} must return (gradients, gradients of "
                f"the variables), got {type(result).__name__}"
            )
        of_variables = self.checked(result[1], len(self.variables), "variables")
        return self.of_tensors(result[0]) + [None if g is None else _core.tensor(g) for g in of_variables]

    def of_tensors(self, gradients: Any) -> list[Optional[_core.Tensor]]:
        """One gradient for each tensor among the arguments, of those that grad_fn returned for all."""
        flat = self.checked(gradients, len(self.counted), "arguments")
        of_tensors = [g for leaf, g in zip(self.counted, flat) if isinstance(leaf, _core.Tensor)]
        return [None if g is None else _core.tensor(g) for g in of_tensors]

    def checked(self, gradients: Any, wanted: int, what: str) -> list[Any]:
        flat = _nest.flatten(gradients)
        if len(flat) != wanted:
            raise ValueError(
                f"custom_gradient: the gradient function of {self.name} returned {len(flat)} gradients for "
                f"{wanted} {what}"
            )
        return flat


def _takes_variables(grad_fn: Callable[..., Any]) -> bool:
    parameters = inspect.signature(grad_fn).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function: its values are not kept for the gradient, but computed again when the gradient is
    taken.
    """

    @custom_gradient
    @functools.wraps(f)
    def computed(*args: Any, **kwargs: Any) -> Any:
        def again(*dys: Any, variables: Sequence[_core.Variable] = ()) -> Any:
            leaves = [_fresh(leaf) for leaf in _nest.flatten(args)]
            tensors = [leaf for leaf in leaves if isinstance(leaf, _core.Tensor)]
            with recording(_core.Tape(True, True)) as tape:
                for tensor in tensors:
                    tape.watch(tensor)
                with differentiating(tape, [*tensors, *variables]):
                    targets = _nest.flatten(f(*_nest.pack(args, leaves), **kwargs))
            found = iter(tape.gradient(targets, tensors + list(variables), list(dys), False))
            gradients = [
                next(found) if isinstance(leaf, _core.Tensor) else None
                for leaf in leaves
                if isinstance(leaf, _NUMERIC)
            ]
            return (gradients, list(found)) if variables else gradients

        with unrecorded(), differentiating():
            return f(*args, **kwargs), again

    return computed


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function: derivatives keep its arguments and results, and compute the inside again.

    A chain of such functions needs the memory of one. f is recorded on tensors without values, so `if` and
    `.numpy()` fail there. Arguments and results are nested structures; arguments other than tensors are
    handed to f as they are. Unlike `recompute_grad` it nests with loops and functions, and f is called once.
    """
    check_callable("checkpoint", "f", f)

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        leaves = _nest.flatten((args, kwargs))
        places = [n for n, leaf in enumerate(leaves) if type(leaf) is _core.Tensor]
        result: Any = None

        def inside(*tensors: _core.Tensor) -> list[_core.Tensor]:
            nonlocal result
            new = list(leaves)
            for n, t in zip(places, tensors):
                new[n] = t
            new_args, new_kwargs = _nest.pack((args, kwargs), new)
            with body():
                result = f(*new_args, **new_kwargs)
                return tensors_of(result)

        found = _core.checkpoint(inside, [leaves[n] for n in places])
        return pack(result, found)

    return checkpointed


def _fresh(leaf: Any) -> Any:
    return _core.op("identity")(leaf) if isinstance(leaf, _core.Tensor) else leaf


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function: its gradient is that of the identity, as a straight-through estimator wants."""

    @custom_gradient
    @functools.wraps(f)
    def passing(*args: Any, **kwargs: Any) -> Any:
        def back(*dys: Any, variables: Sequence[_core.Variable] = ()) -> Any:
            return (list(dys), [None] * len(variables)) if variables else list(dys)

        return f(*args, **kwargs), back

    return passing


class RegisterGradient:
    """`@RegisterGradient("Name")` over `fn(op, *dys)` makes a rule known by that name.

    It is the gradient of a user's op of the name, or a rule for `apply_with_gradient`. `fn` gets the call,
    with `op`, `inputs`, `outputs`, `attrs` and `get_attr(name)`, and one gradient for each output; it returns
    one for each input, or None. AlreadyExistsError: the name has a gradient.
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError(f"RegisterGradient: the name must be a str, got {type(op_type).__name__}")
        self._name = op_type

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        def rule(call: Any, *dys: _core.Tensor) -> list[Optional[_core.Tensor]]:
            call.get_attr = call.attrs.__getitem__
            return [None if g is None else _core.tensor(g) for g in _nest.flatten(f(call, *dys))]

        _core.register_gradient(self._name, rule)
        return f


def apply_with_gradient(op: str, rule: str, *inputs: Any, **attrs: Any) -> Any:
    """The op's result, with the registered rule as its gradient in place of its own, on every tape.

    NotFoundError: no op, or no rule, of that name.
    """
    return _core.apply_with_gradient(op, rule, [_core.tensor(x) for x in inputs], attrs)
