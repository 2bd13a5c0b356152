"""TensorFlow's guide "Advanced automatic differentiation", part by part: python -m gradtape.guide [--figures FOLDER].

Each part prints the values that the guide shows, and checks its own claims. The program ends with 0 if all claims
hold. With --figures it draws the guide's pictures too, as PNG and SVG. The same numbers come in every run of a seed.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import warnings
from typing import Any, Callable, Optional, Sequence

import numpy as np

import gradtape as gt

_WIDTH, _HEIGHT, _DPI = 6.0, 4.4, 150  # inches, and pixels an inch


class Guide:
    """The state of all parts: the folder of figures, and the number of claims that did not hold."""

    def __init__(self, figures: Optional[str] = None) -> None:
        self.figures = figures
        self.failed = 0
        if figures is not None:
            os.makedirs(figures, exist_ok=True)

    def check(self, holds: Any, claim: str) -> None:
        """Prints the claim, and whether it holds."""
        self.failed += not holds
        print(f"  [{'ok' if holds else 'FAILED'}] {claim}")

    def figure(self, name: str, draw: Callable[[Any], Any]) -> None:
        """Draws on new axes and saves NAME.png and NAME.svg, where figures are wanted."""
        if self.figures is None:
            return
        import matplotlib
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="compressed")
        draw(figure.add_subplot())
        with matplotlib.rc_context({"svg.hashsalt": name}):
            figure.savefig(self.path(name, "svg"), metadata={"Date": None})
        figure.savefig(self.path(name, "png"), dpi=_DPI, metadata={"Software": None})
        print(f"  figure: {self.path(name, 'png')}")

    def graph(self, name: str, tensor: Any, names: dict[str, Any]) -> None:
        """Saves the recorded graph behind a tensor as NAME.svg, where figures are wanted."""
        if self.figures is not None:
            gt.plot.graph(tensor, self.path(name, "svg"), names=names)
            print(f"  figure: {self.path(name, 'svg')}")

    def path(self, name: str, ending: str) -> str:
        """The file of a figure; only where figures are wanted."""
        return os.path.join(self.figures or "", f"{name}.{ending}")


def largest(x: Any) -> float:
    """The largest magnitude of a tensor's entries."""
    return float(gt.reduce_max(abs(x)))


# ---- 1 to 4: recording, and gradients of one's own


def stop_recording(guide: Guide) -> None:
    """1. Stop recording: y_sq is computed behind the tape's back"""
    x, y = gt.Variable(2.0), gt.Variable(3.0)
    with gt.GradientTape() as tape:
        x_sq = x * x
        with tape.stop_recording():
            y_sq = y * y
        z = x_sq + y_sq
    grad = tape.gradient(z, {"x": x, "y": y})
    print("dz/dx:", grad["x"])
    print("dz/dy:", grad["y"])
    guide.check(grad["x"] == 4.0 and grad["y"] is None, "dz/dx is 2x, and y is not connected")


def reset(guide: Guide) -> None:
    """2. Reset: the recording starts anew"""
    x, y = gt.Variable(2.0), gt.Variable(3.0)
    with gt.GradientTape() as tape:
        y_sq = y * y
        tape.reset()  # forgets all that was recorded so far
        z = x * x + y_sq
    grad = tape.gradient(z, {"x": x, "y": y})
    print("dz/dx:", grad["x"])
    print("dz/dy:", grad["y"])
    guide.check(grad["x"] == 4.0 and grad["y"] is None, "dz/dx is 2x, and y is not connected")


def stop_gradient(guide: Guide) -> None:
    """3. Stop gradient: more precise than stopping the tape"""
    x, y = gt.Variable(2.0), gt.Variable(3.0)
    with gt.GradientTape() as tape:
        y_sq = y**2
        z = x**2 + gt.stop_gradient(y_sq)
    grad = tape.gradient(z, {"x": x, "y": y})
    print("dz/dx:", grad["x"])
    print("dz/dy:", grad["y"])
    guide.check(grad["x"] == 4.0 and grad["y"] is None, "the gradient stops at stop_gradient")


@gt.custom_gradient
def clip_gradients(y: Any) -> Any:
    """y itself; its gradient is clipped to the norm 0.5 on its way back."""
    return y, lambda dy: gt.clip_by_norm(dy, 0.5)


@gt.custom_gradient
def log1pexp(x: Any) -> Any:
    """log(1 + e^x), with a gradient that does not overflow; e^x is kept from the forward pass."""
    e = gt.exp(x)
    return gt.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))


@gt.custom_gradient
def rounded(x: Any) -> Any:
    """x rounded and clipped to [0, 10], with the gradient of x."""
    return gt.round(gt.clip_by_value(x, 0.0, 10.0)), lambda dy: dy


@functools.lru_cache(maxsize=None)
def cube() -> Any:
    """An op of one's own over NumPy arrays, registered once, and its gradient, registered by name."""
    gt.register_op("guide_cube", infer=lambda x: [x], compute=lambda x: x**3, doc="x * x * x")

    @gt.RegisterGradient("guide_cube")
    def gradient(op: Any, dy: Any) -> Any:
        return dy * 3.0 * gt.square(op.inputs[0])

    return getattr(gt, "guide_cube")


def custom_gradients(guide: Guide) -> None:
    """4. Custom gradients"""
    v = gt.Variable(2.0)
    with gt.GradientTape() as tape:
        output = clip_gradients(v * v)
    grad = tape.gradient(output, v)
    print("d(v * v)/dv with its gradient clipped to 0.5:", grad)
    guide.check(output == 4.0 and grad == 2.0, "the value is 4, the gradient 0.5 * 2v")

    x = gt.Variable(2.0)
    with gt.GradientTape() as outer:
        with gt.GradientTape() as inner:
            y = cube()(x)
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    print(f"an op of one's own: cube(2) = {y:g}, first derivative {first:g}, second {second:g}")
    guide.check((y, first, second) == (8.0, 12.0, 12.0), "3x^2 and 6x: a gradient made of ops has a gradient")

    x = gt.Variable(100.0)
    naive = gt.grad(lambda x: gt.log(1 + gt.exp(x)))(x)
    stable = gt.grad(log1pexp)(x)
    print(f"the gradient of log(1 + exp(x)) at 100: {naive:g}, and with the custom gradient: {stable:g}")
    guide.check(np.isnan(naive) and stable == 1.0, "nan becomes 1")

    value, slope = gt.value_and_grad(rounded)(12.3)
    print(f"12.3 rounded and clipped is {value:g}, with gradient {slope:g}")
    guide.check(value == 10.0 and slope == 1.0, "the value changes, its gradient passes through")


# ---- 5 to 7: several tapes


def multiple_tapes(guide: Guide) -> None:
    """5. Multiple tapes: each watches what it is told"""
    x0, x1 = gt.constant(0.0), gt.constant(0.0)
    with gt.GradientTape() as tape0, gt.GradientTape() as tape1:
        tape0.watch(x0)
        tape1.watch(x1)
        ys = gt.reduce_sum(gt.math.sin(x0) + gt.nn.sigmoid(x1))
    g0, g1 = tape0.gradient(ys, x0), tape1.gradient(ys, x1)
    print("dys/dx0 (cos 0):", g0)
    print("dys/dx1 (sigmoid' 0):", g1)
    guide.check(g0 == 1.0 and g1 == 0.25, "1 and 1/4")


def higher_order(guide: Guide) -> None:
    """6. Higher-order gradients: a gradient taken while another tape records"""
    x = gt.Variable(1.0)
    with gt.GradientTape() as t3, gt.GradientTape() as t2, gt.GradientTape() as t1:
        y = x * x * x
        dy_dx = t1.gradient(y, x)
        guide.graph("gradient_graph", dy_dx, {"x": x, "dy_dx": dy_dx})
        d2y_dx2 = t2.gradient(dy_dx, x)
    d3y_dx3 = t3.gradient(d2y_dx2, x)
    print("dy_dx: 3 * x**2 =", dy_dx.numpy())
    print("d2y_dx2: 6 * x =", d2y_dx2.numpy())
    print("d3y_dx3: 6 =", d3y_dx3.numpy())
    guide.check((dy_dx, d2y_dx2, d3y_dx3) == (3.0, 6.0, 6.0), "3, 6 and 6 at x = 1")


def input_gradient_regularization(guide: Guide) -> None:
    """7. Input gradient regularization: the gradient of the size of a gradient"""
    x = gt.random.normal([7, 5])
    layer = gt.keras.layers.Dense(10, activation=gt.nn.relu)
    with gt.GradientTape() as t2:  # sees how the inner gradient is computed
        with gt.GradientTape(watch_accessed_variables=False) as t1:
            t1.watch(x)
            out = gt.reduce_sum(layer(x) ** 2)
        g1 = t1.gradient(out, x)
        magnitude = gt.norm(g1)
    grads = t2.gradient(magnitude, layer.trainable_variables)
    print(f"size of the gradient by the input: {magnitude:.4f}")
    print("shapes of its gradients by kernel and bias:", [g.shape for g in grads])
    guide.check(largest(grads[0]) > 0, "the kernel can be trained to make it smaller")


# ---- 8 and 9: Jacobians


def scalar_source(guide: Guide) -> None:
    """8. Jacobian of a tensor by a scalar: sigmoid along a line"""
    x = gt.linspace(-10.0, 10.0, 201)
    delta = gt.Variable(0.0)
    with gt.GradientTape() as tape:
        y = gt.nn.sigmoid(x + delta)
    dy_dx = tape.jacobian(y, delta)
    print("y.shape:", y.shape)
    print("dy_dx.shape:", dy_dx.shape)
    print("slope at -10, -2, 0, 2, 10:", *(f"{dy_dx[i]:.5f}" for i in (0, 80, 100, 120, 200)))
    guide.check(dy_dx[100] == 0.25, "the slope in the middle is 1/4")
    guide.check(largest(dy_dx - y * (1 - y)) < 1e-6, "the slope is y (1 - y)")

    def draw(ax: Any) -> None:
        ax.plot(x, y, label="y = sigmoid(x)")
        ax.plot(x, dy_dx, label="dy/dx")
        ax.set(xlabel="x", ylabel="value", title="A function, and its Jacobian by a scalar")
        ax.grid(alpha=0.3)
        ax.legend()

    guide.figure("sigmoid", draw)


def tensor_source(guide: Guide) -> None:
    """9. Jacobian of a layer's output by its kernel"""
    x = gt.random.normal([7, 5])
    layer = gt.keras.layers.Dense(10, activation=gt.nn.relu)
    with gt.GradientTape(persistent=True) as tape:
        y = layer(x)
    j = tape.jacobian(y, layer.kernel)
    g = tape.gradient(y, layer.kernel)
    print("y.shape:", y.shape)
    print("layer.kernel.shape:", layer.kernel.shape)
    print("j.shape:", j.shape)
    guide.check(
        largest(g - gt.reduce_sum(j, axis=[0, 1])) < 1e-4, "j, summed over the target, is the gradient"
    )


# ---- 10: the Hessian


def hessian_newton(guide: Guide) -> None:
    """10. The Hessian, and a step of Newton's method"""
    x = gt.random.normal([7, 5])
    layer1 = gt.keras.layers.Dense(8, activation=gt.nn.relu)
    layer2 = gt.keras.layers.Dense(6, activation=gt.nn.relu)
    with gt.GradientTape() as t2:
        with gt.GradientTape() as t1:
            loss = gt.reduce_mean(layer2(layer1(x)) ** 2)
        g = t1.gradient(loss, layer1.kernel)
    h = t2.jacobian(g, layer1.kernel)
    print("layer1.kernel.shape:", layer1.kernel.shape)
    print("h.shape:", h.shape)
    n = layer1.kernel.size
    h_mat, g_vec = gt.reshape(h, [n, n]), gt.reshape(g, [n, 1])
    guide.check(largest(h_mat - gt.transpose(h_mat)) < 1e-5, "the Hessian is symmetric")

    eps = 1e-3  # keeps the matrix away from singular ones: relu leaves directions flat
    update = gt.linalg.solve(h_mat + gt.eye(n) * eps, g_vec)
    layer1.kernel.assign_sub(gt.reshape(update, layer1.kernel.shape))
    after = gt.reduce_mean(layer2(layer1(x)) ** 2)
    print(f"loss before the step: {loss:.4f}, after it: {after:.4f}")
    guide.check(after < loss, "the step lowers the loss")
    guide.figure(
        "hessian",
        lambda ax: gt.plot.matrix(
            h_mat, ax=ax, title="The Hessian by a kernel [5, 8]", xlabel="kernel entry", ylabel="kernel entry"
        ),
    )


# ---- 11 and 12: batch Jacobians


def batch_jacobian(guide: Guide) -> None:
    """11. Batch Jacobian: one block for each sample"""
    x = gt.random.normal([7, 5])
    layer1 = gt.keras.layers.Dense(8, activation=gt.nn.elu)
    layer2 = gt.keras.layers.Dense(6, activation=gt.nn.elu)
    with gt.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = layer2(layer1(x))
    j = tape.jacobian(y, x)
    jb = tape.batch_jacobian(y, x)
    print("y.shape:", y.shape)
    print("j.shape:", j.shape)
    print("jb.shape:", jb.shape)
    j_select = gt.einsum("bxby->bxy", j)
    guide.check(largest(jb - j_select) < 1e-6, "the blocks are the diagonal of the full Jacobian")
    guide.check(largest(gt.reduce_sum(j, axis=2) - j_select) < 1e-6, "which is 0 off its diagonal")
    guide.figure(
        "batch_slice",
        lambda ax: gt.plot.matrix(
            j[:, 0, :, 0], ax=ax, title="A (batch, batch) slice", xlabel="sample of x", ylabel="sample of y"
        ),
    )
    guide.figure("batch_patches", _patches(j, "All (batch, batch) slices are diagonal"))


def _patches(j: Any, title: str) -> Callable[[Any], Any]:
    return lambda ax: gt.plot.matrix(j, ax=ax, title=title, xlabel="feature j of x", ylabel="feature i of y")


def batch_normalization(guide: Guide) -> None:
    """12. Batch normalization: the samples depend on each other"""
    x = gt.random.normal([7, 5])
    layer1 = gt.keras.layers.Dense(8, activation=gt.nn.elu)
    bn = gt.keras.layers.BatchNormalization()
    layer2 = gt.keras.layers.Dense(6, activation=gt.nn.elu)
    with gt.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = layer2(bn(layer1(x), training=True))
    j = tape.jacobian(y, x)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jb = tape.batch_jacobian(y, x)
    print("j.shape:", j.shape)
    print("jb.shape:", jb.shape)
    for warning in caught:
        print(f"{warning.category.__name__}: {warning.message}")
    guide.check(
        [w.category for w in caught] == [gt.BatchDependenceWarning],
        "a warning names the op that mixes samples",
    )
    j_sum = gt.transpose(gt.reduce_sum(j, axis=0), [1, 0, 2])
    guide.check(largest(jb - j_sum) < 1e-5, "jb is j summed over the target's batch, as TensorFlow's is")
    guide.check(largest(jb - gt.einsum("bxby->bxy", j)) > 1e-3, "which is not the diagonal")
    guide.figure(
        "batch_normalization", _patches(j, "These slices are not diagonal: don't use batch_jacobian")
    )


PARTS: Sequence[Callable[[Guide], None]] = (
    stop_recording,
    reset,
    stop_gradient,
    custom_gradients,
    multiple_tapes,
    higher_order,
    input_gradient_regularization,
    scalar_source,
    tensor_source,
    hessian_newton,
    batch_jacobian,
    batch_normalization,
)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs all parts; 0 if all claims hold, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m gradtape.guide", description="TensorFlow's guide, part by part"
    )
    parser.add_argument("--figures", metavar="FOLDER", help="where to put the pictures, as PNG and SVG")
    parser.add_argument(
        "--seed", type=int, default=42, help="of the random inputs and kernels; 42 unless given"
    )
    given = parser.parse_args(arguments)
    guide = Guide(given.figures)
    gt.random.set_seed(given.seed)
    print(f'gradtape {gt.__version__}: TensorFlow\'s guide "Advanced automatic differentiation" in Python')
    for part in PARTS:
        print(f"\n{part.__doc__}")
        part(guide)
    print("\nAll claims hold." if not guide.failed else f"\n{guide.failed} claims do not hold.")
    return guide.failed != 0


if __name__ == "__main__":
    sys.exit(main())
