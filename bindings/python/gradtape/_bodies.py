"""Functions of nested structures as bodies that the engine records."""

from __future__ import annotations

import itertools
import operator
from typing import Any, Callable, Iterable, Iterator, Optional

import numpy as np

from . import _core, _nest
from ._thread import body
from .errors import DTypeError

_NUMBERS, _INTS = (bool, int, float, np.generic), (int, np.integer)


class Adoption(Exception):
    """Numbers of Python's met tensors of other dtypes, and take these when the bodies are recorded again."""

    def __init__(self, dtypes: dict[int, _core.DType], of: int = 0) -> None:
        super().__init__(dtypes)
        self.dtypes, self.of = dtypes, of  # by the place among the tensors; of which function


def is_plain(leaf: Any) -> bool:
    """Whether it is a number of Python's, which has no dtype of its own."""
    return type(leaf) in (bool, int, float)


def adopts(own: _core.DType, other: _core.DType) -> bool:
    """Whether a plain number, which is of its `own` dtype so far, takes another one."""
    return own != other and (other.is_floating or (own.is_integer and other.is_integer))


def check_callable(name: str, what: str, f: Any) -> None:
    """Raises TypeError where f is no function."""
    if not callable(f):
        raise TypeError(f"{name}: {what} must be a function, got a {type(f).__name__}")


def leaves_of(structure: Any) -> list[Any]:
    """The leaves of a structure, without those that are None."""
    return [leaf for leaf in _nest.flatten(structure) if leaf is not None]


def tensors_of(structure: Any) -> list[_core.Tensor]:
    """The leaves as tensors, without those that are None."""
    return [tensor(leaf) for leaf in leaves_of(structure)]


def tensor(leaf: Any, dtype: Optional[_core.DType] = None) -> _core.Tensor:
    """A leaf as a tensor; of a variable the present value."""
    return leaf.read_value() if isinstance(leaf, _core.Variable) else _core.tensor(leaf, dtype)


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """The structure with other leaves; None stays None."""
    found = iter(leaves)
    return _nest.pack(structure, [leaf if leaf is None else next(found) for leaf in _nest.flatten(structure)])


def leaves_like(structure: Any, other: Any, what: str) -> list[Any]:
    """The leaves of `other` that are not None, in the order of the structure.

    ValueError, beginning with `what`, where the structures differ.
    """
    parts = _nest.flatten_like(structure, other, what)
    for leaf, part in zip(_nest.flatten(structure), parts):
        if _nest.is_nest(part) or (part is None) != (leaf is None):
            got = "None" if part is None else f"a {type(part).__name__}"
            raise ValueError(f"{what}: got {got}, wanted {'None' if leaf is None else 'a tensor'}")
    return [part for part in parts if part is not None]


class Carries:
    """The values that a loop carries. Plain numbers among the first ones take dtypes that the loop gives."""

    def __init__(self, name: str, init: Any) -> None:
        self.name, self.structure = name, init
        leaves = leaves_of(init)
        self.plain = {k: leaf for k, leaf in enumerate(leaves) if is_plain(leaf)}
        self.tensors = [tensor(leaf) for leaf in leaves]

    def pack(self, tensors: Iterable[Any]) -> Any:
        """The structure of the first values with others."""
        return pack(self.structure, tensors)

    def next(self, value: Any) -> list[_core.Tensor]:
        """The tensors of new values. ValueError: another structure. Adoption: another dtype of a plain
        number.
        """
        found = []
        dtypes: dict[int, _core.DType] = {}
        for k, leaf in enumerate(leaves_like(self.structure, value, f"{self.name}: the new carry")):
            own = self.tensors[k].dtype
            numbers = _INTS if own.is_integer else (bool,) if own.is_bool else _NUMBERS
            found.append(tensor(leaf, own if isinstance(leaf, numbers) else None))
            if k in self.plain and adopts(own, found[-1].dtype):
                dtypes[k] = found[-1].dtype
        if dtypes:
            raise Adoption(dtypes)
        return found

    def recorded(self, record: Callable[[], list[_core.Tensor]]) -> list[_core.Tensor]:
        """record(), which calls `next`; once more where plain numbers take other dtypes."""
        try:
            return self._adopted(record)
        except DTypeError as error:
            # An integer may meet floating tensors before the loop gives its dtype.
            for chosen, dtype in self._floating():
                tensors, plain = list(self.tensors), dict(self.plain)
                for k in chosen:
                    self.tensors[k] = tensor(self.plain[k], dtype)
                try:
                    return self._adopted(record)
                except DTypeError:
                    self.tensors, self.plain = tensors, plain
            raise error

    def _adopted(self, record: Callable[[], list[_core.Tensor]]) -> list[_core.Tensor]:
        while True:
            try:
                return record()
            except Adoption as adoption:
                for k, dtype in adoption.dtypes.items():
                    self.tensors[k] = tensor(self.plain.pop(k), dtype)

    def _floating(self) -> Iterator[tuple[tuple[int, ...], _core.DType]]:
        """The ways in which plain integers and bools may be floating: few of them first."""
        whole = [k for k, leaf in self.plain.items() if not isinstance(leaf, float)]
        sizes = range(1, len(whole) + 1) if len(whole) <= 4 else (1, len(whole))
        for n in sizes:
            for chosen in itertools.combinations(whole, n):
                for dtype in (_core.float32, _core.float64):
                    yield chosen, dtype


class Branches:
    """Two functions with results alike. A plain number in one takes the dtype of a tensor in the other."""

    def __init__(self, name: str, operands: Any) -> None:
        self.name, self.operands = name, operands
        self.known = False
        self.structure: Any = None  # of the result that came first, where it is known
        self.leaves: list[list[Any]] = [[], []]  # of the last results
        self.dtypes: list[dict[int, _core.DType]] = [{}, {}]  # that plain numbers have taken

    def of(self, n: int, f: Callable[..., Any]) -> Callable[..., list[_core.Tensor]]:
        """The function as a body; n: 0 or 1."""

        def branch(*operands: _core.Tensor) -> list[_core.Tensor]:
            with body():
                result = f(*pack(self.operands, operands))
                if not self.known:
                    self.known, self.structure = True, result
                what = f"{self.name}: the results of the functions"
                self.leaves[n] = leaves_like(self.structure, result, what)
                self._match(n)
                return self._tensors(n)

        return branch

    def recorded(self, record: Callable[[], list[_core.Tensor]]) -> Any:
        """The result of record(), which calls both; once more where plain numbers take other dtypes."""
        while True:
            try:
                found = record()
                return pack(self.structure, found)
            except Adoption as adoption:
                self.dtypes[adoption.of].update(adoption.dtypes)

    def _tensors(self, n: int) -> list[_core.Tensor]:
        return [tensor(leaf, self.dtypes[n].get(k)) for k, leaf in enumerate(self.leaves[n])]

    def _match(self, n: int) -> None:
        for k, (leaf, other) in enumerate(zip(self.leaves[n], self.leaves[1 - n])):
            own, wanted = self._dtype(n, k, leaf), self._dtype(1 - n, k, other)
            if is_plain(leaf) and adopts(own, wanted):
                self.dtypes[n][k] = wanted
            elif is_plain(other) and adopts(wanted, own):
                raise Adoption({k: own}, 1 - n)

    def _dtype(self, n: int, k: int, leaf: Any) -> _core.DType:
        return self.dtypes[n].get(k) or tensor(leaf).dtype


def bound(name: str, what: str, value: Any) -> int:
    """A bound as the engine takes it: 0 for None. ValueError where it is not positive."""
    if value is None:
        return 0
    number = operator.index(value)
    if number <= 0:
        raise ValueError(f"{name}: {what} must be positive, or None for no bound, got {number}")
    return number
