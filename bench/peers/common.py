"""Inputs, timing and the report, for the programs of all peers."""
import json
import os
import sys
import time

from inputs import read

FOLDER = sys.argv[1]
NAMES = [a for a in sys.argv[2:] if not a.startswith("--")]
THREADS = int(os.environ.get("BENCH_THREADS", "2"))


def get(name):
    return read(FOLDER, name)


def chosen(name):
    return not NAMES or any(n in name for n in NAMES)


def timed(f, budget=1.0, least=5, most=20000):
    f()
    f()
    times, end = [], time.perf_counter() + budget
    while len(times) < least or (time.perf_counter() < end and len(times) < most):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    times.sort()
    return {"median": times[len(times) // 2], "min": times[0]}


class Report:
    """Collects results, and prints them as JSON."""

    def __init__(self):
        self.results = {}

    def add(self, name, f, check):
        if not chosen(name):
            return
        result = f()
        self.results[name] = {**timed(f), "check": float(check(result))}

    def print(self):
        print(json.dumps(self.results))
