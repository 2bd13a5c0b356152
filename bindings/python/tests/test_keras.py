"""Layers, models, initializers, activations and optimizers."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import gradtape as gt
from gradtape import keras
from gradtape.keras import layers

X = np.array([[1.0, 2.0, -1.0], [0.5, -2.0, 3.0]], np.float32)


def value(tensor):
    return np.asarray(tensor).tolist()


@pytest.fixture(autouse=True)
def seed():
    gt.random.set_seed(7)


# ---- Dense


def test_dense():
    layer = layers.Dense(2, activation="relu", name="mine")
    assert not layer.built and layer.trainable_variables == []
    y = layer(X)
    assert layer.built and layer.kernel.shape == (3, 2) and value(layer.bias) == [0, 0]
    assert np.allclose(y, np.maximum(X @ np.asarray(layer.kernel), 0), atol=1e-6)
    assert [v.name for v in layer.trainable_variables] == ["mine/kernel:0", "mine/bias:0"]
    assert layer.variables == layer.weights == [layer.kernel, layer.bias] and layer.count_params() == 8
    with gt.GradientTape() as tape:
        loss = gt.reduce_sum(layer(X) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    assert [g.shape for g in gradients] == [(3, 2), (2,)]
    y = np.asarray(layer(X))
    assert np.allclose(gradients[0], X.T @ (2 * y), atol=1e-5) and np.allclose(
        gradients[1], 2 * y.sum(0), atol=1e-5
    )


def test_dense_of_more_axes_without_bias_and_in_float64():
    layer = layers.Dense(2, use_bias=False, kernel_initializer="ones", dtype="float64")
    y = layer(np.ones((2, 4, 3)))
    assert y.shape == (2, 4, 2) and y.dtype == gt.float64 and np.all(np.asarray(y) == 3)
    assert layer.bias is None and len(layer.variables) == 1


def test_inputs_are_cast():
    layer = layers.Dense(1, kernel_initializer=keras.initializers.Constant(2.0))
    assert layer(np.ones((1, 3))).dtype == gt.float32
    assert value(layer([[1.0, 2.0, 3.0]])) == [[12]]
    with pytest.raises(ValueError, match="batch axis"):
        layers.Dense(1)([1.0, 2.0])
    with pytest.raises(ValueError, match="above 0"):
        layers.Dense(0)
    with pytest.raises(ValueError):
        layer([[1.0, 2.0]])


def test_layers_of_several_inputs():
    class Add(layers.Layer):
        def build(self, input_shape):
            self.shapes = input_shape

        def call(self, inputs):
            return inputs["a"][0] + inputs["b"]

    layer = Add()
    assert value(layer({"a": [np.ones(2)], "b": gt.constant([1.0, 2.0])})) == [2, 3]
    assert layer.shapes == {"a": [(2,)], "b": (2,)}


def test_a_layer_that_is_built_by_hand():
    layer = layers.Dense(2)
    layer.build([None, 3])
    kernel = layer.kernel
    layer(X)
    assert layer.built and layer.kernel is kernel


def test_names_are_numbered():
    class MyOwnLayer(layers.Layer):
        def call(self, inputs):
            return inputs

    assert [MyOwnLayer().name, MyOwnLayer().name] == ["my_own_layer", "my_own_layer_1"]


# ---- normalisation


def normalized(x, axes, epsilon=0.001):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def test_batch_normalization_trains_and_infers():
    layer = layers.BatchNormalization(momentum=0.9)
    assert np.allclose(layer(X), X / np.sqrt(1.001), atol=1e-6)
    assert np.allclose(layer(X, training=True), normalized(X, 0), atol=1e-5)
    assert np.allclose(layer.moving_mean, 0.1 * X.mean(0), atol=1e-6)
    assert np.allclose(layer.moving_variance, 0.9 + 0.1 * X.var(0), atol=1e-6)
    layer.gamma.assign([1.0, 2.0, 3.0])
    layer.beta.assign([5.0, 6.0, 7.0])
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    right = (X - mean) / np.sqrt(variance + 0.001) * [1, 2, 3] + [5, 6, 7]
    assert np.allclose(layer(X, training=False), right, atol=1e-5)
    assert [v.name.split("/")[1] for v in layer.variables] == [
        "gamma:0",
        "beta:0",
        "moving_mean:0",
        "moving_variance:0",
    ]
    assert layer.trainable_variables == [layer.gamma, layer.beta]
    assert layer.non_trainable_variables == [layer.moving_mean, layer.moving_variance]


@pytest.mark.parametrize("axis", [-1, 1, 2, -2])
def test_batch_normalization_along_an_axis(axis):
    x = np.random.default_rng(0).normal(size=(4, 3, 5))
    layer = layers.BatchNormalization(axis=axis, center=False, scale=False, dtype="float64")
    others = tuple(i for i in range(3) if i != axis % 3)
    assert np.allclose(layer(x, training=True), normalized(x, others), atol=1e-12)
    assert np.allclose(layer.moving_mean, 0.01 * x.mean(others)) and layer.trainable_variables == []


def test_a_frozen_batch_normalization_does_not_train():
    layer = layers.BatchNormalization()
    layer.trainable = False
    layer(X, training=True)
    assert value(layer.moving_mean) == [0, 0, 0] and layer.trainable_variables == []
    layer.trainable = True
    assert layer.trainable_variables == [layer.gamma, layer.beta]
    assert not layer.moving_mean.trainable


def test_the_gradient_of_batch_normalization():
    x = np.random.default_rng(1).normal(size=(5, 3))
    layer = layers.BatchNormalization(dtype="float64")
    w = np.random.default_rng(2).normal(size=(5, 3))

    def loss(x):
        return gt.reduce_sum(layer(x, training=True) ** 3 * w)

    g = np.asarray(gt.grad(loss)(x))
    for i in [(0, 0), (2, 1), (4, 2)]:
        step = np.zeros_like(x)
        step[i] = 1e-6
        assert g[i] == pytest.approx((float(loss(x + step)) - float(loss(x - step))) / 2e-6, abs=1e-6)


def test_many_training_steps_keep_no_graph():
    layer = layers.BatchNormalization()
    x = gt.constant(X)
    layer(x, training=True).numpy()
    before = gt.memory_stats()
    for _ in range(300):
        layer(x, training=True).numpy()
    after = gt.memory_stats()
    assert after["handles"] == before["handles"] and after["nodes"] == before["nodes"]
    assert np.allclose(layer.moving_mean, X.mean(0) * (1 - 0.99**301), atol=1e-5)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), [2, 1]])
def test_layer_normalization(axis):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    axes = tuple(sorted(a % 3 for a in ((axis,) if isinstance(axis, int) else axis)))
    layer = layers.LayerNormalization(axis=axis, dtype="float64")
    assert np.allclose(layer(x), normalized(x, axes), atol=1e-12)
    assert layer.gamma.shape == tuple(x.shape[a] for a in axes)
    plain = layers.LayerNormalization(axis=axis, center=False, scale=False, dtype="float64")
    assert np.allclose(plain(x), normalized(x, axes), atol=1e-12) and plain.variables == []


# ---- the small ones, and models


def test_dropout_works_in_training_alone():
    layer = layers.Dropout(0.25)
    x = gt.ones([100, 100])
    assert layer(x) is x and layer(x, training=False) is x
    y = np.asarray(layer(x, training=True))
    assert set(np.unique(y)) == {0, np.float32(1 / 0.75)} and abs((y == 0).mean() - 0.25) < 0.02
    for wrong in (1.0, -0.1):
        with pytest.raises(ValueError, match="rate"):
            layers.Dropout(wrong)


def test_flatten_and_activation():
    assert layers.Flatten()(np.ones((2, 3, 4), np.float32)).shape == (2, 12)
    assert layers.Flatten()(np.ones((2,), np.float32)).shape == (2, 1)
    assert layers.Flatten()(np.ones((0, 3, 2), np.float32)).shape == (0, 6)
    assert value(layers.Activation("relu")([[-1.0, 1.0]])) == [[0, 1]]
    assert value(layers.Activation(lambda x: x * 3.0)([[1.0]])) == [[3]]
    for wrong in ("no_such", "get"):
        with pytest.raises(ValueError, match="is not known"):
            layers.Activation(wrong)


def test_sequential():
    model = keras.Sequential([layers.Dense(4, activation="tanh"), layers.BatchNormalization(), gt.nn.relu])
    model.add(layers.Dense(1))
    assert model(X).shape == (2, 1)
    assert [v.name.split("/")[1] for v in model.trainable_variables] == [
        "kernel:0", "bias:0", "gamma:0", "beta:0", "kernel:0", "bias:0"]  # fmt: skip
    assert len(model.layers) == 3 and len(model.non_trainable_variables) == 2
    before = value(model.layers[1].moving_mean)
    model(X)
    assert value(model.layers[1].moving_mean) == before == [0] * 4
    model(X, training=True)
    assert value(model.layers[1].moving_mean) != before
    model.trainable = False
    assert model.trainable_variables == [] and len(model.variables) == 8
    with pytest.raises(TypeError, match="a float cannot be"):
        keras.Sequential([3.0])


def test_a_model_of_ones_own():
    class Residual(keras.Model):
        def __init__(self):
            super().__init__()
            self.norm = layers.BatchNormalization()
            self.blocks = [layers.Dense(3), layers.Dense(3)]

        def call(self, inputs, training=None):
            x = self.norm(inputs)
            for block in self.blocks:
                x = x + block(x)
            return x

    model = Residual()
    assert model(X).shape == (2, 3) and len(model.trainable_variables) == 6 and len(model.layers) == 3
    model(X, training=True)
    assert value(model.norm.moving_mean) != [0, 0, 0]
    again = copy.deepcopy(model)
    again.blocks[0].kernel.assign(np.zeros((3, 3)))
    assert not np.array_equal(model.blocks[0].kernel, again.blocks[0].kernel)


def test_models_are_saved(tmp_path):
    model = keras.Sequential(
        [layers.Dense(4, activation="elu"), layers.BatchNormalization(), layers.Dense(1)]
    )
    model(X, training=True)
    gt.saved_model.save(model, str(tmp_path))
    assert np.array_equal(gt.saved_model.load(str(tmp_path))(X), model(X))


def test_weights_are_got_and_set():
    a, b = layers.Dense(2), layers.Dense(2)
    a(X), b(X)
    b.set_weights(a.get_weights())
    assert np.array_equal(a(X), b(X))
    with pytest.raises(ValueError, match="1 values for 2 variables"):
        b.set_weights([np.ones((3, 2))])


def test_layers_with_weights_of_their_own():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(name="scale", shape=input_shape[-1:], initializer="ones")
            self.count = self.add_weight("count", (), "int32", "zeros", trainable=False)

        def call(self, inputs):
            self.count.assign_add(1)
            return inputs * self.scale

    layer = Scale()
    assert np.array_equal(layer(X), X) and value(layer.count) == 1
    assert layer.trainable_variables == [layer.scale] and layer.non_trainable_variables == [layer.count]


# ---- initializers and activations


@pytest.mark.parametrize(
    "name, shape, low, high, stddev",
    [
        ("glorot_uniform", (200, 100), -np.sqrt(6 / 300), np.sqrt(6 / 300), np.sqrt(2 / 300)),
        ("glorot_uniform", (5, 5, 40, 80), -np.sqrt(6 / 3000), np.sqrt(6 / 3000), np.sqrt(2 / 3000)),
        ("he_uniform", (200, 100), -np.sqrt(6 / 200), np.sqrt(6 / 200), np.sqrt(2 / 200)),
        ("he_normal", (200, 100), -np.inf, np.inf, np.sqrt(2 / 200)),
        ("glorot_normal", (200, 100), -np.inf, np.inf, np.sqrt(2 / 300)),
        ("random_normal", (200, 100), -np.inf, np.inf, 0.05),
        ("random_uniform", (200, 100), -0.05, 0.05, 0.1 / np.sqrt(12)),
        ("truncated_normal", (200, 100), -0.1, 0.1, 0.05 * 0.8796256610342398),
    ],
)
def test_random_initializers(name, shape, low, high, stddev):
    w = np.asarray(keras.initializers.get(name)(shape, gt.float64))
    assert w.shape == shape and w.min() >= low and w.max() <= high
    assert w.std() == pytest.approx(stddev, rel=0.03) and abs(w.mean()) < 4 * stddev / np.sqrt(w.size)
    if np.isfinite(high):
        assert w.max() > 0.95 * high


def test_initializers_by_name_class_and_object():
    initializers = keras.initializers
    for wanted in ("ones", initializers.Ones, initializers.Ones(), initializers.Constant(1.0)):
        assert value(initializers.get(wanted)((2,))) == [1, 1]
    assert value(initializers.get("zeros")((), gt.int32)) == 0
    assert initializers.fans(()) == (1, 1) and initializers.fans((3,)) == (3, 3)
    same = [value(initializers.GlorotUniform(seed=3)((2, 2))) for _ in range(2)]
    gt.random.set_seed(7)
    assert value(initializers.GlorotUniform(seed=3)((2, 2))) == same[0]
    for wrong in (
        lambda: initializers.get("no_such"),
        lambda: initializers.VarianceScaling(mode="fan"),
        lambda: initializers.VarianceScaling(distribution="flat"),
    ):
        with pytest.raises(ValueError):
            wrong()


# ---- optimizers


def test_sgd_by_hand():
    v, w = gt.Variable([1.0, 2.0]), gt.Variable(3.0)
    sgd = keras.optimizers.SGD(0.5)
    sgd.apply_gradients(zip([gt.constant([1.0, 2.0]), gt.constant(4.0)], [v, w]))
    assert value(v) == [0.5, 1.0] and value(w) == 1 and value(sgd.iterations) == 1


@pytest.mark.parametrize("nesterov, right", [(False, [0.9, 0.71]), (True, [0.81, 0.539])])
def test_momentum_by_hand(nesterov, right):
    v = gt.Variable(1.0, dtype="float64")
    sgd = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=nesterov)
    seen = []
    for _ in range(2):
        sgd.apply_gradients([(1.0, v)])
        seen.append(float(v))
    assert seen == pytest.approx(right)


def test_adam_by_hand():
    v = gt.Variable(1.0, dtype="float64")
    adam = keras.optimizers.Adam(0.1)
    m = s = 0.0
    x = 1.0
    for t in range(1, 6):
        g = 2 * x
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        x -= 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(s) + 1e-7)
        adam.minimize(lambda: v**2, [v])
        assert float(v) == pytest.approx(x, rel=1e-12)
    assert value(adam.iterations) == 5


def test_a_step_as_a_function():
    def train(wrap):
        v = gt.Variable([3.0, -2.0], dtype="float64")
        adam = keras.optimizers.Adam(learning_rate=0.1)

        @wrap
        def step(target):
            with gt.GradientTape() as tape:
                loss = gt.reduce_sum((v - target) ** 2)
            adam.apply_gradients(zip(tape.gradient(loss, [v]), [v]))
            return loss

        losses = [float(step(gt.constant([1.0, 1.0], "float64"))) for _ in range(20)]
        return losses, value(v), value(adam.iterations)

    plain, replayed = train(lambda f: f), train(gt.function)
    assert np.allclose(plain[0], replayed[0], rtol=1e-12) and np.allclose(plain[1], replayed[1], rtol=1e-12)
    assert plain[2] == replayed[2] == 20 and plain[0][-1] < plain[0][0] / 5


def test_learning_rates_change():
    rate, v = gt.Variable(1.0), gt.Variable(10.0)
    for given in (rate, lambda: rate * 1.0):
        v.assign(10.0)
        sgd = keras.optimizers.SGD(given)
        for r in (1.0, 2.0):
            rate.assign(r)
            sgd.apply([1.0], [v])
        assert value(v) == 7


def test_gradients_that_are_none():
    v, w = gt.Variable(1.0, name="v"), gt.Variable(1.0, name="w")
    sgd = keras.optimizers.SGD(1.0)
    with pytest.warns(UserWarning, match="the gradients of w:0 are None"):
        sgd.apply_gradients([(1.0, v), (None, w)])
    assert (value(v), value(w)) == (0, 1)
    with pytest.raises(ValueError, match="no gradient for any variable"):
        sgd.apply_gradients([(None, w)])
