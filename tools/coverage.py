#!/usr/bin/env python3
"""Lines and branches that the tests run, by folder, from gcovr's JSON summary; --files: by file as well."""
import collections
import json
import sys

GOAL = {"capi": (95, 90), "src/graph": (95, 90), "src/autodiff": (95, 90)}
FIELDS = ("line_covered", "line_total", "branch_covered", "branch_total")


def percent(covered, total):
    return 100 * covered / total if total else 100.0


def main():
    files = json.load(open(sys.argv[1]))["files"]
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for f in files:
        parts = f["filename"].split("/")
        folder = "/".join(parts[:2]) if parts[0] == "src" else parts[0]
        for i, field in enumerate(FIELDS):
            folders[folder][i] += f[field]
    print(f"{'folder':<16}{'lines':>8}{'goal':>6}{'branches':>10}{'goal':>6}")
    for folder, (lines, all_lines, branches, all_branches) in sorted(folders.items()):
        of_lines, of_branches = GOAL.get(folder, (90, None))
        print(f"{folder:<16}{percent(lines, all_lines):>7.1f}%{of_lines:>5}%{percent(branches, all_branches):>9.1f}%"
              + (f"{of_branches:>5}%" if of_branches else ""))
    if "--files" in sys.argv:
        for f in sorted(files, key=lambda f: percent(f["line_covered"], f["line_total"])):
            print(f"{f['filename']:<44}{percent(f['line_covered'], f['line_total']):>7.1f}%"
                  f"{percent(f['branch_covered'], f['branch_total']):>9.1f}%")


main()
