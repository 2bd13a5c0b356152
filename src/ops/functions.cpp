// The definitions of functions.hpp.
#include "ops/functions.hpp"

#include <algorithm>
#include <cstring>

namespace gradtape::core {

namespace {
std::shared_ptr<Attrs> complete(const Op& op, std::vector<AttrValue> given) {
  if (given.size() > op.attrs.size())
    fail(Status::internal, "{} has {} attributes, got {}", op.name, op.attrs.size(), given.size());
  if (op.attrs.empty()) return nullptr;
  auto attrs = std::make_shared<Attrs>();
  for (std::size_t i = 0; i < op.attrs.size(); ++i)
    attrs->values.push_back(i < given.size() ? std::move(given[i]) : AttrValue(op.attrs[i].fallback));
  return attrs;
}
}  // namespace

Tensors apply(const Op& op, std::span<const Tensor> inputs, std::vector<AttrValue> attrs) {
  return inputs[0].recorder().record(op, inputs, complete(op, std::move(attrs)));
}
Tensor apply_to_nothing(Recorder& r, const Op& op, std::vector<AttrValue> attrs) {
  return r.record(op, {}, complete(op, std::move(attrs)))[0];
}
Tensor OpName::call(std::initializer_list<Tensor> inputs, std::vector<AttrValue> attrs) const {
  return apply(get(), std::span(inputs.begin(), inputs.size()), std::move(attrs))[0];
}

Tensors reapply_all(const Call& c, std::span<const Tensor> inputs) {
  auto attrs = c.given() ? std::make_shared<Attrs>(*c.given()) : nullptr;
  return c.recorder().record(c.op(), inputs, std::move(attrs));
}
Tensors reapply_all(const Call& c, std::span<const Tensor> inputs, std::vector<AttrValue> attrs) {
  return c.recorder().record(c.op(), inputs, complete(c.op(), std::move(attrs)));
}
Tensor reapply(const Call& c, std::initializer_list<Tensor> inputs) {
  return reapply_all(c, std::span(inputs.begin(), inputs.size()))[0];
}
Tensor reapply(const Call& c, std::initializer_list<Tensor> inputs, std::vector<AttrValue> attrs) {
  return reapply_all(c, std::span(inputs.begin(), inputs.size()), std::move(attrs))[0];
}

Tensor number_like(const Tensor& x, double value) { return x.recorder().literal(value, x.dtype(), x.spec().weak); }

Tensor operator+(const Tensor& a, const Tensor& b) { return op<"add">(a, b); }
Tensor operator-(const Tensor& a, const Tensor& b) { return op<"subtract">(a, b); }
Tensor operator*(const Tensor& a, const Tensor& b) { return op<"multiply">(a, b); }
Tensor operator/(const Tensor& a, const Tensor& b) { return op<"divide">(a, b); }
Tensor operator-(const Tensor& x) { return op<"negative">(x); }
Tensor operator+(const Tensor& a, double b) { return a + number_like(a, b); }
Tensor operator-(const Tensor& a, double b) { return a - number_like(a, b); }
Tensor operator*(const Tensor& a, double b) { return a * number_like(a, b); }
Tensor operator/(const Tensor& a, double b) { return a / number_like(a, b); }
Tensor operator+(double a, const Tensor& b) { return number_like(b, a) + b; }
Tensor operator-(double a, const Tensor& b) { return number_like(b, a) - b; }
Tensor operator*(double a, const Tensor& b) { return number_like(b, a) * b; }
Tensor operator/(double a, const Tensor& b) { return number_like(b, a) / b; }

Tensor is_zero(const Tensor& x) { return equal(x, number_like(x, 0)); }
Tensor is_not_zero(const Tensor& x) { return op<"not_equal">(x, number_like(x, 0)); }
Tensor multiply_no_nan(const Tensor& x, const Tensor& y) { return op<"multiply_no_nan">(x, y); }
Tensor reduce_sum(const Tensor& x, const Ints& axes, bool keepdims) { return op<"reduce_sum">(x, axes, keepdims); }
Tensor reduce_mean(const Tensor& x, const Ints& axes, bool keepdims) { return op<"reduce_mean">(x, axes, keepdims); }
Tensor reduce_max(const Tensor& x, const Ints& axes, bool keepdims) { return op<"reduce_max">(x, axes, keepdims); }
Tensor cast(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype && !x.spec().weak) return x;
  return op<"cast">(x, dtype);
}
Ints all_axes(const Tensor& x) {
  Ints axes;
  for (std::size_t i = 0; i < x.rank(); ++i) axes.push_back(i);
  return axes;
}

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  return op<"reshape">(x, Ints(shape.begin(), shape.end()));
}
Tensor transpose(const Tensor& x, const Ints& perm) {
  if (std::is_sorted(perm.begin(), perm.end())) return x;
  return op<"transpose">(x, perm);
}
Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  return op<"broadcast_to">(x, Ints(shape.begin(), shape.end()));
}
Tensor concat(std::span<const Tensor> xs, int64_t axis) {
  if (xs.size() == 1) return xs[0];
  return apply(op<"concat">, xs, {axis})[0];
}
Tensor slice(const Tensor& x, const Ints& begin, const Ints& size) {
  if (std::ranges::equal(size, x.shape())) return x;
  return op<"slice">(x, begin, size);
}
Tensor pad(const Tensor& x, const Ints& paddings, AttrValue value) {
  if (std::ranges::all_of(paddings, [](int64_t p) { return p == 0; })) return x;
  return op<"constant_pad">(x, paddings, std::move(value));
}
Tensor reverse(const Tensor& x, const Ints& axes) {
  if (axes.empty()) return x;
  return op<"reverse">(x, axes);
}
Tensor gather(const Tensor& params, const Tensor& indices, int64_t axis, int64_t batch_dims) {
  return op<"gather">(params, indices, axis, batch_dims);
}
Tensor scatter_add(const Tensor& indices, const Tensor& updates, const Shape& shape, int64_t axis, int64_t batch_dims) {
  return op<"scatter_add">(indices, updates, Ints(shape.begin(), shape.end()), axis, batch_dims);
}
Tensor range(Recorder& r, int64_t start, int64_t limit, int64_t delta, Dtype dtype) {
  return apply_to_nothing(r, op<"range">, {start, limit, delta, dtype});
}
Tensor cumsum(const Tensor& x, int64_t axis, bool exclusive, bool reverse) {
  return op<"cumsum">(x, axis, exclusive, reverse);
}
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  return op<"matmul">(a, b, transpose_a, transpose_b);
}
Tensor solve(const Tensor& a, const Tensor& b, bool adjoint) { return op<"solve">(a, b, adjoint); }

Tensor constant_ints(Recorder& r, std::span<const int64_t> values) {
  BufferPtr buffer = r.allocate(values.size_bytes(), "constant");
  if (!values.empty()) std::memcpy(buffer->data(), values.data(), values.size_bytes());
  return r.constant({Dtype::int64, Shape{static_cast<int64_t>(values.size())}, false}, std::move(buffer));
}
Tensor even_places(Recorder& r, int64_t first, int64_t step, int64_t count) {
  const auto start = static_cast<double>(first), delta = static_cast<double>(step);
  return apply_to_nothing(r, op<"range">, {start, start + delta * static_cast<double>(count), delta, Dtype::int64});
}
Tensor zeros(Recorder& r, const Spec& spec) { return broadcast_to(r.literal(0, spec.dtype, spec.weak), spec.shape); }
Tensor ones(Recorder& r, const Spec& spec) { return broadcast_to(r.literal(1, spec.dtype, spec.weak), spec.shape); }
Tensor zeros_like(const Tensor& x) { return zeros(x.recorder(), x.spec()); }
Tensor mark_selected(const Tensor& t) {
  if (t.node()->sparse) return t;
  Tensor result = identity(t);
  result.node()->sparse = true;
  return result;
}
Tensor keep_where(const Tensor& condition, const Tensor& x) { return where(condition, x, number_like(x, 0)); }
Tensor identity_rows(Recorder& r, int64_t order, int64_t first, int64_t count, Dtype dtype) {
  if (count == order) return apply_to_nothing(r, op<"identity_rows">, {order, count, dtype});
  const Tensor start = r.scalar(static_cast<double>(first), Dtype::int64);
  return apply(op<"identity_rows">, std::span(&start, 1), {order, count, dtype})[0];
}
Tensor identity_matrices(Recorder& r, int64_t order, const Ints& batch_shape, Dtype dtype) {
  return apply_to_nothing(r, op<"eye">, {order, order, batch_shape, dtype});
}

Tensor move_axis(const Tensor& x, std::size_t from, std::size_t to) {
  Ints perm = all_axes(x);
  perm.erase(from);
  perm.insert(to, from);
  return transpose(x, perm);
}
Tensor insert_axes(const Tensor& x, std::size_t position, std::size_t count) {
  Shape shape = x.shape();
  for (std::size_t i = 0; i < count; ++i) shape = shape.inserted(position, 1);
  return reshape(x, shape);
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const std::size_t extra = x.rank() - shape.rank();
  Ints axes;
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (i < extra || (shape[i - extra] == 1 && x.shape()[i] != 1)) axes.push_back(i);
  return reshape(axes.empty() ? x : reduce_sum(x, axes), shape);
}

Tensor slice_along(const Tensor& x, std::size_t axis, int64_t begin, int64_t size) {
  Ints begins(x.rank(), 0), sizes(x.shape().begin(), x.shape().end());
  begins[axis] = begin;
  sizes[axis] = size;
  return slice(x, begins, sizes);
}
Tensor select_row(const Tensor& x, int64_t row) {
  return reshape(slice_along(x, 0, row, 1), x.shape().without_leading());
}
Tensor stack_rows(std::span<const Tensor> rows) {
  Tensors leading;
  for (const Tensor& row : rows) leading.push_back(insert_axes(row, 0, 1));
  return concat(leading, 0);
}

IntegerValues::IntegerValues(const Call& c, std::size_t input) {
  const Tensor& t = c.in(input);
  if (t.node()->symbolic)
    c.recorder().refuse_value(fmt::format(
        "{}: the shape of its result depends on the values of {}, which has none while a function is being recorded",
        c.op().name, c.op().inputs[input].name));
  c.recorder().host().evaluate(std::span(&t, 1));
  values_ = t.value();
  dtype_ = t.dtype();
  size_ = t.shape().elements();
}
int64_t IntegerValues::operator[](int64_t i) const {
  return dispatch(dtype_,
                  [&]<class T>(Type<T>) { return static_cast<int64_t>(static_cast<const T*>(values_->data())[i]); });
}

}  // namespace gradtape::core
