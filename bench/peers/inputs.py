"""Writes the inputs of every workload to a folder, the same numbers for every library: inputs.py FOLDER.

inputs.json has their shapes. A file is int64 rank, int64 (0: float32, 1: int32), int64 sizes, then the elements in row-major
order."""
import json
import os
import sys

import numpy as np

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "inputs.json"), encoding="utf-8") as f:
    SHAPES = {name: shape for shapes in json.load(f).values() for name, shape in shapes.items()}


def normal(name, seed, scale=1.0):
    return name, (np.random.default_rng(seed).standard_normal(SHAPES[name]) * scale).astype(np.float32)


def integers(name, random, end):
    return name, random.integers(0, end, SHAPES[name]).astype(np.int32)


def arrays():
    """Name and array, one after the other: so that the large arrays are not all in memory at once."""
    yield "one", np.float32(1)
    yield "zero", np.float32(0)
    for name in ("line.201", "line.100000"):
        yield name, np.linspace(-10, 10, *SHAPES[name], dtype=np.float32)
    for name, seed, scale in (
        ("guide.x", 1, 1), ("guide.k1", 2, 0.4), ("guide.b1", 3, 0.1), ("guide.k2", 4, 0.4), ("guide.b2", 5, 0.1),
        ("guide.k", 6, 0.4), ("guide.b", 7, 0.1),
        ("mlp.x", 10, 1), ("mlp.w0", 12, 0.03), ("mlp.w1", 13, 0.04), ("mlp.w2", 14, 0.04),
        ("batchjac.x", 20, 1), ("batchjac.w0", 21, 0.1), ("batchjac.w1", 22, 0.06), ("batchjac.w2", 23, 0.06),
        ("bigjac.x", 30, 1), ("bigjac.w1", 31, 0.06), ("bigjac.w2", 32, 0.04),
        ("logreg.X", 40, 1), ("logreg.w", 42, 0.1),
        ("layernorm.x", 50, 1), ("layernorm.g", 51, 1), ("layernorm.b", 52, 1), ("layernorm.w", 53, 1),
    ):
        yield normal(name, seed, scale)
    for name in ("mlp.b0", "mlp.b1", "mlp.b2"):
        yield name, np.zeros(SHAPES[name], np.float32)
    yield integers("mlp.t", np.random.default_rng(11), 10)
    yield "logreg.t", np.sign(normal("logreg.t", 41)[1])
    for n in (1000, 1000000):
        yield normal(f"rosen.{n}", 62)
    for n in (1000, 100000, 10000000):
        yield normal(f"chain.x{n}", 60)
        yield normal(f"chain.y{n}", 61)
    yield from op_arrays()


def op_arrays():
    """The inputs of single ops."""
    random = np.random.default_rng(70)
    yield normal("op.image", 71)
    yield normal("op.image.small", 72)
    for kind in ("3x3", "1x1", "small", "depthwise"):
        yield normal("op.filter." + kind, 73, 0.1)
    yield normal("op.table", 74)
    yield integers("op.rows", random, 100000)
    yield integers("op.segments", random, 1000)
    yield normal("op.square", 75)
    yield integers("op.along", random, 1000)
    yield integers("op.pairs", random, 1000)
    for n in (3, 8, 32):
        name, m = normal(f"op.matrices.{n}", 76)
        yield name, m @ m.transpose(0, 2, 1) / n + np.eye(n, dtype=np.float32)
        yield normal(f"op.rights.{n}", 77)


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for name, a in arrays():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(np.array([a.ndim, int(a.dtype == np.int32), *a.shape], np.int64).tobytes())
            f.write(np.ascontiguousarray(a).tobytes())


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        rank, integers = np.frombuffer(f.read(16), np.int64)
        shape = np.frombuffer(f.read(8 * int(rank)), np.int64)
        return np.frombuffer(f.read(), np.int32 if integers else np.float32).reshape(shape).copy()


if __name__ == "__main__":
    write(sys.argv[1])
