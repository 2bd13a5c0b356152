"""NumPy: the ops that it has, forward alone."""
import numpy as np

from common import Report, chosen, get

report = Report()


def run(name, f):
    if chosen("op_" + name + "/forward"):
        report.add("op_" + name + "/forward", f, lambda r: np.abs(r, dtype=np.float64).sum())


square = get("op.square")
if chosen("op_gather_rows/forward"):
    table, rows = get("op.table"), get("op.rows")
    run("gather_rows", lambda: table[rows])
along, pairs = get("op.along"), get("op.pairs")
run("take_along_axis", lambda: np.take_along_axis(square, along, 1))
run("gather_nd", lambda: square[pairs[:, 0], pairs[:, 1]])
run("sort", lambda: np.sort(square, 1))
run("sort_columns", lambda: np.sort(square, 0))
run("argsort", lambda: np.argsort(square, 1))
run("argmax", lambda: np.argmax(square, 1))
if chosen("op_sort_line/forward"):
    long_line = get("rosen.1000000")
    run("sort_line", lambda: np.sort(long_line))
run("cumsum", lambda: np.cumsum(square, 1))
run("cumsum_columns", lambda: np.cumsum(square, 0))
run("cumprod", lambda: np.cumprod(square, 1))
run("reduce_prod", lambda: np.prod(square, 1))
for n in (3, 8, 32):
    a, b = get(f"op.matrices.{n}"), get(f"op.rights.{n}")
    run(f"solve_{n}", lambda: np.linalg.solve(a, b))
    run(f"inv_{n}", lambda: np.linalg.inv(a))
    run(f"det_{n}", lambda: np.linalg.det(a))
    run(f"cholesky_{n}", lambda: np.linalg.cholesky(a))
    run(f"eigh_{n}", lambda: np.linalg.eigvalsh(a))
report.print()
