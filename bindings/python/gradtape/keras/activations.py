"""Activations, by the names that layers take."""

from __future__ import annotations

from typing import Any, Callable, Union

from .. import _core, nn

elu = nn.elu
gelu = nn.gelu
leaky_relu = nn.leaky_relu
linear = _core.op("identity")
log_softmax = nn.log_softmax
relu = nn.relu
relu6 = nn.relu6
selu = nn.selu
sigmoid = nn.sigmoid
silu = nn.silu
softmax = nn.softmax
softplus = nn.softplus
softsign = nn.softsign
swish = nn.swish
tanh = nn.tanh

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
