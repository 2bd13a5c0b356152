"""Helpers of training: seeds, and classes as vectors."""

from __future__ import annotations

import random as _random
from typing import Any, Optional

import numpy as np

from .. import random


def set_random_seed(seed: int) -> None:
    """Seeds Python's random numbers, NumPy's and gradtape's."""
    _random.seed(seed)
    np.random.seed(seed)
    random.set_seed(seed)


def to_categorical(x: Any, num_classes: Optional[int] = None) -> np.ndarray:
    """An array with a new last axis, which is 1 at the class of each entry and 0 elsewhere."""
    classes = np.asarray(getattr(x, "numpy", lambda: x)()).astype(np.int64)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    return np.eye(num_classes or int(classes.max(initial=-1)) + 1)[classes]
