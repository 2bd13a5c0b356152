"""Optimizers: `apply_gradients(zip(gradients, variables))` takes a step."""

from __future__ import annotations

import warnings
from typing import Any, Callable, Iterable, Optional, Sequence

from .. import _core
from .._tape import GradientTape
from .._variable import Variable

_op = _core.op


class Optimizer:
    """A base: steps down along gradients. `learning_rate` is a number, a variable, or a function that gives
    one.
    """

    def __init__(self, learning_rate: Any, name: Optional[str] = None) -> None:
        self.learning_rate = learning_rate
        self.name = name or type(self).__name__
        self.iterations = Variable(0, trainable=False, dtype=_core.int64, name="iterations")
        self._slots: dict[tuple[str, int], _core.Variable] = {}
        self._seen: list[_core.Variable] = []  # keeps what the slots belong to

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, _core.Variable]]) -> _core.Variable:
        """Takes one step; a gradient of None leaves its variable as it is, and warns. Returns the count of
        steps.

        ValueError: no variable has a gradient.
        """
        pairs = list(grads_and_vars)
        missing = [str(v.name) for g, v in pairs if g is None]
        if len(missing) == len(pairs):
            raise ValueError(
                f"{self.name}: no gradient for any variable: {missing}; was the loss made inside the tape?"
            )
        if missing:
            warnings.warn(f"{self.name}: the gradients of {', '.join(missing)} are None", stacklevel=2)
        step = self.iterations + 1
        for gradient, variable in pairs:
            if gradient is not None:
                self._update(_core.tensor(gradient, variable.dtype), variable, step)
        self.iterations.assign(step)
        return self.iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[_core.Variable]) -> _core.Variable:
        """`apply_gradients` of two sequences."""
        return self.apply_gradients(zip(grads, trainable_variables))

    def minimize(self, loss: Callable[[], Any], var_list: Sequence[_core.Variable]) -> _core.Variable:
        """Takes one step down the loss, a function without arguments."""
        with GradientTape() as tape:
            value = loss()
        return self.apply_gradients(zip(tape.gradient(value, list(var_list)), var_list))

    def _rate(self, variable: _core.Variable) -> _core.Tensor:
        rate: Any = self.learning_rate() if callable(self.learning_rate) else self.learning_rate
        return _core.tensor(rate, variable.dtype)

    def _slot(self, name: str, variable: _core.Variable) -> _core.Variable:
        """A variable of the optimizer's that goes with one of the model's; 0 at first."""
        key = name, id(variable)
        if key not in self._slots:
            zeros = _op("zeros_like")(variable)
            self._slots[key] = Variable(zeros, trainable=False, name=f"{self.name}/{name}/{variable.name}")
            self._seen.append(variable)
        return self._slots[key]

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        raise NotImplementedError(f"{type(self).__name__} defines no step")


class SGD(Optimizer):
    """variable -= learning_rate * gradient; with momentum along a velocity, with `nesterov` looking ahead."""

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: Optional[str] = None,
    ) -> None:
        super().__init__(learning_rate, name)
        self.momentum, self.nesterov = momentum, nesterov

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        down = self._rate(variable) * gradient
        if not self.momentum:
            variable.assign_sub(down)
            return
        velocity = self._slot("momentum", variable)
        velocity.assign(velocity * self.momentum - down)
        variable.assign_add(velocity * self.momentum - down if self.nesterov else velocity)


class Adam(Optimizer):
    """Steps along the mean gradient, divided by the root of the mean square, both corrected for their start
    at 0.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: Optional[str] = None,
    ) -> None:
        super().__init__(learning_rate, name)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        mean, square = self._slot("m", variable), self._slot("v", variable)
        mean.assign_add((gradient - mean) * (1.0 - self.beta_1))
        square.assign_add((gradient * gradient - square) * (1.0 - self.beta_2))
        t = _op("cast")(step, variable.dtype)
        correction = _op("sqrt")(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        down = self._rate(variable) * correction * mean / (_op("sqrt")(square) + self.epsilon)
        variable.assign_sub(down)
