"""Layer, the base of all layers: variables made on the first call, names, and the training flag."""

from __future__ import annotations

import functools
import inspect
import re
import threading
from typing import Any, Callable, Optional, Sequence, Union

import numpy as np

from .. import _core, _nest
from .._variable import Module, Variable
from . import initializers, regularizers

_named: dict[str, int] = {}


class _Training(threading.local):
    """The flag of the model that is being called; layers in it that are not told otherwise follow."""

    flag: Optional[bool] = None


_training = _Training()


def _unique_name(class_name: str) -> str:
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", class_name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    n = _named.get(name, 0)
    _named[name] = n + 1
    return name if n == 0 else f"{name}_{n}"


class Input:
    """The shape of inputs without the batch axis: a Sequential that begins with it builds at once."""

    def __init__(
        self,
        shape: Union[None, int, Sequence[int]] = None,
        batch_size: Optional[int] = None,
        dtype: Any = None,
        name: Optional[str] = None,
        *,
        input_shape: Union[None, int, Sequence[int]] = None,
    ) -> None:
        given = shape if shape is not None else input_shape
        if given is None:
            raise ValueError("Input: a shape is needed, that of inputs without the batch axis")
        self.shape, self.dtype, self.name = _sizes(given), dtype, name


def _sizes(shape: Union[int, Sequence[int]]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


class Layer(Module):
    """A base for layers: `build(input_shape)` makes the variables on the first call, `call(inputs)` computes.

    Inputs are cast to the layer's dtype, float32 unless said. `training=` reaches a `call` that has the
    parameter.
    """

    _takes_training = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._takes_training = "training" in inspect.signature(cls.call).parameters
        if "build" in vars(cls):
            cls.build = _marking(cls.build)  # type: ignore[method-assign]

    def __init__(
        self,
        trainable: bool = True,
        name: Optional[str] = None,
        dtype: Any = None,
        input_shape: Union[None, int, Sequence[int]] = None,
        input_dim: Optional[int] = None,
    ) -> None:
        """A Sequential that begins with a layer of an `input_shape`, without the batch axis, builds at once.

        `input_dim` is a shape of one axis.
        """
        super().__init__(name or _unique_name(type(self).__name__))
        given = input_dim if input_shape is None else input_shape
        self._input_shape = None if given is None else _sizes(given)
        self._output_shape: Any = None  # of the last call
        self.dtype = _core.as_dtype(dtype or _core.float32)
        self.built = False
        self._trainable = trainable
        self._weights: list[
            tuple[_core.Variable, bool]
        ] = []  # with whether each is trainable where the layer is
        self._penalties: list[Callable[[], Any]] = []

    def add_weight(
        self,
        name: str = "weight",
        shape: Sequence[int] = (),
        dtype: Any = None,
        initializer: Any = "glorot_uniform",
        trainable: bool = True,
        regularizer: Any = None,
    ) -> Variable:
        """A variable of the layer's: of its name and, unless said, its dtype. The value of its regularizer is
        among the `losses`.
        """
        value = initializers.get(initializer)(tuple(shape), _core.as_dtype(dtype or self.dtype))
        variable = Variable(value, trainable and self._trainable, name=f"{self.name}/{name}")
        self._weights.append((variable, trainable))
        penalty = regularizers.get(regularizer)
        if penalty is not None:
            self.add_loss(lambda: penalty(variable))
        return variable

    def add_loss(self, loss: Callable[[], Any]) -> None:
        """Puts a function without arguments among those that `losses` calls."""
        self._penalties.append(loss)

    @property
    def losses(self) -> list[Any]:
        """The penalties of this layer's variables and of those of the layers in it, computed now: a tape sees
        it.
        """
        layers = [self, *(m for m in self.submodules if isinstance(m, Layer))]
        return [penalty() for layer in layers for penalty in layer._penalties]

    def build(self, input_shape: Any) -> None:
        """Makes the variables for inputs of this shape; layers without variables leave it out."""
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The layer's result."""
        raise NotImplementedError(f"{type(self).__name__} defines no call(inputs)")

    def __call__(self, inputs: Any, *args: Any, training: Optional[bool] = None, **kwargs: Any) -> Any:
        inputs = _nest.map_leaves(self._input, _core.tensor(inputs) if _is_numbers(inputs) else inputs)
        if not self.built:
            self.build(_shapes(inputs))
        around = _training.flag
        training = around if training is None else bool(training)
        if self._takes_training:
            kwargs["training"] = training
        _training.flag = training
        try:
            result = self.call(inputs, *args, **kwargs)
        finally:
            _training.flag = around
        self._output_shape = getattr(result, "shape", None)
        return result

    def _input(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Input):
            raise TypeError(
                f"{self.name}: models of calls on an Input are not done; use Sequential, or a class of Model"
            )
        tensor = value if isinstance(value, _core.Tensor) else _core.tensor(value)
        return _core.op("cast")(tensor, self.dtype) if self._casts(tensor) else tensor

    def _casts(self, tensor: _core.Tensor) -> bool:
        return tensor.dtype.is_floating and tensor.dtype != self.dtype

    def _attribute_names(self) -> list[str]:
        return list(vars(self))

    @property
    def trainable(self) -> bool:
        """Whether the variables are trained; set, it holds for the layers in this one too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in [self, *(m for m in self.submodules if isinstance(m, Layer))]:
            layer._trainable = bool(value)
            for variable, trainable in layer._weights:
                variable.trainable = bool(value) and trainable

    @property
    def variables(self) -> list[_core.Variable]:
        """All variables, each once: the layer's own, then those of the layers in it."""
        return list(super().variables)

    @property
    def trainable_variables(self) -> list[_core.Variable]:
        """The variables that are trained."""
        return list(super().trainable_variables)

    @property
    def non_trainable_variables(self) -> list[_core.Variable]:
        """The variables that are not trained, such as moving means."""
        return list(super().non_trainable_variables)

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    def get_weights(self) -> list[np.ndarray]:
        """The values of all variables."""
        return [np.array(v.numpy()) for v in self.variables]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assigns values to all variables, in their order."""
        variables = self.variables
        if len(weights) != len(variables):
            raise ValueError(f"{self.name}: {len(weights)} values for {len(variables)} variables")
        for variable, value in zip(variables, weights):
            variable.assign(value)

    def count_params(self) -> int:
        """How many numbers the variables hold."""
        return sum(v.size for v in self.variables)


def _marking(build: Callable[..., None]) -> Callable[..., None]:
    """The build of a layer, which then counts as built, whoever calls it."""

    @functools.wraps(build)
    def marking(self: Layer, input_shape: Any) -> None:
        build(self, input_shape)
        self.built = True

    return marking


def _is_numbers(inputs: Any) -> bool:
    """Whether nested lists are the entries of one tensor, and not several tensors."""
    if not isinstance(inputs, (list, tuple)):
        return False
    leaves = _nest.flatten(inputs)
    return bool(leaves) and all(isinstance(n, (bool, int, float)) for n in leaves)


def _shapes(inputs: Any) -> Union[tuple[int, ...], Any]:
    return _nest.map_leaves(lambda leaf: None if leaf is None else leaf.shape, inputs)
