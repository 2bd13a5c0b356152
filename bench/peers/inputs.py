"""Writes the inputs of every workload to a folder, the same numbers for every library: inputs.py FOLDER.

A file is int64 rank, int64 (0: float32, 1: int32), int64 sizes, then the elements in row-major order."""
import os
import sys

import numpy as np


def normal(seed, *shape, scale=1.0):
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


def arrays():
    """Name and array, one after the other: so that the large arrays are not all in memory at once."""
    yield "one", np.float32(1)
    yield "zero", np.float32(0)
    for n in (201, 100000):
        yield f"line.{n}", np.linspace(-10, 10, n, dtype=np.float32)
    for name, seed, shape, scale in (
        ("guide.x", 1, (7, 5), 1), ("guide.k1", 2, (5, 8), 0.4), ("guide.b1", 3, (8,), 0.1), ("guide.k2", 4, (8, 6), 0.4),
        ("guide.b2", 5, (6,), 0.1), ("guide.k", 6, (5, 10), 0.4), ("guide.b", 7, (10,), 0.1),
        ("mlp.x", 10, (256, 784), 1), ("mlp.w0", 12, (784, 512), 0.03), ("mlp.w1", 13, (512, 512), 0.04),
        ("mlp.w2", 14, (512, 10), 0.04),
        ("batchjac.x", 20, (128, 64), 1), ("batchjac.w0", 21, (64, 256), 0.1), ("batchjac.w1", 22, (256, 256), 0.06),
        ("batchjac.w2", 23, (256, 32), 0.06),
        ("bigjac.x", 30, (256,), 1), ("bigjac.w1", 31, (512, 256), 0.06), ("bigjac.w2", 32, (256, 512), 0.04),
        ("logreg.X", 40, (1000, 200), 1), ("logreg.w", 42, (200,), 0.1),
        ("layernorm.x", 50, (4096, 1024), 1), ("layernorm.g", 51, (1024,), 1), ("layernorm.b", 52, (1024,), 1),
        ("layernorm.w", 53, (4096, 1024), 1),
    ):
        yield name, normal(seed, *shape, scale=scale)
    for i, n in enumerate((512, 512, 10)):
        yield f"mlp.b{i}", np.zeros(n, np.float32)
    yield "mlp.t", np.random.default_rng(11).integers(0, 10, 256).astype(np.int32)
    yield "logreg.t", np.sign(np.random.default_rng(41).standard_normal(1000)).astype(np.float32)
    for n in (1000, 1000000):
        yield f"rosen.{n}", normal(62, n)
    for n in (1000, 100000, 10000000):
        yield f"chain.x{n}", normal(60, n)
        yield f"chain.y{n}", normal(61, n)


    yield from op_arrays()


def op_arrays():
    """The inputs of single ops."""
    random = np.random.default_rng(70)
    yield "op.image", normal(71, 8, 28, 28, 64)
    yield "op.image.small", normal(72, 1, 28, 28, 32)
    for name, shape in (("3x3", (3, 3, 64, 64)), ("1x1", (1, 1, 64, 256)), ("small", (3, 3, 32, 64)),
                        ("depthwise", (3, 3, 64, 1))):
        yield "op.filter." + name, normal(73, *shape, scale=0.1)
    yield "op.table", normal(74, 100000, 64)
    yield "op.rows", random.integers(0, 100000, 50000).astype(np.int32)
    yield "op.segments", random.integers(0, 1000, 100000).astype(np.int32)
    yield "op.square", normal(75, 1000, 1000)
    yield "op.along", random.integers(0, 1000, (1000, 500)).astype(np.int32)
    yield "op.pairs", random.integers(0, 1000, (100000, 2)).astype(np.int32)
    for n, batch in ((3, 10000), (8, 10000), (32, 2000)):
        m = normal(76, batch, n, n)
        yield f"op.matrices.{n}", m @ m.transpose(0, 2, 1) / n + np.eye(n, dtype=np.float32)
        yield f"op.rights.{n}", normal(77, batch, n, 1)


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
