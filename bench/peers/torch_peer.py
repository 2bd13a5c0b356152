"""PyTorch, eager; with --compile under torch.compile, for the workloads that it can compile."""
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
    except Exception as e:  # a workload that it cannot compile is left out
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


def both(name, f, *args):
    """Single ops, eager alone."""
    if not COMPILE:
        run(f"op_{name}/forward", torch.no_grad()(f), *args)
        run(f"op_{name}/gradient", lambda *p: gradients(lambda *q: f(*q).sum(), *p), *args)


def images(x): return x.permute(0, 3, 1, 2)
def filters(w): return w.permute(3, 2, 0, 1)
def index(name): return tensor(get(name)).long()
if not COMPILE and any(chosen(f"op_{n}/{way}") for n in ("conv2d_3x3", "conv2d_1x1", "conv2d_stride2", "depthwise", "max_pool",
                                                        "conv2d_small", "conv2d_transpose") for way in ("forward", "gradient")):
    image, kernel = get("op.image"), get("op.filter.3x3")
    both("conv2d_3x3", lambda x, w: F.conv2d(images(x), filters(w), padding=1), image, kernel)
    both("conv2d_1x1", lambda x, w: F.conv2d(images(x), filters(w)), image, get("op.filter.1x1"))
    both("conv2d_small", lambda x, w: F.conv2d(images(x), filters(w), padding=1), get("op.image.small"), get("op.filter.small"))
    # SAME with stride 2 on an even size pads behind alone.
    both("conv2d_stride2", lambda x, w: F.conv2d(F.pad(images(x), (0, 1, 0, 1)), filters(w), stride=2), image, kernel)
    both("depthwise", lambda x, w: F.conv2d(images(x), w.permute(2, 3, 0, 1), padding=1, groups=64), image,
         get("op.filter.depthwise"))
    both("conv2d_transpose", lambda x, w: F.conv_transpose2d(images(x), w.permute(3, 2, 0, 1), stride=2)[:, :, :56, :56],
         image, kernel)
    both("max_pool", lambda x: F.max_pool2d(images(x), 2), image)
square = get("op.square")
if not COMPILE:
    table, rows, segments = get("op.table"), index("op.rows"), index("op.segments")
    along, pairs = index("op.along"), index("op.pairs")
    both("gather_rows", lambda x: torch.index_select(x, 0, rows), table)
    both("segment_sum", lambda x: torch.zeros(1000, 64).index_add(0, segments, x), table)
    both("take_along_axis", lambda x: torch.gather(x, 1, along), square)
    line, corners = get("line.100000"), (pairs[:, 0], pairs[:, 1])
    both("tensor_scatter_add", lambda x, u: x.index_put(corners, u, accumulate=True), square, line)
    both("scatter_nd", lambda u: torch.zeros(1000, 1000).index_put(corners, u, accumulate=True), line)
    both("gather_nd", lambda x: x[pairs[:, 0], pairs[:, 1]], square)
    both("sort", lambda x: torch.sort(x, 1)[0], square)
    both("sort_columns", lambda x: torch.sort(x, 0)[0], square)
    both("sort_line", lambda x: torch.sort(x)[0], get("rosen.1000000"))
    for op, f in (("argsort", torch.argsort), ("argmax", torch.argmax)):
        run(f"op_{op}/forward", lambda x, f=f: f(x, 1), square)
    both("top_k", lambda x: torch.topk(x, 10, 1)[0], square)
    both("cumsum", lambda x: torch.cumsum(x, 1), square)
    both("cumsum_columns", lambda x: torch.cumsum(x, 0), square)
    both("cumprod", lambda x: torch.cumprod(x, 1), square)
    both("logcumsumexp", lambda x: torch.logcumsumexp(x, 1), square)
    both("reduce_prod", lambda x: torch.prod(x, 1), square)
    symmetric = lambda x: (x + x.mT) / 2
    for n in (3, 8, 32):
        a, b = get(f"op.matrices.{n}"), get(f"op.rights.{n}")
        both(f"cholesky_{n}", lambda x: torch.linalg.cholesky(symmetric(x)), a)
        both(f"det_{n}", torch.linalg.det, a)
        both(f"inv_{n}", torch.linalg.inv, a)
        both(f"qr_{n}", lambda x: torch.linalg.qr(x)[0], a)
        both(f"eigh_{n}", lambda x: torch.linalg.eigvalsh(symmetric(x)), a)
        both(f"svd_{n}", torch.linalg.svdvals, a)
        both(f"expm_{n}", torch.linalg.matrix_exp, a)
        both(f"solve_{n}", torch.linalg.solve, a, b)
        both(f"lstsq_{n}", lambda x, y: torch.linalg.lstsq(x, y)[0], a, b)
        both(f"triangular_solve_{n}", lambda x, y: torch.linalg.solve_triangular(x, y, upper=False), a, b)
report.print()
