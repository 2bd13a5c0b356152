"""The exceptions of the engine: each is also the exception of Python's that fits."""

from __future__ import annotations


class Error(Exception):
    """The base of every exception of the engine."""


class InvalidArgumentError(Error, ValueError):
    """A shape, count, attribute or value that does not fit."""


class DTypeError(InvalidArgumentError, TypeError):
    """A dtype that does not fit, or dtypes that do not mix."""


class NotFoundError(Error, LookupError):
    """No op, rule or gradient of that name."""


class FailedPreconditionError(Error, RuntimeError):
    """The right call at the wrong time: a tape that is used up, a tensor without a value, another thread's tensor."""


class DetachedValueError(FailedPreconditionError, TypeError):
    """Values read as an array inside `grad` or its kin, by which a derivative would be lost."""


class ResourceExhaustedError(Error, MemoryError):
    """More memory than there is, or than memory_limit allows."""


class InvalidHandleError(Error, ValueError):
    """An object that its context no longer knows."""


class UnsupportedError(Error, NotImplementedError):
    """Meaningful, but not done by this version."""


class BusyError(Error, RuntimeError):
    """Another thread is computing with these tensors."""


class AlreadyExistsError(Error, ValueError):
    """The name is taken."""


class CancelledError(Error, RuntimeError):
    """A computation was stopped by its progress function."""


class InternalError(Error, RuntimeError):
    """A defect of the library: please report it."""


_BY_NAME = {c.__name__: c for c in list(globals().values()) if isinstance(c, type) and issubclass(c, Error)}
