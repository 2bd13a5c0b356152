"""The problems of bench/sparse for peers: by CasADi's symbols, or by arrays of NumPy's kind."""
import numpy as np

STATES, WIDTH, VERTICES, EDGES = 8, 12, 300_000, 900_000


def point(unknowns):
    return 1.1 + 0.1 * np.sin(np.arange(unknowns, dtype=float))


def wave(rows, size):
    return size * np.cos(np.arange(rows * STATES, dtype=float)).reshape(rows, STATES)


def edges():
    """The ends of the edges of the mesh."""
    e = np.arange(EDGES)
    a = e * 7919 % VERTICES
    return a, (a + 1 + e // 7 % 50) % VERTICES


class Arrays:
    """The functions for jax.numpy: a vector has one axis."""

    def __init__(self, np_like):
        self.np = np_like

    def total(self, x):
        return self.np.sum(x)

    def grid(self, x, rows, columns):
        return x.reshape(rows, columns)

    def vector(self, x):
        return x


class Symbols:
    """The same for casadi: a vector is a column, and reshape goes by columns."""

    def __init__(self, casadi):
        self.np = casadi

    def total(self, x):
        return self.np.sum1(self.np.vec(x))

    def grid(self, x, rows, columns):
        return self.np.reshape(x, columns, rows).T

    def vector(self, x):
        return self.np.vec(x.T)  # the order of rows, which the Jacobian of gradtape has


def rosenbrock(k, x):
    a, b = x[:-1], x[1:]
    return 100 * k.total((b - a**2) ** 2) + k.total((1 - a) ** 2)


def rosenbrock_halves(k, even, odd):
    """A chain whose elements stand by turns in two vectors."""
    return (100 * k.total((odd - even**2) ** 2) + 100 * k.total((even[1:] - odd[:-1] ** 2) ** 2)
            + k.total((1 - even) ** 2) + k.total((1 - odd) ** 2))


def arrowhead(k, x):
    return k.total(k.np.sin(x[0] * x[1:])) + k.total(x**4)


def five_point(k, x, side):
    g = k.grid(x, side, side)
    middle = g[1:-1, 1:-1]
    return g[:-2, 1:-1] + g[2:, 1:-1] + g[1:-1, :-2] + g[1:-1, 2:] + middle * middle * middle


def control(k, x, stages, kind):
    z = k.grid(x, stages, WIDTH)
    dynamics = wave(WIDTH, 0.1)
    move = z[:-1, :] @ dynamics
    residuals = z[1:, :STATES] - k.np.tanh(move)
    if kind == "dynamics":
        return residuals
    lagrangian = k.total(x**2) / 2 + k.total(wave(stages - 1, 1) * residuals)
    return lagrangian if kind == "Lagrangian" else lagrangian + 5 * k.total(residuals**2)


def mesh(k, x, kind):
    a, b = edges()
    if kind == "residuals":
        return x[a] ** 2 - k.np.sin(x[b])
    return k.total(k.np.sqrt(1 + (x[a] - x[b]) ** 2)) + k.total(x**2)


def rosenbrock_split(k, x):
    return rosenbrock_halves(k, x[0::2], x[1::2])


def problems():
    """By name: unknowns, whether the Hessian is asked, and the function of (kind of arrays, vector)."""
    chains = {f"Rosenbrock, {n:,}": (n, True, rosenbrock) for n in (1000, 100_000, 1_000_000)}
    chains["Rosenbrock by pairs, [50,000, 2]"] = chains["Rosenbrock strided, 100,000"] = (100_000, True, rosenbrock_split)
    grids = {f"5 points, grid {n} x {n}": (n * n, False, lambda k, x, n=n: k.vector(five_point(k, x, n))) for n in (300, 1000)}
    stages = {f"control, {kind}, {n:,} x 12": (n * WIDTH, kind != "dynamics", lambda k, x, n=n, kind=kind: k.vector(control(k, x, n, kind)))
              for n in (1000, 50_000) for kind in ("dynamics", "Lagrangian", "augmented")}
    meshes = {f"mesh, {kind}, 900,000 edges": (VERTICES, kind == "energy", lambda k, x, kind=kind: mesh(k, x, kind))
              for kind in ("residuals", "energy")}
    dense = {f"dense Rosenbrock, {n:,}": (n, True, rosenbrock) for n in (1000, 2000, 4000)}
    dense["dense Rosenbrock by pairs, [1,000, 2]"] = dense["dense Rosenbrock strided, 2,000"] = (2000, True, rosenbrock_split)
    return {
        **chains, "arrowhead, 100,000": (100_000, True, arrowhead), **grids,
        "13 points, grid 300 x 300": (90_000, True, lambda k, x: k.total(five_point(k, x, 300) ** 2)), **stages, **meshes, **dense,
        "dense control, Lagrangian, 1,000 x 12": (12_000, True, lambda k, x: control(k, x, 1000, "Lagrangian")),
    }
