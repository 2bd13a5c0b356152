"""Activations, by the names that layers take."""

from __future__ import annotations

from typing import Any, Callable, Union

from .. import _core

elu = _core.op("elu")
gelu = _core.op("gelu")
leaky_relu = _core.op("leaky_relu")
linear = _core.op("identity")
log_softmax = _core.op("log_softmax")
relu = _core.op("relu")
relu6 = _core.op("relu6")
selu = _core.op("selu")
sigmoid = _core.op("sigmoid")
silu = _core.op("silu")
softmax = _core.op("softmax")
softplus = _core.op("softplus")
softsign = _core.op("softsign")
swish = _core.op("silu")
tanh = _core.op("tanh")

_BY_NAME = {name: value for name, value in globals().items() if isinstance(value, _core.Op)}


def get(identifier: Union[None, str, Callable[..., Any]]) -> Callable[..., Any]:
    """The activation of a name, a function as it is, and for None the identity. ValueError: no such name."""
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if identifier not in _BY_NAME:
        raise ValueError(f"activation {identifier!r} is not known; known are {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[identifier]
