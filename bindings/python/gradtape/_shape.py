"""TensorShape: the sizes of a tensor's axes, a tuple with TensorFlow's methods."""

from __future__ import annotations

import math
from typing import Any, Optional


class TensorShape(tuple):
    """A tuple of sizes, which are all known but in the shape of a TensorSpec."""

    __slots__ = ()

    @property
    def rank(self) -> int:
        """How many axes there are."""
        return len(self)

    @property
    def ndims(self) -> int:
        """How many axes there are."""
        return len(self)

    def as_list(self) -> list[Optional[int]]:
        """The sizes as a list."""
        return list(self)

    def num_elements(self) -> Optional[int]:
        """The product of the sizes; None where one is."""
        return math.prod(self) if self.is_fully_defined() else None

    def is_fully_defined(self) -> bool:
        """Whether no size is None."""
        return None not in self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether the sizes are the same, where both are known."""
        return len(self) == len(other) and all(a == b or a is None or b is None for a, b in zip(self, other))

