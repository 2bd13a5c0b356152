"""A program in which type checkers find nothing to complain about."""

from __future__ import annotations

from typing import Any

import numpy as np

import gradtape as gt


def loss_of(model: gt.keras.Sequential, x: gt.Tensor) -> gt.Tensor:
    return gt.reduce_mean(gt.square(model(x)))


def train(steps: int) -> list[float]:
    model = gt.keras.Sequential([gt.keras.layers.Dense(3, activation="tanh"), gt.keras.layers.Dense(1)])
    x = gt.random.normal([7, 5])
    losses = []
    for _ in range(steps):
        with gt.GradientTape() as tape:
            loss = loss_of(model, x)
        for variable, gradient in zip(
            model.trainable_variables, tape.gradient(loss, model.trainable_variables)
        ):
            variable.assign_sub(0.1 * gradient)
        losses.append(float(loss))
    return losses


@gt.custom_gradient
def doubled(x: gt.Tensor) -> Any:
    return 2.0 * x, lambda dy: 2.0 * dy


def tensors() -> tuple[gt.Tensor, ...]:
    x = gt.Variable([1.0, 2.0], name="x")
    array = np.ones(2)
    y: gt.Tensor = gt.sin(x) * array - 1 / x + gt.erf([0.5, 1.0])
    z: gt.Tensor = gt.leaky_relu(y, alpha=0.1)[0] @ gt.eye(2) if y.ndim == 3 else abs(y)
    values, indices = gt.top_k(x, 1)
    shape: tuple[int, ...] = x.at[0].set(3.0).T.shape
    name: str = x.dtype.name
    print(shape, name, np.sin(x), np.asarray(x), x.numpy().sum(), gt.hessian(gt.sum)(array))
    return y, z, values, indices, gt.stack([x, y]), x.assign_add([1.0, 1.0]), gt.cast(x, "float64")


@gt.checkpoint
def block(x: gt.Tensor) -> gt.Tensor:
    return gt.tanh(x)


def loops(x: gt.Tensor) -> Any:
    last, rows = gt.lax.scan(lambda carry, row: (carry + row, {"row": row}), 0.0, x, memory_budget=1000)
    rows = gt.vmap(gt.grad(gt.sum), in_axes=(0,))(gt.lax.map(block, x))
    with gt.GradientTape() as tape:
        y = gt.lax.while_loop(lambda v: v < 9.0, lambda v: 2.0 * v, gt.sum(x), max_steps=3)
    value, pushforward = gt.linearize(block, x)
    root = gt.root(lambda u: u * u - 2.0, 1.0, tolerance=1e-3, linear="gmres")
    point = gt.fixed_point(gt.cos, 1.0, damping=0.5, history=3)
    return last, rows, tape.linearize(y, x, transposed=True)(1.0), value, pushforward(x), root, point


def pictures() -> str:
    ax = gt.plot.matrix(np.eye(3), title="eye")
    ax.set_xlabel("x")
    return gt.plot.graph(gt.exp(gt.constant(1.0))).strip()


try:
    gt.matmul(gt.eye(2), gt.eye(3))
except gt.errors.InvalidArgumentError as error:
    print(error)
