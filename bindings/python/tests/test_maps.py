"""vmap beside loops over samples, root beside known roots, and linearize beside jvp and vjp."""

from __future__ import annotations

import collections
import functools

import numpy as np
import pytest

import gradtape as gt
from gradtape import lax
from gradtape.errors import DTypeError, FailedPreconditionError
from support import alike, close

Pair = collections.namedtuple("Pair", "a b")
RNG = np.random.default_rng(5)
A, B, W = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2)), RNG.normal(size=(3, 2))


# ---- vmap


def test_vmap_takes_a_function_of_one_sample():
    calls = []

    @gt.vmap
    def outer(a, b):
        """An outer product."""
        calls.append((a.shape, b.shape))
        return a[:, None] * b

    close(outer(A, B), A[:, :, None] * B[:, None, :])
    assert calls == [((3,), (2,))] and outer.__doc__ == "An outer product."
    alike(outer, lambda a, b: a[:, :, None] * b[:, None, :], A, B)


def test_axes_of_arguments_and_results():
    def f(x, d, *, scale):
        return {"sum": x + d["shared"], "pair": Pair(d["own"] * scale, 1.0), "none": None}

    d = {"own": np.moveaxis(B, 0, 1), "shared": W[:, 0], "text": "handed on"}
    mapped = gt.vmap(
        f,
        in_axes=(-1, {"shared": None, "own": 1, "text": None}),
        out_axes={"none": 0, "sum": -1, "pair": 0},
    )
    found = mapped(A.T, d, scale=np.arange(5.0))
    close(found["sum"], (A + W[:, 0]).T)
    close(found["pair"].a, B * np.arange(5.0)[:, None])
    assert found["pair"].b.numpy().tolist() == [1.0] * 5 and found["none"] is None
    cube = RNG.normal(size=(2, 3, 4, 5))
    for axis in range(-4, 4):
        for place in range(-4, 4):
            close(gt.vmap(lambda x: x, axis, place)(cube), np.moveaxis(cube, axis, place))


def test_vmap_as_a_decorator_with_options():
    @gt.vmap(in_axes=(0, None))
    def product(x, w):
        return x @ w

    @functools.partial(gt.vmap, in_axes=None, axis_size=4)
    def constant(x):
        return x * 2.0

    close(product(A, W), A @ W)
    close(constant(np.float64(3)), np.full(4, 6.0))
    assert gt.vmap(lambda x: x * 2.0)(A[:0]).shape == (0, 3)
    assert gt.vmap(lambda: 1.0, axis_size=0)().shape == (0,)


def test_per_example_gradients():
    def loss(parameters, x, y):
        return gt.sum((gt.tanh(x @ parameters["w"]) + parameters["b"] - y) ** 2)

    parameters = {"w": W, "b": np.ones(2)}
    found = gt.vmap(gt.grad(loss), in_axes=(None, 0, 0))(parameters, A, B)
    values, same = gt.vmap(gt.value_and_grad(loss), in_axes=(None, 0, 0))(parameters, A, B)
    for n in range(5):
        wanted = gt.grad(loss)(parameters, A[n], B[n])
        for name in wanted:
            close(found[name][n], wanted[name].numpy())
            close(same[name][n], wanted[name].numpy())
        close(values[n], loss(parameters, A[n], B[n]).numpy())
    hessians = gt.vmap(gt.hessian(lambda x: gt.sum(gt.tanh(x @ W) ** 2)))(A)
    close(hessians[2], gt.hessian(lambda x: gt.sum(gt.tanh(x @ W) ** 2))(A[2]).numpy())
    close(gt.vmap(gt.jacobian(gt.sin))(A), np.stack([np.diag(np.cos(a)) for a in A]))
    close(gt.vmap(lambda x: gt.jvp(gt.sin, [x], [np.ones(3)])[1])(A), np.cos(A))


def test_a_tape_in_a_map_and_a_map_on_a_tape():
    v = gt.Variable(W)

    def by_sample(x):
        with gt.GradientTape() as tape:
            y = gt.sum(gt.sin(x @ v))
        return tape.gradient(y, v)

    with gt.GradientTape() as outer:
        gradients = gt.vmap(by_sample)(A)
        y = gt.sum(gradients**2)
    close(gradients, np.stack([np.outer(a, np.cos(a @ W)) for a in A]))
    second = 2 * np.einsum("ni,no,nj,nj,no->io", A, -np.sin(A @ W), A, A, np.cos(A @ W))
    close(outer.gradient(y, v), second)


def test_maps_nest_with_each_other_with_loops_and_with_functions():
    pairs = gt.vmap(gt.vmap(lambda a, b: gt.sum((a - b) ** 2), in_axes=(None, 0)), in_axes=(0, None))
    alike(pairs, lambda a, b: gt.sum((a[:, None] - b) ** 2, axis=-1), A, A[:2] + 0.5)
    close(gt.function(pairs)(gt.constant(A), gt.constant(A[:2])), ((A[:, None] - A[:2]) ** 2).sum(-1))
    cumulative = lambda x: lax.scan(lambda c, x: (c + x, c * x), np.float64(0), x)[1]
    alike(gt.vmap(cumulative), lambda x: gt.stack([cumulative(row) for row in gt.unstack(x)]), A)
    rows = lambda x: lax.map(gt.vmap(lambda e: e * gt.sum(x)), x)
    close(rows(A), A * A.sum())
    close(gt.vmap(gt.function(lambda x: x[::-1]))(A), A[:, ::-1])
    close(gt.vmap(gt.checkpoint(gt.sin))(A), np.sin(A))


def test_samples_draw_apart_or_together():
    def noisy(x):
        return x * 0.0 + gt.random.normal([4])

    zeros = np.zeros(6, np.float32)
    apart, together = gt.vmap(noisy)(zeros).numpy(), gt.vmap(noisy, shared_draws=True)(zeros).numpy()
    assert len(np.unique(apart)) == 24 and len(np.unique(together)) == 4
    assert (together == together[0]).all() and not (gt.vmap(noisy)(zeros).numpy() == apart).any()


def test_layers_that_are_built_take_samples():
    layer = gt.keras.layers.Dense(2, activation="tanh")
    with pytest.raises(FailedPreconditionError, match="make it outside"):
        gt.vmap(layer)(np.ones((3, 1, 2), np.float32))
    batch = RNG.normal(size=(3, 1, 2)).astype(np.float32)
    whole = layer(batch)
    close(gt.vmap(layer)(batch), whole.numpy(), 1e-6)


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        (lambda: gt.vmap(3), TypeError, "f must be a function, got a int"),
        (lambda: gt.vmap(lambda a, b: a)(A, B[:3]), ValueError, r"\(3, 2\) has 3 samples.*shape \(5, 3\) has 5"),
        (lambda: gt.vmap(lambda a: a, axis_size=4)(A), ValueError, "5 samples along axis 0, and axis_size says 4"),
        (lambda: gt.vmap(lambda a: a, in_axes=None)(A), ValueError, "axis_size must say"),
        (lambda: gt.vmap(lambda: 1.0)(), ValueError, "axis_size must say"),
        (lambda: gt.vmap(lambda a: a)(1.0), ValueError, r"in_axes has 0 for a tensor of shape \(\); None is for"),
        (lambda: gt.vmap(lambda a: a, in_axes=2)(A), ValueError, r"in_axes has 2 for a tensor of shape \(5, 3\)"),
        (lambda: gt.vmap(lambda a, b: a, in_axes=(0,))(A, B), ValueError, r"in_axes has \(0,\) for a tuple of 2"),
        (lambda: gt.vmap(lambda a: a, in_axes=({"b": 0},))({"a": A}), ValueError, "in_axes has {'b': 0} for a dict"),
        (lambda: gt.vmap(lambda a: a, in_axes=("a",))(A), TypeError, "want ints or None"),
        (lambda: gt.vmap(lambda a: a, out_axes=2)(A), ValueError, r"out_axes has 2 for a tensor of shape \(3,\)"),
        (lambda: gt.vmap(lambda a: a, out_axes=(0, 0))(A), ValueError, r"out_axes has \(0, 0\) for a Tensor"),
        (lambda: gt.vmap(lambda a: a, out_axes=None)(A), TypeError, "out_axes has None"),
        (lambda: gt.vmap(lambda a: "text")(A), DTypeError, "str"),
        (lambda: gt.vmap(lambda a: a if a[0] > 0 else -a)(A), FailedPreconditionError, "one sample of many"),
    ],
)
def test_errors_of_vmap_say_what_is_wrong(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


# ---- root


def test_a_root_has_derivatives_by_the_implicit_function_theorem():
    def cube(a):
        return gt.root(lambda x: x**3 - a, np.float64(1.0))

    alike(cube, lambda a: a ** (1 / 3), np.float64(2.0), tolerance=1e-8)
    close(gt.vmap(cube)(np.array([1.0, 8.0, 27.0])), [1, 2, 3], 1e-9)
    close(gt.function(gt.grad(cube))(gt.constant(np.float64(8.0))), 1 / 12, 1e-9)
    v = gt.Variable(np.float64(4.0))
    with gt.GradientTape() as tape:
        x = gt.root(lambda x: x * x - v, np.float64(1.0), tolerance=1e-12, max_steps=20)
    close(tape.gradient(x, v), 0.25)


def test_a_root_of_a_system_has_the_structure_of_its_guess():
    def system(a):
        def residual(u):
            line = {"residual of x": u["x"] + u["pair"].a - a, "of a": u["x"] * u["pair"].a - 6.0}
            return line, {"sum": u["x"] + u["pair"].a, "none": None}

        guess = {"x": np.float64(1.0), "pair": Pair(np.float64(4.5), None)}
        return gt.root(residual, guess, has_aux=True)

    u, aux = system(np.float64(5.0))
    close(u["x"], 2.0, 1e-9)
    close(u["pair"].a, 3.0, 1e-9)
    close(aux["sum"], 5.0, 1e-9)
    assert u["pair"].b is None and aux["none"] is None
    close(gt.grad(lambda a: system(a)[0]["x"])(np.float64(5.0)), -2.0, 1e-8)  # dx/da = x / (x - y)
    close(gt.grad(lambda a: system(a)[1]["sum"])(np.float64(5.0)), 1.0, 1e-8)


def test_a_solver_of_ones_own_may_leave_gradtape():
    brentq = pytest.importorskip("scipy.optimize").brentq
    calls = []

    def cube(a):
        def solver(guess):
            calls.append(float(guess))
            return {"x": brentq(lambda x: x**3 - float(np.sum(a)), 0, 5)}["x"]

        return gt.root(lambda x: x**3 - a, np.float64(1.0), solver=solver)

    close(gt.grad(cube)(np.float64(8.0)), 1 / 12, 1e-9)  # without a warning: no derivative is lost
    close(gt.hessian(cube)(np.float64(8.0)), -1 / 144, 1e-9)
    assert calls == [1.0, 1.0]
    with pytest.raises(ValueError, match="the solver's result: got None"):
        gt.root(lambda x: x, np.float64(1.0), solver=lambda x: None)


@pytest.mark.parametrize("linear", ["dense", "banded", "sparse", "cg", "gmres"])
def test_a_root_is_the_same_by_each_kind_of_linear_system(linear):
    def system(a):
        def residual(u):
            return 3.0 * u + u**3 - gt.pad(u[1:], [[0, 1]]) - gt.pad(u[:-1], [[1, 0]]) - a

        return gt.root(residual, gt.zeros_like(a), 1e-12, linear=linear, linear_tolerance=1e-12, linear_restart=4)

    a = np.array([1.0, -2.0, 0.5, 3.0])
    x = system(a).numpy()
    close(3 * x + x**3 - np.append(x[1:], 0) - np.append(0, x[:-1]), a, 1e-11)
    matrix = np.diag(3 + 3 * x**2) - np.eye(4, k=1) - np.eye(4, k=-1)
    close(gt.jacobian(system)(a), np.linalg.inv(matrix), 1e-9)
    close(gt.grad(lambda a: gt.reduce_sum(system(a)))(a), np.linalg.inv(matrix).sum(axis=0), 1e-9)


def test_a_fixed_point_has_derivatives_without_a_matrix():
    def layer(w, x):
        return gt.fixed_point(lambda z: gt.tanh(gt.linalg.matvec(w, z) + x), gt.zeros_like(x))

    w, x = np.array([[0.2, -0.3], [0.4, 0.1]]), np.array([0.5, -1.0])
    z = layer(w, x).numpy()
    close(z, np.tanh(w @ z + x), 1e-9)
    d = np.diag(1 - z**2)
    close(gt.jacobian(lambda x: layer(w, x))(x), np.linalg.inv(np.eye(2) - d @ w) @ d, 1e-8)
    close(gt.vmap(lambda x: layer(w, x))(np.stack([x, 2 * x]))[0], z, 1e-9)
    z, aux = gt.fixed_point(lambda z: (gt.cos(z), {"twice": 2.0 * z}), np.float64(1.0), has_aux=True, method="newton")
    close(aux["twice"], 2 * 0.7390851332151607, 1e-9)
    close(gt.fixed_point(gt.cos, np.float64(1.0), history=2, damping=0.5, solver=lambda g: z), z)


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        (lambda: gt.root(1.0, 1.0), TypeError, "residual must be a function"),
        (lambda: gt.root(lambda x: x, 1.0, solver=3), TypeError, "solver must be a function"),
        (lambda: gt.root(lambda x: x, 1.0, max_steps=0), ValueError, "max_steps must be positive"),
        (lambda: gt.root(lambda x: x, 1.0, tolerance=-1.0), ValueError, "tolerance must not be negative"),
        (lambda: gt.root(lambda x: (x, x), 1.0), ValueError, "gave 2 tensors for 1 unknowns"),
        (lambda: gt.root(lambda x: x, 1.0, has_aux=True), TypeError, r"must return \(residuals, aux\)"),
        (lambda: gt.root(lambda x: gt.sum(x), np.ones(2)), ValueError, "2 unknowns and 1 residuals"),
        (lambda: gt.root(lambda x: x, 1), ValueError, "floating dtype"),
        (lambda: gt.root(lambda x: x * x + 1.0, 3.0).numpy(), FailedPreconditionError, "no root was found"),
        (lambda: gt.root(lambda x: x, 1.0, linear="lu"), ValueError, "root: linear must be one of 'dense', .*got 'lu'"),
        (lambda: gt.root(lambda x: x, 1.0, linear_restart=0), ValueError, "linear_restart must be positive"),
        (lambda: gt.root(lambda x: x, 1.0, linear_tolerance=-1.0), ValueError, "linear_tolerance must not be negative"),
        (lambda: gt.fixed_point(1.0, 1.0), TypeError, "fixed_point: function must be a function"),
        (lambda: gt.fixed_point(gt.cos, 1.0, method="picard"), ValueError, "method must be one of 'newton', 'anderson'"),
        (lambda: gt.fixed_point(gt.cos, 1.0, damping=0.0), ValueError, "damping must be above 0"),
        (lambda: gt.fixed_point(gt.cos, 1.0, has_aux=True), TypeError, r"must return \(x, aux\)"),
        (lambda: gt.fixed_point(gt.sum, np.ones(2)), ValueError, "gives each unknown anew"),
        (lambda: gt.fixed_point(gt.exp, 1.0).numpy(), FailedPreconditionError, "no root was found"),
    ],
)
def test_errors_of_root_say_what_is_wrong(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


# ---- linearize


def test_linearize_gives_the_derivative_as_a_function():
    calls = []

    def f(p, x):
        calls.append(1)
        return {"y": gt.tanh(p["w"].T @ x), "n": gt.sum(x * x)}

    p, dp, dx = {"w": W}, {"w": RNG.normal(size=(3, 2))}, RNG.normal(size=3)
    value, pushforward = gt.linearize(f, p, A[0])
    for tangents in ((dp, dx), (dp, None), ({"w": None}, dx)):
        wanted, along = gt.jvp(f, (p, A[0]), tangents)
        found = pushforward(*tangents)
        for name in ("y", "n"):
            close(value[name], wanted[name].numpy())
            close(found[name], along[name].numpy())
    assert len(calls) == 4  # one for each jvp
    (_, aux) = gt.linearize(lambda x: (x * x, "aux"), 3.0, has_aux=True)[::2]
    assert aux == "aux"
    batch = gt.vmap(lambda dx: pushforward({"w": None}, dx)["y"])(np.eye(3))
    close(batch, gt.jacobian(lambda x: f(p, x)["y"])(A[0]).numpy().T)


def test_linearize_nests():
    def slope(x):
        return gt.linearize(lambda x: gt.sin(x) * x, x)[1](1.0)

    alike(slope, gt.grad(lambda x: gt.sin(x) * x), np.float64(0.4))


def test_a_tape_is_linearized_both_ways():
    v = gt.Variable(W)
    with gt.GradientTape(persistent=True) as tape:
        y = gt.tanh(A @ v)
        z = {"sum": gt.sum(v), "other": gt.constant(np.ones(2))}
    dv, dy = RNG.normal(size=W.shape), RNG.normal(size=(5, 2))
    along = tape.linearize({"y": y, "z": z}, [v])
    for _ in range(2):
        found = along([dv])
        close(found["y"], tape.jvp(y, v, dv).numpy())
        close(found["z"]["sum"], dv.sum())
        close(found["z"]["other"], np.zeros(2))  # not connected
        dv = dv * 2.0
    back = tape.linearize({"y": y, "z": z}, [v], transposed=True)
    (found,) = back({"y": dy, "z": {"sum": 3.0, "other": None}})
    close(found, tape.gradient(y, v, dy).numpy() + 3.0)
    v.assign(v * 2.0)  # the values between are those of the recording
    close(back({"y": dy, "z": {"sum": 3.0, "other": None}})[0], found.numpy())


def test_linearize_uses_up_a_tape_and_says_what_is_wrong():
    x = gt.constant([1.0, 2.0])
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    along = tape.linearize(y, x)
    close(along([1.0, 1.0]), [2.0, 4.0])
    with pytest.raises(FailedPreconditionError, match="serves one derivative"):
        tape.gradient(y, x)
    with pytest.raises(ValueError, match=r"tangents: got one of shape \(3,\), wanted \(2,\)"):
        along(np.ones(3))
    with pytest.raises(TypeError, match="linearize: the target is a float"):
        tape.linearize(1.0, x)
    with pytest.raises(TypeError, match="the argument 1 is int32"):
        gt.linearize(lambda x: x, 1)
    with pytest.raises(ValueError, match=r"got one of shape \(2,\), wanted \(\)"):
        gt.linearize(lambda x: x, 1.0)[1](np.ones(2))
