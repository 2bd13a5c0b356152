"""`gradtape.keras`: a small part of Keras – layers, models of them, initializers, activations, optimizers."""

from __future__ import annotations

from . import activations, initializers, layers, optimizers
from .layers import Model, Sequential

__all__ = ["Model", "Sequential", "activations", "initializers", "layers", "optimizers"]
