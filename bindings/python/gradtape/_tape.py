"""GradientTape: the ops between `with` and its end can be differentiated."""

from __future__ import annotations

import contextlib
import enum
import warnings
from typing import Any, Callable, Iterator, Optional, Sequence, Union

from . import _core, _nest
from ._array_api import zeros
from ._progress import Progress, watched
from ._sparse import Sparsity
from ._thread import thread
from .errors import FailedPreconditionError


class UnconnectedGradients(enum.Enum):
    """The gradient by a source on which the target does not depend: None, or zeros."""

    NONE = "none"
    ZERO = "zero"


class BatchDependenceWarning(UserWarning):
    """Samples of a batch may depend on each other: batch_jacobian gave TensorFlow's sum over the batch."""


_COMPARISONS = {"modes": 1, "differences": 2, "linearity": 4, "symmetry": 8}
Unconnected = Union[UnconnectedGradients, str]


def wants_zero(unconnected: Unconnected) -> bool:
    """Whether zeros are wanted; ValueError for any but the enumeration's values."""
    if unconnected is UnconnectedGradients.NONE:
        return False
    try:
        return UnconnectedGradients(unconnected) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError(
            f"unknown value for unconnected_gradients: {unconnected!r}; 'none' and 'zero' are known"
        ) from None


def tensors_in(structure: Any, what: str) -> list[_core.Tensor]:
    """The leaves of a structure; TypeError, beginning with `what`, if one is no tensor."""
    if isinstance(structure, _core.Tensor):
        return [structure]
    leaves = _nest.flatten(structure)
    for leaf in leaves:
        if not isinstance(leaf, _core.Tensor):
            raise TypeError(_no_tensor(leaf, what))
    return leaves


def _no_tensor(leaf: Any, what: str) -> str:
    if leaf is None:
        return f"{what} is None; was it a gradient, and its source not watched before it was used?"
    hint = "only tensors that the tape recorded have derivatives, so make it one first: tf.constant(x)"
    return f"{what} is a {type(leaf).__name__}, not a tensor; {hint}"


def linear_map(
    function: _core.Function, given: Any, found: Any, like: Sequence[_core.Tensor], what: str
) -> Callable[[Any], Any]:
    """The function on a structure as `given`, whose tensors are `like`, to one as `found`. `what` begins messages."""
    specs = [(t.dtype, t.shape) for t in like]
    given, found = (_nest.map_leaves(lambda leaf: ..., structure) for structure in (given, found))

    def apply(structure: Any) -> Any:
        """The linear map of nested tangents, or cotangents."""
        leaves = _nest.flatten_like(given, structure, what)
        tensors = [
            zeros(shape, dtype) if leaf is None else _core.tensor(leaf, dtype)
            for leaf, (dtype, shape) in zip(leaves, specs)
        ]
        for tensor, (_, shape) in zip(tensors, specs):
            if tensor.shape != shape:
                raise ValueError(f"{what}: got one of shape {tensor.shape}, wanted {shape}")
        return _nest.pack(found, function(tensors))

    return apply


class GradientTape:
    """Records ops for derivatives, from `with` until the block ends.

    A tape records ops that depend on trainable variables (unless `watch_accessed_variables=False`) or on
    tensors given to `watch`. It serves one derivative, or any number if it is `persistent`. `with`
    again after the end goes on with the same recording; a used-up tape begins afresh.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_accessed = watch_accessed_variables
        self._tape: Optional[_core.Tape] = None
        self._recording = False
        self._used = False
        self._watched: list[_core.Variable] = []  # by a recording that is used up

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise ValueError(
                "the tape is still recording; each `with` block of a tape ends before the next begins"
            )
        if self._tape is None:
            self._tape = _core.Tape(self._persistent, self._watch_accessed)
        else:
            self._tape.resume()
        self._records(True)
        return self

    def __exit__(self, *_: Any) -> None:
        if self._recording:
            self._begun.end()
            self._records(False)

    def __reduce__(self) -> Any:
        raise TypeError("a GradientTape has no copy and cannot be pickled: it belongs to what it recorded")

    def _records(self, recording: bool) -> None:
        if recording:
            thread.tapes[self._begun] = thread.bodies
            self._used, self._watched = False, []
        elif self._recording:
            del thread.tapes[self._begun]
        self._recording = recording

    @property
    def _begun(self) -> _core.Tape:
        if self._tape is None:
            raise RuntimeError("the tape has not begun to record; it does in `with tape:`")
        return self._tape

    def watch(self, tensor: Any) -> None:
        """Makes the tape follow a tensor, or each of a nested structure, in the ops from here on.

        Tensors of integers and bools have no derivative: a warning says so. TypeError for other
        objects than tensors.
        """
        tape = self._begun
        for leaf in tensors_in(tensor, "watch: the argument"):
            if not leaf.dtype.is_floating:
                warnings.warn(
                    f"the dtype of a watched tensor must be floating, got {leaf.dtype.name}", stacklevel=2
                )
            tape.watch(leaf)

    def watched_variables(self) -> tuple[_core.Variable, ...]:
        """The variables that the tape follows, in the order in which it met them."""
        return tuple(self._watched or (self._tape.watched_variables() if self._tape is not None else ()))

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """`with tape.stop_recording():` – the ops in the block are not recorded on this tape."""
        if not self._recording:
            raise RuntimeError("stop_recording: the tape is not recording")
        tape = self._begun
        tape.stop()
        self._records(False)
        try:
            yield
        finally:
            tape.resume()
            self._records(True)

    def reset(self) -> None:
        """Forgets all that was recorded and watched. ValueError where the tape is not recording."""
        if not self._recording:
            raise ValueError("reset: the tape is not recording")
        self._begun.reset()

    def _unused(self) -> _core.Tape:
        """The tape, where it can serve."""
        tape = self._begun
        if self._used and not self._persistent:
            raise FailedPreconditionError(
                "a tape that is not persistent serves one derivative, and this one has; "
                "GradientTape(persistent=True) serves many"
            )
        return tape

    def _serve(self, derive: Callable[[_core.Tape], Any]) -> Any:
        """A derivative from the tape; one that is not persistent is used up by it, where it succeeds."""
        tape = self._unused()
        if self._persistent:
            return derive(tape)
        watched = tape.watched_variables()
        result = derive(tape)
        self._records(False)
        self._used, self._watched = True, watched
        return result

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradient of the sum of the targets' entries by each source, in the structure of the sources.

        `output_gradients`, in the structure of the target and each of its target's shape, weight the sum;
        None among them leaves that target out. RuntimeError for the second derivative of a tape that is not
        persistent.
        """
        zero = wants_zero(unconnected_gradients)
        targets = tensors_in(target, "gradient: the target")
        flat = tensors_in(sources, "gradient: a source")
        weights = None
        if output_gradients is not None:
            given = _weights_of(target, output_gradients)
            targets = [t for t, weight in zip(targets, given) if weight is not None]
            weights = [_core.tensor(w, t.dtype) for t, w in zip(targets, (w for w in given if w is not None))]
        gradients = self._serve(lambda tape: tape.gradient(targets, flat, weights, zero))
        return _nest.pack(sources, gradients)

    def jvp(
        self,
        target: Any,
        sources: Any,
        tangents: Any,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
    ) -> Any:
        """The derivative of each target as the sources move along the tangents, in the structure of the
        target.

        Forward mode, from the same recording. `tangents` has the structure of the sources; None in it is
        zero.
        """
        targets = tensors_in(target, "jvp: the target")
        flat = tensors_in(sources, "jvp: a source")
        given = _nest.flatten_like(sources, tangents, "jvp: tangents")
        moved = [None if t is None else _core.tensor(t, s.dtype) for s, t in zip(flat, given)]
        zero = wants_zero(unconnected_gradients)
        along = self._serve(lambda tape: tape.jvp(targets, flat, moved, zero))
        return _nest.pack(target, along)

    def linearize(self, target: Any, sources: Any, transposed: bool = False) -> Callable[[Any], Any]:
        """The derivative of the target at the values that were recorded, as a function that may be called again.

        It takes tangents in the structure of the sources, None being zero, and gives those of the target, as `jvp`
        does. Transposed it takes cotangents in the structure of the target, and gives the gradients by the sources. It
        keeps the values between, so that a call costs one pass. Zeros stand where nothing is connected.
        """
        targets = tensors_in(target, "linearize: the target")
        flat = tensors_in(sources, "linearize: a source")
        given, found = (target, sources) if transposed else (sources, target)
        run = self._serve(lambda tape: tape.linearize(targets, flat, bool(transposed)))
        what = "cotangents" if transposed else "tangents"
        return linear_map(run, given, found, targets if transposed else flat, f"linearize: {what}")

    def jacobian(
        self,
        target: _core.Tensor,
        sources: Any,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        parallel_iterations: Optional[int] = None,
        experimental_use_pfor: bool = True,
        *,
        mode: str = "auto",
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> Any:
        """d target / d source, of the target's shape followed by the source's, in the structure of the
        sources.

        `mode` is "auto", "forward" (by columns) or "reverse" (by rows). `memory_budget` bounds the working
        memory, in bytes, 0 meaning 256 MiB. `progress(done, total)` is called between the parts of a long
        computation. `parallel_iterations` and `experimental_use_pfor` change nothing here.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "jacobian")
        flat = tensors_in(sources, "jacobian: a source")
        def derive(report: Any) -> Any:
            return self._serve(lambda tape: tape.jacobian(target, flat, zero, mode, memory_budget, report))

        return _nest.pack(sources, watched(progress, "jacobian", derive))

    def explain(self, target: _core.Tensor, source: _core.Tensor) -> str:
        """Why the gradient of the target by the source is there, is zero, or is None: a text of a few lines.

        It begins with "connected" or "not connected" and names the ops between the two, the one at which the
        derivative stops or becomes 0, and a remedy. `gradtape.label` gives tensors names for it. The tape stays as
        it was. docs/why-is-it-zero.md shows its answers.
        """
        _check_target(target, "explain")
        if not isinstance(source, _core.Tensor):
            raise TypeError(_no_tensor(source, "explain: the source"))
        return _in_python(self._begun.explain(target, source))

    def check(
        self,
        target: _core.Tensor,
        sources: Any,
        *,
        compare: Sequence[str] = ("modes", "differences", "linearity"),
        seed: int = 0,
        tolerance: float = 0.0,
    ) -> str:
        """Tests the derivative rule of each op between the sources and the target; the report, a line for each op.

        FailedPreconditionError names the op whose rule is wrong. `compare` picks among "modes" (reverse with
        forward mode), "differences" (central differences of the op), "linearity" (of the reverse rule) and
        "symmetry" (of the second derivative). `tolerance` is relative; 0 chooses by dtype. The tape stays as it
        was; forward and gradient functions of custom gradients are called again.
        """
        _check_target(target, "check")
        flat = tensors_in(sources, "check: a source")
        bits = 0
        for name in compare:
            if name not in _COMPARISONS:
                raise ValueError(f"check: compare has {name!r}; {', '.join(map(repr, _COMPARISONS))} are known")
            bits |= _COMPARISONS[name]
        if bits == 0:
            raise ValueError("check: compare is empty")
        try:
            return _in_python(self._begun.check(target, flat, bits, seed, tolerance))
        finally:
            for call, grad_fn in thread.called_again.items():
                call.grad_fn = grad_fn
            thread.called_again.clear()

    def batch_jacobian(
        self,
        target: _core.Tensor,
        source: _core.Tensor,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        parallel_iterations: Optional[int] = None,
        experimental_use_pfor: bool = True,
        *,
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> Any:
        """d target[b] / d source[b] for each sample b: [b, y..., x...] for a target [b, y...] and a source
        [b, x...].

        If samples may depend on each other, as through batch normalisation, the result is TensorFlow's sum
        over the target's batch. A BatchDependenceWarning then names the op that mixes them.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "batch_jacobian")
        if not isinstance(source, _core.Tensor):
            raise TypeError(_no_tensor(source, "batch_jacobian: the source"))
        def derive(total: bool) -> Any:
            def with_report(report: Any) -> Any:
                return self._serve(lambda tape: tape.batch_jacobian(target, source, zero, total, memory_budget, report))

            return watched(progress, "batch_jacobian", with_report)

        try:
            return derive(False)
        except FailedPreconditionError as error:
            dependence = str(error)
        result = derive(True)
        reason = dependence.partition("; ")[0]
        meaning = "this is the sum over the target's batch, as TensorFlow's; tape.jacobian gives all of it"
        warnings.warn(f"{reason}; {meaning}", BatchDependenceWarning, stacklevel=2)
        return result

    def jacobian_rows(
        self,
        target: _core.Tensor,
        sources: Any,
        take: Callable[[int, Any], Any],
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        *,
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> None:
        """Calls take(first, rows) with rows first, first + 1, ... of the Jacobian, a chunk at a time.

        A row belongs to an element of the target, in row-major order. `rows` has the structure of the sources:
        [count, source...] each. Chunks fit `memory_budget`, in bytes, so that the Jacobian need not.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "jacobian_rows")
        flat = tensors_in(sources, "jacobian_rows: a source")
        def give(first: int, rows: list[Any]) -> None:
            take(first, _nest.pack(sources, rows))

        def derive(report: Any) -> Any:
            return self._serve(lambda tape: tape.jacobian_rows(target, flat, give, zero, memory_budget, report))

        watched(progress, "jacobian_rows", derive)

    def hvp(
        self,
        target: _core.Tensor,
        sources: Any,
        vectors: Any,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
    ) -> Any:
        """The Hessian of the sum of the target times the vectors, in the structure of the sources.

        `vectors` has that structure too; None in it is zero. The Hessian is never formed.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "hvp")
        flat = tensors_in(sources, "hvp: a source")
        given = _nest.flatten_like(sources, vectors, "hvp: vectors")
        along = [None if v is None else _core.tensor(v, s.dtype) for s, v in zip(flat, given)]
        return _nest.pack(sources, self._serve(lambda tape: tape.hvp(target, flat, along, zero)))

    def hessian(
        self,
        target: _core.Tensor,
        sources: Any,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        *,
        mode: str = "auto",
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> Any:
        """The second derivatives of the sum of the target, of the source's shape twice, exactly symmetric.

        Several sources give their structure, with their structure in each leaf. One tape is enough, and it
        need not be persistent. See jacobian for the options.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "hessian")
        flat = tensors_in(sources, "hessian: a source")
        def derive(report: Any) -> Any:
            return self._serve(lambda tape: tape.hessian(target, flat, zero, mode, memory_budget, report))

        blocks = watched(progress, "hessian", derive)
        n = len(flat)
        return _nest.pack(sources, [_nest.pack(sources, blocks[i * n : (i + 1) * n]) for i in range(n)])

    def hessian_diagonal(
        self,
        target: _core.Tensor,
        sources: Any,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        *,
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> Any:
        """The second derivative of the sum of the target by each element of each source, of the sources'
        shapes.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "hessian_diagonal")
        flat = tensors_in(sources, "hessian_diagonal: a source")
        def derive(report: Any) -> Any:
            return self._serve(lambda tape: tape.hessian_diagonal(target, flat, zero, memory_budget, report))

        return _nest.pack(sources, watched(progress, "hessian_diagonal", derive))

    def batch_hessian(
        self,
        target: _core.Tensor,
        source: _core.Tensor,
        unconnected_gradients: Unconnected = UnconnectedGradients.NONE,
        *,
        memory_budget: int = 0,
        progress: Progress = None,
    ) -> Any:
        """The Hessian of each sample: [b, x..., x...] for a target [b, ...] and a source [b, x...].

        FailedPreconditionError names the op where samples may depend on each other.
        """
        zero = wants_zero(unconnected_gradients)
        _check_target(target, "batch_hessian")
        if not isinstance(source, _core.Tensor):
            raise TypeError(_no_tensor(source, "batch_hessian: the source"))
        def derive(report: Any) -> Any:
            return self._serve(lambda tape: tape.batch_hessian(target, source, zero, memory_budget, report))

        return watched(progress, "batch_hessian", derive)

    def jacobian_sparsity(
        self,
        target: _core.Tensor,
        sources: Any,
        *,
        method: str = "auto",
        mode: str = "auto",
        dependence: str = "exact",
        memory_budget: int = 0,
        progress: Optional[Callable[[int, int], Any]] = None,
    ) -> Sparsity:
        """The pattern of the target's Jacobian: a row for each element of the target, a column for each of the sources.

        Elements count in row-major order, and the leaves of nested sources come one after the other. The tape stays as
        it was, so that one that is not persistent still serves `sparse_values`. `method` is that of the values: "auto",
        "accumulate" or "compress"; `mode` is "auto", "forward", "reverse" or "both". `dependence` is "exact",
        "conservative" or "trust": what to do with index tensors that have no values yet. `progress(done, total)` is
        called while the pattern is found, and whenever values are taken by it.
        """
        _check_target(target, "jacobian_sparsity")
        flat = tensors_in(sources, "jacobian_sparsity: a source")
        tape = self._unused()
        return Sparsity._of(
            tape.jacobian_sparsity(target, flat, method, mode, "full", dependence, memory_budget, progress)
        )

    def hessian_sparsity(
        self,
        target: _core.Tensor,
        sources: Any,
        *,
        method: str = "auto",
        mode: str = "auto",
        triangle: str = "full",
        dependence: str = "exact",
        memory_budget: int = 0,
        progress: Optional[Callable[[int, int], Any]] = None,
    ) -> Sparsity:
        """The pattern of the Hessian of the sum of the target by all sources; "lower" or "upper" triangles of it.

        See jacobian_sparsity for the rest.
        """
        _check_target(target, "hessian_sparsity")
        flat = tensors_in(sources, "hessian_sparsity: a source")
        tape = self._unused()
        return Sparsity._of(
            tape.hessian_sparsity(target, flat, method, mode, triangle, dependence, memory_budget, progress)
        )

    def sparse_values(self, target: _core.Tensor, sources: Any, sparsity: Sparsity) -> _core.Tensor:
        """The values of the Jacobian at the entries of a sparsity, row by row; of the Hessian, where it is of one.

        The sparsity may be of another tape, whose target and sources have as many elements. `sparsity.to_csr(values)`
        makes a matrix of them.
        """
        _check_target(target, "sparse_values")
        flat = tensors_in(sources, "sparse_values: a source")
        if not isinstance(sparsity, Sparsity):
            raise TypeError(f"sparse_values: want a Sparsity, got a {type(sparsity).__name__}")
        return self._serve(lambda tape: tape.sparse_values(target, flat, sparsity._made))


# The names that the engine's texts use, and what they are here.
_IN_PYTHON = (
    ("gt_tape_watch", "tape.watch"),
    ("gt_tape_stop_recording, or after gt_tape_resume_recording", "the block of tape.stop_recording(), or after it"),
    ("gt_tape_end, or resume the tape first", "the end of the tape's block"),
    ("begin it with GT_TAPE_PERSISTENT", "make it with persistent=True"),
    ("GT_TAPE_MANUAL_WATCH", "watch_accessed_variables=False"),
    ("gt_apply_with_gradient or gt_custom_gradient give it one", "custom_gradient gives it one"),
    ("gt_custom_gradient", "custom_gradient"),
    ("gt_set_checks", "gradtape.set_checks"),
    ("GT_MODE_AUTO", "mode='auto'"),
    ("gt_tape_explain", "tape.explain"),
)


def _in_python(text: str) -> str:
    for name, here in _IN_PYTHON:
        text = text.replace(name, here)
    return text.rstrip("\n")


def _weights_of(target: Any, output_gradients: Any) -> list[Any]:
    """The weights of the targets. As in TensorFlow the one of a single target may stand in a list."""
    if (
        isinstance(target, _core.Tensor)
        and isinstance(output_gradients, (list, tuple))
        and len(output_gradients) == 1
    ):
        (only,) = output_gradients
        if isinstance(only, _core.Tensor) and only.shape == target.shape:
            return [only]
    return _nest.flatten_like(target, output_gradients, "gradient: output_gradients")


def _check_target(target: Any, name: str) -> None:
    if not isinstance(target, _core.Tensor):
        raise TypeError(_no_tensor(target, f"{name}: the target"))


class ForwardAccumulator:
    """Forward mode: `with ForwardAccumulator(primals, tangents) as acc:`, then `acc.jvp(y)` for y made in the
    block.
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._primals = tensors_in(primals, "ForwardAccumulator: a primal")
        if len({id(p) for p in self._primals}) < len(self._primals):
            raise ValueError("ForwardAccumulator: the same tensor is a primal twice; add its tangents")
        given = _nest.flatten_like(primals, tangents, "ForwardAccumulator: tangents")
        self._tangents = [_core.tensor(t, p.dtype) for p, t in zip(self._primals, given)]
        self._tape = GradientTape(persistent=True, watch_accessed_variables=False)

    def __enter__(self) -> ForwardAccumulator:
        self._tape.__enter__()
        self._tape.watch(self._primals)
        return self

    def __exit__(self, *_: Any) -> None:
        self._tape.__exit__()

    def jvp(self, target: Any, unconnected_gradients: Unconnected = UnconnectedGradients.NONE) -> Any:
        """The derivative of the target along the tangents, in the target's structure; None where it is not
        connected.
        """
        return self._tape.jvp(target, self._primals, self._tangents, unconnected_gradients)
