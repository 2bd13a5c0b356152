"""Makes unary.json: elementwise ops of one input and their derivatives at hard points, by arithmetic of 120 digits.

    python3 make.py    (needs mpmath 1.3)

Functions are computed on Taylor polynomials, which gives all their derivatives at once. An infinite point stands for
its limit: it is what two numbers far out agree on.
"""
import json
import math
import struct

from mpmath import mp, mpf

mp.dps = 120
ORDERS = 4


class Jet:
    """f(x0 + h) up to h^ORDERS."""

    def __init__(self, c):
        self.c = list(c) + [mpf(0)] * (ORDERS + 1 - len(c))

    @staticmethod
    def of(x):
        return x if isinstance(x, Jet) else Jet([mpf(x)])

    def __add__(self, o):
        return Jet([a + b for a, b in zip(self.c, Jet.of(o).c)])

    __radd__ = __add__

    def __neg__(self):
        return Jet([-a for a in self.c])

    def __sub__(self, o):
        return self + -Jet.of(o)

    def __rsub__(self, o):
        return Jet.of(o) - self

    def __mul__(self, o):
        b = Jet.of(o).c
        return Jet([sum(self.c[i] * b[k - i] for i in range(k + 1)) for k in range(ORDERS + 1)])

    __rmul__ = __mul__

    def __truediv__(self, o):
        b, y = Jet.of(o).c, []
        for k in range(ORDERS + 1):
            y.append((self.c[k] - sum(y[i] * b[k - i] for i in range(k))) / b[0])
        return Jet(y)

    def __rtruediv__(self, o):
        return Jet.of(o) / self

    def derivative(self):
        return Jet([k * self.c[k] for k in range(1, ORDERS + 1)])


def integral(value, slope):
    """The jet with this value whose derivative is slope."""
    return Jet([value] + [slope.c[k] / (k + 1) for k in range(ORDERS)])


def exp(x):
    y = [mp.exp(x.c[0])]
    for k in range(1, ORDERS + 1):
        y.append(sum(i * x.c[i] * y[k - i] for i in range(1, k + 1)) / k)
    return Jet(y)


def log(x):
    return integral(mp.log(x.c[0]), x.derivative() / x)


def power(x, a):
    y = [mp.power(x.c[0], a)]
    for k in range(1, ORDERS + 1):
        y.append(sum((a * i - (k - i)) * x.c[i] * y[k - i] for i in range(1, k + 1)) / (k * x.c[0]))
    return Jet(y)


def sine_cosine(x):
    s, c = [mp.sin(x.c[0])], [mp.cos(x.c[0])]
    for k in range(1, ORDERS + 1):
        s.append(sum(i * x.c[i] * c[k - i] for i in range(1, k + 1)) / k)
        c.append(-sum(i * x.c[i] * s[k - i] for i in range(1, k + 1)) / k)
    return Jet(s), Jet(c)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def after(value, slope):
    """An op given by its value and the jet of its derivative."""
    return lambda x: integral(value(x.c[0]), slope(x))


def gaussian(x):
    return exp(-x * x)


def cdf(x):
    root = mp.sqrt(2)
    return integral(erfc(-x.c[0] / root) / 2, exp(-x * x / 2) / mp.sqrt(2 * mp.pi))


def erfc(v):
    return mp.erfc(v) if v < 1000 else mpf(0)  # far below the range of any type


def softplus(v):
    return v + mp.log1p(mp.exp(-v)) if v > 0 else mp.log1p(mp.exp(v))


def positive_part(f, g):
    return lambda x: f(x) if x.c[0] > 0 else g(x)


def reals(x):
    return True


def inside(x):
    return abs(x) <= 1


def positive(x):
    return x >= 0


def small(x):
    return abs(x) < 1e15


GELU_SCALE = mp.mpf(2 * math.sqrt(2 / math.pi))
SELU_SCALE, SELU_ALPHA = mpf(1.0507009873554805), mpf(1.6732632423543772)

# name, attributes, function, where it is defined
UNARY = [
    ("square", {}, lambda x: x * x, reals),
    ("sqrt", {}, lambda x: power(x, mpf(1) / 2), positive),
    ("rsqrt", {}, lambda x: power(x, -mpf(1) / 2), positive),
    ("reciprocal", {}, lambda x: 1 / x, reals),
    ("exp", {}, exp, reals),
    ("exp2", {}, lambda x: exp(x * mp.log(2)), reals),
    ("expm1", {}, after(mp.expm1, exp), reals),
    ("log", {}, log, positive),
    ("log2", {}, lambda x: log(x) / mp.log(2), positive),
    ("log1p", {}, after(mp.log1p, lambda x: 1 / (1 + x)), lambda x: x >= -1),
    ("sin", {}, lambda x: sine_cosine(x)[0], math.isfinite),
    ("cos", {}, lambda x: sine_cosine(x)[1], math.isfinite),
    ("tan", {}, lambda x: sine_cosine(x)[0] / sine_cosine(x)[1], math.isfinite),
    ("asin", {}, after(mp.asin, lambda x: power((1 - x) * (1 + x), -mpf(1) / 2)), inside),
    ("acos", {}, after(mp.acos, lambda x: -power((1 - x) * (1 + x), -mpf(1) / 2)), inside),
    ("atan", {}, after(mp.atan, lambda x: 1 / (1 + x * x)), reals),
    ("sinh", {}, after(mp.sinh, lambda x: (exp(x) + exp(-x)) / 2), reals),
    ("cosh", {}, lambda x: (exp(x) + exp(-x)) / 2, reals),
    ("tanh", {}, after(mp.tanh, lambda x: 4 / ((exp(x) + exp(-x)) * (exp(x) + exp(-x)))), reals),
    ("asinh", {}, after(mp.asinh, lambda x: power(1 + x * x, -mpf(1) / 2)), reals),
    ("acosh", {}, after(mp.acosh, lambda x: power((x - 1) * (x + 1), -mpf(1) / 2)), lambda x: x >= 1),
    ("atanh", {}, after(mp.atanh, lambda x: 1 / ((1 - x) * (1 + x))), inside),
    ("sigmoid", {}, sigmoid, reals),
    ("log_sigmoid", {}, after(lambda v: -softplus(-v), lambda x: sigmoid(-x)), reals),
    ("softplus", {}, after(softplus, sigmoid), reals),
    ("silu", {}, lambda x: x * sigmoid(x), reals),
    ("gelu", {}, lambda x: x * cdf(x), reals),
    ("gelu", {"approximate": True}, lambda x: x * sigmoid(GELU_SCALE * (x + mpf(0.044715) * x * x * x)), reals),
    ("elu", {}, positive_part(lambda x: x, after(mp.expm1, exp)), lambda x: x != 0),
    ("selu", {}, positive_part(lambda x: SELU_SCALE * x, lambda x: SELU_SCALE * SELU_ALPHA * after(mp.expm1, exp)(x)),
     lambda x: x != 0),
    ("relu", {}, positive_part(lambda x: x, lambda x: Jet([0])), lambda x: x != 0),
    ("relu6", {}, lambda x: x if 0 < x.c[0] < 6 else Jet([0 if x.c[0] < 0 else 6]), lambda x: x != 0),
    ("leaky_relu", {"alpha": 0.25}, positive_part(lambda x: x, lambda x: x / 4), lambda x: x != 0),
    ("abs", {}, positive_part(lambda x: x, lambda x: -x), lambda x: x != 0),
    ("softsign", {}, positive_part(lambda x: x / (1 + x), lambda x: x / (1 - x)), lambda x: x != 0),
    ("erf", {}, after(lambda v: mp.erf(v) if abs(v) < 100 else mp.sign(v), lambda x: gaussian(x) * (2 / mp.sqrt(mp.pi))), reals),
    ("erfc", {}, after(erfc, lambda x: gaussian(x) * (-2 / mp.sqrt(mp.pi))), reals),
    ("lgamma", {}, lambda x: Jet([mp.loggamma(x.c[0])] + [polygamma(k - 1, x.c[0]) / mp.factorial(k)
                                                         for k in range(1, ORDERS + 1)]), positive),
]


def polygamma(n, x):
    if x < 1e6:
        return mp.psi(n, x)
    # The asymptotic series, of which the first terms give more digits than any type has.
    if n == 0:
        return mp.log(x) - 1 / (2 * x) - sum(mp.bernoulli(2 * k) / (2 * k * x**(2 * k)) for k in range(1, 8))
    s = mp.factorial(n - 1) / x**n + mp.factorial(n) / (2 * x**(n + 1))
    s += sum(mp.bernoulli(2 * k) * mp.factorial(2 * k + n - 1) / (mp.factorial(2 * k) * x**(2 * k + n))
             for k in range(1, 8))
    return s if n % 2 else -s


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


SIZES = [1e-30, 1e-10, 1e-3, 0.3, 0.7, 1, 1.5, 3, 5, 9, 12.5, 20, 40, 88, 100, 1e4, 1e10, 1e20]
POINTS = {
    "float32": [single(s) for s in SIZES] + [single(1 - 2**-23), 3.4028234663852886e38, 1.1754943508222875e-38],
    "float64": SIZES + [1 - 2**-52, 600, 1e155, 1e200, 1.7976931348623157e308, 2.2250738585072014e-308],
}
LARGEST = {"float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308}


def number(v, dtype):
    """As JSON: what the dtype can hold of v."""
    if mp.isnan(v):
        return "nan"
    if abs(v) > LARGEST[dtype] * (1 + mpf(2)**-26 if dtype == "float32" else 1 + mpf(2)**-54):
        return "inf" if v > 0 else "-inf"
    return 0.0 if abs(v) < mpf(10)**-110 and abs(v) > mpf(10)**-130 else float(v)  # what rounding left of 0


def at(f, x):
    return [c * mp.factorial(k) for k, c in enumerate(f(Jet([mpf(x), 1])).c)]


def limit(f, sign, dtype):
    near, far = at(f, sign * mpf(10)**1000), at(f, sign * mpf(10)**3000)
    out = []
    for a, b in zip(near, far):
        grows = abs(b) > 1.01 * abs(a) and abs(b) > 2
        out.append("inf" if grows and b > 0 else "-inf" if grows else number(b, dtype))
    return out


def unary():
    cases = []
    for name, attrs, f, defined in UNARY:
        for dtype, sizes in POINTS.items():
            rows = []
            for x in sorted([-s for s in sizes] + [0.0] + sizes) + [math.inf, -math.inf]:
                # At a pole, or where the function ends, there is no value to compare with.
                if not defined(x):
                    continue
                try:
                    y = limit(f, 1 if x > 0 else -1, dtype) if math.isinf(x) else [number(v, dtype) for v in at(f, x)]
                except (ZeroDivisionError, ValueError):
                    continue
                rows.append([str(x) if math.isinf(x) else x] + y)
            cases.append({"op": name, "attrs": attrs, "dtype": dtype, "points": rows})
    return cases


if __name__ == "__main__":
    with open("unary.json", "w") as out:
        out.write('{"format": 1, "made_with": "make.py, mpmath 1.3", "row": "x, value, derivatives of order 1 to 4",\n'
                  '"cases": [\n')
        texts = []
        for c in unary():
            head = json.dumps({k: c[k] for k in ("op", "attrs", "dtype")})[:-1]
            texts.append(head + ', "points": [\n  ' + ",\n  ".join(json.dumps(p) for p in c["points"]) + "]}")
        out.write(",\n".join(texts) + "]}\n")
