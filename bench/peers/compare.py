"""Runs gradtape and its peers in turn and writes tables and a picture: compare.py BUILD DOCS [--rounds N]
[--threads 1,2,4] [NAME...].

Each library runs in a process of its own, one after the other, with two threads and with one, for several rounds. A
time is the least of the rounds' medians. A library that is not installed is left out. With --threads the page is
benchmarks-threads.md: the gain of each library from these numbers of cores."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD, DOCS = sys.argv[1], sys.argv[2]
NAMES = sys.argv[3:]


def option(name, otherwise):
    """The value that follows an option, which is taken out of the names."""
    if name not in NAMES:
        return otherwise
    at = NAMES.index(name)
    if at + 1 == len(NAMES):
        sys.exit(f"compare.py: {name} needs a value")
    del NAMES[at]
    return NAMES.pop(at)


ROUNDS = int(option("--rounds", 3))
THREADS = option("--threads", None)
INPUTS = os.path.join(BUILD, "inputs")
COMPILED, EAGER = ("JAX jit", "TF function", "torch.compile", "MLX"), ("PyTorch", "TF eager", "NumPy")


def python(name):
    return os.path.join(BUILD, "venv-" + name, "bin", "python")


PEERS = {
    "JAX jit": [python("jax"), "jax_peer.py"],
    "PyTorch": [python("torch"), "torch_peer.py"],
    "torch.compile": [python("torch"), "torch_peer.py", "--compile"],
    "TF function": [python("tensorflow"), "tensorflow_peer.py", "--function"],
    "TF eager": [python("tensorflow"), "tensorflow_peer.py"],
    "MLX": [python("mlx"), "mlx_peer.py"],
    "NumPy": [python("torch"), "numpy_peer.py"],
}
COLUMNS = ("replay", "anew", *PEERS, "by hand")


def environment(threads):
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    env.update(BENCH_THREADS=str(threads), OMP_NUM_THREADS=str(threads), PYTHONDONTWRITEBYTECODE="1")
    return env


def pinned(command, threads):
    return ["taskset", "-c", f"0-{threads - 1}", *command]


def call(what, command, threads):
    done = subprocess.run(pinned(command, threads), capture_output=True, text=True, env=environment(threads))
    if done.returncode:
        print(what, "failed:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return {}
    return json.loads(done.stdout[done.stdout.index("{"):])


def measure(threads):
    """Least medians by workload and library, sums of results by the same, and the machine's limits."""
    best, checks, limits = {}, {}, {}

    def note(library, results):
        for name, r in results.items():
            row = best.setdefault(name, {})
            row[library] = min(row.get(library, 1e9), r["median"])
            checks.setdefault(name, {})[library] = r["check"]

    for _ in range(ROUNDS):
        for key, v in call("limits", [os.path.join(BUILD, "gradtape_limits"), str(threads)], threads).items():
            better = max if key.endswith(("flops", "gbs")) else min
            limits[key] = better(limits[key], v) if key in limits else v
        ours = call("gradtape", [os.path.join(BUILD, "gradtape_compare"), INPUTS, str(threads), *NAMES], threads)
        for way in ("replay", "anew"):
            note(way, {k.split("|")[0]: v for k, v in ours.items() if k.endswith("|" + way)})
        for peer, (interpreter, script, *flags) in PEERS.items():
            if os.path.exists(interpreter):
                note(peer, call(peer, [interpreter, os.path.join(HERE, script), INPUTS, *flags, *NAMES], threads))
    return best, checks, limits


def differing(checks):
    for name, row in checks.items():
        want = row.get("replay")
        for library, got in row.items():
            if want is not None and abs(got - want) > 2e-3 * max(abs(want), 1e-6):
                yield f"{name}: {library} has {got:.6g}, gradtape {want:.6g}"


def microseconds(seconds):
    return f"{seconds * 1e6:,.1f}" if seconds < 1e-3 else f"{seconds * 1e6:,.0f}"


def processor():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")


def rows_of(head, rows):
    """A table with one number a cell. Empty columns are left out."""
    used = [i for i in range(len(head)) if i == 0 or any(row[i] for row in rows)]
    lines = ["| " + " | ".join(head[i] for i in used) + " |", "|---|" + "---:|" * (len(used) - 1)]
    return lines + ["| " + " | ".join(row[i] for i in used) + " |" for row in rows] + [""]


def table(best, limits, threads):
    times, ratios = [], []
    for name, row in best.items():
        if "replay" not in row:
            continue
        compiled = [row[p] for p in COMPILED if p in row] or [row[p] for p in EAGER if p in row]
        eager = [row[p] for p in EAGER if p in row]
        by_hand = {"by hand": limits[name]} if name in limits else {}
        times.append([name] + [microseconds({**row, **by_hand}[c]) if c in row or c in by_hand else "" for c in COLUMNS])
        ratios.append([name,
                       f"{row['replay'] / min(compiled):.2f}" if compiled else "",
                       f"{row['anew'] / min(eager):.3f}" if eager else "",
                       f"{row['replay'] / limits[name]:.2f}" if name in limits else ""])
    return [f"## {threads} thread{'s' if threads > 1 else ''}", "",
            f"In the same run sgemm of 512 x 784 x 256 reached {limits.get('gemm_gflops', 0):.0f} Gflop/s, and a triad of 40 MB "
            f"arrays {limits.get('bandwidth_gbs', 0):.1f} GB/s.", "",
            f"### Times with {threads} thread{'s' if threads > 1 else ''}, in microseconds a call", "",
            *rows_of(["workload", "gradtape replay", "gradtape anew", *PEERS, "by hand"], times),
            f"### Ratios with {threads} thread{'s' if threads > 1 else ''}", "",
            "A ratio below 1 means that gradtape is faster. If no compiled peer runs a workload, its ratio is over the best eager peer.", "",
            *rows_of(["workload", "replay / best compiled peer", "anew / best eager peer", "replay / by hand"], ratios)]


def picture(best, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    names = [n for n, row in best.items() if "replay" in row and len(row) > 2]
    libraries = ["replay", "anew", *PEERS]
    colours = dict(zip(libraries, ("#0b6e4f", "#6bbf8f", "#d1495b", "#edae49", "#b8860b", "#5b7db1", "#9fb4d6", "#8d6a9f", "#777777")))
    figure, axes = plt.subplots(figsize=(11, 0.42 * len(names) + 1.5))
    for i, name in enumerate(names):
        row = best[name]
        for library in libraries:
            if library in row:
                axes.plot(row[library] / row["replay"], -i, "o", color=colours[library], markersize=7,
                          label=library if library not in axes.get_legend_handles_labels()[1] else None)
    axes.set_xscale("log")
    axes.set_yticks([-i for i in range(len(names))], names)
    axes.axvline(1, color="#0b6e4f", linewidth=0.8)
    axes.set_xlabel("time over gradtape's replay (two threads; left is faster)")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.0 + 0.6 / (0.42 * len(names) + 1.5)), ncol=8, frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


HEAD = """{purpose} `{command}` makes this page.

The machine is {machine}. Each library runs in a process of its own, in turn, and a time is the least of the medians of all rounds (here {rounds}).
gradtape is called from C, and the others from Python, as their users call them. "replay" runs a recorded function again (`gt_function_run`).
"anew" records, differentiates and computes in each call. "by hand" is a fused loop in C over the same numbers. Compare numbers of one run only:
machines are shared and noisy."""


def gains(measured):
    """Tables of gradtape's times by the number of threads, and of what each library gains from one to the most."""
    counts = sorted(measured)
    first, last = counts[0], counts[-1]
    libraries = ["replay", *PEERS]
    times, ratios = [], []
    for name in measured[first][0]:
        rows = {n: best.get(name, {}) for n, (best, _) in measured.items()}
        if any("replay" not in row for row in rows.values()):
            continue
        times.append([name, *(microseconds(rows[n]["replay"]) for n in counts)])
        ratios.append([name, *(f"{rows[first][x] / rows[last][x]:.2f}" if x in rows[first] and x in rows[last] else ""
                               for x in libraries)])
    limits = [[label, *(f"{measured[n][1].get(key, 0):.0f}" for n in counts)]
              for label, key in (("sgemm of 512 x 784 x 256, Gflop/s", "gemm_gflops"), ("triad of 40 MB arrays, GB/s", "bandwidth_gbs"))]
    titles = [f"{n} thread{'s' if n > 1 else ''}" for n in counts]
    return ["## Limits of the machine", "", *rows_of(["limit", *titles], limits),
            "## gradtape's replay, in microseconds a call", "", *rows_of(["workload", *titles], times),
            f"## Gain from {titles[0]} to {titles[-1]}", "", "A gain of 2 means that a call takes half of the time.", "",
            *rows_of(["workload", "gradtape replay", *PEERS], ratios)]


def is_op(name):
    return name.startswith("op_")


def write_page(file, title, purpose, body):
    command = f"./run bench --threads {THREADS}" if THREADS else "./run bench"
    head = HEAD.format(purpose=purpose, command=command, machine=processor(), rounds=ROUNDS)
    lines = [title, "", head, "", *body]
    with open(os.path.join(DOCS, file), "w") as f:
        f.write("\n".join(lines))


def tables(measured, wanted):
    return [line for threads, (best, limits) in measured.items()
            for line in table({n: r for n, r in best.items() if wanted(n)}, limits, threads)]


def counts_asked():
    """The numbers of threads, those that the machine has cores for."""
    counts = [int(n) for n in THREADS.split(",")] if THREADS else [2, 1]
    cores = os.cpu_count() or 1
    for n in counts:
        if n < 1 or n > cores:
            print(f"left out: {n} threads on {cores} cores", file=sys.stderr)
    return [n for n in counts if 1 <= n <= cores]


def main():
    measured = {}
    for threads in counts_asked():
        best, checks, limits = measure(threads)
        measured[threads] = best, limits
        print("\n".join(table(best, limits, threads)))
        for line in differing(checks):
            print("results differ:", line, file=sys.stderr)
    if THREADS:
        write_page("benchmarks-threads.md", "# gradtape and its peers on more cores",
                   "This page is for users who compare what libraries gain from cores.",
                   gains(measured) + tables(measured, lambda n: True))
        return
    if not NAMES or NAMES == ["op_"]:
        write_page("benchmarks-ops.md", "# Single ops beside PyTorch and NumPy",
                   "This page is for users who compare the speed of single ops.", tables(measured, is_op))
    if not NAMES:
        write_page("benchmarks.md", "# gradtape beside TensorFlow, JAX, PyTorch and MLX",
                   "This page is for users who compare libraries by their speed on whole programs.",
                   ["![the times as a picture](benchmarks.png)", "", *tables(measured, lambda n: not is_op(n))])
        try:
            picture({n: r for n, r in measured[2][0].items() if not is_op(n)}, os.path.join(DOCS, "benchmarks.png"))
        except (ImportError, KeyError):
            print("no matplotlib, or no run with two threads: no picture", file=sys.stderr)


if __name__ == "__main__":
    main()
