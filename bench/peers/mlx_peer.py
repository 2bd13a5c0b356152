"""MLX under mx.compile on the CPU: the workloads that MLX has (no Jacobians) and its compiler takes."""
import sys

import mlx.core as mx
import mlx.nn as nn

from common import Report, chosen, get

mx.set_default_device(mx.cpu)
report = Report()


def run(name, f, *args, compiled=True):
    if not chosen(name):
        return
    args = [mx.array(a) for a in args]
    g = mx.compile(f) if compiled else f
    leaves = lambda r: [r] if isinstance(r, mx.array) else [x for part in r for x in leaves(part)]

    def call():
        result = leaves(g(*args))
        mx.eval(result)
        return result

    try:
        report.add(name, call, lambda r: sum(float(mx.sum(mx.abs(o))) for o in r))
    except Exception as e:
        print(name, type(e).__name__, file=sys.stderr)


def scalar_chain(x):
    for _ in range(500):
        x = x * 1.0001 + 0.1
    return x


run("overhead_scalar", mx.grad(scalar_chain), get("one"), compiled=False)
run("overhead_scalar_and_value", mx.value_and_grad(scalar_chain), get("one"), compiled=False)
layers = [get(f"guide.{k}") for k in ("k1", "b1", "k2", "b2")]
guide_x = mx.array(get("guide.x"))
def guide_loss(k1, b1, k2, b2): return mx.mean(nn.elu(nn.elu(guide_x @ k1 + b1) @ k2 + b2) ** 2)
run("guide_gradient", mx.grad(guide_loss, (0, 1, 2, 3)), *layers)
mlp_x, labels = mx.array(get("mlp.x")), mx.array(get("mlp.t"))
def mlp_loss(w0, w1, w2, b0, b1, b2):
    h = nn.relu(nn.relu(mlp_x @ w0 + b0) @ w1 + b1) @ w2 + b2
    return mx.mean(nn.losses.cross_entropy(h, labels))
parameters = [get(f"mlp.{k}{i}") for k in "wb" for i in range(3)]
run("mlp_gradient", mx.grad(mlp_loss, tuple(range(6))), *parameters)
def chain(x, y): return mx.sum(mx.sigmoid(x) * mx.tanh(y) + mx.exp(-x * x) * y - mx.log1p(x * x))
for n in (1000, 100000, 10000000):
    if chosen(f"elementwise_chain/{n}"):
        run(f"elementwise_chain/{n}", mx.value_and_grad(chain, (0, 1)), get(f"chain.x{n}"), get(f"chain.y{n}"))
weights = mx.array(get("layernorm.w"))
def layer_norm(x, g, b):
    mu = mx.mean(x, -1, keepdims=True)
    v = mx.mean((x - mu) ** 2, -1, keepdims=True)
    return mx.sum(((x - mu) * mx.rsqrt(v + 1e-5) * g + b) * weights)
run("layernorm_gradient", mx.grad(layer_norm, (0, 1, 2)), get("layernorm.x"), get("layernorm.g"), get("layernorm.b"))
report.print()
