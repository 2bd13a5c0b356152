"""Gradients of one's own: custom_gradient, rules registered by name, recomputation, and gradients that pass."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional, Sequence

import numpy as np

from . import _core, _nest

_NUMERIC = (_core.Tensor, np.ndarray, np.generic, bool, int, float)


def custom_gradient(f: Optional[Callable[..., Any]] = None) -> Any:
    """Decorates a function that returns (y, grad_fn): its derivative is what grad_fn says.

    `grad_fn(*dys)` is given one gradient for each tensor of y, zeros where y was not used, and returns one for each
    argument, or None; arguments that can be no tensors (strings, objects) and keyword arguments count for none.
    A function that reads trainable variables needs `grad_fn(*dys, variables)`, returning the gradients of the
    arguments and a list of those of the variables. What the function does is recorded on no tape; what grad_fn does is
    recorded, for higher orders. Forward mode transposes grad_fn.
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
        self.f, self.args, self.kwargs = f, args, kwargs
        self.leaves = _nest.flatten(args)
        self.counted = [i for i, leaf in enumerate(self.leaves) if isinstance(leaf, _NUMERIC)]
        self.tensors = [i for i in self.counted if isinstance(self.leaves[i], _core.Tensor)]
        self.name = getattr(f, "__name__", "custom_gradient")
        self.y: Any = None
        self.grad_fn: Callable[..., Any]
        self.variables: list[_core.Variable] = []

    def outputs(self) -> Any:
        flat = _core.custom_gradient(self.forward, self.backward, self.inputs(), self.name)
        if self.variables:
            flat = self.with_variables(flat)
        return _nest.pack(self.y, flat)

    def inputs(self) -> list[_core.Tensor]:
        return [self.leaves[i] for i in self.tensors]

    def forward(self, *inputs: _core.Tensor) -> list[_core.Tensor]:
        leaves = list(self.leaves)
        for i, tensor in zip(self.tensors, inputs):
            leaves[i] = tensor
        tape = _core.Tape(False, True)
        try:
            result = self.f(*_nest.pack(self.args, leaves), **self.kwargs)
        finally:
            tape.end()
        if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
            raise TypeError(f"custom_gradient: {self.name} must return (y, grad_fn), got {type(result).__name__}")
        self.y, self.grad_fn = result
        self.variables = list(tape.watched_variables())
        return [_core.tensor(leaf) for leaf in _nest.flatten(self.y)]

    def backward(self, *dys: _core.Tensor) -> list[Optional[_core.Tensor]]:
        return self.checked(self.grad_fn(*dys))

    def checked(self, gradients: Any) -> list[Optional[_core.Tensor]]:
        """One gradient for each tensor among the arguments, of those that grad_fn returned for all."""
        flat = _nest.flatten(gradients)
        if len(flat) != len(self.counted):
            raise ValueError(
                f"custom_gradient: the gradient function of {self.name} returned {len(flat)} gradients for "
                f"{len(self.counted)} arguments"
            )
        by_position = dict(zip(self.counted, flat))
        return [None if g is None else _core.tensor(g) for g in (by_position[i] for i in self.tensors)]

    def with_variables(self, flat: list[_core.Tensor]) -> list[_core.Tensor]:
        """The outputs once more, as outputs of an op whose inputs are the variables too."""
        if not _takes_variables(self.grad_fn):
            names = ", ".join(str(v.name) for v in self.variables)
            raise TypeError(
                f"custom_gradient: {self.name} reads variables ({names}), so its gradient function must take the "
                "keyword argument 'variables' and return (gradients, gradients of the variables)"
            )
        inputs = self.inputs() + list(self.variables)
        return _core.custom_gradient(lambda *_: flat, self.backward_with_variables, inputs, self.name)

    def backward_with_variables(self, *dys: _core.Tensor) -> list[Optional[_core.Tensor]]:
        result = self.grad_fn(*dys, variables=self.variables)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"custom_gradient: the gradient function of {self.name} must return (gradients, gradients of the "
                f"variables), got {type(result).__name__}"
            )
        of_variables = _nest.flatten(result[1])
        if len(of_variables) != len(self.variables):
            raise ValueError(
                f"custom_gradient: the gradient function of {self.name} returned {len(of_variables)} gradients for "
                f"{len(self.variables)} variables"
            )
        return self.checked(result[0]) + [None if g is None else _core.tensor(g) for g in of_variables]


def _takes_variables(grad_fn: Callable[..., Any]) -> bool:
    parameters = inspect.signature(grad_fn).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function: what it computes is not kept for the gradient, but computed again when that is taken."""

    @custom_gradient
    @functools.wraps(f)
    def computed(*args: Any, **kwargs: Any) -> Any:
        def again(*dys: Any, variables: Sequence[_core.Variable] = ()) -> Any:
            leaves = [_fresh(leaf) for leaf in _nest.flatten(args)]
            tensors = [leaf for leaf in leaves if isinstance(leaf, _core.Tensor)]
            tape = _core.Tape(False, True)
            try:
                for tensor in tensors:
                    tape.watch(tensor)
                targets = _nest.flatten(f(*_nest.pack(args, leaves), **kwargs))
            finally:
                tape.end()
            found = iter(tape.gradient(targets, tensors + list(variables), list(dys), False))
            gradients = [next(found) if isinstance(leaf, _core.Tensor) else None for leaf in leaves
                         if isinstance(leaf, _NUMERIC)]
            return (gradients, list(found)) if variables else gradients

        return f(*args, **kwargs), again

    return computed


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

    It is the gradient of a user's op of the name, or a rule for `apply_with_gradient`. `fn` gets the call, with `op`,
    `inputs`, `outputs`, `attrs` and `get_attr(name)`, and one gradient for each output; it returns one for each input,
    or None. AlreadyExistsError: the name has a gradient.
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
