"""The cost of a call from Python in one library: calls.py LIBRARY prints the workloads' times in seconds as JSON.

A time is the least mean of several repetitions. Every workload ends with its numbers in NumPy's hands, and gives their
sum, by which compare.py sees that the libraries compute the same. A workload that a library has no word for is left out."""
import json
import sys
import timeit

import numpy as np

W = np.linspace(-0.1, 0.1, 64 * 64, dtype=np.float32).reshape(64, 64)
V = np.linspace(-1, 1, 64, dtype=np.float32)
POINT = np.array([0.5, -0.2, 0.3], np.float32)
START = np.linspace(0.5, 1.5, 10, dtype=np.float32)
WEIGHTS = [np.linspace(-0.1, 0.1, a * b, dtype=np.float32).reshape(a, b) for a, b in ((32, 64), (64, 64), (64, 1))]
BATCH = np.linspace(-1, 1, 128 * 32, dtype=np.float32).reshape(128, 32)


def wave(lib, x):
    return lib.sum(lib.sin(x) * x)


def layer(lib, w, x):
    return lib.tanh(lib.matvec(w, x))


def rosenbrock(lib, x):
    return lib.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def network(lib, weights, batch):
    h = batch
    for w in weights[:-1]:
        h = lib.tanh(h @ w)
    return lib.sum((h @ weights[-1]) ** 2)


class Gradtape:
    def __init__(self, compiled):
        import gradtape as gt

        self.gt, self.sum, self.sin, self.tanh, self.tensor = gt, gt.reduce_sum, gt.sin, gt.tanh, gt.constant
        self.wrap = gt.function if compiled else (lambda f: f)
        self.matvec = lambda w, x: gt.reshape(w @ gt.reshape(x, [-1, 1]), [-1])
        gt.set_threads(1)

    def add(self):
        x, y = self.tensor(POINT), self.tensor(POINT)
        return lambda: x + y

    def gradient(self, f, x):
        gt = self.gt

        def gradient(x):
            with gt.GradientTape() as tape:
                tape.watch(x)
                y = f(self, x)
            return tape.gradient(y, x)

        return self.wrap(gradient), self.tensor(x)

    def jacobian(self, f, x):
        gt = self.gt

        def jacobian(x):
            with gt.GradientTape() as tape:
                tape.watch(x)
                y = f(self, x)
            return tape.jacobian(y, x)

        return self.wrap(jacobian), self.tensor(x)

    def hessian(self, f, x):
        gt = self.gt

        def hessian(x):
            with gt.GradientTape() as outer:
                outer.watch(x)
                with gt.GradientTape() as inner:
                    inner.watch(x)
                    y = f(self, x)
                g = inner.gradient(y, x)
            return outer.jacobian(g, x)

        return self.wrap(hessian), self.tensor(x)

    def numbers(self, result):
        return result.numpy()


class TensorFlow(Gradtape):
    def __init__(self, compiled):
        import tensorflow as tf

        self.gt, self.sum, self.sin, self.tanh, self.tensor = tf, tf.reduce_sum, tf.sin, tf.tanh, tf.constant
        self.wrap = tf.function if compiled else (lambda f: f)
        self.matvec = tf.linalg.matvec
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


class Jax:
    def __init__(self, compiled):
        import jax
        import jax.numpy as jnp

        self.jax, self.sum, self.sin, self.tanh, self.tensor = jax, jnp.sum, jnp.sin, jnp.tanh, jnp.asarray
        self.wrap = jax.jit if compiled else (lambda f: f)
        self.matvec = lambda w, x: w @ x

    def add(self):
        x, y = self.tensor(POINT), self.tensor(POINT)
        return lambda: (x + y).block_until_ready()

    def gradient(self, f, x):
        return self.wrap(self.jax.grad(lambda x: f(self, x))), self.tensor(x)

    def jacobian(self, f, x):
        return self.wrap(self.jax.jacrev(lambda x: f(self, x))), self.tensor(x)

    def hessian(self, f, x):
        return self.wrap(self.jax.hessian(lambda x: f(self, x))), self.tensor(x)

    def numbers(self, result):
        return np.asarray(result)


class Autograd(Jax):
    def __init__(self, compiled):
        import autograd
        import autograd.numpy as anp

        self.jax, self.sum, self.sin, self.tanh, self.tensor = autograd, anp.sum, anp.sin, anp.tanh, np.asarray
        self.wrap = lambda f: f
        self.matvec = lambda w, x: anp.dot(w, x)

    def add(self):
        x, y = self.tensor(POINT), self.tensor(POINT)
        return lambda: x + y

    def jacobian(self, f, x):
        return self.jax.jacobian(lambda x: f(self, x)), x


class Torch:
    def __init__(self, compiled):
        import torch

        self.torch, self.sum, self.sin, self.tanh, self.tensor = torch, torch.sum, torch.sin, torch.tanh, torch.from_numpy
        self.matvec = torch.mv
        torch.set_num_threads(1)

    def add(self):
        x, y = self.tensor(POINT), self.tensor(POINT)
        return lambda: x + y

    def gradient(self, f, x):
        def gradient(x):
            x = x.detach().requires_grad_()
            return self.torch.autograd.grad(f(self, x), x)[0]

        return gradient, self.tensor(x)

    def jacobian(self, f, x):
        return self.torch.func.jacrev(lambda x: f(self, x)), self.tensor(x)

    def hessian(self, f, x):
        return self.torch.func.hessian(lambda x: f(self, x)), self.tensor(x)

    def numbers(self, result):
        return result.detach().numpy()


LIBRARIES = {
    "gradtape": (Gradtape, False), "gradtape function": (Gradtape, True),
    "TensorFlow": (TensorFlow, False), "TensorFlow function": (TensorFlow, True),
    "JAX": (Jax, False), "JAX jit": (Jax, True), "PyTorch": (Torch, False), "autograd": (Autograd, False),
}


def workloads(lib, compiled):
    """Name, and a call that gives NumPy's numbers."""
    if not compiled:
        add = lib.add()
        yield "one sum of two tensors, not read", add, None

    def reading(derivative, x):
        return lambda: lib.numbers(derivative(x))

    w = lib.tensor(W)
    weights = [lib.tensor(v) for v in WEIGHTS[1:]]
    batch = lib.tensor(BATCH)
    for name, f in (
        ("gradient of 3 numbers", reading(*lib.gradient(wave, POINT))),
        ("Jacobian of a layer, 64 by 64", reading(*lib.jacobian(lambda lib, x: layer(lib, w, x), V))),
        ("Hessian of Rosenbrock's function of 10", reading(*lib.hessian(rosenbrock, START))),
        ("gradient of a network, 128 samples",
         reading(*lib.gradient(lambda lib, first: network(lib, [first, *weights], batch), WEIGHTS[0]))),
    ):
        yield name, f, f


def least_mean(f):
    timer = timeit.Timer(f)
    number, _ = timer.autorange()
    return min(timer.repeat(repeat=5, number=number)) / number


def main():
    kind, compiled = LIBRARIES[sys.argv[1]]
    lib = kind(compiled)
    results = {}
    for name, f, numbers in workloads(lib, compiled):
        f(), f()
        results[name] = {"seconds": least_mean(f), "sum": float(np.abs(numbers()).sum()) if numbers else 0.0}
    print(json.dumps(results))


main()
