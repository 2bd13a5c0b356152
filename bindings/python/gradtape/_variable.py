"""Variables, and modules that collect them."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

from . import _core, _nest
from ._thread import thread
from .errors import FailedPreconditionError, InvalidArgumentError


class VariableInBodyError(FailedPreconditionError):
    """A variable was to be made while a function's body is recorded, or for a sample of a `vmap`."""


class Variable(_core.Variable):
    """A tensor whose value can be assigned anew: `assign`, `assign_add`, `assign_sub`.

    Tapes watch variables that are trainable when they are read. `initial_value` is a value that `tensor`
    takes, or a function without arguments that gives one; a `shape` only checks it. The name gets TensorFlow's
    ":0".
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: Optional[bool] = True,
        *,
        name: Optional[str] = None,
        dtype: Any = None,
        shape: Optional[Sequence[int]] = None,
    ) -> None:
        if thread.bodies or thread.samples:
            raise VariableInBodyError(
                "Variable: the body of a function, a loop or a map can make none; make it outside, or on the first "
                "call of a function alone"
            )
        if callable(initial_value):
            initial_value = initial_value()
        if initial_value is None:
            raise InvalidArgumentError(
                "Variable: no initial value; give a number, an array, a tensor or a list"
            )
        own = name or "Variable"
        super().__init__(initial_value, dtype, trainable is not False, own if ":" in own else own + ":0")
        if name:
            _core.label(self, name)
        if shape is not None and tuple(shape) != self.shape:
            raise InvalidArgumentError(
                f"Variable: the initial value has shape {self.shape}, not {tuple(shape)}"
            )

    def scatter_nd_update(self, indices: Any, updates: Any, name: Optional[str] = None) -> Variable:
        """Puts updates at the indices, [..., k] of the first k axes; returns the variable."""
        updates = _core.tensor(updates, self.dtype)
        return self.assign(_core.op("tensor_scatter_update")(self, indices, updates))

    def scatter_nd_add(self, indices: Any, updates: Any, name: Optional[str] = None) -> Variable:
        """Adds updates at the indices, [..., k] of the first k axes; returns the variable."""
        updates = _core.tensor(updates, self.dtype)
        return self.assign(_core.op("tensor_scatter_add")(self, indices, updates))

    def scatter_nd_sub(self, indices: Any, updates: Any, name: Optional[str] = None) -> Variable:
        """Subtracts updates at the indices, [..., k] of the first k axes; returns the variable."""
        return self.scatter_nd_add(indices, _core.op("negative")(_core.tensor(updates, self.dtype)))


class Module:
    """A base for classes that hold variables: it finds those in its attributes, in containers, and in modules
    there.
    """

    def __init__(self, name: Optional[str] = None) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """The name it was given, else that of its class in lower case."""
        return getattr(self, "_name", None) or type(self).__name__.lower()

    @property
    def variables(self) -> Sequence[_core.Variable]:
        """All variables, each once: the module's own, by the names of the attributes, then those of its
        submodules.
        """
        return tuple(self._found(lambda leaf: isinstance(leaf, _core.Variable)))

    @property
    def trainable_variables(self) -> Sequence[_core.Variable]:
        """The variables that are trainable, in the order of `variables`."""
        return tuple(v for v in self.variables if v.trainable)

    @property
    def non_trainable_variables(self) -> Sequence[_core.Variable]:
        """The variables that are not trainable, in the order of `variables`."""
        return tuple(v for v in self.variables if not v.trainable)

    @property
    def submodules(self) -> Sequence[Module]:
        """All modules in the attributes of this one, and in theirs."""
        return tuple(self._found(lambda leaf: isinstance(leaf, Module)))

    def _attribute_names(self) -> list[str]:
        return sorted(vars(self))

    def _found(self, wanted: Callable[[Any], bool]) -> list[Any]:
        found: list[Any] = []
        self._find(wanted, found, {id(self)})
        return found

    def _find(self, wanted: Callable[[Any], bool], found: list[Any], seen: set[int]) -> None:
        modules: list[Module] = []
        for name in self._attribute_names():
            for leaf in _nest.flatten(vars(self)[name]):
                if id(leaf) in seen or not isinstance(leaf, (_core.Variable, Module)):
                    continue
                seen.add(id(leaf))
                if wanted(leaf):
                    found.append(leaf)
                if isinstance(leaf, Module):
                    modules.append(leaf)
        for module in modules:
            module._find(wanted, found, seen)
