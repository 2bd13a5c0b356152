"""Measures sparse and dense derivatives, and writes a page and a picture: sparse.py BUILD DOCS [NAME...].

gradtape's ways take turns in one process. CasADi has a process for each problem, and JAX one for all. Every program has
one thread, and its times are medians of processor time. A peer that is not installed is left out. With parts of names
the tables of those problems are printed, and nothing is written."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD, DOCS, NAMES = sys.argv[1], sys.argv[2], sys.argv[3:]
METHODS = ("accumulate", "compress")


def call(what, command):
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    env.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(["taskset", "-c", "0", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    said = done.stderr.strip().splitlines()
    if done.returncode:
        print(what, "failed:", said[-1] if said else f"status {done.returncode}", file=sys.stderr)
        return {}
    print(*said, sep="\n", end="\n" if said else "", file=sys.stderr)
    return json.loads(done.stdout[done.stdout.index("{"):])


def python(name):
    return os.path.join(BUILD, "venv-" + name, "bin", "python")


def measure():
    """gradtape's problems by name, and what CasADi and JAX have of them."""
    ours = call("gradtape", [os.path.join(BUILD, "gradtape_sparse"), *NAMES])
    casadi, jax = {}, {}
    if os.path.exists(python("casadi")):
        for name, p in ours.items():
            if p["kind"] == "sparse":
                casadi[name] = call(f"CasADi, {name},", [python("casadi"), os.path.join(HERE, "sparse_casadi.py"), name])
    if os.path.exists(python("jax")):
        jax = call("JAX", [python("jax"), os.path.join(HERE, "sparse_jax.py"), *NAMES])
    return ours, {n: p for n, p in casadi.items() if p}, jax


def differing(ours, casadi, jax):
    """Sums of absolute results that are not the same."""
    for name, p in ours.items():
        sums, named = p["sums"], {f"gradtape's {m}": p["sums"][m] for m in METHODS if m in p["sums"]}
        wanted = {"dense": sums.get("dense"), "product": sums.get("product"), "values": sums.get(p.get("auto"))}
        pairs = [("values", k, v) for k, v in named.items()]
        pairs += [("values", "CasADi", casadi[name]["sum"])] if name in casadi else []
        pairs += [(k, "JAX", v) for k, v in jax.get(name, {"sums": {}})["sums"].items()]
        for key, who, got in pairs:
            if wanted[key] is not None and abs(got - wanted[key]) > 1e-8 * abs(wanted[key]):
                yield f"{name}, {key}: {who} has {got:.12g}, gradtape {wanted[key]:.12g}"
        if name in casadi and casadi[name]["entries"] != p["entries"]:
            yield f"{name}: CasADi has {casadi[name]['entries']:,} entries, gradtape {p['entries']:,}"


def milliseconds(seconds):
    if seconds is None:
        return ""
    return f"{seconds * 1e3:#.3g}" if seconds < 0.1 else f"{seconds * 1e3:,.0f}"


def ratio(a, b):
    return "" if a is None or b is None else f"{a / b:#.2g}" if a < b / 10 else f"{a / b:.2f}" if a < 100 * b else f"{a / b:,.0f}"


def table(head, rows):
    """Columns without any cell are left out."""
    used = [i for i in range(len(head)) if i == 0 or any(row[i] for row in rows)]
    lines = ["| " + " | ".join(head[i] for i in used) + " |", "|---|" + "---:|" * (len(used) - 1)]
    return lines + ["| " + " | ".join(row[i] for i in used) + " |" for row in rows] + [""]


def base(p):
    return p["seconds"]["gradient" if p["hessian"] else "function"]


def values_table(sparse):
    rows = []
    for name, p in sparse.items():
        s = p["seconds"]
        by = {m: s.get(m) for m in METHODS}
        chosen = by[p["auto"]]
        rows.append([name, milliseconds(base(p)), *(milliseconds(by[m]) for m in METHODS), *(ratio(by[m], base(p)) for m in METHODS),
                     p["auto"].upper(), ratio(chosen, s["write"])])
    return ["## Values", "",
            "The base is the gradient of the same program for a Hessian, and the function for a Jacobian. The last column is the time of the method that AUTO takes over the time to copy "
            "as many numbers. A copy reads as many numbers as it writes; values are mostly computed from fewer.", "",
            *table(["problem", "base, ms", "ACCUMULATE, ms", "COMPRESS, ms", "ACCUMULATE / base", "COMPRESS / base", "AUTO takes", "AUTO / writing"], rows)]


def patterns_table(sparse):
    rows = [[name, f"{p['unknowns']:,}", f"{p['entries']:,}", str(p["links"]), f"{p['forward']} + {p['reverse']}",
             milliseconds(p["seconds"]["pattern"]), milliseconds(p["seconds"]["pattern with colours"]),
             *(milliseconds(p["making"].get(m)) for m in METHODS)] for name, p in sparse.items()]
    return ["## Patterns", "",
            "A pattern is found once, and so is the plan of a function that gives the values. COMPRESS needs colours beside the pattern, here those of products forwards and in reverse.", "",
            *table(["problem", "unknowns", "entries", "links", "colours", "pattern, ms", "with colours, ms", "plan of ACCUMULATE, ms", "plan of COMPRESS, ms"], rows)]


def casadi_table(sparse, casadi):
    rows = []
    for name, p in sparse.items():
        s, c = p["seconds"], casadi.get(name)
        making = s["pattern" if p["auto"] == "accumulate" else "pattern with colours"] + p["making"][p["auto"]]
        there = [milliseconds(c["making"]), milliseconds(c["seconds"]["values"]), ratio(s[p["auto"]], c["seconds"]["values"]),
                 ratio(c["seconds"]["values"], c["seconds"]["gradient" if p["hessian"] else "function"])] if c else [""] * 4
        rows.append([name, milliseconds(making), there[0], milliseconds(s[p["auto"]]), *there[1:]])
    return ["## Beside CasADi", "",
            "CasADi's programs are of scalar symbols (SX), and run in its virtual machine. To make a derivative is to find the pattern and the plan of the values; CasADi's time has the symbols "
            "of the function too. A cell is empty where CasADi takes over a minute or 12 GiB.", "",
            *table(["problem", "made by gradtape, ms", "made by CasADi, ms", "values, ms", "values by CasADi, ms", "gradtape / CasADi", "CasADi / its base"], rows)]


def products_table(ours, jax):
    rows = []
    for name, p in ours.items():
        if p["hessian"] and p["kind"] == "sparse":
            s, j = p["seconds"], jax.get(name, {"seconds": {}})["seconds"]
            rows.append([name, milliseconds(s["gradient"]), milliseconds(s["product"]), ratio(s["product"], s["gradient"]),
                         milliseconds(j.get("gradient")), milliseconds(j.get("product")), ratio(s["product"], j.get("product"))])
    return ["## Products of a Hessian with a vector", "", "JAX runs its compiled `jvp` of the gradient.", "",
            *table(["problem", "gradient, ms", "product, ms", "product / gradient", "gradient by JAX, ms", "product by JAX, ms", "gradtape / JAX"], rows)]


def dense_table(dense, jax):
    rows = []
    for name, p in dense.items():
        s, j = p["seconds"], jax.get(name, {"seconds": {}})["seconds"].get("dense")
        rows.append([name.removeprefix("dense "), milliseconds(p["making"]["dense"]), milliseconds(s["dense"]), milliseconds(s["write"]),
                     ratio(s["dense"], s["write"]), milliseconds(j), ratio(s["dense"], j)])
    return ["## Dense Hessians", "",
            "These are whole matrices by `gt_tape_hessian`, with their zeros. The time beside them is that of writing zeros to the same memory. JAX runs its compiled `hessian`, up to 2,000 unknowns.", "",
            *table(["problem", "plan, ms", "Hessian, ms", "zeros, ms", "Hessian / zeros", "Hessian by JAX, ms", "gradtape / JAX"], rows)]


def picture(sparse, casadi, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    marks = {"accumulate": ("ACCUMULATE", "#0b6e4f"), "compress": ("COMPRESS", "#6bbf8f"), "product": ("product with a vector", "#5b7db1"),
             "write": ("copying the entries", "#999999"), "CasADi": ("values by CasADi", "#d1495b")}
    figure, axes = plt.subplots(figsize=(11, 0.36 * len(sparse) + 1.6))
    for i, (name, p) in enumerate(sparse.items()):
        times = {**p["seconds"], **({"CasADi": casadi[name]["seconds"]["values"]} if name in casadi else {})}
        for key, (label, colour) in marks.items():
            if key in times:
                axes.plot(times[key] / base(p), -i, "|" if key == "write" else "o", color=colour, markersize=10 if key == "write" else 7,
                          markeredgewidth=2 if key == "write" else 1, label=label if label not in axes.get_legend_handles_labels()[1] else None)
    axes.set_xscale("log")
    axes.set_yticks([-i for i in range(len(sparse))], list(sparse))
    axes.axvline(1, color="#444444", linewidth=0.8)
    axes.set_xlabel("time over that of gradtape's gradient (Hessians) or function (Jacobians); one thread; left is faster")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncol=len(marks), frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def processor():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")


HEAD = """# Sparse derivatives beside the gradient, CasADi and JAX

This page is for users who compare the cost of large Jacobians and Hessians. `./run bench sparse` makes this page. [Sparse derivatives](sparse.md) explains the words.

The machine is {machine} with {cores} cores, and the programs have one thread in float64. Its load was {before:.1f} at the beginning and {after:.1f} at the end. All times are medians
of processor time, in one run. gradtape's ways to one problem take turns in one process, as replays of recorded functions. The functions and points are in [bench/sparse](../bench/sparse).
Both forms of Rosenbrock's function, by pairs and strided, are one program for the peers: every second element of a vector.

![the times as a picture](benchmarks-sparse.png)
"""


def main():
    before = os.getloadavg()[0]
    ours, casadi, jax = measure()
    sparse = {n: p for n, p in ours.items() if p["kind"] == "sparse"}
    dense = {n: p for n, p in ours.items() if p["kind"] == "dense"}
    lines = []
    if sparse:
        lines += [*values_table(sparse), *patterns_table(sparse), *casadi_table(sparse, casadi), *products_table(ours, jax)]
    if dense:
        lines += dense_table(dense, jax)
    print("\n".join(lines))
    for line in differing(ours, casadi, jax):
        print("results differ:", line, file=sys.stderr)
    if NAMES or not ours:
        return
    with open(os.path.join(DOCS, "benchmarks-sparse.md"), "w") as page:
        page.write("\n".join([HEAD.format(machine=processor(), cores=os.cpu_count(), before=before, after=os.getloadavg()[0]), *lines]))
    try:
        picture(sparse, casadi, os.path.join(DOCS, "benchmarks-sparse.png"))
    except ImportError:
        print("no matplotlib: no picture", file=sys.stderr)


if __name__ == "__main__":
    main()
