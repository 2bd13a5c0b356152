"""Derivatives of random programs beside those of JAX, where it is installed: gradients and Hessians, both modes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradtape as gt

jax = pytest.importorskip("jax")
jnp = jax.numpy
jax.config.update("jax_enable_x64", True)

# Each by gradtape and by JAX, smooth where the programs go.
UNARY = {
    "sin": (gt.sin, jnp.sin),
    "tanh": (gt.tanh, jnp.tanh),
    "sigmoid": (gt.sigmoid, jax.nn.sigmoid),
    "softplus": (gt.nn.softplus, jax.nn.softplus),
    "gelu": (lambda x: gt.nn.gelu(x, approximate=False), lambda x: jax.nn.gelu(x, approximate=False)),
    "root": (lambda x: gt.sqrt(1 + x * x), lambda x: jnp.sqrt(1 + x * x)),
    "log": (lambda x: gt.log(2 + gt.cos(x)), lambda x: jnp.log(2 + jnp.cos(x))),
    "erf": (gt.erf, jax.scipy.special.erf),
    "softmax": (gt.nn.softmax, jax.nn.softmax),
    "log_softmax": (gt.nn.log_softmax, jax.nn.log_softmax),
    "normalised": (
        lambda x: x / (1 + gt.sum(x * x, axis=-1, keepdims=True)),
        lambda x: x / (1 + jnp.sum(x * x, axis=-1, keepdims=True)),
    ),
    "sum down": (lambda x: x - gt.sum(x, axis=0), lambda x: x - jnp.sum(x, axis=0)),
    "mean": (lambda x: x * gt.mean(x), lambda x: x * jnp.mean(x)),
    "product": (
        lambda x: x + gt.prod(1 + x * x / 8, axis=-1, keepdims=True),
        lambda x: x + jnp.prod(1 + x * x / 8, axis=-1, keepdims=True),
    ),
    "logsumexp": (
        lambda x: x - gt.reduce_logsumexp(x, axis=1, keepdims=True),
        lambda x: x - jax.nn.logsumexp(x, axis=1, keepdims=True),
    ),
    "cumulative": (lambda x: gt.cumulative_sum(x, axis=1), lambda x: jnp.cumsum(x, axis=1)),
    "running product": (lambda x: gt.cumulative_prod(1 + x / 4, axis=1), lambda x: jnp.cumprod(1 + x / 4, axis=1)),
    "reversed": (lambda x: gt.flip(x, axis=1), lambda x: jnp.flip(x, axis=1)),
    "rolled": (lambda x: x * gt.roll(x, 1, axis=1), lambda x: x * jnp.roll(x, 1, axis=1)),
    "sliced": (
        lambda x: gt.concat([x[:, 1:], x[:, :1] ** 2], axis=1),
        lambda x: jnp.concatenate([x[:, 1:], x[:, :1] ** 2], axis=1),
    ),
    "transposed": (lambda x: x @ (x.T @ x) / 8, lambda x: x @ (x.T @ x) / 8),
    "inverse": (
        lambda x: gt.linalg.solve(gt.matmul(x, x.T) + 4 * gt.eye(x.shape[0], dtype=x.dtype), x),
        lambda x: jnp.linalg.solve(x @ x.T + 4 * jnp.eye(x.shape[0]), x),
    ),
    "cholesky": (
        lambda x: gt.linalg.cholesky(gt.matmul(x, x.T) + 4 * gt.eye(x.shape[0], dtype=x.dtype)) @ x,
        lambda x: jnp.linalg.cholesky(x @ x.T + 4 * jnp.eye(x.shape[0])) @ x,
    ),
    "where": (lambda x: gt.where(x > 0.1, x * x, gt.exp(x)), lambda x: jnp.where(x > 0.1, x * x, jnp.exp(x))),
}
BINARY = {
    "add": (lambda a, b: a + b,) * 2,
    "multiply": (lambda a, b: a * b,) * 2,
    "divide": (lambda a, b: a / (2 + b * b),) * 2,
    "power": (lambda a, b: (1.5 + a * a) ** b,) * 2,
    "hypot": (lambda a, b: gt.hypot(a, 1 + b * b), lambda a, b: jnp.hypot(a, 1 + b * b)),
    "atan2": (lambda a, b: gt.atan2(a, 1 + b * b), lambda a, b: jnp.arctan2(a, 1 + b * b)),
}
DERIVATIVES = {
    "gradient": (gt.grad, jax.grad),
    "hessian": (gt.hessian, jax.hessian),
    "forward over reverse": (
        lambda f: lambda x: gt.jvp(gt.grad(f), [x], [x])[1],
        lambda f: lambda x: jax.jvp(jax.grad(f), (x,), (x,))[1],
    ),
    "reverse over forward": (
        lambda f: lambda x: gt.grad(lambda y: gt.jvp(f, [y], [gt.ones_like(y)])[1])(x),
        lambda f: lambda x: jax.grad(lambda y: jax.jvp(f, (y,), (jnp.ones_like(y),))[1])(x),
    ),
}


@st.composite
def programs(draw):
    """A chain of functions, with a binary one that meets an earlier value again, ended by a sum."""
    names = draw(st.lists(st.sampled_from(sorted(UNARY)), min_size=1, max_size=3))
    meets = draw(st.sampled_from(sorted(BINARY)))
    again = draw(st.integers(0, len(names)))

    def program(which):
        def f(x):
            values = [x]
            for name in names:
                values.append(UNARY[name][which](values[-1]))
            y = BINARY[meets][which](values[-1], values[again])
            return (gt.sum if which == 0 else jnp.sum)(y * y) / 4

        return f

    return (*names, meets, again), program(0), program(1)


@pytest.mark.parametrize("derivative", sorted(DERIVATIVES))
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(program=programs(), rows=st.integers(1, 3), columns=st.integers(1, 4), seed=st.integers(0, 99))
def test_derivatives_are_those_of_jax(derivative, program, rows, columns, seed):
    what, ours, theirs = program
    x = np.random.default_rng(seed).uniform(-1, 1, (rows, columns))
    mine, other = DERIVATIVES[derivative]
    expected = np.asarray(other(theirs)(jnp.asarray(x)))
    assert np.allclose(mine(ours)(x), expected, rtol=1e-9, atol=1e-9 * (1 + np.abs(expected).max())), what
