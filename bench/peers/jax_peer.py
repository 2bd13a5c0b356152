"""JAX, each workload under jit."""
import os
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp

from common import Report, chosen, get

report = Report()


def run(name, f, *args):
    if not chosen(name):
        return
    args = jax.tree.map(jnp.asarray, args)
    compiled = jax.jit(f)
    report.add(name, lambda: jax.block_until_ready(compiled(*args)),
               lambda r: sum(float(jnp.sum(jnp.abs(leaf.astype(jnp.float32)), dtype=jnp.float32)) for leaf in jax.tree.leaves(r)))


def scalar_chain(x):
    for _ in range(500):
        x = x * 1.0001 + 0.1
    return x


run("overhead_scalar", jax.grad(scalar_chain), get("one"))
run("overhead_scalar_and_value", jax.value_and_grad(scalar_chain), get("one"))
for n in (201, 100000):
    line = jnp.asarray(get(f"line.{n}"))
    run(f"scalar_source_jacobian/{n}", jax.jacfwd(lambda d, line=line: jax.nn.sigmoid(line + d)), get("zero"))

layers = [jnp.asarray(get(f"guide.{k}")) for k in ("k1", "b1", "k2", "b2")]
guide_x = jnp.asarray(get("guide.x"))
def elu_net(p, x): return jax.nn.elu(jax.nn.elu(x @ p[0] + p[1]) @ p[2] + p[3])
run("guide_gradient", jax.grad(lambda p: jnp.mean(elu_net(p, guide_x) ** 2)), layers)
guide_b = jnp.asarray(get("guide.b"))
run("guide_jacobian", jax.jacrev(lambda k: jax.nn.relu(guide_x @ k + guide_b)), get("guide.k"))
def relu_loss(k1): return jnp.mean(jax.nn.relu(jax.nn.relu(guide_x @ k1 + layers[1]) @ layers[2] + layers[3]) ** 2)
run("guide_hessian", jax.hessian(relu_loss), layers[0])
run("guide_batch_jacobian", jax.vmap(jax.jacrev(lambda x: elu_net(layers, x))), guide_x)

mlp_x, labels = jnp.asarray(get("mlp.x")), jnp.asarray(get("mlp.t"))
def mlp_loss(w, b):
    h = mlp_x
    for i in range(3):
        h = h @ w[i] + b[i]
        if i < 2:
            h = jax.nn.relu(h)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h), labels[:, None], 1))
w, b = [get(f"mlp.w{i}") for i in range(3)], [get(f"mlp.b{i}") for i in range(3)]
run("mlp_forward", mlp_loss, w, b)
run("mlp_gradient", jax.grad(mlp_loss, (0, 1)), w, b)
run("mlp_jvp", lambda w, b: jax.jvp(mlp_loss, (w, b), (w, b)), w, b)
tanh_layers = [jnp.asarray(get(f"batchjac.w{i}")) for i in range(3)]
def tanh_net(x):
    for layer in tanh_layers:
        x = jnp.tanh(x @ layer)
    return x
run("mlp_batch_jacobian", jax.vmap(jax.jacrev(tanh_net)), get("batchjac.x"))
w1, w2 = jnp.asarray(get("bigjac.w1")), jnp.asarray(get("bigjac.w2"))
run("big_jacobian", jax.jacrev(lambda x: jnp.tanh(w2 @ jnp.tanh(w1 @ x))), get("bigjac.x"))
X, t = jnp.asarray(get("logreg.X")), jnp.asarray(get("logreg.t"))
run("hessian_logreg", jax.hessian(lambda w: jnp.mean(jax.nn.softplus(-t * (X @ w)))), get("logreg.w"))

def rosenbrock(x): return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
run("hessian_rosenbrock/1000", jax.hessian(rosenbrock), get("rosen.1000"))
run("hvp_rosenbrock/1000000", lambda x: jax.jvp(jax.grad(rosenbrock), (x,), (x,))[1], get("rosen.1000000"))
def chain(x, y): return jnp.sum(jax.nn.sigmoid(x) * jnp.tanh(y) + jnp.exp(-x * x) * y - jnp.log1p(x * x))
for n in (1000, 100000, 10000000):
    if chosen(f"elementwise_chain/{n}") or chosen(f"elementwise_forward/{n}"):
        x, y = get(f"chain.x{n}"), get(f"chain.y{n}")
        run(f"elementwise_chain/{n}", jax.value_and_grad(chain, (0, 1)), x, y)
        run(f"elementwise_forward/{n}", chain, x, y)
weights = jnp.asarray(get("layernorm.w"))
def layer_norm(x, g, b):
    mu = x.mean(-1, keepdims=True)
    v = ((x - mu) ** 2).mean(-1, keepdims=True)
    return jnp.sum(((x - mu) * jax.lax.rsqrt(v + 1e-5) * g + b) * weights)
run("layernorm_gradient", jax.grad(layer_norm, (0, 1, 2)), get("layernorm.x"), get("layernorm.g"), get("layernorm.b"))
report.print()
