"""The ops, typed. Made by generate_stubs.py from docs/ops.json; there is no such module at run time."""

from __future__ import annotations

from typing import Literal, Optional, Sequence, Union

from ._core import DTypeLike, FloatLike, IntLike, IntsLike, Tensor, TensorLike

def abs(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """|x|; its derivative at 0 is 0, and the second one nan where that of a smooth function may be hidden."""

def acos(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse cosine, in radians, for x in [-1, 1]."""

def acosh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse hyperbolic cosine, for x >= 1."""

def add(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x + y."""

def argmax(x: TensorLike, axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """Index of the first largest entry along the axis."""

def argmin(x: TensorLike, axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """Index of the first smallest entry along the axis."""

def argsort(
    x: TensorLike,
    axis: IntLike = -1,
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Indices that sort the entries along the axis; stable, nan last, false before true."""

def asin(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse sine, in radians, for x in [-1, 1]."""

def asinh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse hyperbolic sine."""

def atan(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse tangent, in radians."""

def atan2(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The angle of the point (y, x): of y / x, in its quadrant, in radians."""

def atanh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse hyperbolic tangent, for x in [-1, 1]."""

def avg_pool2d(
    x: TensorLike,
    ksize: Union[IntLike, IntsLike],
    strides: Union[IntLike, IntsLike],
    padding: Literal["VALID", "SAME"] = "VALID",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c]."""

def batch_normalization(
    x: TensorLike,
    scale: TensorLike,
    offset: TensorLike,
    mean: Optional[TensorLike] = None,
    variance: Optional[TensorLike] = None,
    training: bool = True,
    axes: Optional[IntsLike] = None,
    epsilon: FloatLike = 0.001,
    *,
    name: Optional[str] = None,
) -> tuple[Tensor, ...]:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which
    are outputs too."""

def bias_add(
    x: TensorLike,
    bias: TensorLike,
    data_format: Literal["NHWC", "NCHW"] = "NHWC",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x + bias along the last axis (NHWC), or along axis 1 (NCHW)."""

def boolean_mask(x: TensorLike, mask: TensorLike, axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis.
    The mask's value is read when the op is recorded."""

def broadcast_to(x: TensorLike, shape: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """x repeated along its axes of size 1 and along new leading axes."""

def cast(x: TensorLike, dtype: DTypeLike, *, name: Optional[str] = None) -> Tensor:
    """x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0."""

def ceil(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The smallest integer >= x, in the dtype of x."""

def cholesky(x: TensorLike, symmetrize_input: bool = True, *, name: Optional[str] = None) -> Tensor:
    """The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is
    read."""

def clip_by_global_norm(
    values: Sequence[TensorLike],
    clip_norm: FloatLike,
    *,
    name: Optional[str] = None,
) -> tuple[Tensor, ...]:
    """Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last
    output."""

def clip_by_norm(
    x: TensorLike,
    clip_norm: FloatLike,
    axes: Optional[IntsLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes."""

def clip_by_value(
    x: TensorLike,
    clip_value_min: Union[IntLike, FloatLike],
    clip_value_max: Union[IntLike, FloatLike],
    *,
    name: Optional[str] = None,
) -> Tensor:
    """min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds."""

def concat(values: Sequence[TensorLike], axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """The inputs one after the other along `axis`."""

def conv1d(
    x: TensorLike,
    filters: TensorLike,
    stride: IntLike = 1,
    padding: Union[Literal["VALID", "SAME"], IntsLike] = "VALID",
    dilations: IntLike = 1,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in],
    filters [k, in, out]."""

def conv2d(
    x: TensorLike,
    filters: TensorLike,
    strides: Union[IntLike, IntsLike] = 1,
    padding: Union[Literal["VALID", "SAME"], IntsLike] = "VALID",
    dilations: Union[IntLike, IntsLike] = 1,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w,
    in], filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]]."""

def conv2d_transpose(
    x: TensorLike,
    filters: TensorLike,
    strides: Union[IntLike, IntsLike] = 1,
    padding: Union[Literal["VALID", "SAME"], IntsLike] = "VALID",
    dilations: Union[IntLike, IntsLike] = 1,
    output_shape: Optional[IntsLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw,
    out, in]."""

def cos(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Cosine of x, in radians."""

def cosh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Hyperbolic cosine."""

def cross(a: TensorLike, b: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Cross product of the vectors of 3 in the last axis."""

def cumprod(
    x: TensorLike,
    axis: IntLike = 0,
    exclusive: bool = False,
    reverse: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Products of all entries up to each one; its derivatives are right with zeros among them, to any
    order."""

def cumsum(
    x: TensorLike,
    axis: IntLike = 0,
    exclusive: bool = False,
    reverse: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Sums of all entries up to each one."""

def depthwise_conv2d(
    x: TensorLike,
    filters: TensorLike,
    strides: Union[IntLike, IntsLike] = 1,
    padding: Union[Literal["VALID", "SAME"], IntsLike] = "VALID",
    dilations: Union[IntLike, IntsLike] = 1,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel
    in * multiplier + m."""

def det(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Determinant of the matrices in the last two axes; its derivatives are right for singular ones too."""

def diag(diagonal: TensorLike, k: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|]."""

def diag_part(x: TensorLike, k: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """The diagonal k of the matrices in the last two axes: entries [i, i + k]."""

def digamma(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The derivative of log Gamma(x)."""

def divide(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x / y; of integers in float64."""

def divide_no_nan(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x / y, 0 where y is 0."""

def dot(a: TensorLike, b: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Sum of a[i] * b[i] of two vectors."""

def dropout(x: TensorLike, mask: TensorLike, rate: FloatLike, *, name: Optional[str] = None) -> Tensor:
    """x * mask / (1 - rate)."""

def eigh(x: TensorLike, symmetrize_input: bool = True, *, name: Optional[str] = None) -> Tensor:
    """The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone
    is read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth
    functions."""

def eigh_function(
    x: TensorLike,
    symmetrize_input: bool = True,
    f: Optional[Literal["exp", "square", "sin", "tanh"]] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated
    eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read."""

def eigh_with_vectors(
    x: TensorLike,
    symmetrize_input: bool = True,
    *,
    name: Optional[str] = None,
) -> tuple[Tensor, ...]:
    """Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In
    each column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised
    first, or else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan."""

def einsum(operands: Sequence[TensorLike], equation: str, *, name: Optional[str] = None) -> Tensor:
    """Sum of products over the labels that the output lacks, as in "ij,jk->ik"; "..." stands for axes that
    broadcast."""

def elu(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x where x >= 0, else e^x - 1."""

def embedding_lookup(params: TensorLike, ids: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Rows of params at ids."""

def equal(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x == y."""

def erf(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """2 / sqrt(pi) * integral of e^(-s^2) from 0 to x."""

def erfc(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """1 - erf(x), exact for large x."""

def erfinv(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The y with erf(y) = x, for x in [-1, 1]."""

def exp(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """e^x."""

def exp2(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """2^x."""

def expand_dims(x: TensorLike, axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """A new axis of size 1 at `axis`."""

def expm(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The exponential of the matrices in the last two axes: sum of x^k / k!."""

def expm1(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """e^x - 1, exact near 0."""

def eye(
    num_rows: IntLike,
    num_columns: Optional[IntLike] = None,
    batch_shape: IntsLike = [],
    dtype: Optional[DTypeLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Identity matrices [batch_shape..., num_rows, num_columns]."""

def fill(value: TensorLike, shape: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """A tensor of `shape` that holds value everywhere."""

def floor(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The largest integer <= x, in the dtype of x."""

def floor_divide(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x / y, rounded toward minus infinity: y * floor_divide(x, y) + mod(x, y) is x. It is an error to divide
    an integer by 0."""

def fma(x: TensorLike, y: TensorLike, z: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * y + z."""

def gather(
    params: TensorLike,
    indices: TensorLike,
    axis: Optional[IntLike] = None,
    batch_dims: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Entries of params along `axis`, at indices; the first batch_dims axes of both run together."""

def gather_nd(
    params: TensorLike,
    indices: TensorLike,
    batch_dims: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Entries of params at indices [..., k] into its first k axes behind the batch dims, which run
    together."""

def gelu(x: TensorLike, approximate: bool = False, *, name: Optional[str] = None) -> Tensor:
    """x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))."""

def greater(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x > y; true > false."""

def greater_equal(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x >= y; true > false."""

def huber_loss(
    target: TensorLike,
    prediction: TensorLike,
    delta: FloatLike = 1,
    reduction: Literal["none", "mean", "sum"] = "none",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2."""

def hypot(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """sqrt(x^2 + y^2), without overflow; its derivative at 0 is 0, the second one nan."""

def identity(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x itself."""

def inv(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Inverse of the matrices in the last two axes."""

def is_finite(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Whether x is neither nan nor infinite, as all integers and bools are."""

def is_inf(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Whether x is an infinity; no integer or bool is."""

def is_nan(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Whether x is not a number; no integer or bool is."""

def kron(a: TensorLike, b: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Kronecker product: each entry of a times all of b."""

def l2_normalize(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    epsilon: FloatLike = 1e-12,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x / sqrt(max(sum(x^2), epsilon)) over the axis."""

def layer_normalization(
    x: TensorLike,
    scale: TensorLike,
    offset: TensorLike,
    axis: IntsLike = [-1],
    epsilon: FloatLike = 0.001,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset
    have the sizes of these axes."""

def leaky_relu(x: TensorLike, alpha: FloatLike = 0.2, *, name: Optional[str] = None) -> Tensor:
    """x where (x > 0), else alpha * x; its derivative at 0 is alpha."""

def lerp(start: TensorLike, end: TensorLike, weight: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """start + weight * (end - start)."""

def less(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x < y; false < true."""

def less_equal(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x <= y; false < true."""

def lgamma(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """log |Gamma(x)|."""

def linear_scan(
    a: TensorLike,
    x: TensorLike,
    axis: IntLike = 0,
    reverse: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on."""

def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: IntLike,
    axis: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """num numbers from start to stop at equal distances, along a new axis."""

def log(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Natural logarithm."""

def log1p(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """log(1 + x), exact near 0."""

def log2(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Logarithm to base 2."""

def log_sigmoid(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """log(1 / (1 + e^-x))."""

def log_softmax(x: TensorLike, axis: IntLike = -1, *, name: Optional[str] = None) -> Tensor:
    """log(e^x / sum(e^x)) along the axis, without overflow."""

def logcumsumexp(
    x: TensorLike,
    axis: IntLike = 0,
    exclusive: bool = False,
    reverse: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """log of the sums of e^x over all entries up to each one, without overflow."""

def logical_and(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x and y."""

def logical_not(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """not x."""

def logical_or(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x or y."""

def logical_xor(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x or y, not both."""

def lstsq(
    matrix: TensorLike,
    rhs: TensorLike,
    l2_regularizer: FloatLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix [..., m, n], rhs [..., m,
    k], or a vector [m] for every matrix. Without l2_regularizer it is an error when the rank is not full."""

def matmul(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    transpose_b: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column,
    whose axis the result lacks."""

def matrix_power(x: TensorLike, n: IntLike, *, name: Optional[str] = None) -> Tensor:
    """The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n
    is 0."""

def max_pool2d(
    x: TensorLike,
    ksize: Union[IntLike, IntsLike],
    strides: Union[IntLike, IntsLike],
    padding: Literal["VALID", "SAME"] = "VALID",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes
    the gradient; padding never wins."""

def maximum(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The larger of x and y; on a tie the gradient goes to x."""

def minimum(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The smaller of x and y; on a tie the gradient goes to x."""

def mod(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x - y * floor(x / y), which has the sign of y or is 0. It is an error to divide an integer by 0."""

def moments(
    x: TensorLike,
    axes: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> tuple[Tensor, ...]:
    """Mean and biased variance over the axes."""

def mse(
    target: TensorLike,
    prediction: TensorLike,
    reduction: Literal["none", "mean", "sum"] = "none",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """(prediction - target)^2."""

def multiply(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * y."""

def multiply_no_nan(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * y, 0 wherever y is 0, even against nan and infinities in x."""

def negative(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """-x."""

def norm(
    x: TensorLike,
    ord: Union[IntLike, FloatLike, str] = "euclidean",
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Vector norm of order ord: euclidean, inf and -inf (largest and smallest magnitude), 0 (entries that are
    not 0, with derivative 0), else sum(|x|^ord)^(1 / ord). Over two axes the matrix norm: euclidean or fro
    (Frobenius), nuc (sum of the singular values), 2 and -2 (largest and smallest of them), 1 and -1 (largest
    and smallest column sum), inf and -inf (row sum). Its derivative at 0 is 0, the second one nan."""

def not_equal(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x != y."""

def one_hot(
    indices: TensorLike,
    depth: IntLike,
    axis: IntLike = -1,
    on_value: Union[IntLike, FloatLike] = 1,
    off_value: Union[IntLike, FloatLike] = 0,
    dtype: Optional[DTypeLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """on_value where the new axis's index equals indices, off_value elsewhere."""

def ones_like(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Ones of x's shape and dtype; no gradient reaches x."""

def outer(a: TensorLike, b: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """a[i] * b[j] of two vectors."""

def pad(
    x: TensorLike,
    paddings: IntsLike,
    mode: Literal["CONSTANT", "REFLECT", "SYMMETRIC"] = "CONSTANT",
    constant_values: Union[IntLike, FloatLike] = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges."""

def polygamma(x: TensorLike, n: IntLike, *, name: Optional[str] = None) -> Tensor:
    """The n-th derivative of digamma."""

def pow(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0. It is an error to raise an integer to a
    power below 0."""

def qr(x: TensorLike, positive_diagonal: bool = True, *, name: Optional[str] = None) -> tuple[Tensor, ...]:
    """q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k =
    min(m, n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k
    columns are independent."""

def random_normal(
    shape: IntsLike,
    dtype: DTypeLike = "float32",
    mean: FloatLike = 0,
    stddev: FloatLike = 1,
    key: Optional[IntLike] = None,
    counter: Optional[IntLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Independent normal numbers of the given mean and standard deviation."""

def random_uniform(
    shape: IntsLike,
    dtype: DTypeLike = "float32",
    minval: FloatLike = 0,
    maxval: FloatLike = 1,
    key: Optional[IntLike] = None,
    counter: Optional[IntLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Independent uniform numbers in [minval, maxval), floats or integers."""

def range(
    start: Union[IntLike, FloatLike] = 0,
    limit: Optional[Union[IntLike, FloatLike]] = None,
    delta: Union[IntLike, FloatLike] = 1,
    dtype: Optional[DTypeLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """start, start + delta, ... below (above, if delta < 0) limit. Without a dtype integers give int32, or
    int64 where one of the three does not fit."""

def reciprocal(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """1 / x."""

def reduce_all(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Whether all entries over the axes are true."""

def reduce_any(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Whether any entry over the axes is true."""

def reduce_logsumexp(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """log(sum(e^x)) over the axes, without overflow."""

def reduce_max(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Largest entry over the axes; tied entries share the gradient evenly."""

def reduce_mean(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Mean over the axes; of integers and bools in float64."""

def reduce_min(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Smallest entry over the axes; tied entries share the gradient evenly."""

def reduce_prod(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Product over the axes, of bools in int64; its derivatives are right with zeros among the factors, to
    any order."""

def reduce_std(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and
    bools in float64."""

def reduce_sum(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Sum over the axes; of bools their count, int64."""

def reduce_variance(
    x: TensorLike,
    axis: Optional[IntsLike] = None,
    keepdims: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64."""

def relu(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """max(x, 0); its derivative at 0 is 0."""

def relu6(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """min(max(x, 0), 6); its derivative at 0 and at 6 is 0."""

def repeat(
    x: TensorLike,
    repeats: Union[IntLike, IntsLike],
    axis: Optional[IntLike] = None,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Each entry along the axis repeated, as often for all or one count for each; without an axis x is
    flattened first."""

def reshape(x: TensorLike, shape: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """The same elements in another shape; one entry of shape may be -1."""

def reverse(x: TensorLike, axis: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """The named axes from the last entry to the first."""

def roll(x: TensorLike, shift: IntsLike, axis: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """x moved by shift entries along each axis; what leaves at one end comes in at the other."""

def round(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The nearest integer, halves to the even one, in the dtype of x."""

def rsqrt(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """1 / sqrt(x)."""

def scatter_add(
    indices: TensorLike,
    updates: TensorLike,
    shape: IntsLike,
    axis: Optional[IntLike] = None,
    batch_dims: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would
    read."""

def scatter_nd(
    indices: TensorLike,
    updates: TensorLike,
    shape: IntsLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes."""

def segment_sum(data: TensorLike, segment_ids: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows
    there are. Its value is read when the op is recorded."""

def selu(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507."""

def sigmoid(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """1 / (1 + e^-x)."""

def sigmoid_cross_entropy_with_logits(
    labels: TensorLike,
    logits: TensorLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """-labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits))."""

def sign(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """-1, 0 or 1; its derivative is 0 everywhere."""

def silu(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * sigmoid(x)."""

def sin(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Sine of x, in radians."""

def sinh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Hyperbolic sine."""

def slice(x: TensorLike, begin: IntsLike, size: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """The part of x from begin with the given size; -1: to the end."""

def slogdet(x: TensorLike, *, name: Optional[str] = None) -> tuple[Tensor, ...]:
    """sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign
    has no derivative."""

def softmax(x: TensorLike, axis: IntLike = -1, *, name: Optional[str] = None) -> Tensor:
    """e^x / sum(e^x) along the axis, without overflow."""

def softmax_cross_entropy_with_logits(
    labels: TensorLike,
    logits: TensorLike,
    axis: IntLike = -1,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """-sum(labels * log_softmax(logits)) along the axis."""

def softplus(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """log(1 + e^x), without overflow."""

def softsign(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x / (1 + |x|)."""

def solve(
    matrix: TensorLike,
    rhs: TensorLike,
    adjoint: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where
    adjoint."""

def sort(
    x: TensorLike,
    axis: IntLike = -1,
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING",
    *,
    name: Optional[str] = None,
) -> Tensor:
    """The entries along the axis in order; stable, nan last, false before true."""

def sparse_softmax_cross_entropy(
    labels: TensorLike,
    logits: TensorLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """-log_softmax(logits)[label] along the last axis."""

def split(
    x: TensorLike,
    num_or_size_splits: Union[IntLike, IntsLike],
    axis: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> tuple[Tensor, ...]:
    """x cut along the axis into a number of equal parts, or into parts of the given sizes."""

def sqrt(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Square root: y * y = x."""

def square(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * x."""

def squared_difference(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """(x - y)^2."""

def squeeze(x: TensorLike, axis: Optional[IntsLike] = None, *, name: Optional[str] = None) -> Tensor:
    """Without the named axes, or all axes, of size 1."""

def stack(values: Sequence[TensorLike], axis: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """The inputs as the entries of a new axis."""

def stop_gradient(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x itself, taken as a constant by every derivative."""

def strided_slice(
    x: TensorLike,
    begin: IntsLike,
    end: IntsLike,
    strides: Optional[IntsLike] = None,
    begin_mask: IntLike = 0,
    end_mask: IntLike = 0,
    ellipsis_mask: IntLike = 0,
    new_axis_mask: IntLike = 0,
    shrink_axis_mask: IntLike = 0,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp."""

def subtract(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x - y."""

def svd(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0,
    second derivatives are nan."""

def svd_with_vectors(x: TensorLike, *, name: Optional[str] = None) -> tuple[Tensor, ...]:
    """Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k],
    of x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9
    times its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and
    of 0 where x is not square."""

def take_along_axis(
    x: TensorLike,
    indices: TensorLike,
    axis: IntLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x at indices along the axis; the other axes of both run together, and broadcast."""

def tan(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Tangent of x, in radians."""

def tanh(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Hyperbolic tangent."""

def tensor_scatter_add(
    x: TensorLike,
    indices: TensorLike,
    updates: TensorLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x with updates added at indices [..., k] into its first k axes."""

def tensor_scatter_update(
    x: TensorLike,
    indices: TensorLike,
    updates: TensorLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x with updates in place of the entries at indices [..., k] into its first k axes; the last one of
    several for one place counts."""

def tensordot(
    a: TensorLike,
    b: TensorLike,
    axes: Union[IntLike, IntsLike] = 2,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists."""

def tile(x: TensorLike, multiples: IntsLike, *, name: Optional[str] = None) -> Tensor:
    """x repeated multiples[i] times along axis i."""

def top_k(x: TensorLike, k: IntLike, *, name: Optional[str] = None) -> tuple[Tensor, ...]:
    """The k largest entries along the last axis, largest first, and their indices; of equal ones the first
    comes first."""

def trace(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64."""

def transpose(x: TensorLike, perm: Optional[IntsLike] = None, *, name: Optional[str] = None) -> Tensor:
    """Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed."""

def triangular_solve(
    matrix: TensorLike,
    rhs: TensorLike,
    lower: bool = True,
    adjoint: bool = False,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper)
    triangle alone of the matrix is read; with its transpose where adjoint."""

def tril(x: TensorLike, k: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """x on and below diagonal k of the last two axes, 0 above."""

def triu(x: TensorLike, k: IntLike = 0, *, name: Optional[str] = None) -> Tensor:
    """x on and above diagonal k of the last two axes, 0 below."""

def trunc(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """The integer part, toward 0, in the dtype of x."""

def unsorted_segment_sum(
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: IntLike,
    *,
    name: Optional[str] = None,
) -> Tensor:
    """Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are
    left out."""

def unstack(x: TensorLike, axis: IntLike = 0, *, name: Optional[str] = None) -> tuple[Tensor, ...]:
    """The entries along the axis, one output each."""

def where(condition: TensorLike, x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x where the condition holds, else y; what is not selected reaches no gradient."""

def xlog1py(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * log1p(y), 0 where x is 0; where log1p(y) is not finite there, its derivatives are 0 too."""

def xlogy(x: TensorLike, y: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """x * log(y), 0 where x is 0; where log(y) is not finite there, its derivatives are 0 too."""

def zeros_like(x: TensorLike, *, name: Optional[str] = None) -> Tensor:
    """Zeros of x's shape and dtype; no gradient reaches x."""
