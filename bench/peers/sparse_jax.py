"""Problems of bench/sparse by JAX, compiled, in float64: sparse_jax.py NAME...

The output is a JSON object. It has for each problem the median processor seconds of the gradient, of a product of the
Hessian with a vector, and of the whole Hessian where the problem is a dense one of at most 2,000 unknowns."""
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from sparse_problems import Arrays, point, problems

jax.config.update("jax_enable_x64", True)
MOST_DENSE = 2000


def medians(calls, budget=1.5, least=5):
    """Median processor seconds of calls in turn. Short calls are repeated up to some milliseconds."""
    repeated = {}
    for name, call in calls.items():
        call()
        start = time.process_time()
        call()
        repeated[name] = int(min(max(5e-3 / max(time.process_time() - start, 1e-7), 1), 10_000))
    times = {name: [] for name in calls}
    end = time.process_time() + budget
    while len(times[next(iter(calls))]) < least or time.process_time() < end:
        for name, call in calls.items():
            start = time.process_time()
            for _ in range(repeated[name]):
                call()
            times[name].append((time.process_time() - start) / repeated[name])
    return {name: sorted(t)[len(t) // 2] for name, t in times.items()}


def measure(name, unknowns, f):
    loss = lambda x: f(Arrays(jnp), x)
    x, v = jnp.asarray(point(unknowns)), jnp.cos(jnp.arange(unknowns, dtype=float))
    gradient = jax.jit(jax.grad(loss))
    product = jax.jit(lambda x, v: jax.jvp(jax.grad(loss), (x,), (v,))[1])
    calls = {"gradient": lambda: gradient(x).block_until_ready(), "product": lambda: product(x, v).block_until_ready()}
    sums = {"product": float(np.abs(product(x, v)).sum())}
    if name.startswith("dense") and unknowns <= MOST_DENSE:
        hessian = jax.jit(jax.hessian(loss))
        calls["dense"] = lambda: hessian(x).block_until_ready()
        sums["dense"] = float(np.abs(hessian(x)).sum())
    return {"seconds": medians(calls), "sums": sums}


def main():
    results = {name: measure(name, unknowns, f) for name, (unknowns, hessian, f) in problems().items()
               if hessian and (len(sys.argv) == 1 or any(part in name for part in sys.argv[1:]))}
    print(json.dumps(results))


main()
