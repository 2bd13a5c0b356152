"""`gradtape.dtypes`: the types of a tensor's elements, by TensorFlow's names."""

from __future__ import annotations

from ._core import DType, as_dtype, float32, float64, int32, int64
from ._core import bool_ as bool
from ._names import cast, saturate_cast

__all__ = ["DType", "as_dtype", "bool", "cast", "float32", "float64", "int32", "int64", "saturate_cast"]
