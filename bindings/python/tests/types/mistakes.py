"""Mistakes that a type checker finds: one on each line that says so."""

import gradtape as gt

x = gt.Variable([1.0, 2.0])
gt.erf(None)  # wrong
gt.no_such_name  # wrong
gt.leaky_relu(x, alpha="a")  # wrong
gt.pad(x)  # wrong
gt.sort(x, descendng=True)  # wrong
x.shape = (2,)  # wrong
x.assign(None)  # wrong
number: int = gt.erf(x)  # wrong
gt.stack(x, x, x, x)  # wrong
