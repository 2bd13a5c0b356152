"""gradtape.plot: images of matrices, patterns, and graphs as SVG."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import gradtape as gt
from gradtape import _core, _graph_svg, plot

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


# ---- matrix


@pytest.mark.parametrize("make", [gt.constant, np.array, list])
def test_a_matrix_is_centred_on_zero(make):
    ax = plot.matrix(make([[1.0, -3.0], [0.0, 2.0]]), title="J")
    (image,) = ax.images
    assert image.get_clim() == (-3, 3)
    assert np.array_equal(image.get_array(), [[1, -3], [0, 2]])
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("J", "source entry", "target entry")
    assert image.colorbar is not None


def test_a_matrix_goes_where_it_is_told(pyplot):
    _, (left, right) = pyplot.subplots(1, 2)
    assert plot.matrix(np.eye(2), ax=right, xlabel="x", ylabel="y", colorbar=False, limit=5) is right
    assert not left.images and right.images[0].get_clim() == (-5, 5)
    assert len(right.figure.axes) == 2 and right.get_xlabel() == "x"


def test_patches_of_rank_4():
    j = np.arange(1, 2 * 3 * 2 * 2 + 1, dtype=np.float64).reshape(2, 3, 2, 2)
    image = plot.matrix(gt.constant(j)).images[0].get_array()
    assert image.shape == (3 * 3 - 1, 2 * 3 - 1)
    for row in range(3):
        for column in range(2):
            patch = image[3 * row : 3 * row + 2, 3 * column : 3 * column + 2]
            assert np.array_equal(patch, j[:, row, :, column])
    assert image.mask[2].all() and image.mask[:, 2].all() and image.count() == j.size


def test_what_is_not_finite_does_not_count():
    image = plot.matrix([[np.nan, 2.0], [np.inf, -1.0]]).images[0]
    assert image.get_clim() == (-2, 2) and image.get_array().count() == 2
    assert plot.matrix(np.zeros((2, 2))).images[0].get_clim() == (-1, 1)
    assert plot.matrix([[np.nan]]).images[0].get_clim() == (-1, 1)
    assert plot.matrix(gt.constant([[True, False]])).images[0].get_clim() == (-1, 1)


def test_thin_matrices_are_stretched():
    assert plot.matrix(np.ones((201, 1))).get_aspect() == "auto"
    assert plot.matrix(np.ones((20, 10))).get_aspect() == 1


@pytest.mark.parametrize("shape", [(), (3,), (2, 2, 2), (0, 3), (2, 0, 2, 2)])
def test_matrix_refuses(shape):
    with pytest.raises(ValueError, match=re.escape(f"shape {shape}")):
        plot.matrix(np.zeros(shape))


@pytest.mark.parametrize("draw", [plot.matrix, plot.spy])
@pytest.mark.parametrize("wrong", [None, "text", {}, [[None]], [[1j]]])
def test_what_is_no_numbers_is_a_type_error(draw, wrong):
    with pytest.raises(TypeError, match="numbers is wanted"):
        draw(wrong)


# ---- spy


def test_spy_of_dense_and_sparse():
    dense = np.array([[1.0, 0, np.nan], [0, 0, -2]])
    sparse = pytest.importorskip("scipy.sparse")
    entries = ([1.0, np.nan, -2, 0], ([0, 0, 1, 1], [0, 2, 2, 0]))
    stored_zero = sparse.csr_array(entries, shape=(2, 3))
    for pattern in (dense, gt.constant(dense), sparse.csr_matrix(dense), stored_zero):
        ax = plot.spy(pattern)
        assert np.array_equal(ax.images[0].get_array(), dense != 0)
        assert ax.get_title() == "3 of 6 entries are not zero"


def test_spy_of_a_large_matrix():
    sparse = pytest.importorskip("scipy.sparse")
    last = sparse.coo_array(([1.0], ([999_999], [1_999_999])), shape=(1_000_000, 2_000_000))
    ax = plot.spy(last, title="")
    dots = ax.images[0].get_array()
    assert max(dots.shape) <= 256 and dots.sum() == 1 and dots[-1, -1]
    assert ax.get_xlim() == (-0.5, 1_999_999.5) and ax.get_title() == ""


def test_spy_refuses():
    for pattern in (np.zeros(3), np.zeros((0, 2)), 1.0):
        with pytest.raises(ValueError, match="shape"):
            plot.spy(pattern)


# ---- graph


def texts(svg):
    root = ET.fromstring(svg)
    return [text.text for text in root.iter(f"{SVG}text")]


def test_a_graph_is_drawn():
    x = gt.Variable([1.0, 2.0])
    y = gt.sin(x) * x
    svg = plot.graph(gt.reduce_sum(y), names={"x": x, "y <&>": y})
    assert texts(svg)[0::2] == ["x", "sin", "y <&> = multiply", "reduce_sum"]
    assert texts(svg)[1::2] == ["float32[2]", "float32[2]", "float32[2]", "float32[]"]
    root = ET.fromstring(svg)
    assert len([p for p in root.iter(f"{SVG}path") if "marker-end" in p.attrib]) == 4
    assert any("axis=[0]" in title.text for title in root.iter(f"{SVG}title"))
    assert svg._repr_svg_() == svg and isinstance(svg, str)


def test_a_graph_is_the_same_each_time(tmp_path):
    def draw(file=None):
        x = gt.constant([[1.0, 2.0], [3.0, 4.0]])
        return plot.graph([gt.matmul(x, x), gt.exp(x)], file)

    svg = draw(tmp_path / "g.svg")
    assert (tmp_path / "g.svg").read_text(encoding="utf-8") == svg == draw(str(tmp_path / "h.svg"))


def test_graphs_of_derivatives_and_of_several_outputs():
    x = gt.Variable([2.0, 1.0, 3.0])
    with gt.GradientTape() as tape:
        values, _ = _core.op("top_k")(x, 2)
        loss = gt.reduce_sum(values**2)
    lines = texts(plot.graph({"loss": loss, "gradient": [tape.gradient(loss, x)]}))
    assert "float32[2], int32[2]" in lines and "scatter_add" in lines


def test_strange_names_and_attributes_are_understood():
    boxes = _graph_svg._parse(
        "%1 = constant(): float32[]\n"
        "%2 = my (own) op: {f}(%1, %1) {note=a) {b}: c\n%1 d, n=[2]}: float32[2, 3], int64[] pending\n"
        "%3 = send(%2.1): \n",
        {1: "x"},
    )
    assert [box.lines for box in boxes.values()] == [
        ("x", "float32[]"),
        ("my (own) op: {f}", "float32[2, 3], int64[]"),
        ("send", ""),
    ]
    assert [box.inputs for box in boxes.values()] == [[], [1, 1], [2]]

    @gt.custom_gradient
    def clipped(x):
        return x * 2.0, lambda dy: dy

    assert ET.fromstring(plot.graph(clipped(gt.constant(1.0))))


def boxes_of(text):
    boxes = _graph_svg._parse(text, {})
    _graph_svg._layer_boxes(boxes)
    layers = _graph_svg._layers(boxes)
    _graph_svg._order(layers)
    _graph_svg._position(layers)
    return boxes, layers


def test_nothing_overlaps_and_inputs_are_above():
    random = np.random.default_rng(1)
    lines = ["%0 = constant(): float32[2]"]
    for i in range(1, 120):
        inputs = ", ".join(f"%{n}" for n in random.integers(max(0, i - 30), i, random.integers(0, 4)))
        lines.append(f"%{i} = op{i}({inputs}): float32[{i}]")
    boxes, layers = boxes_of("\n".join(lines) + "\n")
    for box in boxes.values():
        assert all(boxes[i].layer < box.layer for i in box.inputs) and box.layer >= 0
    for layer in layers:
        for a, b in zip(layer, layer[1:]):
            assert b.x - a.x >= (a.width + b.width) / 2 + 0.99 * _graph_svg._GAP


def test_a_graph_inside_a_function():
    drawn = []

    @gt.function
    def f(x):
        y = gt.sin(x) * x
        drawn.append(plot.graph(y, names={"x": x}))
        return y

    f(gt.constant([1.0, 2.0]))
    assert texts(drawn[0])[0::2] == ["x", "sin", "multiply"]


def test_graph_refuses():
    for wrong in (1, [None], "text"):
        with pytest.raises(TypeError, match="is not a tensor, and has no graph"):
            plot.graph(wrong)
    with pytest.raises(ValueError, match="no tensors"):
        plot.graph([])
    x = gt.constant(1.0)
    for _ in range(30):
        x = gt.sin(x)
    with pytest.raises(ValueError, match="31 nodes"):
        plot.graph(x, max_nodes=30)
    assert len(texts(plot.graph(x, max_nodes=31))) == 62


# ---- matplotlib


def test_matplotlib_is_imported_late_and_its_lack_is_explained():
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import gradtape as gt\n"
        "assert gt.plot.graph(gt.constant(1.0))\n"
        "for draw in (gt.plot.matrix, gt.plot.spy):\n"
        "    try: draw([[1.0]])\n"
        "    except ImportError as error: assert 'pip install gradtape[plot]' in str(error)\n"
        "    else: raise SystemExit('no error')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
