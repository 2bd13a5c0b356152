"""`function`: a Python function whose ops are recorded once for each signature, planned as a whole, and
replayed.
"""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
import weakref
from typing import Any, Callable, Hashable, Iterator, Optional, Sequence

import numpy as np

from . import _core, _nest
from ._core import Tensor as _Tensor
from ._thread import body, thread
from ._variable import VariableInBodyError
from .errors import InvalidArgumentError

_MANY = 64  # recordings of one function after which a warning says so


class TensorSpec:
    """The dtype and shape of a tensor to come; None stands for any size, or as the shape for any shape."""

    def __init__(
        self, shape: Optional[Sequence[Optional[int]]], dtype: Any = _core.float32, name: Optional[str] = None
    ):
        self.shape = None if shape is None else tuple(shape)
        self.dtype = _core.as_dtype(dtype)
        self.name = name

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype.name}, name={self.name!r})"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))


class _Replay:
    """One recording of a function, for one signature."""

    def __init__(
        self, python_function: Callable[..., Any], args: Any, tensors: list[int], specs: list[Any]
    ) -> None:
        self._python_function = python_function
        self._args = args  # arguments that are no tensors stay as they were when recorded
        self._tensors = tensors
        self._outputs: Any = None
        self._layout: Optional[Hashable] = None
        self.custom = (
            False  # whether Python's own gradients are in it, which know this recording's tensors alone
        )
        self.core = _core.Function(self._body, specs)
        self.single = not _nest.is_nest(self._outputs) and self._outputs is not None

    def _body(self, *inputs: _Tensor) -> list[_Tensor]:
        leaves = _nest.flatten(self._args)
        for i, tensor in zip(self._tensors, inputs):
            leaves[i] = tensor
        args, kwargs = _nest.pack(self._args, leaves)
        before = thread.custom_gradients
        with body():
            result = self._python_function(*args, **kwargs)
            flat = [leaf if leaf is None else _value(leaf) for leaf in _nest.flatten(result)]
        self.custom |= thread.custom_gradients != before
        layout = (_nest.shape_of(result), tuple(leaf is None for leaf in flat))
        if self._layout not in (None, layout):
            raise InvalidArgumentError(
                "function: the result's structure depends on the sizes of the arguments"
            )
        self._layout, self._outputs = (
            layout,
            _nest.map_leaves(lambda leaf: None if leaf is None else ..., result),
        )
        return [leaf for leaf in flat if leaf is not None]

    def outputs(self, flat: Sequence[_Tensor]) -> Any:
        if self.single:
            return flat[0]
        found = iter(flat)
        return _nest.pack(self._outputs, [leaf and next(found) for leaf in _nest.flatten(self._outputs)])


def _value(leaf: Any) -> _Tensor:
    return leaf.read_value() if isinstance(leaf, _core.Variable) else _core.tensor(leaf)


class _Recordings(threading.local):
    """A function's recordings in this thread, whose context they belong to."""

    def __init__(self) -> None:
        self.by_signature: dict[Hashable, _Replay] = {}
        self.being_recorded: set[Hashable] = set()
        self.flat: Optional[_Replay] = None  # the last one whose arguments were tensors and nothing else


class Function:
    """The result of `function`: a call of it replays the ops of the Python function."""

    def __init__(
        self,
        python_function: Callable[..., Any],
        input_signature: Optional[Sequence[Any]] = None,
        jit_compile: Optional[bool] = None,
    ) -> None:
        if not callable(python_function):
            raise TypeError(f"function: a {type(python_function).__name__} cannot be called")
        functools.update_wrapper(self, python_function)
        self.python_function = python_function
        self.input_signature = None if input_signature is None else _checked(input_signature)
        self.jit_compile = jit_compile
        self._name = getattr(python_function, "__name__", type(python_function).__name__)
        self._qualname = getattr(python_function, "__qualname__", self._name)
        self._recordings = _Recordings()
        self._bound: dict[int, tuple[weakref.ref[Any], Function]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        recordings = self._recordings
        last = recordings.flat
        if last is not None and not kwargs:
            for a in args:
                if type(a) is not _Tensor:
                    break
            else:
                try:
                    flat = last.core(args)
                except InvalidArgumentError:
                    pass  # other shapes or dtypes: they may be those of another recording
                else:
                    return flat[0] if last.single else last.outputs(flat)
        return self._call(recordings, args, kwargs)

    def _call(self, recordings: _Recordings, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        structure = self._canonical(args, kwargs)
        leaves = _nest.flatten(structure)
        tensors = [
            i
            for i, leaf in enumerate(leaves)
            if isinstance(leaf, _Tensor) and not isinstance(leaf, _core.Variable)
        ]
        signature = self._signature(structure, leaves)
        replay = recordings.by_signature.get(signature)
        if replay is None:
            try:
                replay = self._recorded(recordings, signature, structure, leaves, tensors)
            except VariableInBodyError:
                if recordings.by_signature or thread.bodies:
                    raise
                return self.python_function(*structure[0], **structure[1])  # a first call may make variables
        if replay.custom:
            thread.custom_gradients += 1
            if thread.tapes:
                return self.python_function(*structure[0], **structure[1])
        elif not kwargs and len(tensors) == len(args) and all(type(a) is _Tensor for a in args):
            recordings.flat = replay
        return replay.outputs(replay.core([leaves[i] for i in tensors]))

    def _recorded(
        self,
        recordings: _Recordings,
        signature: Hashable,
        structure: Any,
        leaves: list[Any],
        tensors: list[int],
    ) -> _Replay:
        if signature in recordings.being_recorded:
            raise RecursionError(
                f"function: {self._name} calls itself with the arguments that it is recorded for"
            )
        recordings.being_recorded.add(signature)
        try:
            specs = [
                (leaves[i].dtype, shape)
                for i, shape in zip(tensors, self._shapes(structure, leaves, tensors))
            ]
            kept = _nest.pack(structure, [None if i in tensors else leaf for i, leaf in enumerate(leaves)])
            replay = _Replay(self.python_function, kept, tensors, specs)
            if self.jit_compile:
                replay.core.compile()
        finally:
            recordings.being_recorded.discard(signature)
        recordings.by_signature[signature] = replay
        if len(recordings.by_signature) == _MANY:
            warnings.warn(
                f"function: {self._name} has been recorded {_MANY} times, once for each set of shapes, "
                "dtypes and Python values; hand in numbers that change as tensors, or give an input_signature "
                "with None sizes",
                stacklevel=4,
            )
        return replay

    def _canonical(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The arguments by position as far as they go, arrays as tensors, and numbers where a signature has
        tensors.
        """
        if kwargs or self.input_signature is not None:
            bound = inspect.signature(self.python_function).bind(*args, **kwargs)
            args, kwargs = bound.args, dict(sorted(bound.kwargs.items()))
        if self.input_signature is None:
            return _nest.map_leaves(_as_argument, (args, kwargs))
        if kwargs:
            raise TypeError(
                f"function: {self._name} has an input_signature, which {', '.join(kwargs)} is not in"
            )
        given = _nest.flatten_like(
            list(self.input_signature), list(args), f"function: the arguments of {self._name}"
        )
        specs = _nest.flatten(self.input_signature)
        return _nest.pack(self.input_signature, [_conformed(g, s) for g, s in zip(given, specs)]), kwargs

    def _shapes(
        self, structure: Any, leaves: list[Any], tensors: list[int]
    ) -> Iterator[Sequence[Optional[int]]]:
        if self.input_signature is None:
            return iter([leaves[i].shape for i in tensors])
        specs = _nest.flatten(self.input_signature)
        return iter(
            [
                spec.shape if spec.shape is not None else (None,) * leaf.ndim
                for spec, leaf in zip(specs, leaves)
            ]
        )

    def _signature(self, structure: Any, leaves: list[Any]) -> Hashable:
        if self.input_signature is not None:
            return tuple(leaf.ndim for leaf in leaves)
        return _nest.shape_of(structure), tuple(map(_key, leaves))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The function as a method; each object has recordings of its own, which go with it."""
        if instance is None:
            return self
        bound = self._bound.get(id(instance))
        if bound is not None and bound[0]() is instance:
            return _BoundFunction(bound[1], instance)
        key = id(instance)
        reference = weakref.ref(instance, lambda _: self._bound.pop(key, None))
        function = Function(_method(self.python_function, reference), self.input_signature, self.jit_compile)
        self._bound[key] = (reference, function)
        return _BoundFunction(function, instance)

    def __reduce__(self) -> str:
        return str(self._qualname)

    def describe(self, format: str = "text") -> str:
        """The plans of this thread's recordings; `format` is "text", "dot" or "times"."""
        return "\n".join(replay.core.describe(format) for replay in self._recordings.by_signature.values())

    def __repr__(self) -> str:
        return f"<gradtape.function {self._qualname}>"


class _BoundFunction:
    # A method: an object, which lives as long as this, and its own function. It looks like the function.
    __slots__ = ("__self__", "_function")
    __doc__ = property(lambda self: self._function.__doc__)  # type: ignore[assignment]

    def __init__(self, function: Function, instance: Any) -> None:
        self._function, self.__self__ = function, instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)

    def __repr__(self) -> str:
        return f"{self._function!r} of {self.__self__!r}"


def _checked(input_signature: Any) -> tuple[Any, ...]:
    if not isinstance(input_signature, (list, tuple)):
        raise TypeError(
            f"function: input_signature is a list, one entry for each argument, got {input_signature!r:.60}"
        )
    for leaf in _nest.flatten(input_signature):
        if not isinstance(leaf, TensorSpec):
            raise TypeError(f"function: input_signature holds TensorSpecs, got {leaf!r:.60}")
    return tuple(input_signature)


def _method(python_function: Callable[..., Any], instance: weakref.ref[Any]) -> Callable[..., Any]:
    """The function bound to an object that it does not keep alive."""

    @functools.wraps(python_function)
    def method(*args: Any, **kwargs: Any) -> Any:
        return python_function(instance(), *args, **kwargs)

    bound = inspect.signature(python_function).parameters.values()
    method.__signature__ = inspect.Signature(list(bound)[1:])  # type: ignore[attr-defined]
    return method


def _as_argument(leaf: Any) -> Any:
    return _core.tensor(leaf) if isinstance(leaf, (np.ndarray, np.generic)) else leaf


def _conformed(leaf: Any, spec: TensorSpec) -> _Tensor:
    """The argument as a tensor that the spec admits."""
    tensor = leaf.read_value() if isinstance(leaf, _core.Variable) else leaf
    if not isinstance(tensor, _Tensor):
        tensor = _core.tensor(leaf, spec.dtype)
    fits = spec.shape is None or (
        len(spec.shape) == tensor.ndim and all(n in (None, m) for n, m in zip(spec.shape, tensor.shape))
    )
    if tensor.dtype != spec.dtype or not fits:
        raise TypeError(
            f"function: got a tensor of {tensor.dtype.name} and shape {tensor.shape}, wanted {spec}"
        )
    return tensor


class _Same:
    """A key for an object that cannot be hashed, or must be itself: the same object alone is equal."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def _key(leaf: Any) -> Hashable:
    """The part of an argument on which a recording depends: dtype and shape of a tensor, or another value itself."""
    if isinstance(leaf, _Tensor):
        return _Same(leaf) if isinstance(leaf, _core.Variable) else (leaf.dtype, leaf.shape)
    if type(leaf) is float:
        return leaf.hex()  # tells -0.0 from 0.0, and nan is nan
    try:
        hash(leaf)
    except TypeError:
        return _Same(leaf)
    return type(leaf), leaf


def function(
    func: Optional[Callable[..., Any]] = None,
    input_signature: Optional[Sequence[Any]] = None,
    autograph: bool = True,
    jit_compile: Optional[bool] = None,
    reduce_retracing: bool = False,
) -> Any:
    """Decorates a function of tensors: its ops are recorded once, planned as a whole and replayed.

    A recording serves arguments of the same structure, shapes and dtypes; Python values are part of it, by
    equality, and so are variables, by identity. With an `input_signature` of TensorSpecs one recording serves
    all sizes that are None there. Variables are read and assigned, and random ops draw anew, at each call;
    all other Python code runs when a recording is made. A body cannot make variables, but on its first call,
    which is then not recorded. `if` and `while` on values of tensors raise FailedPreconditionError.
    With `jit_compile` all loops of a recording are compiled to native code when it is made, also small ones.
    `autograph` and `reduce_retracing` change nothing.
    """
    if func is None:
        return lambda f: Function(f, input_signature, jit_compile)
    return Function(func, input_signature, jit_compile)
