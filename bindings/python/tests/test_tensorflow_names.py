"""Names of TensorFlow's that are composed of ops: values by NumPy, and derivatives where they pass."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from support import check_gradient, close

import gradtape as tf
from gradtape.errors import InvalidArgumentError

ROWS = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [3.0, -2.0, 1.0]])
SMALL = np.abs(ROWS) / 4
LABELS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])


def test_folds_and_scans():
    check_gradient(lambda x: tf.scan(lambda a, r: a * r + 1.0, x), ROWS)
    check_gradient(lambda x: tf.foldl(lambda a, r: a * r + 1.0, x, tf.ones(3, tf.float64)), ROWS)
    x = tf.constant(ROWS)
    close(tf.scan(lambda a, r: a + r, x), np.cumsum(ROWS, 0))
    close(tf.scan(lambda a, r: a + r, x, reverse=True), np.cumsum(ROWS[::-1], 0)[::-1])
    close(tf.scan(lambda a, r: a + r, x, initializer=x[0] * 0.0), np.cumsum(ROWS, 0))
    close(tf.foldr(lambda a, r: a - r, x), ROWS[2] - ROWS[1] - ROWS[0])
    close(tf.vectorized_map(lambda r: tf.reduce_sum(r), x), ROWS.sum(1))
    pairs = tf.map_fn(lambda r: {"twice": r["a"] * 2}, {"a": x})
    close(pairs["twice"], 2 * ROWS)
    for function in (tf.scan, tf.foldl, tf.foldr):
        with pytest.raises(ValueError):
            function(lambda a, r: a + r, tf.zeros([0, 2]))


def test_branches():
    assert tf.case([(tf.constant(False), lambda: 1), (True, lambda: 2)], default=lambda: 3) == 2
    assert tf.case([(False, lambda: 1)], default=lambda: 3) == 3
    assert tf.switch_case(tf.constant(1), [lambda: "a", lambda: "b"]) == "b"
    assert tf.switch_case(7, {0: lambda: "a", 4: lambda: "b"}) == "b"
    assert tf.switch_case(7, [(0, lambda: "a")], default=lambda: "c") == "c"
    with pytest.raises(ValueError):
        tf.case([(False, lambda: 1)])


def test_tensor_arrays():
    x = tf.Variable(ROWS)
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float64, size=3)
        for i in tf.range(3):
            array = array.write(i, x[i] ** 2)
        y = tf.reduce_sum(array.stack() * x) + tf.reduce_sum(array.gather([0, 0]))
    expected = 3 * ROWS**2
    expected[0] += 4 * ROWS[0]
    close(tape.gradient(y, x), expected)
    assert array.size().item() == 3 and array.concat().shape == (9,)
    grown = tf.TensorArray(tf.float32, 0, dynamic_size=True).write(2, 1.0)
    assert grown.size().item() == 3
    close(tf.TensorArray(tf.float64).unstack(ROWS).read(1), ROWS[1])
    with pytest.raises(ValueError):
        grown.read(0)
    with pytest.raises(IndexError):
        array.write(3, x[0])


def test_blocks_that_change_nothing():
    with tf.name_scope("here") as name, tf.device("/CPU:0"), tf.control_dependencies([]):
        assert name == "here"
    with pytest.raises(ValueError, match="GPU"), tf.device("/GPU:0"):
        pass


def test_parts_of_tensors():
    check_gradient(lambda x: tf.dynamic_partition(x, [1, 0, 1], 2)[1], ROWS)
    check_gradient(lambda x: tf.dynamic_stitch([[0, 3], [3, 1, 2]], [x[:2], x * 2]), ROWS)
    check_gradient(lambda x: tf.reverse_sequence(x, [2, 3, 1], seq_axis=1), ROWS)
    check_gradient(lambda x: tf.reverse_sequence(x, [2, 3, 1], seq_axis=0, batch_axis=1), ROWS)
    check_gradient(lambda x: tf.tensor_scatter_nd_sub(x, [[1]], [x[0]]), ROWS)
    check_gradient(lambda x: tf.sequence_mask([1, 3, 0], dtype=x.dtype) * x, ROWS)
    x = tf.constant(ROWS)
    close(tf.dynamic_stitch([[0, 3], [3, 1, 2]], [ROWS[:2], ROWS]), ROWS[[0, 1, 2, 0]])
    close(tf.reverse_sequence(x, [2, 3, 1], seq_axis=1)[0], ROWS[0][[1, 0, 2]])
    assert tf.sequence_mask([1, 3], 4).tolist() == [[True, False, False, False], [True, True, True, False]]
    found = tf.unique([4, 1, 4, 2])
    assert found.y.tolist() == [4, 1, 2] and found.idx.tolist() == [0, 1, 0, 2]
    close(tf.ensure_shape(x, [None, 3]), ROWS)
    with pytest.raises(ValueError, match="ensure_shape"):
        tf.ensure_shape(x, [None, 4])


def test_saturated_casts():
    assert tf.saturate_cast([-1e20, 3.7, 1e20], tf.int32).tolist() == [-(2**31), 3, 2**31 - 128]
    assert tf.saturate_cast(np.array([2**40, -5]), tf.int32).tolist() == [2**31 - 1, -5]
    assert tf.saturate_cast(np.array([1e300]), tf.float32).tolist() == [float(tf.float32.max)]
    assert tf.saturate_cast([2**30], tf.float64).tolist() == [2.0**30]


def test_functions_of_numbers():
    check_gradient(tf.math.lbeta, SMALL + 0.1)
    check_gradient(lambda x: tf.math.segment_mean(x, [0, 0, 2]), ROWS)
    check_gradient(lambda x: tf.math.unsorted_segment_mean(x, [2, 0, 2], 4), ROWS)
    check_gradient(lambda x: tf.math.unsorted_segment_sqrt_n(x, [2, 0, 2], 4), ROWS)
    check_gradient(lambda w: tf.math.bincount([1, 3, 1], weights=w), ROWS[0])
    check_gradient(lambda x: tf.math.accumulate_n([x, x * 2]), ROWS)
    close(tf.math.unsorted_segment_mean(ROWS, [2, 0, 2], 4)[2], ROWS[[0, 2]].mean(0))
    assert tf.math.bincount([1, 1, 3]).tolist() == [0, 2, 0, 1]
    assert tf.math.bincount([1, 1, 3], minlength=6, maxlength=3).tolist() == [0, 2, 0]
    assert tf.math.confusion_matrix([1, 0, 1], [1, 1, 1]).tolist() == [[0, 1], [0, 2]]
    assert tf.math.in_top_k([0, 2], [[0.5, 0.2, 0.3], [0.1, 0.8, 0.1]], 1).tolist() == [True, False]
    assert tf.math.invert_permutation([2, 0, 1]).tolist() == [1, 2, 0]
    values, indices = found = tf.math.top_k(ROWS, 2)
    assert found.values is values and found.indices is indices and indices.dtype == tf.int32


def test_functions_of_networks():
    check_gradient(tf.nn.crelu, ROWS)
    check_gradient(lambda x: tf.nn.weighted_cross_entropy_with_logits(LABELS, x, 3.0), ROWS)
    check_gradient(lambda x: tf.nn.log_poisson_loss(3 * LABELS, x, True), ROWS)
    check_gradient(lambda x: tf.nn.local_response_normalization(x[None, None], 1, 0.5, 2.0, 0.75), ROWS)
    check_gradient(lambda x: tf.nn.space_to_depth(tf.reshape(x[:2, :2], [1, 2, 2, 1]), 2), ROWS)
    sigmoids = 1 / (1 + np.exp(-ROWS))
    expected = -3.0 * LABELS * np.log(sigmoids) - (1 - LABELS) * np.log(1 - sigmoids)
    close(tf.nn.weighted_cross_entropy_with_logits(LABELS, ROWS, 3.0), expected)
    images = np.random.default_rng(0).normal(size=(2, 4, 6, 4))
    deep = tf.nn.space_to_depth(images, 2)
    close(deep[:, 0, 1, :4], images[:, 0, 2])
    close(tf.nn.depth_to_space(deep, 2), images)
    close(tf.nn.pool(images, 2, "MAX", strides=2), tf.nn.max_pool2d(images, 2, 2, "VALID"))
    close(tf.nn.pool(images[0], [2], "AVG"), (images[0, :, 1:] + images[0, :, :-1]) / 2)
    filters = np.ones((2, 4, 3))
    close(tf.nn.convolution(images[0], filters), tf.nn.conv1d(images[0], filters, 1, "VALID"))
    squares = images**2
    around = np.pad(squares, [(0, 0)] * 3 + [(1, 1)])
    near = around[..., :-2] + squares + around[..., 2:]
    close(tf.nn.local_response_normalization(images, 1), images / np.sqrt(1 + near))
    count, total, squared, shift = tf.nn.sufficient_statistics(ROWS, [0])
    close(total, ROWS.sum(0))
    close(squared, (ROWS**2).sum(0))
    assert count.item() == 3 and shift is None


def test_shapes():
    shape = tf.constant(ROWS).shape
    assert isinstance(shape, tuple) and shape == (3, 3) and str(shape) == "(3, 3)"
    assert shape.as_list() == [3, 3] and shape.rank == shape.ndims == 2 and shape.num_elements() == 9
    assert tf.TensorShape([3, None]).is_compatible_with(shape) and shape.is_fully_defined()
    assert tf.TensorShape([3, None]).num_elements() is None and not shape.is_compatible_with((3,))
    assert tf.zeros(shape).get_shape() == shape and tf.constant(1.0).shape.num_elements() == 1
    assert tf.broadcast_static_shape(tf.TensorShape([3, 1]), tf.TensorShape([2])) == (3, 2)
    assert tf.broadcast_dynamic_shape([3, 1], [2]).tolist() == [3, 2]
    assert tf.function(lambda x: tf.reshape(x, x.shape.as_list()[::-1]))(tf.zeros([2, 3])).shape == (3, 2)


def test_references():
    v = tf.Variable(1.0)
    assert {v.ref(): "v"}[v.ref()] == "v" and v.ref().deref() is v
    assert v.ref() != tf.Variable(1.0).ref()


def test_dtypes():
    assert tf.as_dtype("float32") is tf.float32 and tf.dtypes.bool == tf.bool
    assert tf.int32.max == 2**31 - 1 and tf.float64.min == np.finfo(np.float64).min and tf.bool.max is True
    assert tf.int64.size == 8 and tf.get_static_value(tf.constant(3)) == 3


def test_nests():
    Pair = collections.namedtuple("Pair", "a b")
    structure = {"z": [1, Pair(2, 3)], "a": 4}
    assert tf.nest.flatten(structure) == [4, 1, 2, 3] and tf.nest.flatten(5) == [5]
    assert tf.nest.map_structure(lambda x, y: x + y, structure, structure) == {"z": [2, Pair(4, 6)], "a": 8}
    assert tf.nest.pack_sequence_as(structure, "abcd") == {"z": ["b", Pair("c", "d")], "a": "a"}
    assert tf.nest.is_nested([]) and not tf.nest.is_nested("ab")
    tf.nest.assert_same_structure(structure, tf.nest.map_structure(str, structure))
    with pytest.raises(ValueError):
        tf.nest.pack_sequence_as(structure, [1])
    with pytest.raises(ValueError):
        tf.nest.assert_same_structure([1, 2], [1, [2]])
    with pytest.raises(TypeError):
        tf.nest.assert_same_structure([1, 2], (1, 2))


def test_assertions():
    x = tf.constant([1.0, 2.0])
    d = tf.debugging
    for holds in (
        lambda: d.assert_equal(x, x),
        lambda: d.assert_none_equal(x, x + 1),
        lambda: d.assert_less(x, 3.0),
        lambda: d.assert_less_equal(x, 2.0),
        lambda: d.assert_greater(x, 0.0),
        lambda: d.assert_greater_equal(x, 1.0),
        lambda: d.assert_positive(x),
        lambda: d.assert_negative(-x),
        lambda: d.assert_non_negative(x),
        lambda: d.assert_near(x, x + 1e-7),
        lambda: d.assert_rank(x, 1),
        lambda: d.assert_type(x, tf.float32),
        lambda: d.assert_shapes([(x, ("N",)), (tf.zeros([2, 5]), ("N", None))]),
        lambda: d.assert_all_finite(x, "x"),
        lambda: tf.Assert(True, [x]),
    ):
        holds()
    for fails in (
        lambda: tf.assert_equal(x, [1.0, 3.0], "differ"),
        lambda: d.assert_none_equal(x, x),
        lambda: tf.assert_less(x, 2.0),
        lambda: d.assert_near(x, x + 1e-3),
        lambda: tf.assert_rank(x, 2),
        lambda: d.assert_shapes([(x, ("N",)), (tf.zeros([3]), ("N",))]),
        lambda: d.assert_shapes({x: (2, 1)}),
        lambda: d.check_numerics(tf.constant([1.0, np.nan]), "values"),
        lambda: tf.Assert(x > 1.5, [x]),
    ):
        with pytest.raises(InvalidArgumentError):
            fails()
    with pytest.raises(InvalidArgumentError, match=r"differ, got \[1.0, 2.0\], \[1.0, 3.0\]"):
        tf.assert_equal(x, [1.0, 3.0], "differ")
    with pytest.raises(TypeError):
        d.assert_type(x, tf.int32)

    @tf.function
    def body(v):
        tf.debugging.assert_positive(v)
        return v * 2

    assert body(x).tolist() == [2, 4]


def test_random_streams():
    one, other = tf.random.Generator.from_seed(3), tf.random.Generator.from_seed(3)
    draws = [one.normal([4]), one.uniform([4], 2.0, 3.0), one.truncated_normal([4]), one.normal([4])]
    again = [other.normal([4]), other.uniform([4], 2.0, 3.0), other.truncated_normal([4]), other.normal([4])]
    assert [d.tolist() for d in draws] == [d.tolist() for d in again]
    assert draws[0].tolist() != draws[3].tolist()
    fresh = tf.random.Generator.from_non_deterministic_state().normal([4])
    assert fresh.tolist() != draws[0].tolist()
    drawn = tf.random.stateless_truncated_normal([100], [1, 2])
    assert abs(drawn.numpy()).max() <= 2
    assert drawn.tolist() == tf.random.stateless_truncated_normal([100], [1, 2]).tolist()


def test_parts_of_variables():
    v = tf.Variable(np.zeros((3, 2)))
    assert v.scatter_nd_update([[0, 1], [2, 0]], [1.0, 2.0]) is v
    v.scatter_nd_add([[0, 1]], [3.0])
    v.scatter_nd_sub([[1]], [[1.0, 5.0]])
    assert v.tolist() == [[0, 4], [-1, -5], [2, 0]]
    with pytest.raises(AttributeError, match=r"v\.at\[index\]\.set"):
        v[0].assign([1.0, 2.0])
    assert not hasattr(v[0], "assign") and hasattr(v, "assign")


def test_homes_of_keras():
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones", bias_initializer=tf.constant_initializer(0.5))
    assert layer(tf.ones([1, 3])).tolist() == [[3.5, 3.5]]
    assert tf.zeros_initializer()([2]).tolist() == [0, 0] and tf.ones_initializer()([1]).tolist() == [1]
    assert abs(tf.random_uniform_initializer(-1.0, 1.0)([50]).numpy()).max() <= 1
    assert tf.optimizers is tf.keras.optimizers and tf.losses is tf.keras.losses
    assert "metrics" in dir(tf) and tf.initializers.Zeros is tf.zeros_initializer
