"""Losses, metrics and the layers of TensorFlow's pages on training loops; values worked out by hand."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

import gradtape as gt
from gradtape import keras

LN2 = math.log(2)


def value(tensor):
    return np.asarray(tensor).tolist()


# ---- Losses


def test_mean_squared_and_absolute_error():
    y_true, y_pred = [[0.0, 1.0], [2.0, 3.0]], [[1.0, 1.0], [2.0, 5.0]]
    assert value(keras.losses.mean_squared_error(y_true, y_pred)) == [0.5, 2]
    assert value(keras.losses.MeanSquaredError()(y_true, y_pred)) == 1.25
    assert value(keras.losses.MeanSquaredError(reduction="sum")(y_true, y_pred)) == 2.5
    assert value(keras.losses.MeanSquaredError(reduction="none")(y_true, y_pred)) == [0.5, 2]
    assert value(keras.losses.MeanSquaredError()(y_true, y_pred, sample_weight=[2.0, 0.0])) == 0.5
    assert value(keras.losses.MeanAbsoluteError()(y_true, y_pred)) == 0.75
    assert value(keras.losses.get("mae")(y_true, y_pred)) == [0.5, 1]
    assert value(keras.losses.Huber()([[0.0, 0.0]], [[0.5, 3.0]])) == (0.125 + 2.5) / 2


def test_binary_crossentropy():
    loss = keras.losses.BinaryCrossentropy()
    assert np.isclose(value(loss([[1.0], [0.0]], [[0.5], [0.75]])), (LN2 + math.log(4)) / 2)
    logits = keras.losses.BinaryCrossentropy(from_logits=True)
    assert np.isclose(value(logits([[1.0], [0.0]], [[0.0], [math.log(3)]])), (LN2 + math.log(4)) / 2)
    assert np.isclose(value(logits([1, 0], [[0.0], [math.log(3)]])), (LN2 + math.log(4)) / 2)
    assert np.isfinite(value(loss([[1.0]], [[0.0]])))


def test_categorical_crossentropy():
    y_pred = [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]
    expected = (LN2 - math.log(0.8)) / 2
    assert np.isclose(value(keras.losses.CategoricalCrossentropy()([[1, 0, 0], [0, 1, 0]], y_pred)), expected)
    for labels in ([0, 1], [[0], [1]], np.array([0.0, 1.0])):
        sparse = keras.losses.SparseCategoricalCrossentropy()
        assert np.isclose(value(sparse(gt.asarray(labels), y_pred)), expected)
    scaled = [[4.0, 2.0, 2.0], [0.2, 1.6, 0.2]]  # divided by their sums
    assert np.isclose(value(keras.losses.SparseCategoricalCrossentropy()([0, 1], scaled)), expected)
    logits = np.log(y_pred) + 7.0
    with gt.GradientTape() as tape:
        x = gt.Variable(logits)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)([0, 1], x)
    assert np.isclose(value(loss), expected)
    np.testing.assert_allclose(tape.gradient(loss, x), (np.array(y_pred) - np.eye(3)[:2]) / 2, rtol=1e-6)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)([[1, 0, 0], [0, 1, 0]], logits)
    assert np.isclose(value(loss), expected)


def test_losses_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="reduction"):
        keras.losses.MeanSquaredError(reduction="some")
    with pytest.raises(ValueError, match="do not go with"):
        keras.losses.mean_squared_error([[1.0, 2.0]], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="do not go with"):
        keras.losses.SparseCategoricalCrossentropy()([0, 1, 2], [[0.5, 0.5]])
    with pytest.raises(TypeError, match="floats"):
        keras.losses.mean_squared_error([1], [1])
    with pytest.raises(ValueError, match="not known"):
        keras.losses.get("cosine")


# ---- Metrics


def test_mean():
    mean = keras.metrics.Mean(name="loss")
    assert value(mean.result()) == 0
    mean.update_state([1.0, 3.0])
    mean.update_state(8.0)
    assert value(mean.result()) == 4 and value(mean(gt.constant(8.0))) == 5
    mean.reset_state()
    mean.update_state([1.0, 5.0], sample_weight=[3.0, 1.0])
    assert value(mean.result()) == 2
    total = keras.metrics.Sum()
    total.update_state([1, 2])
    assert value(total.result()) == 3


def test_accuracies():
    accuracy = keras.metrics.Accuracy()
    accuracy.update_state([1, 2, 3, 4], [0, 2, 3, 4])
    assert value(accuracy.result()) == 0.75
    sparse = keras.metrics.SparseCategoricalAccuracy()
    y_pred = [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]]
    assert value(sparse([2, 1], y_pred)) == 0.5 and value(sparse([[1], [1]], y_pred)) == 0.75
    assert value(keras.metrics.SparseCategoricalAccuracy()([2, 1], y_pred, sample_weight=[1.0, 3.0])) == 0.75
    assert value(keras.metrics.CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], y_pred)) == 0.5
    assert value(keras.metrics.BinaryAccuracy()([1, 0, 1, 0], [0.9, 0.1, 0.4, 0.2])) == 0.75
    error = keras.metrics.MeanSquaredError()
    error.update_state([[0.0, 1.0]], [[2.0, 1.0]])
    assert value(error.result()) == 2
    assert value(keras.metrics.RootMeanSquaredError()([[0.0]], [[3.0]])) == 3
    assert value(keras.metrics.MeanAbsoluteError()([[0.0]], [[3.0]])) == 3


def test_metrics_are_off_the_tape_and_work_in_functions():
    metric, x = keras.metrics.Mean(), gt.Variable([1.0, 3.0])

    @gt.function
    def step():
        with gt.GradientTape() as tape:
            loss = gt.reduce_sum(x**2)
            metric.update_state(loss)
        return tape.gradient(loss, x)

    assert value(step()) == [2, 6] and value(step()) == [2, 6]
    assert value(metric.result()) == 10 and value(metric.count) == 2


# ---- Layers and models


def test_input_shapes_make_the_variables_at_once():
    for model in (
        keras.Sequential([keras.layers.Dense(10, input_shape=(4,)), keras.layers.Dense(3)]),
        keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(10), keras.layers.Dense(3)]),
    ):
        assert model.built and [v.shape for v in model.weights] == [(4, 10), (10,), (10, 3), (3,)]
        assert model(np.ones((5, 4))).shape == (5, 3)
    model = keras.Sequential()
    model.add(keras.Input((4,)))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dense(1))
    assert len(model.trainable_variables) == 4 and value(model.layers[0].moving_mean) == [0] * 4
    model = keras.Sequential([keras.layers.Dense(2)])
    model.build((None, 3))
    assert model.weights[0].shape == (3, 2)
    for layer in (keras.layers.Dense(2, input_dim=3), keras.layers.Dense(2, input_shape=3)):
        assert keras.Sequential([layer]).weights[0].shape == (3, 2)
    with pytest.raises(ValueError, match="before all layers"):
        model.add(keras.Input((3,)))
    with pytest.raises(TypeError, match="Sequential"):
        keras.layers.Dense(1)(keras.Input((3,)))


def test_summary(capsys):
    first = keras.layers.Dense(10, input_shape=(4,), name="first")
    model = keras.Sequential([first, keras.layers.Dropout(0.5)])
    model.summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].split() == ["first", "(Dense)", "(None,", "10)", "50"]
    assert "Total params: 50" in lines and "Non-trainable params: 0" in lines
    with pytest.raises(ValueError, match="input_shape"):
        keras.Sequential([keras.layers.Dense(1)]).summary()
    printed = []
    keras.Sequential([keras.layers.Conv2D(2, 3, input_shape=(5, 5, 1))]).summary(print_fn=printed.append)
    assert "(None, 3, 3, 2)" in printed[0] and "conv2d" in printed[0]


def test_layers_without_variables():
    x = gt.constant([[-2.0, 0.5, 8.0]])
    assert value(keras.layers.ReLU()(x)) == [[0, 0.5, 8]]
    assert value(keras.layers.ReLU(6.0, 0.5, 1.0)(x)) == [[-1.5, -0.25, 6]]
    np.testing.assert_allclose(keras.layers.LeakyReLU()(x), [[-0.6, 0.5, 8]], rtol=1e-6)
    assert value(keras.layers.LeakyReLU(alpha=0.5)(x)) == [[-1, 0.5, 8]]
    np.testing.assert_allclose(keras.layers.Softmax()([[0.0, LN2]]), [[1 / 3, 2 / 3]], rtol=1e-6)
    assert keras.layers.Reshape((3, 1))(x).shape == (1, 3, 1)
    assert keras.layers.Reshape((-1,))(x).shape == (1, 3)
    assert keras.layers.Flatten()(np.ones((2, 3, 4))).shape == (2, 12)


def test_embedding():
    layer = keras.layers.Embedding(4, 2)
    y = layer(np.array([[0, 3], [1, 1]]))
    assert y.shape == (2, 2, 2) and layer.embeddings.shape == (4, 2)
    assert value(y[1, 0]) == value(layer.embeddings[1]) and np.abs(layer.embeddings).max() <= 0.05
    with gt.GradientTape() as tape:
        loss = gt.reduce_sum(layer([[1, 1, 2]]))
    assert value(tape.gradient(loss, layer.embeddings)) == [[0, 0], [2, 2], [1, 1], [0, 0]]


def test_convolutions_and_pools():
    image = np.arange(16.0).reshape(1, 4, 4, 1)
    layer = keras.layers.Conv2D(1, 2, kernel_initializer="ones", activation="relu")
    assert value(layer(image))[0][0] == [[10], [14], [18]]
    same = keras.layers.Conv2D(3, (2, 2), strides=2, padding="same", use_bias=False)
    assert same(image).shape == (1, 2, 2, 3) and len(same.weights) == 1
    assert value(keras.layers.MaxPooling2D()(image)) == [[[[5], [7]], [[13], [15]]]]
    assert value(keras.layers.AveragePooling2D(2)(image)) == [[[[2.5], [4.5]], [[10.5], [12.5]]]]
    assert value(keras.layers.MaxPooling2D(3, strides=1)(image)) == [[[[10], [11]], [[14], [15]]]]
    assert value(keras.layers.GlobalAveragePooling2D()(image)) == [[7.5]]
    assert value(keras.layers.GlobalMaxPooling2D()(image)) == [[15]]
    with pytest.raises(ValueError, match="padding"):
        keras.layers.Conv2D(1, 2, padding="full")
    with pytest.raises(ValueError, match="height, width, channels"):
        keras.layers.Conv2D(1, 2)(np.ones((2, 3)))


def test_a_training_loop_of_tensorflows_pages():
    gt.random.set_seed(1)
    x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    y = (x[:, 0] > x[:, 1]).astype(np.int64)
    model = keras.Sequential(
        [keras.layers.Dense(8, activation="relu", input_shape=(2,)), keras.layers.Dense(2)]
    )
    optimizer = keras.optimizers.Adam(learning_rate=0.05)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.SparseCategoricalAccuracy()

    @gt.function
    def train_step(x, y):
        with gt.GradientTape() as tape:
            logits = model(x, training=True)
            loss = loss_fn(y, logits)
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        accuracy.update_state(y, logits)
        return loss

    losses = [float(train_step(x, y)) for _ in range(30)]
    assert losses[-1] < losses[0] / 2
    accuracy.reset_state()
    accuracy.update_state(y, model(x))
    assert float(accuracy.result()) > 0.9


# ---- print


def test_print():
    stream = io.StringIO()
    gt.print("x:", gt.constant([1.0, 2.5]), gt.constant(7), [gt.constant(True)], 3, output_stream=stream)
    gt.print(gt.range(10), output_stream=stream, sep=",", end="|")
    gt.print(gt.range(10), summarize=-1, output_stream=stream)
    lines = stream.getvalue().splitlines()
    assert lines == ["x: [1 2.5] 7 [1] 3", "[0 1 2 ... 7 8 9]|[0 1 2 3 4 5 6 7 8 9]"]


def test_print_to_files(tmp_path, capsys):
    for n in (1, 2):
        gt.print(gt.constant(n), output_stream=f"file://{tmp_path / 'log'}")
    assert (tmp_path / "log").read_text() == "1\n2\n"
    gt.print({"a": (gt.constant([1]), None)})
    assert capsys.readouterr().err == "{'a': ([1], None)}\n"
