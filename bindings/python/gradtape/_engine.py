"""The extension, told of what it takes from Python: NumPy, the exceptions, the conversion of lists."""

from __future__ import annotations

import numpy

from . import _core, errors


def _from_list(value, dtype):
    from ._convert import from_list

    return from_list(value, dtype)


_core._set_hooks(numpy=numpy, errors=errors._BY_NAME, from_list=_from_list)
