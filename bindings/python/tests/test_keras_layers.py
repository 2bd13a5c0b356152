"""More layers, losses, optimizers and schedules: values by formula, or as Keras gives them to five places."""

from __future__ import annotations

import numpy as np
import pytest
from support import check_gradient, close

import gradtape as tf
from gradtape import keras

layers, optimizers = keras.layers, keras.optimizers
IMAGES = np.random.default_rng(0).normal(size=(2, 4, 5, 3))
ROWS = IMAGES[:, 0]
SEQUENCE = np.array([[[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]]])


def filled(layer, inputs):
    """The layer with weights that are sines of their places."""
    layer(inputs)
    for v in layer.trainable_variables:
        v.assign(np.sin(np.arange(float(v.size)) + 1).reshape(v.shape) * 0.5)
    return layer


STEPS = {  # three numbers after four steps down sum(sin(w) w)
    "optimizers.RMSprop(0.1)": [0.00492, -0.56774, 0.87566],
    "optimizers.RMSprop(0.1, momentum=0.9, centered=True)": [-0.46207, 0.73005, -0.70454],
    "optimizers.Adagrad(0.1)": [0.25844, -1.2168, 1.81464],
    "optimizers.Adadelta(1.0)": [0.49427, -1.49425, 1.99402],
    "optimizers.Adamax(0.1)": [0.1555, -1.11892, 1.70751],
    "optimizers.AdamW(0.1)": [0.11073, -1.09677, 1.62693],
    "optimizers.Adam(0.1, amsgrad=True)": [0.11125, -1.09893, 1.62979],
    "optimizers.Adam(0.1, clipnorm=0.5)": [0.11337, -1.09926, 1.6283],
    "optimizers.SGD(0.1, clipvalue=0.5)": [0.3, -1.3, 1.95477],
    "optimizers.SGD(0.1, global_clipnorm=0.5)": [0.38348, -1.33823, 1.98786],
    "optimizers.SGD(0.1, weight_decay=0.1)": [0.20436, -0.93864, 1.84085],
    "optimizers.SGD(schedules.ExponentialDecay(0.1, 2, 0.5))": [0.29787, -1.18917, 1.97503],
    "optimizers.SGD(schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True))": [0.27009, -1.1312, 1.96947],
    "optimizers.SGD(schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.05, 0.01]))": [
        0.29331,
        -1.18588,
        1.97503,
    ],
    "optimizers.SGD(schedules.CosineDecay(0.1, 10, 0.1))": [0.23058, -1.03454, 1.95925],
    "optimizers.SGD(schedules.PolynomialDecay(0.1, 3, power=2.0))": [0.36578, -1.32021, 1.98674],
    "optimizers.SGD(schedules.InverseTimeDecay(0.1, 2, 0.5))": [0.26861, -1.12504, 1.96875],
}


@pytest.mark.parametrize("optimizer, expected", STEPS.items())
@pytest.mark.parametrize("replayed", [False, True])
def test_steps(optimizer, expected, replayed):
    made = eval(optimizer, {"optimizers": optimizers, "schedules": optimizers.schedules})
    w = tf.Variable([0.5, -1.5, 2.0])

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.sin(w) * w)
        made.apply_gradients([(tape.gradient(loss, w), w)])

    taken = tf.function(step) if replayed else step
    for _ in range(4):
        taken()
    np.testing.assert_allclose(w, expected, atol=2e-5)


LOSSES = {
    "KLDivergence()": 0.433747,
    "Poisson()": 0.477917,
    "LogCosh()": 0.0327477,
    "Hinge()": 0.9,
    "SquaredHinge()": 0.966667,
    "CosineSimilarity()": -0.918616,
    "MeanSquaredLogarithmicError()": 0.0327416,
    "MeanAbsolutePercentageError()": 1.16667e08,
    "CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)": 0.842285,
    "BinaryCrossentropy(label_smoothing=0.2)": 0.407687,
}


@pytest.mark.parametrize("loss, expected", LOSSES.items())
def test_losses(loss, expected):
    y, p = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]])
    made = eval(f"losses.{loss}", {"losses": keras.losses})
    assert made(y, p).item() == pytest.approx(expected, rel=1e-5)
    check_gradient(lambda p: made(y, p) / max(expected, 1.0), p)


@pytest.mark.parametrize(
    "name, output, gradient",
    [
        ("SimpleRNN", [[0.57457, -0.34024]], [[0.01141, -0.01271], [-0.0103, 0.08407], [1.08587, -0.62193]]),
        ("LSTM", [[-0.07344, 0.01311]], [[-0.05021, 0.07433], [-0.08026, 0.21041], [-0.06401, 0.21908]]),
        ("GRU", [[-0.44611, -0.16704]], [[-0.11404, -0.19172], [0.04762, 0.02239], [0.00803, -0.04879]]),
    ],
)
def test_recurrent_layers(name, output, gradient):
    kind = getattr(layers, name)
    layer = filled(kind(2, dtype="float64"), SEQUENCE)
    x = tf.constant(SEQUENCE)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(y * [1.0, 2.0])
    np.testing.assert_allclose(y, output, atol=1e-5)
    np.testing.assert_allclose(tape.gradient(loss, x)[0], gradient, atol=1e-5)
    whole = filled(kind(2, dtype="float64", return_sequences=True, return_state=True), SEQUENCE)
    every, *states = whole(x)
    assert every.shape == (1, 3, 2) and all(state.shape == (1, 2) for state in states)
    close(every[:, -1], np.asarray(y))
    close(filled(kind(2, dtype="float64", go_backwards=True), SEQUENCE)(SEQUENCE[:, ::-1]), np.asarray(y))
    later = whole(SEQUENCE[:, 1:], initial_state=whole(SEQUENCE[:, :1])[1:])
    close(later[0], np.asarray(every[:, 1:]), 1e-12)
    with pytest.raises(ValueError, match="time"):
        kind(2)(ROWS[0])


def test_lstm_forgets_little_at_first():
    layer = layers.LSTM(2)
    layer(SEQUENCE)
    assert layer.bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    square = np.asarray(layer.recurrent_kernel)
    np.testing.assert_allclose(square @ square.T, np.eye(2), atol=1e-5)


def test_convolutions():
    row = filled(layers.Conv1D(2, 3, padding="causal", dtype="float64"), ROWS)
    before = np.pad(ROWS, [(0, 0), (2, 0), (0, 0)])
    kernel, bias = np.asarray(row.kernel), np.asarray(row.bias)
    windows = np.stack([before[:, n : n + 5] for n in range(3)], 2)
    close(row(ROWS), np.einsum("nwki,kio->nwo", windows, kernel) + bias, 1e-10)
    assert layers.Conv1D(2, 2, strides=2, use_bias=False)(ROWS).shape == (2, 2, 2)
    deep = filled(layers.DepthwiseConv2D(2, depth_multiplier=2, dtype="float64"), IMAGES)
    assert deep(IMAGES).shape == (2, 3, 4, 6) and deep.bias.shape == (6,)
    for padding, shape in (("same", (2, 8, 10, 2)), ("valid", (2, 9, 11, 2))):
        wide = filled(layers.Conv2DTranspose(2, 3, strides=2, padding=padding, dtype="float64"), IMAGES)
        assert wide(IMAGES).shape == shape
        back = tf.nn.conv2d(wide(IMAGES) - wide.bias, wide.kernel, 2, padding.upper())
        assert back.shape == IMAGES.shape
    for layer in (row, deep, wide):
        check_gradient(layer, ROWS if layer is row else IMAGES)


def test_layers_of_an_op():
    x = tf.constant(ROWS)
    close(layers.ELU(0.5, dtype="float64")(x), np.where(ROWS > 0, ROWS, 0.5 * np.expm1(np.minimum(ROWS, 0))))
    close(layers.ELU(dtype="float64")(x), np.where(ROWS > 0, ROWS, np.expm1(np.minimum(ROWS, 0))))
    learnt = filled(layers.PReLU(dtype="float64"), x)
    close(learnt(x), np.where(ROWS > 0, ROWS, ROWS * np.asarray(learnt.alpha)))
    close(layers.Lambda(lambda v: v * 2, dtype="float64")(x), ROWS * 2)
    close(layers.Permute((2, 1), dtype="float64")(x), ROWS.transpose(0, 2, 1))
    close(layers.RepeatVector(2, dtype="float64")(ROWS[:, 0]), np.stack([ROWS[:, 0]] * 2, 1))
    unit = layers.UnitNormalization(dtype="float64")(x)
    close(tf.reduce_sum(unit**2, -1), np.ones((2, 5)))
    noisy = layers.GaussianNoise(0.5)
    assert noisy(ROWS).tolist() == tf.cast(x, tf.float32).tolist() != noisy(ROWS, training=True).tolist()
    padded = layers.ZeroPadding2D(((1, 0), (0, 2)), dtype="float64")(IMAGES)
    close(padded, np.pad(IMAGES, [(0, 0), (1, 0), (0, 2), (0, 0)]))
    close(layers.UpSampling2D((2, 1), dtype="float64")(IMAGES), IMAGES.repeat(2, 1))


def test_layers_of_several_inputs():
    a, b = ROWS, ROWS**2
    for name, expected in {
        "Add": a + b + a,
        "Multiply": a * b * a,
        "Average": (a + b + a) / 3,
        "Maximum": np.maximum(a, b),
        "Minimum": np.minimum(a, b),
        "Concatenate": np.concatenate([a, b, a], -1),
    }.items():
        close(getattr(layers, name)(dtype="float64")([a, b, a]), expected)
    close(layers.Subtract(dtype="float64")([a, b]), a - b)
    with pytest.raises(ValueError, match="list"):
        layers.Add()(a)


def test_penalties():
    model = keras.Sequential(
        [
            layers.Dense(2, kernel_regularizer="l2", input_shape=(3,)),
            layers.Dense(1, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), bias_regularizer="l1"),
        ]
    )
    first, second = model.layers
    second.bias.assign([-3.0])
    with tf.GradientTape() as tape:
        loss = tf.add_n(model.losses)
    kernels = np.asarray(first.kernel), np.asarray(second.kernel)
    squares = [(kernel**2).sum() for kernel in kernels]
    expected = 0.01 * squares[0] + 0.1 * abs(kernels[1]).sum() + 0.2 * squares[1] + 0.03
    assert loss.item() == pytest.approx(expected, rel=1e-5) and len(model.losses) == 3
    gradients = tape.gradient(loss, [first.kernel, second.kernel, second.bias, first.bias])
    close(gradients[0], 0.02 * kernels[0], 1e-6)
    close(gradients[1], 0.1 * np.sign(kernels[1]) + 0.4 * kernels[1], 1e-6)
    assert gradients[2].tolist() == pytest.approx([-0.01]) and gradients[3] is None
    layer = layers.Conv2D(1, 2, kernel_regularizer=lambda k: tf.reduce_max(k))
    assert layer.losses == []
    layer(IMAGES)
    layer.add_loss(lambda: tf.constant(2.0))
    assert [loss.item() for loss in layer.losses] == [layer.kernel.numpy().max(), 2.0]
    with pytest.raises(ValueError, match="l3"):
        layers.Dense(1, kernel_regularizer="l3")


def test_utils():
    keras.utils.set_random_seed(3)
    first = tf.random.normal([2]).tolist(), np.random.rand()
    keras.utils.set_random_seed(3)
    assert (tf.random.normal([2]).tolist(), np.random.rand()) == first
    assert keras.utils.to_categorical([0, 2]).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert keras.utils.to_categorical(tf.constant([[1]]), 2).tolist() == [[0, 1]]
    matrix = np.asarray(keras.initializers.get("orthogonal")([4, 2]))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(2), atol=1e-5)
    with pytest.raises(ValueError):
        optimizers.schedules.PiecewiseConstantDecay([1], [0.1])
