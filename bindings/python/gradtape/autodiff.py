"""`gradtape.autodiff`: forward mode by TensorFlow's name."""

from __future__ import annotations

from ._tape import ForwardAccumulator

__all__ = ["ForwardAccumulator"]
