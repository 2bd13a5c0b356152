"""How tensors are shown: `repr`, `print`, formats and tables in notebooks; long ones are shortened as NumPy
does.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any, Optional

import numpy as np

from . import _core
from .errors import FailedPreconditionError

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


def print(
    *inputs: Any,
    output_stream: Any = None,
    summarize: int = 3,
    sep: str = " ",
    end: str = "\n",
    name: Optional[str] = None,
) -> None:
    """Prints values of tensors as TensorFlow does, to the standard error output unless another is given.

    A long axis shows `summarize` entries at each end, and all for -1. `output_stream` is `sys.stdout`,
    `sys.stderr`, another file, or "file://PATH", to which lines are added. In the body of a `function` it
    runs while that is recorded, when tensors have no values yet.
    """
    text = sep.join(_printed(value, summarize) for value in inputs)
    if isinstance(output_stream, str) and output_stream.startswith("file://"):
        with open(output_stream[len("file://") :], "a", encoding="utf-8") as file:
            builtins.print(text, end=end, file=file)
    else:
        stream: Any = sys.stderr if output_stream is None else output_stream
        builtins.print(text, end=end, file=stream)


def _printed(value: Any, summarize: int) -> str:
    """A tensor as `[1 2.5 3]`, lists, tuples and dicts of tensors by entry, other objects as they print."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_printed(v, summarize)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        ends = "[]" if isinstance(value, list) else "()"
        return ends[0] + ", ".join(_printed(entry, summarize) for entry in value) + ends[1]
    if not isinstance(value, _core.Tensor):
        return str(value)
    array = _value_of(value)
    if array is None:
        return tensor_str(value)
    return np.array2string(
        array,
        threshold=sys.maxsize if summarize < 0 else 0,
        edgeitems=max(summarize, 0),
        formatter={"all": _shortest},
    )


def _shortest(number: Any) -> str:
    text = str(number)
    return str(int(number)) if number.dtype.kind == "b" else text[:-2] if text.endswith(".0") else text


def tensor_html(x: _core.Tensor) -> str:
    """A table of the values up to rank 2, shortened in the middle; for other tensors, their text."""
    import html

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
        return _reason(x)
    if not value.ndim:
        return str(value.item())
    return np.array2string(value, separator=separator, prefix=prefix)


def _value_of(x: _core.Tensor) -> Optional[np.ndarray]:
    """The values, or None where there are none: of a placeholder, or where evaluation fails."""
    try:
        return np.asarray(x.numpy())
    except Exception:  # a display never raises, whatever the evaluation meets
        return None


def _reason(x: _core.Tensor) -> str:
    """Why there is no value: the tensor stands for one in a function's body, or else the error's message."""
    try:
        x.numpy()
    except FailedPreconditionError:
        return f"<no value yet: {_description(x)}>"
    except Exception as error:  # as above
        return f"<no value: {error}>"
    return "<no value>"


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
    import html

    if i is None:
        return "<th>&#8942;</th>" + "<td>&#8942;</td>" * len(columns)
    cells = "".join(
        "<td>&hellip;</td>" if j is None else f"<td>{html.escape(next(text))}</td>" for j in columns
    )
    return f"<th>{i}</th>{cells}"
