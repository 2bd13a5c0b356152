"""The C interface from a language without a binding: ctypes stands for it. Prints dy/dx of sum of sin(x) x.

Run: python examples/from_ctypes.py build/libgradtape.so
"""

import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p

library = ctypes.CDLL(sys.argv[1])
GT_OK, GT_FLOAT64, GT_UNCONNECTED_NULL = 0, 5, 0


def declared(name, result, *arguments):
    """A function of the header with its types. Handles are pointers that are never read through."""
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


context_create = declared("gt_context_create", c_int32, POINTER(c_void_p))
context_destroy = declared("gt_context_destroy", c_int32, c_void_p)
take_error = declared("gt_take_error", c_int32, c_void_p, c_char_p, c_size_t, c_void_p)
tensor_create = declared(
    "gt_tensor_create", c_void_p, c_void_p, c_int32, POINTER(c_int64), c_size_t, c_void_p, c_size_t
)
tensor_read = declared("gt_tensor_read", c_int32, c_void_p, c_void_p, c_void_p, c_size_t)
release = declared("gt_release", c_int32, c_void_p, c_void_p)
apply = declared("gt_apply", c_int32, c_void_p, c_char_p, POINTER(c_void_p), c_size_t, c_void_p, c_size_t,
                 POINTER(c_void_p), c_size_t, c_void_p)  # fmt: skip
tape_begin = declared("gt_tape_begin", c_void_p, c_void_p, c_uint32)
tape_watch = declared("gt_tape_watch", c_int32, c_void_p, c_void_p, c_void_p)
tape_gradient = declared("gt_tape_gradient", c_int32, c_void_p, c_void_p, POINTER(c_void_p), c_size_t,
                         POINTER(c_void_p), c_size_t, c_void_p, c_int32, POINTER(c_void_p))  # fmt: skip

context = c_void_p()
if context_create(byref(context)) != GT_OK:
    sys.exit("no context")


def check():
    """Raises the first error that the context keeps."""
    message = ctypes.create_string_buffer(256)
    if take_error(context, message, len(message), None) != GT_OK:
        raise RuntimeError(message.value.decode())


class Tensor:
    """A handle with an owner, which goes back when the object goes, on any thread."""

    def __init__(self, handle):
        self.handle = handle
        if not handle:
            check()

    def __del__(self):
        release(context, self.handle)


def tensor(*numbers):
    memory, shape = (ctypes.c_double * len(numbers))(*numbers), (c_int64 * 1)(len(numbers))
    return Tensor(tensor_create(context, GT_FLOAT64, shape, 1, memory, ctypes.sizeof(memory)))


def op(name, *inputs):
    """Any op by its name. Attributes are left out here, and take their defaults."""
    handles, output = (c_void_p * len(inputs))(*[i.handle for i in inputs]), c_void_p()
    apply(context, name.encode(), handles, len(inputs), None, 0, byref(output), 1, None)
    return Tensor(output.value)


x = tensor(1, 2, 3)
tape = Tensor(tape_begin(context, 0))
tape_watch(context, tape.handle, x.handle)
y = op("reduce_sum", op("multiply", op("sin", x), x))

gradient = c_void_p()
tape_gradient(context, tape.handle, (c_void_p * 1)(y.handle), 1, (c_void_p * 1)(x.handle), 1, None, GT_UNCONNECTED_NULL,
              byref(gradient))  # fmt: skip
slopes, memory = Tensor(gradient.value), (ctypes.c_double * 3)()
tensor_read(context, slopes.handle, memory, ctypes.sizeof(memory))
check()
print("dy/dx =", *[f"{slope:g}" for slope in memory])

try:
    op("matmul", x, tensor(1, 2))
except RuntimeError as error:
    print(error)

del x, y, tape, slopes
context_destroy(context)
