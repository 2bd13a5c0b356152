#include "ops/functions.hpp"

#include <algorithm>
#include <cstring>

#include "ops/registry.hpp"

namespace gradtape::core {

namespace {
const Op& builtin(const char* name) { return Registry::instance().builtin(name); }

std::shared_ptr<Attrs> complete(const Op& op, std::vector<AttrValue> given) {
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
Tensor apply1(const Op& op, std::initializer_list<Tensor> inputs, std::vector<AttrValue> attrs) {
  return apply(op, std::span(inputs.begin(), inputs.size()), std::move(attrs))[0];
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

Tensor operator+(const Tensor& a, const Tensor& b) {
  static const Op& op = builtin("add");
  return apply1(op, {a, b});
}
Tensor operator-(const Tensor& a, const Tensor& b) {
  static const Op& op = builtin("subtract");
  return apply1(op, {a, b});
}
Tensor operator*(const Tensor& a, const Tensor& b) {
  static const Op& op = builtin("multiply");
  return apply1(op, {a, b});
}
Tensor operator/(const Tensor& a, const Tensor& b) {
  static const Op& op = builtin("divide");
  return apply1(op, {a, b});
}
Tensor operator-(const Tensor& x) {
  static const Op& op = builtin("negative");
  return apply1(op, {x});
}
Tensor operator+(const Tensor& a, double b) { return a + number_like(a, b); }
Tensor operator-(const Tensor& a, double b) { return a - number_like(a, b); }
Tensor operator*(const Tensor& a, double b) { return a * number_like(a, b); }
Tensor operator/(const Tensor& a, double b) { return a / number_like(a, b); }
Tensor operator+(double a, const Tensor& b) { return number_like(b, a) + b; }
Tensor operator-(double a, const Tensor& b) { return number_like(b, a) - b; }
Tensor operator*(double a, const Tensor& b) { return number_like(b, a) * b; }
Tensor operator/(double a, const Tensor& b) { return number_like(b, a) / b; }

Tensor abs(const Tensor& x) {
  static const Op& op = builtin("abs");
  return apply1(op, {x});
}
Tensor sign(const Tensor& x) {
  static const Op& op = builtin("sign");
  return apply1(op, {x});
}
Tensor square(const Tensor& x) {
  static const Op& op = builtin("square");
  return apply1(op, {x});
}
Tensor sqrt(const Tensor& x) {
  static const Op& op = builtin("sqrt");
  return apply1(op, {x});
}
Tensor rsqrt(const Tensor& x) {
  static const Op& op = builtin("rsqrt");
  return apply1(op, {x});
}
Tensor exp(const Tensor& x) {
  static const Op& op = builtin("exp");
  return apply1(op, {x});
}
Tensor log(const Tensor& x) {
  static const Op& op = builtin("log");
  return apply1(op, {x});
}
Tensor log1p(const Tensor& x) {
  static const Op& op = builtin("log1p");
  return apply1(op, {x});
}
Tensor sin(const Tensor& x) {
  static const Op& op = builtin("sin");
  return apply1(op, {x});
}
Tensor cos(const Tensor& x) {
  static const Op& op = builtin("cos");
  return apply1(op, {x});
}
Tensor sinh(const Tensor& x) {
  static const Op& op = builtin("sinh");
  return apply1(op, {x});
}
Tensor cosh(const Tensor& x) {
  static const Op& op = builtin("cosh");
  return apply1(op, {x});
}
Tensor tanh(const Tensor& x) {
  static const Op& op = builtin("tanh");
  return apply1(op, {x});
}
Tensor sigmoid(const Tensor& x) {
  static const Op& op = builtin("sigmoid");
  return apply1(op, {x});
}
Tensor floor(const Tensor& x) {
  static const Op& op = builtin("floor");
  return apply1(op, {x});
}
Tensor identity(const Tensor& x) {
  static const Op& op = builtin("identity");
  return apply1(op, {x});
}
Tensor stop_gradient(const Tensor& x) {
  static const Op& op = builtin("stop_gradient");
  return apply1(op, {x});
}
Tensor is_finite(const Tensor& x) {
  static const Op& op = builtin("is_finite");
  return apply1(op, {x});
}
Tensor logical_not(const Tensor& x) {
  static const Op& op = builtin("logical_not");
  return apply1(op, {x});
}
Tensor pow(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("pow");
  return apply1(op, {x, y});
}
Tensor maximum(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("maximum");
  return apply1(op, {x, y});
}
Tensor minimum(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("minimum");
  return apply1(op, {x, y});
}
Tensor equal(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("equal");
  return apply1(op, {x, y});
}
Tensor less(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("less");
  return apply1(op, {x, y});
}
Tensor less_equal(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("less_equal");
  return apply1(op, {x, y});
}
Tensor greater(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("greater");
  return apply1(op, {x, y});
}
Tensor greater_equal(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("greater_equal");
  return apply1(op, {x, y});
}
Tensor is_zero(const Tensor& x) { return equal(x, number_like(x, 0)); }
Tensor is_not_zero(const Tensor& x) {
  static const Op& op = builtin("not_equal");
  return apply1(op, {x, number_like(x, 0)});
}
Tensor logical_and(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("logical_and");
  return apply1(op, {x, y});
}
Tensor multiply_no_nan(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("multiply_no_nan");
  return apply1(op, {x, y});
}
Tensor divide_no_nan(const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("divide_no_nan");
  return apply1(op, {x, y});
}
Tensor reduce_sum(const Tensor& x, const Ints& axes, bool keepdims) {
  static const Op& op = builtin("reduce_sum");
  return apply1(op, {x}, {axes, keepdims});
}
Tensor reduce_mean(const Tensor& x, const Ints& axes, bool keepdims) {
  static const Op& op = builtin("reduce_mean");
  return apply1(op, {x}, {axes, keepdims});
}
Tensor reduce_max(const Tensor& x, const Ints& axes, bool keepdims) {
  static const Op& op = builtin("reduce_max");
  return apply1(op, {x}, {axes, keepdims});
}
Tensor cast(const Tensor& x, Dtype dtype) {
  static const Op& op = builtin("cast");
  if (x.dtype() == dtype && !x.spec().weak) return x;
  return apply1(op, {x}, {dtype});
}
Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
  static const Op& op = builtin("where");
  return apply1(op, {condition, x, y});
}
Ints all_axes(const Tensor& x) {
  Ints axes;
  for (std::size_t i = 0; i < x.rank(); ++i) axes.push_back(static_cast<int64_t>(i));
  return axes;
}

Tensor reshape(const Tensor& x, const Shape& shape) {
  static const Op& op = builtin("reshape");
  if (x.shape() == shape) return x;
  return apply1(op, {x}, {Ints(shape.begin(), shape.end())});
}
Tensor transpose(const Tensor& x, const Ints& perm) {
  static const Op& op = builtin("transpose");
  if (std::is_sorted(perm.begin(), perm.end())) return x;
  return apply1(op, {x}, {perm});
}
Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  static const Op& op = builtin("broadcast_to");
  if (x.shape() == shape) return x;
  return apply1(op, {x}, {Ints(shape.begin(), shape.end())});
}
Tensor concat(std::span<const Tensor> xs, int64_t axis) {
  static const Op& op = builtin("concat");
  if (xs.size() == 1) return xs[0];
  return apply(op, xs, {axis})[0];
}
Tensor slice(const Tensor& x, const Ints& begin, const Ints& size) {
  static const Op& op = builtin("slice");
  return apply1(op, {x}, {begin, size});
}
Tensor pad(const Tensor& x, const Ints& paddings, AttrValue value) {
  static const Op& op = builtin("constant_pad");
  return apply1(op, {x}, {paddings, std::move(value)});
}
Tensor reverse(const Tensor& x, const Ints& axes) {
  static const Op& op = builtin("reverse");
  if (axes.empty()) return x;
  return apply1(op, {x}, {axes});
}
Tensor gather(const Tensor& params, const Tensor& indices, int64_t axis, int64_t batch_dims) {
  static const Op& op = builtin("gather");
  return apply1(op, {params, indices}, {axis, batch_dims});
}
Tensor scatter_add(const Tensor& indices, const Tensor& updates, const Shape& shape, int64_t axis, int64_t batch_dims) {
  static const Op& op = builtin("scatter_add");
  return apply1(op, {indices, updates}, {Ints(shape.begin(), shape.end()), axis, batch_dims});
}
Tensor range(Recorder& r, int64_t start, int64_t limit, int64_t delta, Dtype dtype) {
  static const Op& op = builtin("range");
  return r.record(op, {}, complete(op, {start, limit, delta, dtype}))[0];
}
Tensor cumsum(const Tensor& x, int64_t axis, bool exclusive, bool reverse) {
  static const Op& op = builtin("cumsum");
  return apply1(op, {x}, {axis, exclusive, reverse});
}
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  static const Op& op = builtin("matmul");
  return apply1(op, {a, b}, {transpose_a, transpose_b});
}
Tensor solve(const Tensor& a, const Tensor& b, bool adjoint) {
  static const Op& op = builtin("solve");
  return apply1(op, {a, b}, {adjoint});
}
Tensor diag_part(const Tensor& x) {
  static const Op& op = builtin("diag_part");
  return apply1(op, {x});
}

Tensor constant_ints(Recorder& r, std::span<const int64_t> values) {
  BufferPtr buffer = r.allocate(values.size_bytes(), "constant");
  if (!values.empty()) std::memcpy(buffer->data(), values.data(), values.size_bytes());
  return r.constant({Dtype::int64, Shape{static_cast<int64_t>(values.size())}, false}, std::move(buffer));
}
Tensor even_places(Recorder& r, int64_t first, int64_t step, int64_t count) {
  static const Op& op = builtin("range");
  const auto start = static_cast<double>(first), delta = static_cast<double>(step);
  return r.record(op, {}, complete(op, {start, start + delta * static_cast<double>(count), delta, Dtype::int64}))[0];
}
Tensor zeros(Recorder& r, const Spec& spec) { return broadcast_to(r.literal(0, spec.dtype, spec.weak), spec.shape); }
Tensor ones(Recorder& r, const Spec& spec) { return broadcast_to(r.literal(1, spec.dtype, spec.weak), spec.shape); }
Tensor zeros_like(const Tensor& x) { return zeros(x.recorder(), x.spec()); }
Tensor selected(const Tensor& t) {
  if (t.node()->sparse) return t;
  Tensor result = identity(t);
  result.node()->sparse = true;
  return result;
}
Tensor keep_where(const Tensor& condition, const Tensor& x) { return where(condition, x, number_like(x, 0)); }
Tensor identity_rows(Recorder& r, int64_t order, int64_t first, int64_t count, Dtype dtype) {
  static const Op& op = builtin("identity_rows");
  return r.record(op, {}, complete(op, {order, first, count, dtype}))[0];
}
Tensor identity_matrices(Recorder& r, int64_t order, const Ints& batch_shape, Dtype dtype) {
  static const Op& op = builtin("eye");
  return r.record(op, {}, complete(op, {order, order, batch_shape, dtype}))[0];
}

Tensor move_axis(const Tensor& x, std::size_t from, std::size_t to) {
  Ints perm = all_axes(x);
  perm.erase(from);
  perm.insert(to, static_cast<int64_t>(from));
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
    if (i < extra || (shape[i - extra] == 1 && x.shape()[i] != 1)) axes.push_back(static_cast<int64_t>(i));
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
  return dispatch(dtype_, [&](auto type) {
    return static_cast<int64_t>(static_cast<const typename decltype(type)::type*>(values_->data())[i]);
  });
}

Tensor BatchCall::full(std::size_t i) const {
  return batched[i] ? in[i] : broadcast_to(in[i], in[i].shape().with_leading(size));
}

Tensors batch_by_rows(const BatchCall& b) {
  std::vector<Tensors> rows(b.call.outputs());
  for (int64_t row = 0; row < b.size; ++row) {
    Tensors inputs;
    for (std::size_t i = 0; i < b.in.size(); ++i) inputs.push_back(b.batched[i] ? select_row(b.in[i], row) : b.in[i]);
    const Tensors outputs = reapply_all(b.call, inputs);
    for (std::size_t k = 0; k < outputs.size(); ++k) rows[k].push_back(outputs[k]);
  }
  Tensors stacked;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Spec& spec = b.call.out_spec(k);
    stacked.push_back(b.size > 0 ? stack_rows(rows[k])
                                 : zeros(b.call.recorder(), {spec.dtype, spec.shape.with_leading(0), spec.weak}));
  }
  return stacked;
}

}  // namespace gradtape::core
