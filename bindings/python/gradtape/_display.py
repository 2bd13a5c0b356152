"""How tensors are shown: `repr`, `print`, formats and tables in notebooks; long ones are shortened as NumPy
does.
"""

from __future__ import annotations

import html
from typing import Any, Optional

import numpy as np

from . import _core

_TABLE_EDGE = 8  # rows and columns shown at each end of a long table


def tensor_repr(x: _core.Tensor) -> str:
    """`Tensor([1., 2.], shape=(2,), dtype=float32)`; of a Variable its name too."""
    prefix = f"{type(x).__name__}("
    return f"{prefix}{_values(x, ', ', prefix)}, {_facts(x)}{_name(x)})"


def tensor_str(x: _core.Tensor) -> str:
    """`gradtape.Tensor([1. 2.], shape=(2,), dtype=float32)`, the form that `print` gives."""
    prefix = f"gradtape.{type(x).__name__}("
    return f"{prefix}{_values(x, ' ', '')}, {_facts(x)}{_name(x)})"


def tensor_format(x: _core.Tensor, spec: str) -> str:
    """The number of a tensor of rank 0 in any format of Python's; other ranks have the empty format alone."""
    if not spec:
        return tensor_str(x)
    if x.ndim:
        raise TypeError(
            f"the format {spec!r} is for rank 0, got a tensor of shape {x.shape}; index it, or use .numpy()"
        )
    return format(x.item(), spec)


def tensor_html(x: _core.Tensor) -> str:
    """A table of the values up to rank 2, shortened in the middle; for other tensors, their text."""
    head = f"<code>{html.escape(f'{type(x).__name__} {_facts(x)}{_name(x)}')}</code>"
    value = _value_of(x)
    if value is None or not 1 <= value.ndim <= 2 or not value.size:
        return f"{head}<pre>{html.escape(_values(x, ' ', ''))}</pre>"
    rows = value.reshape(1, -1) if value.ndim == 1 else value
    shown_rows, shown_columns = (_shown(n) for n in rows.shape)
    cells = rows[
        np.ix_([i for i in shown_rows if i is not None], [j for j in shown_columns if j is not None])
    ]
    text = iter(_formatted(cells))
    body = "".join(f"<tr>{_row(i, shown_columns, text)}</tr>" for i in shown_rows)
    heads = "".join(f"<th>{'&hellip;' if j is None else j}</th>" for j in shown_columns)
    return f"{head}<table><thead><tr><th></th>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _values(x: _core.Tensor, separator: str, prefix: str) -> str:
    value = _value_of(x)
    if value is None:
        return f"<no value yet: {_description(x)}>"
    if not value.ndim:
        return str(value.item())
    return np.array2string(value, separator=separator, prefix=prefix)


def _value_of(x: _core.Tensor) -> Optional[np.ndarray]:
    """The values, or None where there are none: of a placeholder, or where evaluation fails."""
    try:
        return np.asarray(x.numpy())
    except Exception:  # a display never raises, whatever the evaluation meets
        return None


def _description(x: _core.Tensor) -> str:
    try:
        return str(x._describe())
    except Exception:  # as above
        return "it cannot be evaluated"


def _facts(x: _core.Tensor) -> str:
    return f"shape={x.shape}, dtype={_dtype_name(x.dtype)}"


def _dtype_name(dtype: Any) -> str:
    return str(getattr(dtype, "name", dtype))


def _name(x: _core.Tensor) -> str:
    name = x.name if isinstance(x, _core.Variable) else None
    return f", name={name!r}" if name else ""


def _shown(size: int) -> list:
    """The indices to show, None where some are left out."""
    if size <= 2 * _TABLE_EDGE + 1:
        return list(range(size))
    return [*range(_TABLE_EDGE), None, *range(size - _TABLE_EDGE, size)]


def _formatted(cells: np.ndarray) -> list[str]:
    """Each cell in as many digits as NumPy's print would give the whole, row by row."""
    if cells.dtype.kind != "f":
        return [str(value) for value in cells.reshape(-1).tolist()]
    digits = np.get_printoptions()["precision"]
    return [f"{value:.{digits}g}" for value in cells.reshape(-1).tolist()]


def _row(i: Optional[int], columns: list, text: Any) -> str:
    if i is None:
        return "<th>&#8942;</th>" + "<td>&#8942;</td>" * len(columns)
    cells = "".join(
        "<td>&hellip;</td>" if j is None else f"<td>{html.escape(next(text))}</td>" for j in columns
    )
    return f"<th>{i}</th>{cells}"
