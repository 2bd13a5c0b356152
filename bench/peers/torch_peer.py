"""PyTorch, eager; with --compile under torch.compile, where that works."""
import sys

import torch
import torch.nn.functional as F
from torch.func import hessian, jacfwd, jacrev, jvp, vmap

from common import THREADS, Report, chosen, get

torch.set_num_threads(THREADS)
COMPILE = "--compile" in sys.argv
report = Report()
tensor = torch.from_numpy


def run(name, f, *args):
    if not chosen(name):
        return
    args = [torch.as_tensor(a) for a in args]
    if COMPILE:
        f = torch.compile(f)
    flat = lambda r: r if isinstance(r, (tuple, list)) else [r]
    try:
        report.add(name, lambda: f(*args), lambda r: sum(float(o.detach().abs().double().sum()) for o in flat(r)))
    except Exception as e:  # what it cannot compile is left out
        print(name, type(e).__name__, file=sys.stderr)


def gradients(f, *sources, value=False):
    sources = [s.detach().requires_grad_() for s in sources]
    y = f(*sources)
    g = torch.autograd.grad(y, sources)
    return (y, *g) if value else g


def scalar_chain(x):
    for _ in range(500):
        x = x * 1.0001 + 0.1
    return x


run("overhead_scalar", lambda x: gradients(scalar_chain, x), get("one"))
run("overhead_scalar_and_value", lambda x: gradients(scalar_chain, x, value=True), get("one"))
for n in (201, 100000):
    line = tensor(get(f"line.{n}"))
    run(f"scalar_source_jacobian/{n}", jacfwd(lambda d, line=line: torch.sigmoid(line + d)), get("zero"))

layers = [tensor(get(f"guide.{k}")) for k in ("k1", "b1", "k2", "b2")]
guide_x, guide_b = tensor(get("guide.x")), tensor(get("guide.b"))
def elu_net(x, k1, b1, k2, b2): return F.elu(F.elu(x @ k1 + b1) @ k2 + b2)
run("guide_gradient", lambda *p: gradients(lambda *p: (elu_net(guide_x, *p) ** 2).mean(), *p), *layers)
run("guide_jacobian", jacrev(lambda k: F.relu(guide_x @ k + guide_b)), get("guide.k"))
def relu_loss(k1): return (F.relu(F.relu(guide_x @ k1 + layers[1]) @ layers[2] + layers[3]) ** 2).mean()
run("guide_hessian", hessian(relu_loss), layers[0])
run("guide_batch_jacobian", vmap(jacrev(lambda x: elu_net(x, *layers))), guide_x)

mlp_x, labels = tensor(get("mlp.x")), tensor(get("mlp.t")).long()
def mlp_loss(w0, w1, w2, b0, b1, b2):
    return F.cross_entropy(F.relu(F.relu(mlp_x @ w0 + b0) @ w1 + b1) @ w2 + b2, labels)
parameters = [get(f"mlp.{k}{i}") for k in "wb" for i in range(3)]
run("mlp_forward", mlp_loss, *parameters)
run("mlp_gradient", lambda *p: gradients(mlp_loss, *p), *parameters)
run("mlp_jvp", lambda *p: jvp(mlp_loss, p, p), *parameters)
tanh_layers = [tensor(get(f"batchjac.w{i}")) for i in range(3)]
def tanh_net(x):
    for layer in tanh_layers:
        x = torch.tanh(x @ layer)
    return x
run("mlp_batch_jacobian", vmap(jacrev(tanh_net)), get("batchjac.x"))
w1, w2 = tensor(get("bigjac.w1")), tensor(get("bigjac.w2"))
run("big_jacobian", jacrev(lambda x: torch.tanh(w2 @ torch.tanh(w1 @ x))), get("bigjac.x"))
X, t = tensor(get("logreg.X")), tensor(get("logreg.t"))
run("hessian_logreg", hessian(lambda w: F.softplus(-t * (X @ w)).mean()), get("logreg.w"))

def rosenbrock(x): return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
run("hessian_rosenbrock/1000", hessian(rosenbrock), get("rosen.1000"))
run("hvp_rosenbrock/1000000", lambda x: jvp(torch.func.grad(rosenbrock), (x,), (x,))[1], get("rosen.1000000"))
def chain(x, y): return (torch.sigmoid(x) * torch.tanh(y) + torch.exp(-x * x) * y - torch.log1p(x * x)).sum()
for n in (1000, 100000, 10000000):
    if chosen(f"elementwise_chain/{n}") or chosen(f"elementwise_forward/{n}"):
        x, y = get(f"chain.x{n}"), get(f"chain.y{n}")
        run(f"elementwise_chain/{n}", lambda x, y: gradients(chain, x, y, value=True), x, y)
        run(f"elementwise_forward/{n}", chain, x, y)
weights = tensor(get("layernorm.w"))
def layer_norm(x, g, b):
    mu = x.mean(-1, keepdim=True)
    v = ((x - mu) ** 2).mean(-1, keepdim=True)
    return (((x - mu) * torch.rsqrt(v + 1e-5) * g + b) * weights).sum()
run("layernorm_gradient", lambda *a: gradients(layer_norm, *a), get("layernorm.x"), get("layernorm.g"), get("layernorm.b"))
report.print()
