"""Runs the programs with loops in turn and prints tables: loops.py BUILD [--rounds N] [NAME...].

gradtape, hand-written C++ and CoDiPack take turns in one process; JAX has a process of its own, between theirs. All
run on one thread. A time is the least of the rounds' medians."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD, REST = sys.argv[1], sys.argv[2:]
ROUNDS = int(REST.pop(REST.index("--rounds") + 1)) if "--rounds" in REST else 3
NAMES = [a for a in REST if a != "--rounds"]
JAX = os.path.join(BUILD, "venv-jax", "bin", "python")
COLUMNS = ("gradtape", "gradtape, by broadcasts", "gradtape, by jacobian", "by hand", "CoDiPack", "JAX")


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    env.update(BENCH_THREADS="1", OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    return env


def call(what, command):
    done = subprocess.run(["taskset", "-c", "0", *command], capture_output=True, text=True, env=environment())
    if done.returncode:
        print(what, "failed:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return {}
    return json.loads(done.stdout[done.stdout.index("{"):])


def measure():
    """Least medians and sums of results, by case and way."""
    times, checks = {}, {}
    commands = [("gradtape", [os.path.join(BUILD, "gradtape_loops"), *NAMES])]
    if os.path.exists(JAX):
        commands.append(("JAX", [JAX, os.path.join(HERE, "loops_jax.py"), BUILD, *NAMES]))
    for _ in range(ROUNDS):
        for what, command in commands:
            for key, r in call(what, command).items():
                name, way = key.split("|")
                row = times.setdefault(name, {})
                row[way] = min(row.get(way, 1e9), r["median"])
                checks.setdefault(name, {})[way] = r["check"]
    return times, checks


def microseconds(seconds):
    return f"{seconds * 1e6:,.1f}" if seconds < 1e-4 else f"{seconds * 1e6:,.0f}"


def table(head, rows):
    used = [i for i in range(len(head)) if i == 0 or any(row[i] for row in rows)]
    print("| " + " | ".join(head[i] for i in used) + " |\n|---|" + "---:|" * (len(used) - 1))
    for row in rows:
        print("| " + " | ".join(row[i] for i in used) + " |")
    print()


def main():
    times, checks = measure()
    print("Times in microseconds a call, with one thread:\n")
    table(["program", *COLUMNS], [[n, *(microseconds(row[c]) if c in row else "" for c in COLUMNS)] for n, row in times.items()])
    print("gradtape's time over that of the others:\n")
    others = [c for c in COLUMNS if c != "gradtape"]
    table(["program", *others], [[n, *(f"{row['gradtape'] / row[c]:.2f}" if c in row else "" for c in others)] for n, row in times.items()])
    for name, row in checks.items():
        for way, got in row.items():
            if abs(got - row["gradtape"]) > 1e-8 * abs(row["gradtape"]):
                print(f"results differ: {name}: {way} has {got:.12g}, gradtape {row['gradtape']:.12g}", file=sys.stderr)


if __name__ == "__main__":
    main()
