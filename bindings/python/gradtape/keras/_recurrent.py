"""Layers for sequences [batch, time, features], which carry states from one step to the next."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from .. import _core
from .._core import Tensor as _Tensor
from . import activations
from ._layer import Layer

_op = _core.op


class _Recurrent(Layer):
    """A base: a step makes the next states of an input and the states; the first of them is the output."""

    _gates: int
    _states: int

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = int(units)
        if self.units < 1:
            raise ValueError(f"{type(self).__name__}: units must be above 0, got {units}")
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.recurrent_initializer = recurrent_initializer
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards = go_backwards
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None

    def build(self, input_shape: Sequence[int]) -> None:
        if len(input_shape) != 3:
            raise ValueError(
                f"{self.name}: inputs are [batch, time, features], got shape {tuple(input_shape)}"
            )
        width = self._gates * self.units
        self.kernel = self.add_weight("kernel", (input_shape[-1], width), initializer=self.kernel_initializer)
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel", (self.units, width), initializer=self.recurrent_initializer
        )
        if self.use_bias:
            self.bias = self._made_bias(width)

    def _made_bias(self, width: int) -> _core.Variable:
        return self.add_weight("bias", (width,), initializer=self.bias_initializer)

    def _affine(self, inputs: _Tensor) -> _Tensor:
        """The affine function of the inputs of all steps, without the states."""
        product = _op("matmul")(inputs, self.kernel)
        return product if self.bias is None else product + self.bias

    def _step(self, x: _Tensor, states: list[_Tensor]) -> list[_Tensor]:
        raise NotImplementedError(f"{type(self).__name__} defines no step")

    def call(self, inputs: _Tensor, initial_state: Any = None) -> Any:
        states = self._first(inputs, initial_state)
        steps = list(_op("unstack")(self._affine(inputs), 1))
        outputs = []
        for x in steps[::-1] if self.go_backwards else steps:
            states = self._step(x, states)
            outputs.append(states[0])
        result = _op("stack")(outputs, 1) if self.return_sequences else states[0]
        return [result, *states] if self.return_state else result

    def _first(self, inputs: _Tensor, initial_state: Any) -> list[_Tensor]:
        if initial_state is None:
            return [_op("fill")(_core.tensor(0, inputs.dtype), [inputs.shape[0], self.units])] * self._states
        given = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        if len(given) != self._states:
            raise ValueError(f"{self.name}: {len(given)} initial states, wanted {self._states}")
        return [_core.tensor(state, inputs.dtype) for state in given]


class SimpleRNN(_Recurrent):
    """h = activation(x @ kernel + bias + h @ recurrent_kernel)."""

    _gates, _states = 1, 1

    def _step(self, x: _Tensor, states: list[_Tensor]) -> list[_Tensor]:
        return [self.activation(x + _op("matmul")(states[0], self.recurrent_kernel))]


class _Gated(_Recurrent):
    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", **options: Any
    ) -> None:
        super().__init__(units, activation, **options)
        self.recurrent_activation = activations.get(recurrent_activation)


class LSTM(_Gated):
    """c = forget * c + input * activation(candidate), h = output * activation(c); its states are h and c."""

    _gates, _states = 4, 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        unit_forget_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(units, activation, recurrent_activation, **options)
        self.unit_forget_bias = unit_forget_bias

    def _made_bias(self, width: int) -> _core.Variable:
        bias = super()._made_bias(width)
        if self.unit_forget_bias:
            ones = _op("fill")(_core.tensor(1, bias.dtype), [self.units])
            forgetting = [[self.units + n] for n in range(self.units)]
            bias.assign(_op("tensor_scatter_update")(bias, forgetting, ones))
        return bias

    def _step(self, x: _Tensor, states: list[_Tensor]) -> list[_Tensor]:
        h, c = states
        gates = _op("split")(x + _op("matmul")(h, self.recurrent_kernel), 4, -1)
        entering, forgetting, leaving = (self.recurrent_activation(gates[n]) for n in (0, 1, 3))
        c = forgetting * c + entering * self.activation(gates[2])
        return [leaving * self.activation(c), c]


class GRU(_Gated):
    """h = update * h + (1 - update) * activation(candidate), in which h counts as far as `reset` lets it.

    The bias is [2, 3 units]: one for the inputs, one for the states.
    """

    _gates, _states = 3, 1

    def _made_bias(self, width: int) -> _core.Variable:
        return self.add_weight("bias", (2, width), initializer=self.bias_initializer)

    def _affine(self, inputs: _Tensor) -> _Tensor:
        product = _op("matmul")(inputs, self.kernel)
        return product if self.bias is None else product + self.bias[0]

    def _step(self, x: _Tensor, states: list[_Tensor]) -> list[_Tensor]:
        (h,) = states
        inner = _op("matmul")(h, self.recurrent_kernel)
        inner = inner if self.bias is None else inner + self.bias[1]
        (xz, xr, xh), (hz, hr, hh) = _op("split")(x, 3, -1), _op("split")(inner, 3, -1)
        update, reset = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
        return [update * h + (1.0 - update) * self.activation(xh + reset * hh)]
