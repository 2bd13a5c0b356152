"""Lifetimes: threads, forks, memory that is lent, cycles, interrupts, and calls without end that leave nothing behind."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import weakref

import numpy as np
import pytest

import gradtape as gt
from gradtape import _core, errors


def in_thread(work):
    """What work() gives, or raises, in a thread of its own."""
    result = []

    def run():
        try:
            result.append(work())
        except BaseException as e:  # noqa: BLE001  # handed to the caller
            result.append(e)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def test_each_thread_computes_with_tensors_of_its_own():
    x = gt.constant([1.0, 2.0])
    assert in_thread(lambda: (gt.constant([1.0, 2.0]) * 2).tolist()) == [2, 4]
    for work in (lambda: x + 1, lambda: gt.constant(1.0) + x, lambda: gt.reduce_sum(x), lambda: gt.stack([x, x])):
        with pytest.raises(RuntimeError, match="another thread"):
            in_thread(work)
    assert in_thread(x.numpy).tolist() == [1, 2]  # reading is for all
    assert in_thread(lambda: (x.shape, x.dtype)) == ((2,), gt.float32)


def test_tapes_and_functions_stay_with_their_thread():
    x = gt.Variable(2.0)
    with gt.GradientTape() as tape:
        y = x * x
    with pytest.raises(RuntimeError, match="another thread"):
        in_thread(lambda: tape.gradient(y, x))
    f = _core.Function(lambda a: [a * 2], [(gt.float32, ())])
    with pytest.raises(RuntimeError, match="another thread"):
        in_thread(lambda: f([gt.constant(1.0)]))


def test_a_tensor_outlives_its_thread():
    x = in_thread(lambda: gt.constant(np.arange(1000.0)) * 2)
    gc.collect()
    assert x.numpy()[-1] == 1998
    view = x.numpy()
    del x
    assert view.sum() == 999 * 1000


def test_many_threads_come_and_go():
    def work():
        x = gt.Variable(3.0)
        with gt.GradientTape() as tape:
            y = x * x
        return float(tape.gradient(y, x))

    assert [in_thread(work) for _ in range(1100)] == [6.0] * 1100  # more than there may be contexts at once


def test_other_threads_run_while_a_value_is_computed():
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(1)

    a = gt.constant(np.ones((1500, 1500), np.float32))
    thread = threading.Thread(target=tick)
    thread.start()
    try:
        before = len(ticks)
        (a @ a @ a).numpy()
        assert len(ticks) > before
    finally:
        stop.set()
        thread.join()


def _forked(queue):
    x = gt.constant(np.ones(100_000, np.float32))
    queue.put(float(gt.reduce_sum(gt.sin(x) * x)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_computes():
    x = gt.constant(np.ones(100_000, np.float32))
    expected = float(gt.reduce_sum(gt.sin(x) * x))
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_forked, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == expected
    child.join(60)
    assert child.exitcode == 0


def test_lent_memory_outlives_the_tensor():
    x = gt.constant(np.arange(5.0)) + 1
    array, view, exported = x.numpy(), memoryview(x), np.from_dlpack(x)
    del x
    gc.collect()
    for _ in range(100):
        gt.constant(np.zeros(5)).numpy()
    assert array.tolist() == view.tolist() == exported.tolist() == [1, 2, 3, 4, 5]
    assert not array.flags.writeable and view.readonly and not exported.flags.writeable


def test_a_view_of_a_variable_keeps_the_value_of_its_time():
    v = gt.Variable([1.0, 2.0])
    before = v.numpy()
    v.assign([3.0, 4.0])
    assert before.tolist() == [1, 2] and v.numpy().tolist() == [3, 4]


def test_borrowed_memory_is_kept_and_given_back():
    array = np.arange(6.0).reshape(2, 3)
    count = sys.getrefcount(array)
    x = _core.borrow(array)
    assert x.tolist() == array.tolist() and sys.getrefcount(array) > count
    y = x * 2
    del x
    assert y.tolist() == (array * 2).tolist()
    del y
    gt.constant(0.0).numpy()
    gc.collect()
    assert sys.getrefcount(array) == count
    for wrong in (np.arange(3, dtype=np.int8), np.arange(3) + 1j):
        with pytest.raises(TypeError, match="borrow"):
            _core.borrow(wrong)
    with pytest.raises((BufferError, ValueError)):
        _core.borrow(np.ones((4, 4)).T[::2])


def test_a_function_in_a_cycle_is_collected():
    class Model:
        def __init__(self):
            self.step = _core.Function(lambda x: [self.scale(x)], [(gt.float32, ())])

        def scale(self, x):
            return x * 2

    model = Model()
    assert model.step([gt.constant(2.0)])[0].item() == 4
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_calls_without_end_leave_nothing_behind():
    x = gt.Variable([1.0, 2.0])
    w = gt.constant([[1.0, 2.0], [3.0, 4.0]])

    @gt.function
    def replayed(a):
        return a * 2 + 1

    @gt.custom_gradient
    def mine(a):
        return a * 3, lambda d: d * 3

    def round_trip():
        with gt.GradientTape(persistent=True) as tape:
            y = gt.reduce_sum(mine(gt.linalg.matvec(w, x) if hasattr(gt.linalg, "matvec") else w @ x) ** 2)
        tape.gradient(y, x).numpy()
        tape.jacobian(y, x).numpy()
        replayed(x.value()).numpy()
        x[0].item()
        try:
            w @ gt.constant([1.0, 2.0, 3.0])
        except ValueError:
            pass

    def held():
        gc.collect()
        gt.constant(0.0).numpy()
        stats = gt.memory_stats()
        return stats["nodes"], stats["handles"], stats["live"]

    for _ in range(20):
        round_trip()
    before = held()
    for _ in range(500):
        round_trip()
    assert held() == before


def test_a_memory_limit_is_a_memory_error():
    before = gt.memory_stats()["limit"]
    gt.memory_limit(1 << 22)
    try:
        with pytest.raises(MemoryError):
            gt.zeros([1 << 24]).numpy()
    finally:
        gt.memory_limit(before)
    assert gt.zeros([10]).numpy().sum() == 0


def test_progress_stops_a_jacobian():
    x = gt.constant(np.ones(64))
    seen = []

    def stop(done, total):
        seen.append((done, total))
        raise StopIteration

    tape = _core.Tape()
    tape.watch(x)
    y = gt.sin(x)
    with pytest.raises(StopIteration):
        tape.jacobian(y, [x], memory_budget=1, progress=stop)
    assert len(seen) == 1
    assert (x + 1).numpy().sum() == 128


def test_an_interrupt_stops_a_long_jacobian():
    program = textwrap.dedent("""
        import os, signal, threading, numpy as np, gradtape as gt
        gt.set_threads(1)
        x = gt.constant(np.ones(4000))
        a = gt.constant(np.ones((4000, 4000)) / 4000)
        with gt.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x
            for _ in range(40):
                y = gt.tanh(gt.reshape(a @ gt.reshape(y, [4000, 1]), [4000]))
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            tape._tape.jacobian(y, [x], memory_budget=1 << 24) if hasattr(tape, "_tape") else tape.jacobian(y, x)
        except KeyboardInterrupt:
            assert (x + 1).numpy().sum() == 8000
            print("stopped")
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "stopped", done.stderr


def test_an_interrupt_stops_any_long_computation():
    program = textwrap.dedent("""
        import os, signal, threading, numpy as np, gradtape as gt
        gt.set_threads(1)
        a = gt.constant(np.eye(500))
        y = a
        for _ in range(20000):
            y = a @ y
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            y.numpy()
        except KeyboardInterrupt:
            assert (a + 1).numpy().sum() == 500 * 501
            print("stopped")
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "stopped", done.stderr


def test_errors_say_which_class_they_are():
    assert issubclass(errors.DTypeError, TypeError) and issubclass(errors.DTypeError, ValueError)
    assert issubclass(errors.NotFoundError, LookupError) and issubclass(errors.ResourceExhaustedError, MemoryError)
    assert signal.SIGINT  # the interpreter's own handler stays in place
