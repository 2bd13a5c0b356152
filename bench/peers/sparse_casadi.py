"""A problem of bench/sparse by CasADi's symbols and its virtual machine: sparse_casadi.py NAME.

The output is a JSON object: processor seconds to write the function in symbols and make its derivative, and those of a call of
it and of the function or the gradient, which take turns. A problem has a minute and 12 GiB."""
import json
import resource
import sys
import time

import casadi as ca
import numpy as np
from sparse_problems import Symbols, point, problems

MOST_SECONDS, MOST_BYTES = 60, 12 * 2**30


def call_of(f, x):
    """A call without copies: a function of nothing, and the memory of the result."""
    buffer, run = f.buffer()
    out = np.zeros(f.nnz_out(0))
    buffer.set_arg(0, memoryview(x))
    buffer.set_res(0, memoryview(out))
    return lambda kept=(buffer, x, out): run(), out


def medians(calls, budget=1.5, least=5):
    """Median processor seconds of calls in turn. The thread's clock is exact; a limit makes that of the process coarse."""
    times = {name: [] for name in calls}
    end = time.thread_time() + budget
    while len(times[next(iter(calls))]) < least or time.thread_time() < end:
        for name, call in calls.items():
            start = time.thread_time()
            call()
            times[name].append(time.thread_time() - start)
    return {name: sorted(t)[len(t) // 2] for name, t in times.items()}


def main():
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    unknowns, hessian, f = problems()[sys.argv[1]]
    start = time.thread_time()
    x = ca.SX.sym("x", unknowns)
    y = f(Symbols(ca), x)
    matrix = ca.Function("matrix", [x], [ca.hessian(y, x)[0] if hessian else ca.jacobian(y, x)])
    making = time.thread_time() - start
    base = ca.Function("base", [x], [ca.gradient(y, x) if hessian else y])
    at = point(unknowns)
    calls = {"gradient" if hessian else "function": call_of(base, at), "values": call_of(matrix, at)}
    seconds = medians({name: call for name, (call, _) in calls.items()})
    print(json.dumps({"seconds": seconds, "making": making, "entries": matrix.nnz_out(0),
                      "sum": float(np.abs(calls["values"][1]).sum())}))


main()
