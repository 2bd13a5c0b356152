"""Pictures: a Jacobian as an image, the pattern of a matrix, and the graph that was recorded.

`matrix` and `spy` need matplotlib (`pip install gradtape[plot]`); `graph` needs nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

import numpy as np

from . import _core, _graph_svg, _nest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DOTS = 256  # the most rows and columns that spy draws one by one: more would not be seen
_THIN = 8  # images whose sides differ by more than this factor are stretched
_BETWEEN = "0.85"  # the grey between patches, and of entries that are not finite


def matrix(
    jacobian: Any,
    *,
    ax: Optional[Axes] = None,
    title: Optional[str] = None,
    xlabel: Optional[str] = None,
    ylabel: Optional[str] = None,
    cmap: str = "RdBu_r",
    limit: Optional[float] = None,
    colorbar: bool = True,
) -> Axes:
    """Draws a matrix as an image: white is 0, and equal amounts above and below have equal strength.

    A tensor or array of rank 2 is drawn as it is. A tensor of rank 4, [a, b, c, d], is an image of b * d patches
    with gaps. Patch (i, j) is the matrix [:, i, :, j]. The patches of a Jacobian [batch, y, batch, x] are
    diagonal if samples do not depend on each other. `limit` is the value of full strength; without it that is the
    largest finite one. Entries that are nan or infinite are grey. `ax` takes the drawing; without it a new figure
    does.

    Returns the axes. TypeError: not numbers. ValueError: another rank, or no entries. ImportError: no
    matplotlib.
    """
    values = _values(jacobian, "matrix", (2, 4))
    finite = np.abs(values[np.isfinite(values)])
    if limit is None:
        limit = float(finite.max(initial=0.0)) or 1.0
    ax = _axes(ax)
    if values.ndim == 2:
        image, extent, labels = values, None, ("source entry", "target entry")
    else:
        image, extent, labels = _patches(values)
    drawn = _image(ax, np.ma.masked_invalid(image), extent, cmap=cmap, vmin=-limit, vmax=limit)
    _label(ax, title, labels[0] if xlabel is None else xlabel, labels[1] if ylabel is None else ylabel)
    if colorbar:
        ax.figure.colorbar(drawn, ax=ax, shrink=0.9)
    return ax


def spy(
    pattern: Any,
    *,
    ax: Optional[Axes] = None,
    title: Optional[str] = None,
    xlabel: str = "column",
    ylabel: str = "row",
    color: str = "#1f4e8c",
) -> Axes:
    """Draws the entries of a matrix that are not zero: a tensor, an array, or a sparse matrix of SciPy's, which stays
    sparse.

    In a large matrix one dot stands for several rows and columns, and is set if any of their entries is
    not zero. The title, unless given, counts the entries that are not zero.

    Returns the axes. TypeError: not numbers. ValueError: not of rank 2, or no entries. ImportError: no
    matplotlib.
    """
    rows, columns, shape = _nonzero(pattern)
    steps = [-(-n // _DOTS) for n in shape]
    dots = np.zeros([-(-n // step) for n, step in zip(shape, steps)], bool)
    dots[rows // steps[0], columns // steps[1]] = True
    ax = _axes(ax)
    extent = (-0.5, dots.shape[1] * steps[1] - 0.5, dots.shape[0] * steps[0] - 0.5, -0.5)
    _image(ax, dots, extent, cmap=_matplotlib().colors.ListedColormap(["white", color]), vmin=0, vmax=1)
    ax.set_xlim(-0.5, shape[1] - 0.5)
    ax.set_ylim(shape[0] - 0.5, -0.5)
    if title is None:
        title = f"{len(rows):,} of {shape[0] * shape[1]:,} entries are not zero"
    _label(ax, title, xlabel, ylabel)
    return ax


class Svg(str):
    """The text of an SVG picture; notebooks show the picture."""

    def _repr_svg_(self) -> str:
        return str(self)


def graph(
    tensor: Any,
    file: Union[None, str, os.PathLike[str]] = None,
    *,
    names: Optional[Mapping[str, _core.Tensor]] = None,
    max_nodes: int = 500,
) -> Svg:
    """The recorded graph behind a tensor, or several in a nested structure, as SVG; `file` gets it too.

    Each node is a box with its op, dtype and shape, below its inputs, whose edges arrive in their order;
    attributes are its tool tip. Nodes without inputs are tinted, and the tensors asked for have a red frame.
    `names` label tensors: `graph(loss, names={"x": x, "w": w})`. Ops whose tapes have ended
    are cut off: draw while a tape records, or before the value is read.

    ValueError: no tensors, or more nodes than `max_nodes`. TypeError: not a tensor.
    """
    tensors = _nest.flatten(tensor)
    for leaf in tensors:
        if not isinstance(leaf, _core.Tensor):
            raise TypeError(f"graph: {leaf!r:.60} is not a tensor, and has no graph")
    if not tensors:
        raise ValueError("graph: no tensors were given")
    text = _core.graph_describe(tensors, False)
    n = text.count("\n%") + 1
    if n > max_nodes:
        raise ValueError(
            f"graph: {n} nodes are more than a picture shows; max_nodes={n} draws them all the same"
        )
    labels = {_id(x): name for name, x in (names or {}).items()}
    svg = Svg(_graph_svg.draw(text, [_id(x) for x in tensors], labels))
    if file is not None:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(svg)
    return svg


def _id(x: _core.Tensor) -> int:
    return _graph_svg.last_id(_core.graph_describe([x], False))


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.colors
        import matplotlib.ticker
    except ImportError as error:
        raise ImportError(
            "gradtape.plot draws with matplotlib, which is missing: pip install gradtape[plot]"
        ) from error
    return matplotlib


def _axes(ax: Optional[Axes]) -> Axes:
    _matplotlib()
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(layout="compressed")[1]


def _values(x: Any, name: str, ranks: tuple[int, ...]) -> np.ndarray:
    """The values as floats; TypeError for other values than numbers, ValueError for other ranks, and for no entries."""
    values = np.asarray(x.numpy() if isinstance(x, _core.Tensor) else x)
    if values.dtype.kind not in "biuf":
        raise TypeError(f"{name}: a tensor or an array of numbers is wanted, got {x!r:.60}")
    if values.ndim not in ranks:
        wanted = " or ".join(map(str, ranks))
        raise ValueError(
            f"{name}: a tensor of rank {wanted} is wanted, got shape {values.shape}; reshape or index it"
        )
    if not values.size:
        raise ValueError(f"{name}: shape {values.shape} has no entries to draw")
    return values.astype(float)


def _image(ax: Axes, image: np.ndarray, extent: Optional[tuple[float, ...]], **range_: Any) -> Any:
    """Draws an image whose ticks are whole numbers; None is the extent that counts its rows and columns."""
    left, right, bottom, top = extent or (-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5)
    width, height = right - left, bottom - top
    ax.set_facecolor(_BETWEEN)  # seen where there is no value
    drawn = ax.imshow(image, interpolation="nearest", extent=(left, right, bottom, top), **range_)
    ax.set_aspect("equal" if max(width, height) <= _THIN * min(width, height) else "auto")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(_matplotlib().ticker.MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    return drawn


def _patches(values: np.ndarray) -> tuple[np.ndarray, tuple[float, ...], tuple[str, str]]:
    """[a, b, c, d] as one image of b * d patches [a, c] with a line of nan around each; the axes count patches."""
    a, b, c, d = values.shape
    image = np.full((b, a + 1, d, c + 1), np.nan)
    image[:, :a, :, :c] = values.transpose(1, 0, 3, 2)
    whole = image.reshape(b * (a + 1), d * (c + 1))[:-1, :-1]
    # Patch i reaches from i - 0.5 to i + 0.5 less its gap, which is moved so that its middle is at i.
    gap_y, gap_x = 0.5 / (a + 1), 0.5 / (c + 1)
    extent = (-0.5 + gap_x, d - 0.5 - gap_x, b - 0.5 - gap_y, -0.5 + gap_y)
    return whole, extent, ("j, in each patch source[:, j]", "i, in each patch target[:, i]")


def _nonzero(pattern: Any) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Rows and columns of the entries that are not zero, and the shape."""
    if hasattr(pattern, "tocoo"):
        sparse = pattern.tocoo()
        if len(sparse.shape) != 2 or 0 in sparse.shape:
            raise ValueError(f"spy: a matrix with entries is wanted, got shape {sparse.shape}")
        places = np.unique(np.stack([sparse.row, sparse.col])[:, sparse.data != 0], axis=1)
        return places[0], places[1], sparse.shape
    dense = _values(pattern, "spy", (2,))
    rows, columns = np.nonzero(dense)
    return rows, columns, (dense.shape[0], dense.shape[1])


def _label(ax: Axes, title: Optional[str], xlabel: str, ylabel: str) -> None:
    if title is not None:
        ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
