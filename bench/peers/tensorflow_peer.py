"""TensorFlow's tapes, eager; with --function under tf.function."""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

from common import THREADS, Report, chosen, get

tf.config.threading.set_intra_op_parallelism_threads(THREADS)
FUNCTION = "--function" in sys.argv
report = Report()
tensor = tf.constant


def run(name, f, *args):
    if not chosen(name):
        return
    args = [tf.constant(a) for a in args]
    g = tf.function(f) if FUNCTION else f

    def call():
        result = g(*args)
        tf.nest.flatten(result)[0].numpy()
        return result

    report.add(name, call, lambda r: sum(float(tf.reduce_sum(tf.cast(tf.abs(o), tf.float64))) for o in tf.nest.flatten(r)))


def gradients(f, *sources, value=False):
    with tf.GradientTape() as tape:
        tape.watch(sources)
        y = f(*sources)
    g = tape.gradient(y, sources)
    return (y, g) if value else g


def jacobian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.jacobian(y, x)


def batch_jacobian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.batch_jacobian(y, x)


def hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        g = gradients(f, x)[0]
    return outer.jacobian(g, x)


def scalar_chain(x):
    for _ in range(500):
        x = x * 1.0001 + 0.1
    return x


run("overhead_scalar", lambda x: gradients(scalar_chain, x), get("one"))
run("overhead_scalar_and_value", lambda x: gradients(scalar_chain, x, value=True), get("one"))
for n in (201, 100000):
    if n > 1000:
        continue  # a Jacobian row by row: minutes
    line = tensor(get(f"line.{n}"))
    run(f"scalar_source_jacobian/{n}", lambda d, line=line: jacobian(lambda d: tf.sigmoid(line + d), d), get("zero"))

layers = [tensor(get(f"guide.{k}")) for k in ("k1", "b1", "k2", "b2")]
guide_x, guide_b = tensor(get("guide.x")), tensor(get("guide.b"))
def elu_net(x, k1, b1, k2, b2): return tf.nn.elu(tf.nn.elu(x @ k1 + b1) @ k2 + b2)
run("guide_gradient", lambda *p: gradients(lambda *p: tf.reduce_mean(elu_net(guide_x, *p) ** 2), *p), *layers)
run("guide_jacobian", lambda k: jacobian(lambda k: tf.nn.relu(guide_x @ k + guide_b), k), get("guide.k"))
def relu_loss(k1): return tf.reduce_mean(tf.nn.relu(tf.nn.relu(guide_x @ k1 + layers[1]) @ layers[2] + layers[3]) ** 2)
run("guide_hessian", lambda k1: hessian(relu_loss, k1), layers[0])
run("guide_batch_jacobian", lambda x: batch_jacobian(lambda x: elu_net(x, *layers), x), guide_x)

mlp_x, labels = tensor(get("mlp.x")), tensor(get("mlp.t"))
def mlp_loss(w0, w1, w2, b0, b1, b2):
    h = tf.nn.relu(tf.nn.relu(mlp_x @ w0 + b0) @ w1 + b1) @ w2 + b2
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, h))
parameters = [get(f"mlp.{k}{i}") for k in "wb" for i in range(3)]
run("mlp_forward", mlp_loss, *parameters)
run("mlp_gradient", lambda *p: gradients(mlp_loss, *p), *parameters)
tanh_layers = [tensor(get(f"batchjac.w{i}")) for i in range(3)]
def tanh_net(x):
    for layer in tanh_layers:
        x = tf.tanh(x @ layer)
    return x
run("mlp_batch_jacobian", lambda x: batch_jacobian(tanh_net, x), get("batchjac.x"))
w1, w2 = tensor(get("bigjac.w1")), tensor(get("bigjac.w2"))
run("big_jacobian", lambda x: jacobian(lambda x: tf.tanh(tf.linalg.matvec(w2, tf.tanh(tf.linalg.matvec(w1, x)))), x), get("bigjac.x"))
X, t = tensor(get("logreg.X")), tensor(get("logreg.t"))
run("hessian_logreg", lambda w: hessian(lambda w: tf.reduce_mean(tf.nn.softplus(-t * tf.linalg.matvec(X, w))), w), get("logreg.w"))

def rosenbrock(x): return tf.reduce_sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
run("hessian_rosenbrock/1000", lambda x: hessian(rosenbrock, x), get("rosen.1000"))
def hvp(x):
    with tf.autodiff.ForwardAccumulator(x, x) as forward:
        g = gradients(rosenbrock, x)[0]
    return forward.jvp(g)
run("hvp_rosenbrock/1000000", hvp, get("rosen.1000000"))
def chain(x, y): return tf.reduce_sum(tf.sigmoid(x) * tf.tanh(y) + tf.exp(-x * x) * y - tf.math.log1p(x * x))
for n in (1000, 100000, 10000000):
    if chosen(f"elementwise_chain/{n}") or chosen(f"elementwise_forward/{n}"):
        x, y = get(f"chain.x{n}"), get(f"chain.y{n}")
        run(f"elementwise_chain/{n}", lambda x, y: gradients(chain, x, y, value=True), x, y)
        run(f"elementwise_forward/{n}", chain, x, y)
weights = tensor(get("layernorm.w"))
def layer_norm(x, g, b):
    mu = tf.reduce_mean(x, -1, keepdims=True)
    v = tf.reduce_mean((x - mu) ** 2, -1, keepdims=True)
    return tf.reduce_sum(((x - mu) * tf.math.rsqrt(v + 1e-5) * g + b) * weights)
run("layernorm_gradient", lambda *a: gradients(layer_norm, *a), get("layernorm.x"), get("layernorm.g"), get("layernorm.b"))
report.print()
