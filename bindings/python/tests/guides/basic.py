"""The programs of TensorFlow's introduction to gradients, as a user types them, with our import.

Left out: the snippet about an op without a gradient. It needs `tf.image.adjust_contrast`, which is not here,
and every op here has a gradient.
"""

import matplotlib.pyplot as plt
import numpy as np

import gradtape as tf

# A gradient by a number.
x = tf.Variable(3.0)

with tf.GradientTape() as tape:
    y = x**2

dy_dx = tape.gradient(y, x)
print(dy_dx.numpy())
assert dy_dx.numpy() == 6.0

# Gradients by tensors, and by a dict of them.
w = tf.Variable(tf.random.normal((3, 2)), name="w")
b = tf.Variable(tf.zeros(2, dtype=tf.float32), name="b")
x = [[1.0, 2.0, 3.0]]

with tf.GradientTape(persistent=True) as tape:
    y = x @ w + b
    loss = tf.reduce_mean(y**2)

[dl_dw, dl_db] = tape.gradient(loss, [w, b])

print(w.shape)
print(dl_dw.shape)
assert w.shape == dl_dw.shape == (3, 2)

my_vars = {"w": w, "b": b}

grad = tape.gradient(loss, my_vars)
print(grad["b"])
assert np.array_equal(grad["b"], dl_db)

# Gradients by a layer's variables.
layer = tf.keras.layers.Dense(2, activation="relu")
x = tf.constant([[1.0, 2.0, 3.0]])

with tf.GradientTape() as tape:
    # Forward pass
    y = layer(x)
    loss = tf.reduce_mean(y**2)

# Calculate gradients with respect to every trainable variable
grad = tape.gradient(loss, layer.trainable_variables)

for var, g in zip(layer.trainable_variables, grad):
    print(f"{var.name}, shape: {g.shape}")
assert [var.name.split("/")[-1] for var in layer.trainable_variables] == ["kernel:0", "bias:0"]

# What the tape watches.
# A trainable variable
x0 = tf.Variable(3.0, name="x0")
# Not trainable
x1 = tf.Variable(3.0, name="x1", trainable=False)
# Not a Variable: A variable + tensor returns a tensor.
x2 = tf.Variable(2.0, name="x2") + 1.0
# Not a variable
x3 = tf.constant(3.0, name="x3")

with tf.GradientTape() as tape:
    y = (x0**2) + (x1**2) + (x2**2)

grad = tape.gradient(y, [x0, x1, x2, x3])

for g in grad:
    print(g)
assert grad[0] == 6.0 and grad[1:] == [None, None, None]

print([var.name for var in tape.watched_variables()])
assert [var.name for var in tape.watched_variables()] == ["x0:0"]

x = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x**2

# dy = 2x * dx
dy_dx = tape.gradient(y, x)
print(dy_dx.numpy())
assert dy_dx.numpy() == 6.0

x0 = tf.Variable(0.0)
x1 = tf.Variable(10.0)

with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(x1)
    y0 = tf.math.sin(x0)
    y1 = tf.nn.softplus(x1)
    y = y0 + y1
    ys = tf.reduce_sum(y)

# dys/dx1 = exp(x1) / (1 + exp(x1)) = sigmoid(x1)
grad = tape.gradient(ys, {"x0": x0, "x1": x1})

print("dy/dx0:", grad["x0"])
print("dy/dx1:", grad["x1"].numpy())
assert grad["x0"] is None and abs(grad["x1"].numpy() - 0.9999546) < 1e-6

# Results in between.
x = tf.constant(3.0)

with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
    z = y * y

# Use the tape to compute the gradient of z with respect to the
# intermediate value y.
# dz_dy = 2 * y and y = x ** 2 = 9
dz_dy = tape.gradient(z, y).numpy()
print(dz_dy)
assert dz_dy == 18.0

x = tf.constant([1, 3.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x * x
    z = y * y

print(tape.gradient(z, x).numpy())  # [4.0, 108.0] (4 * x**3 at x = [1.0, 3.0])
print(tape.gradient(y, x).numpy())  # [2.0, 6.0] (2 * x at x = [1.0, 3.0])
assert list(tape.gradient(z, x)) == [4.0, 108.0] and list(tape.gradient(y, x)) == [2.0, 6.0]

del tape  # Drop the reference to the tape

# Targets that are no numbers.
x = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    y0 = x**2
    y1 = 1 / x

print(tape.gradient(y0, x).numpy())
print(tape.gradient(y1, x).numpy())
assert (tape.gradient(y0, x).numpy(), tape.gradient(y1, x).numpy()) == (4.0, -0.25)

x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y0 = x**2
    y1 = 1 / x

of_both = tape.gradient({"y0": y0, "y1": y1}, x).numpy()
print(of_both)
assert of_both == 3.75

x = tf.Variable(2.0)

with tf.GradientTape() as tape:
    y = x * [3.0, 4.0]

of_sum = tape.gradient(y, x).numpy()
print(of_sum)
assert of_sum == 7.0

x = tf.linspace(-10.0, 10.0, 200 + 1)

with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.nn.sigmoid(x)

dy_dx = tape.gradient(y, x)

plt.plot(x, y, label="y")
plt.plot(x, dy_dx, label="dy/dx")
plt.legend()
_ = plt.xlabel("x")

# Control flow.
x = tf.constant(1.0)

v0 = tf.Variable(2.0)
v1 = tf.Variable(2.0)

with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    if x > 0.0:
        result = v0
    else:
        result = v1**2

dv0, dv1 = tape.gradient(result, [v0, v1])

print(dv0)
print(dv1)
assert dv0 == 1.0 and dv1 is None

dx = tape.gradient(result, x)

print(dx)
assert dx is None

# How a gradient becomes None: the target is not connected to the source,
x = tf.Variable(2.0)
y = tf.Variable(3.0)

with tf.GradientTape() as tape:
    z = y * y
of_other = tape.gradient(z, x)
print(of_other)
assert of_other is None

# a variable was replaced by a tensor,
x = tf.Variable(2.0)
seen = []

for epoch in range(2):
    with tf.GradientTape() as tape:
        y = x + 1

    seen.append(tape.gradient(y, x))
    print(type(x).__name__, ":", seen[-1])
    x = x + 1  # This should be `x.assign_add(1)`
assert seen[0] == 1.0 and seen[1] is None

# something was computed elsewhere,
x = tf.Variable([[1.0, 2.0], [3.0, 4.0]], dtype=tf.float32)

with tf.GradientTape() as tape:
    x2 = x**2

    # This step is calculated with NumPy
    y = np.mean(x2, axis=0)

    # Like most ops, reduce_mean will cast the NumPy array to a constant tensor
    # using `tf.convert_to_tensor`.
    y = tf.reduce_mean(y, axis=0)

through_numpy = tape.gradient(y, x)
print(through_numpy)
assert through_numpy is None

# an integer stands in between,
x = tf.constant(10)

with tf.GradientTape() as g:
    g.watch(x)
    y = x * x

of_integer = g.gradient(y, x)
print(of_integer)
assert of_integer is None

# or a state did.
x0 = tf.Variable(3.0)
x1 = tf.Variable(0.0)

with tf.GradientTape() as tape:
    # Update x1 = x1 + x0.
    x1.assign_add(x0)
    # The tape starts recording from x1.
    y = x1**2  # y = (x1 + x0)**2

# This doesn't work.
of_assigned = tape.gradient(y, x0)  # dy/dx0 = 2*(x1 + x0)
print(of_assigned)
assert of_assigned is None

# Zeros instead of None.
x = tf.Variable([2.0, 2.0])
y = tf.Variable(3.0)

with tf.GradientTape() as tape:
    z = y**2
zeros = tape.gradient(z, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
print(zeros)
assert list(zeros) == [0.0, 0.0]
