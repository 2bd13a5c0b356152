"""Runs calls.py in each library in turn and writes a table: compare.py BUILD PAGE [ROUNDS].

Each library runs in a process and an environment of its own, and a time is the least of the rounds. A library that is
not installed is left out."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD, PAGE = sys.argv[1], sys.argv[2]
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
ENVIRONMENTS = {
    "gradtape": "python/venv", "gradtape function": "python/venv",
    "TensorFlow": "bench/venv-tensorflow", "TensorFlow function": "bench/venv-tensorflow",
    "JAX": "bench/venv-jax", "JAX jit": "bench/venv-jax",
    "PyTorch": "bench/venv-torch", "autograd": "bench/venv-autograd",
}


def run(library):
    python = os.path.join(BUILD, ENVIRONMENTS[library], "bin", "python")
    if not os.path.exists(python):
        return {}
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    env.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(["taskset", "-c", "0", python, os.path.join(HERE, "calls.py"), library], capture_output=True, text=True, env=env)
    if done.returncode:
        print(library, "failed:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return {}
    return json.loads(done.stdout[done.stdout.rindex("\n{") + 1 if "\n{" in done.stdout else 0:])


def processor():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "an unknown processor")


def main():
    best, sums = {}, {}
    for _ in range(ROUNDS):
        for library in ENVIRONMENTS:
            for name, r in run(library).items():
                row = best.setdefault(name, {})
                row[library] = min(row.get(library, 1e9), r["seconds"])
                sums.setdefault(name, {})[library] = r["sum"]
    for name, by_library in sums.items():
        values = list(by_library.values())
        if max(values) - min(values) > 1e-3 * (1 + max(values)):
            print(f"{name}: the libraries differ: {by_library}", file=sys.stderr)
    libraries = [n for n in ENVIRONMENTS if any(n in row for row in best.values())]
    lines = ["# Calls from Python", "",
             "This page is for users who compare the cost of one call from Python. `./run bench python` makes this page.", "",
             f"The machine is {processor()}, with one thread. A time is the least of several rounds, with the libraries in turn.",
             "Every call but the first ends with the numbers in a NumPy array.", "",
             "| microseconds a call | " + " | ".join(libraries) + " |", "|---|" + "---:|" * len(libraries)]
    for name, row in best.items():
        cells = [f"{row[n] * 1e6:.2f}" if n in row else "" for n in libraries]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    text = "\n".join(lines) + "\n"
    print(text)
    with open(PAGE, "w") as page:
        page.write(text)


main()
