"""Hands the extension the parts of Python that it needs: NumPy and the exceptions.

`_convert` and `_reading` add theirs.
"""

from __future__ import annotations

import numpy

from . import _core, errors
from ._shape import TensorShape

_core._set_hooks(numpy=numpy, errors=errors._BY_NAME, shape=TensorShape)
