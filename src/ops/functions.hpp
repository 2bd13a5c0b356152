// Ops as C++ functions, for the bodies of composites and for derivative rules: they read like formulas.
#pragma once

#include <initializer_list>
#include <vector>

#include "graph/recorder.hpp"
#include "ops/names.hpp"

namespace gradtape::core {

// Any op: attributes in the order of the op's specs, those left out at the end take their defaults.
Tensors apply(const Op& op, std::span<const Tensor> inputs, std::vector<AttrValue> attrs = {});
Tensor apply_to_nothing(Recorder& r, const Op& op, std::vector<AttrValue> attrs);  // an op without inputs
// The same op on other inputs.
Tensor reapply(const Call& c, std::initializer_list<Tensor> inputs);
Tensor reapply(const Call& c, std::initializer_list<Tensor> inputs, std::vector<AttrValue> attrs);
Tensors reapply_all(const Call& c, std::span<const Tensor> inputs);
Tensors reapply_all(const Call& c, std::span<const Tensor> inputs, std::vector<AttrValue> attrs);

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& x);
// A number takes the dtype of the tensor beside it.
Tensor operator+(const Tensor& a, double b);
Tensor operator-(const Tensor& a, double b);
Tensor operator*(const Tensor& a, double b);
Tensor operator/(const Tensor& a, double b);
Tensor operator+(double a, const Tensor& b);
Tensor operator-(double a, const Tensor& b);
Tensor operator*(double a, const Tensor& b);
Tensor operator/(double a, const Tensor& b);
Tensor number_like(const Tensor& x, double value);  // rank 0

// Products with cotangents and tangents: a zero that means "not selected" wins over infinities and nan.
Flow operator*(const Flow& t, const Tensor& p);
Flow operator/(const Flow& t, const Tensor& p);
Flow operator*(double a, const Flow& t);
Flow operator-(const Flow& t);
// t * p and t / p, where every zero of t wins.
Tensor carry(const Tensor& t, const Tensor& p);
Tensor carry_divide(const Tensor& t, const Tensor& p);
// u * t, where every zero of t wins, and those of u that are ones for want of a selection.
Tensor jointly(const Flow& u, const Tensor& t);
// t * p, where every zero of p wins, and those of t that are ones for want of a selection.
Tensor multiply_no_nan(const Flow& t, const Tensor& p);
// A derivative whose own derivative by x is nan where the condition holds. At a kink the first derivative follows a
// convention, and there is no second.
Tensor once_only(const Tensor& derivative, const Tensor& x, const Tensor& condition);

// Ops of tensors alone.
template <class... X>
struct OpFunction {
  OpName of;
  Tensor operator()(const X&... x) const { return of(x...); }
};
using Unary = OpFunction<Tensor>;
using Binary = OpFunction<Tensor, Tensor>;
using Ternary = OpFunction<Tensor, Tensor, Tensor>;

inline constexpr Unary abs{op<"abs">}, sign{op<"sign">}, floor{op<"floor">};
inline constexpr Unary square{op<"square">}, sqrt{op<"sqrt">}, rsqrt{op<"rsqrt">};
inline constexpr Unary exp{op<"exp">}, exp2{op<"exp2">}, log{op<"log">}, log1p{op<"log1p">}, log2{op<"log2">};
inline constexpr Unary sin{op<"sin">}, cos{op<"cos">}, sinh{op<"sinh">}, cosh{op<"cosh">}, tanh{op<"tanh">};
inline constexpr Unary sigmoid{op<"sigmoid">}, softplus{op<"softplus">};
inline constexpr Unary identity{op<"identity">}, stop_gradient{op<"stop_gradient">};
inline constexpr Unary is_finite{op<"is_finite">}, logical_not{op<"logical_not">};
inline constexpr Unary diag_part{op<"diag_part">};
inline constexpr Binary pow{op<"pow">}, hypot{op<"hypot">};
inline constexpr Binary maximum{op<"maximum">}, minimum{op<"minimum">};
inline constexpr Binary equal{op<"equal">}, less{op<"less">}, less_equal{op<"less_equal">};
inline constexpr Binary greater{op<"greater">}, greater_equal{op<"greater_equal">};
inline constexpr Binary logical_and{op<"logical_and">}, logical_or{op<"logical_or">};
inline constexpr Binary divide_no_nan{op<"divide_no_nan">};
inline constexpr Ternary where{op<"where">};  // of a condition, x and y
Tensor is_zero(const Tensor& x);
Tensor is_not_zero(const Tensor& x);
// x * y, and 0 wherever y is 0, even against infinities: as y, a zero cotangent stays zero.
Tensor multiply_no_nan(const Tensor& x, const Tensor& y);

// Ops with attributes. A call that would change nothing is x itself.
Tensor cast(const Tensor& x, Dtype dtype);
Tensor reduce_sum(const Tensor& x, const Ints& axes, bool keepdims = false);
Tensor reduce_mean(const Tensor& x, const Ints& axes, bool keepdims = false);
Tensor reduce_max(const Tensor& x, const Ints& axes, bool keepdims = false);
Ints all_axes(const Tensor& x);

Tensor reshape(const Tensor& x, const Shape& shape);
Tensor transpose(const Tensor& x, const Ints& perm);
Tensor broadcast_to(const Tensor& x, const Shape& shape);
Tensor concat(std::span<const Tensor> xs, int64_t axis);
Tensor slice(const Tensor& x, const Ints& begin, const Ints& size);
Tensor pad(const Tensor& x, const Ints& paddings, AttrValue value = 0.0);
Tensor reverse(const Tensor& x, const Ints& axes);
Tensor gather(const Tensor& params, const Tensor& indices, int64_t axis, int64_t batch_dims);
Tensor scatter_add(const Tensor& indices, const Tensor& updates, const Shape& shape, int64_t axis, int64_t batch_dims);
Tensor range(Recorder& r, int64_t start, int64_t limit, int64_t delta, Dtype dtype);
Tensor cumsum(const Tensor& x, int64_t axis, bool exclusive, bool reverse);
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a = false, bool transpose_b = false);
Tensor solve(const Tensor& a, const Tensor& b, bool adjoint = false);

// Compositions used in rules everywhere.
Tensor constant_ints(Recorder& r, std::span<const int64_t> values);  // int64 [n]; for a few: they are listed at once
Tensor even_places(Recorder& r, int64_t first, int64_t step, int64_t count);  // int64: first, first + step, ...
Tensor zeros(Recorder& r, const Spec& spec);
Tensor ones(Recorder& r, const Spec& spec);
Tensor zeros_like(const Tensor& x);
// The mean over the axes, and x less it: right to the last digits also for small deviations from a large mean.
struct Moments {
  Tensor mean, deviations;
};
Moments moments_of(const Tensor& x, const Ints& axes);
// A cotangent or tangent from outside, whose zeros are meant: the same, but sparse (Node::sparse).
Tensor mark_selected(const Tensor& t);
Tensor keep_where(const Tensor& condition, const Tensor& x);  // 0 elsewhere
// Rows first to first + count of the identity matrix. Plans for equal counts are the same, but for that of all rows.
Tensor identity_rows(Recorder& r, int64_t order, int64_t first, int64_t count, Dtype dtype);
Tensor identity_matrices(Recorder& r, int64_t order, const Ints& batch_shape, Dtype dtype);
Tensor move_axis(const Tensor& x, std::size_t from, std::size_t to);
Tensor insert_axes(const Tensor& x, std::size_t position, std::size_t count);  // axes of size 1
Tensor sum_to(const Tensor& x, const Shape& shape);  // undoes broadcasting: sums over the axes that were stretched
Tensor slice_along(const Tensor& x, std::size_t axis, int64_t begin, int64_t size);
Tensor select_row(const Tensor& x, int64_t row);  // x[row]
Tensor stack_rows(std::span<const Tensor> rows);  // the inverse: a new leading axis

// The values of an input of integers or bools, for an op whose result's shape depends on them.
class IntegerValues {
 public:
  // Computes them now; an error if they depend on a tensor that has no value.
  IntegerValues(const Call& c, std::size_t input);
  int64_t size() const { return size_; }
  int64_t operator[](int64_t i) const;

 private:
  BufferPtr values_;
  Dtype dtype_;
  int64_t size_;
};

}  // namespace gradtape::core
