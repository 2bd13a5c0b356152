import gradtape as gt

x = gt.Variable([1.0, 2.0, 3.0])
with gt.GradientTape() as tape:
    y = gt.reduce_sum(gt.sin(x) * x)  # sum of sin(x) x
dy_dx = tape.gradient(y, x)

print("dy/dx =", *[f"{slope:g}" for slope in dy_dx.numpy()])
