"""`gradtape.keras`: a small part of Keras – layers, models of them, losses, metrics, optimizers."""

from __future__ import annotations

from . import activations, initializers, layers, losses, metrics, optimizers, regularizers, utils
from .layers import Input, Model, Sequential

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
    "utils",
]
