"""Affine: the kernel, the bias and the activation that Dense and convolutions share."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from .._core import Tensor as _Tensor
from . import activations, regularizers
from ._layer import Layer


class Affine(Layer):
    """A base for activation(product of inputs and kernel + bias).

    `kernel_regularizer` and `bias_regularizer` are functions or names; `losses` has their values.
    """

    def __init__(
        self,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = map(
            regularizers.get, (kernel_regularizer, bias_regularizer)
        )
        self.kernel: Any = None
        self.bias: Any = None

    def add_weights(self, shape: Sequence[int], results: Optional[int] = None) -> None:
        """Makes a kernel of the shape, whose last axis counts the results unless said, and a bias if used."""
        self.kernel = self.add_weight(
            "kernel", shape, initializer=self.kernel_initializer, regularizer=self.kernel_regularizer
        )
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                (results or shape[-1],),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
            )

    def activated(self, product: _Tensor) -> _Tensor:
        """The activation of the product and the bias."""
        return self.activation(product if self.bias is None else product + self.bias)
