"""The problems of bench/solve by CasADi: its derivatives, its linear solvers, and Newton's method as gradtape has it.

solvers_casadi.py [swing | bratu] [SIZE]: a line for each way, in milliseconds, as gradtape_solvers prints them.
"""
import sys
import time

import casadi as ca
import numpy as np


def swing(steps, seconds=6.0):
    """The derivatives of the Lagrangian of a pendulum that swings up, as equations."""
    n, h = steps, seconds / steps
    z = ca.SX.sym("z", 5 * n - 2)
    angle = ca.vertcat(0, z[: n - 1], np.pi)
    velocity = ca.vertcat(0, z[n - 1 : 2 * n - 2], 0)
    u, p, q = z[2 * n - 2 : 3 * n - 2], z[3 * n - 2 : 4 * n - 2], z[4 * n - 2 :]
    force = -ca.sin(angle)
    moves = angle[1:] - angle[:-1] - h / 2 * (velocity[:-1] + velocity[1:])
    turns = velocity[1:] - velocity[:-1] - h / 2 * (force[:-1] + force[1:]) - h * u
    lagrangian = h / 2 * ca.sumsqr(u) + ca.dot(p, moves) + ca.dot(q, turns)
    start = np.zeros(5 * n - 2)
    start[: n - 1] = np.pi * np.arange(1, n) / n
    start[n - 1 : 2 * n - 2] = np.pi / seconds
    hessian, gradient = ca.hessian(lagrangian, z)
    return z, gradient, hessian, start


def bratu(n):
    """The derivatives of the energy of Bratu's equation."""
    area = 1 / (n + 1) ** 2
    u = ca.SX.sym("u", n, n)
    v = ca.vertcat(ca.SX.zeros(1, n + 2), ca.horzcat(ca.SX.zeros(n, 1), u, ca.SX.zeros(n, 1)), ca.SX.zeros(1, n + 2))
    down, right = v[1:, :] - v[:-1, :], v[:, 1:] - v[:, :-1]
    energy = (ca.sumsqr(down) + ca.sumsqr(right)) / 2 - 6 * area * ca.sum1(ca.sum2(ca.exp(u)))
    x = ca.vec(u)
    hessian, gradient = ca.hessian(energy, x)
    return x, gradient, hessian, np.zeros(n * n)


def newton(problem, size, solver):
    """Newton's method, whose steps are halved until the residuals shrink."""
    begin = time.perf_counter()
    x, residuals, jacobian, start = problem(size)
    f = ca.Function("f", [x], [residuals])
    j = ca.Function("j", [x], [jacobian])
    linear = ca.Linsol("linear", solver, jacobian.sparsity())
    point, r = ca.DM(start), f(start)
    marks, evaluations = [time.perf_counter()], 1
    while ca.norm_inf(r) > 1e-8 and len(marks) < 200:
        matrix = j(point)
        linear.sfact(matrix)
        linear.nfact(matrix)
        step, length, before = -linear.solve(matrix, r), 1.0, ca.norm_2(r)
        while True:
            trial = point + length * step
            after = f(trial)
            evaluations += 1
            if ca.norm_2(after) <= (1 - 1e-4 * length) * before or length < 1e-12:
                break
            length /= 2
        point, r = trial, after
        marks.append(time.perf_counter())
    steps = np.diff(marks) * 1e3
    print(
        f"{problem.__name__:8} {'CasADi, ' + solver:32} {(marks[0] - begin) * 1e3:9.2f} {min(steps):9.2f} {np.mean(steps):9.2f} "
        f"{(marks[-1] - begin) * 1e3:9.2f} {len(steps):5} {evaluations:5}  {float(ca.norm_inf(r)):.2e}",
        flush=True,
    )


ONLY, SIZE = (sys.argv[1:] + ["", ""])[:2]
for problem, size, solvers in ((swing, 1000, ("mumps",)), (bratu, 300, ("mumps", "csparsecholesky"))):
    if ONLY in ("", problem.__name__):
        for solver in solvers:
            try:
                newton(problem, int(SIZE or size), solver)
            except RuntimeError as error:
                print(problem.__name__, solver, str(error).splitlines()[0])
