"""JAX, the programs with loops of bench/loops under jit, in double. Loops are lax.scan. Runge and Kutta's steps are not unrolled here: XLA
compiles 100 of them for more than 150 seconds."""
import json
import os
import sys
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp
import numpy as np

from common import timed

jax.config.update("jax_enable_x64", True)
NAMES = sys.argv[2:]
WIDTH, LAYERS, BATCH, IN, HIDDEN, OUT = 14, 2, 128, 32, 64, 10
results = {}


def wave(n, height, rate, middle=0.0):
    return jnp.asarray(middle + height * np.sin(rate * np.arange(n) + 1))


def run(name, f, *args):
    """The value and the gradient by the first argument."""
    if NAMES and not any(n in name for n in NAMES):
        return
    compiled = jax.jit(f)
    check = sum(float(jnp.sum(jnp.abs(leaf))) for leaf in jax.tree.leaves(compiled(*args)))
    results[f"{name}|JAX"] = {**timed(lambda: jax.block_until_ready(compiled(*args))), "check": check}


def step(x, y, p, h=0.01):
    def slope(u, v):
        return u * (p[0] - p[1] * v), v * (p[2] * u - p[3])
    ax, ay = slope(x, y)
    bx, by = slope(x + h / 2 * ax, y + h / 2 * ay)
    cx, cy = slope(x + h / 2 * bx, y + h / 2 * by)
    dx, dy = slope(x + h * cx, y + h * cy)
    return x + h / 6 * (ax + 2 * bx + 2 * cx + dx), y + h / 6 * (ay + 2 * by + 2 * cy + dy)


def by_numbers(a, steps):
    z, _ = jax.lax.scan(lambda z, _: (step(*z, a[2:]), None), (a[0], a[1]), length=steps)
    return z[0] + z[1]


def by_vectors(a, steps, h=0.01):
    p = a[2:]
    def slope(z):
        return jnp.stack([z[0] * (p[0] - p[1] * z[1]), z[1] * (p[2] * z[0] - p[3])])
    def body(z, _):
        k1 = slope(z)
        k2 = slope(z + h / 2 * k1)
        k3 = slope(z + h / 2 * k2)
        k4 = slope(z + h * k3)
        return z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), None
    return jax.lax.scan(body, a[:2], length=steps)[0].sum()


start = jnp.asarray([1.0, 0.5, 1.1, 0.4, 0.1, 0.4])
for steps in (1000, 10000):
    run(f"lotka_volterra/{steps}", jax.value_and_grad(lambda a, n=steps: by_numbers(a, n)), start)
run("lotka_volterra_vectors/1000", jax.value_and_grad(lambda a: by_vectors(a, 1000)), start)


def lstm(weights, rows):
    main = weights[:2 * LAYERS * 4 * WIDTH].reshape(LAYERS, 2, 4, WIDTH)
    extra = weights[2 * LAYERS * 4 * WIDTH:].reshape(3, WIDTH)

    def body(state, row):
        x, following = row * extra[0], []
        for layer, (hidden, cell) in enumerate(state):
            w, b = main[layer]
            forget, into = jax.nn.sigmoid(x * w[0] + b[0]), jax.nn.sigmoid(hidden * w[1] + b[1])
            out, change = jax.nn.sigmoid(x * w[2] + b[2]), jnp.tanh(hidden * w[3] + b[3])
            cell = cell * forget + into * change
            x = out * jnp.tanh(cell)
            following.append((x, cell))
        return tuple(following), x * extra[1] + extra[2]

    zero = jnp.zeros(WIDTH)
    said = jax.lax.scan(body, ((zero, zero),) * LAYERS, rows[:-1])[1]
    wanted = rows[1:]
    sums = jnp.log(jnp.exp(said).sum(1) + 2)
    return ((wanted.sum(1) * sums).sum() - (wanted * said).sum()) / wanted.size


run("lstm/4096", jax.value_and_grad(lstm), wave(2 * LAYERS * 4 * WIDTH + 3 * WIDTH, 0.8, 0.7),
    wave(4097 * WIDTH, 0.5, 0.3, 0.5).reshape(4097, WIDTH))


def minors(a, row, columns):
    if row == len(a):
        return 1.0
    return sum((-1) ** k * a[row, j] * minors(a, row + 1, columns[:k] + columns[k + 1:]) for k, j in enumerate(columns))


run("minors_unrolled/5", jax.value_and_grad(lambda a: minors(a, 0, tuple(range(5)))), jnp.sin(jnp.arange(25.0) ** 2).reshape(5, 5))


def loss(w, x, wanted):
    y = jnp.tanh(x @ w[0] + w[1]) @ w[2] + w[3]
    return -(wanted * jax.nn.log_softmax(y)).sum()


weights, shapes, first = [], ((IN, HIDDEN), (HIDDEN,), (HIDDEN, OUT), (OUT,)), 0
flat = wave(IN * HIDDEN + HIDDEN + HIDDEN * OUT + OUT, 0.3, 0.7)
for shape in shapes:
    size = int(np.prod(shape))
    weights.append(flat[first:first + size].reshape(shape))
    first += size
run(f"examples/{BATCH}", jax.vmap(jax.value_and_grad(loss), (None, 0, 0)), weights,
    wave(BATCH * IN, 1, 0.37).reshape(BATCH, IN), wave(BATCH * OUT, 0.1, 0.9, 0.1).reshape(BATCH, OUT))
print(json.dumps(results))
