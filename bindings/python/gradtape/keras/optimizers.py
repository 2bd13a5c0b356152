"""Optimizers: `apply_gradients(zip(gradients, variables))` takes a step."""

from __future__ import annotations

import warnings
from typing import Any, Callable, Iterable, Optional, Sequence

from .. import _core
from .._names import clip_by_global_norm
from .._tape import GradientTape
from .._variable import Variable
from . import schedules

_op = _core.op


class Optimizer:
    """A base: steps down along gradients. `learning_rate` is a number, a variable, a function that gives one,
    or a schedule.

    Gradients are clipped first, each to a norm (`clipnorm`), all to one norm (`global_clipnorm`), or each
    entry (`clipvalue`). With `weight_decay` variables shrink by learning_rate * weight_decay * themselves
    before each step.
    """

    def __init__(
        self,
        learning_rate: Any,
        name: Optional[str] = None,
        *,
        weight_decay: Optional[float] = None,
        clipnorm: Optional[float] = None,
        clipvalue: Optional[float] = None,
        global_clipnorm: Optional[float] = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.weight_decay, self.clipnorm, self.clipvalue = weight_decay, clipnorm, clipvalue
        self.global_clipnorm = global_clipnorm
        self.name = name or type(self).__name__
        self.iterations = Variable(0, trainable=False, dtype=_core.int64, name="iterations")
        self._slots: dict[tuple[str, int], _core.Variable] = {}
        self._seen: list[_core.Variable] = []  # keeps the variables of the slots

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
        found = [(_core.tensor(g, v.dtype), v) for g, v in pairs if g is not None]
        for gradient, (_, variable) in zip(self._clipped([g for g, _ in found]), found):
            if self.weight_decay:
                variable.assign_sub(variable * (self._rate(variable) * self.weight_decay))
            self._update(gradient, variable, step)
        self.iterations.assign(step)
        return self.iterations

    def _clipped(self, gradients: list[_core.Tensor]) -> list[_core.Tensor]:
        if self.clipnorm:
            return [_op("clip_by_norm")(g, self.clipnorm) for g in gradients]
        if self.global_clipnorm:
            return clip_by_global_norm(gradients, self.global_clipnorm)[0]
        if self.clipvalue:
            return [_op("clip_by_value")(g, -self.clipvalue, self.clipvalue) for g in gradients]
        return gradients

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[_core.Variable]) -> _core.Variable:
        """`apply_gradients` of two sequences."""
        return self.apply_gradients(zip(grads, trainable_variables))

    def minimize(self, loss: Callable[[], Any], var_list: Sequence[_core.Variable]) -> _core.Variable:
        """Takes one step down the loss, a function without arguments."""
        with GradientTape() as tape:
            value = loss()
        return self.apply_gradients(zip(tape.gradient(value, list(var_list)), var_list))

    def _rate(self, variable: _core.Variable) -> _core.Tensor:
        rate: Any = self.learning_rate
        if isinstance(rate, schedules.LearningRateSchedule):
            rate = rate(self.iterations)
        elif callable(rate):
            rate = rate()
        return _core.tensor(rate, variable.dtype)

    def _slot(self, name: str, variable: _core.Variable, initial: float = 0.0) -> _core.Variable:
        """A variable of the optimizer's that goes with one of the model's."""
        key = name, id(variable)
        if key not in self._slots:
            value = _op("zeros_like")(variable) + initial
            self._slots[key] = Variable(value, trainable=False, name=f"{self.name}/{name}/{variable.name}")
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
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
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
    """Steps along the mean gradient, divided by the root of the mean square; both are corrected for their start
    at 0. With `amsgrad` the largest mean square so far takes the place of the mean square.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: Optional[str] = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        mean, square = self._slot("m", variable), self._slot("v", variable)
        mean.assign_add((gradient - mean) * (1.0 - self.beta_1))
        square.assign_add((gradient * gradient - square) * (1.0 - self.beta_2))
        if self.amsgrad:
            largest = self._slot("vhat", variable)
            square = largest.assign(_op("maximum")(largest, square))
        t = _op("cast")(step, variable.dtype)
        correction = _op("sqrt")(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        down = self._rate(variable) * correction * mean / (_op("sqrt")(square) + self.epsilon)
        variable.assign_sub(down)


class AdamW(Adam):
    """Adam with a weight decay of 0.004, unless another one is given."""

    def __init__(self, learning_rate: Any = 0.001, weight_decay: float = 0.004, **options: Any) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)


class Adamax(Adam):
    """Adam with the largest of the fading |gradients| in place of the root of the mean square."""

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        mean, largest = self._slot("m", variable), self._slot("u", variable)
        mean.assign_add((gradient - mean) * (1.0 - self.beta_1))
        largest.assign(_op("maximum")(self.beta_2 * largest, abs(gradient)))
        t = _op("cast")(step, variable.dtype)
        rate = self._rate(variable) / (1.0 - self.beta_1**t)
        variable.assign_sub(rate * mean / (largest + self.epsilon))


class RMSprop(Optimizer):
    """Steps along the gradient divided by the root of its mean square, `centered` of its variance."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        name: Optional[str] = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        square = self._slot("velocity", variable)
        square.assign_add((gradient * gradient - square) * (1.0 - self.rho))
        spread = square + self.epsilon
        if self.centered:
            mean = self._slot("average_gradient", variable)
            mean.assign_add((gradient - mean) * (1.0 - self.rho))
            spread = spread - mean * mean
        down = self._rate(variable) * gradient * _op("rsqrt")(spread)
        if self.momentum:
            moving = self._slot("momentum", variable)
            down = moving.assign(self.momentum * moving + down)
        variable.assign_sub(down)


class Adagrad(Optimizer):
    """Steps along the gradient divided by the root of the sum of all its squares so far."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        name: Optional[str] = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        total = self._slot("accumulator", variable, self.initial_accumulator_value)
        total.assign_add(gradient * gradient)
        variable.assign_sub(self._rate(variable) * gradient / _op("sqrt")(total + self.epsilon))


class Adadelta(Optimizer):
    """Steps along the gradient times the root of the mean square of the last steps, divided by its own."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        name: Optional[str] = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho, self.epsilon = rho, epsilon

    def _update(self, gradient: _core.Tensor, variable: _core.Variable, step: _core.Tensor) -> None:
        square, moved = self._slot("accumulated_grad", variable), self._slot("accumulated_delta", variable)
        square.assign_add((gradient * gradient - square) * (1.0 - self.rho))
        down = gradient * _op("sqrt")((moved + self.epsilon) / (square + self.epsilon))
        moved.assign_add((down * down - moved) * (1.0 - self.rho))
        variable.assign_sub(self._rate(variable) * down)
