// Operators on tensors and numbers, elementwise and broadcasting; comparisons give tensors of bools.
#pragma once

#include "../ops.hpp"

namespace gradtape {

inline Tensor operator+(const Operand& a, const Operand& b) { return add(a, b); }
inline Tensor operator-(const Operand& a, const Operand& b) { return subtract(a, b); }
inline Tensor operator*(const Operand& a, const Operand& b) { return multiply(a, b); }
inline Tensor operator/(const Operand& a, const Operand& b) { return divide(a, b); }
inline Tensor operator%(const Operand& a, const Operand& b) { return mod(a, b); }
inline Tensor operator-(const Tensor& x) { return negative(x); }
inline Tensor operator+(const Tensor& x) { return x; }

inline Tensor operator<(const Operand& a, const Operand& b) { return less(a, b); }
inline Tensor operator<=(const Operand& a, const Operand& b) { return less_equal(a, b); }
inline Tensor operator>(const Operand& a, const Operand& b) { return greater(a, b); }
inline Tensor operator>=(const Operand& a, const Operand& b) { return greater_equal(a, b); }
inline Tensor operator==(const Operand& a, const Operand& b) { return equal(a, b); }
inline Tensor operator!=(const Operand& a, const Operand& b) { return not_equal(a, b); }

// On bools. && and || are left alone: they ask for the value of each side.
inline Tensor operator&(const Operand& a, const Operand& b) { return logical_and(a, b); }
inline Tensor operator|(const Operand& a, const Operand& b) { return logical_or(a, b); }
inline Tensor operator^(const Operand& a, const Operand& b) { return logical_xor(a, b); }
inline Tensor operator~(const Tensor& x) { return logical_not(x); }

inline Tensor& Tensor::operator+=(const Operand& y) & { return *this = add(*this, y); }
inline Tensor& Tensor::operator-=(const Operand& y) & { return *this = subtract(*this, y); }
inline Tensor& Tensor::operator*=(const Operand& y) & { return *this = multiply(*this, y); }
inline Tensor& Tensor::operator/=(const Operand& y) & { return *this = divide(*this, y); }
inline Variable& Variable::update(gt_status (*f)(gt_context, gt_tensor, gt_tensor), const Operand& value) {
  const Tensor everywhere = value.tensor() ? Tensor() : fill(cast(value.number(context()), dtype()), shape());
  detail::check(context(), f(context(), get(), (value.tensor() ? *value.tensor() : everywhere).get()));
  return *this;
}
inline Variable& Variable::operator*=(const Operand& y) & { return *this = multiply(*this, y); }
inline Variable& Variable::operator/=(const Operand& y) & { return *this = divide(*this, y); }
inline Tensor Tensor::value() const { return identity(*this); }

/// 0, 1, ... below n, or from start to below limit: integers where all numbers are and no dtype is given.
inline Tensor arange(const Context& ctx, Number limit, std::optional<Dtype> dtype = std::nullopt) {
  return range(ctx, limit, 0, 1, dtype);
}
inline Tensor arange(const Context& ctx, Number start, Number limit, Number step = 1,
                     std::optional<Dtype> dtype = std::nullopt) {
  return range(ctx, limit, start, step, dtype);
}
inline Tensor zeros(const Context& ctx, const Shape& shape, Dtype dtype = Dtype::float64) {
  return ctx.zeros(shape, dtype);
}
inline Tensor ones(const Context& ctx, const Shape& shape, Dtype dtype = Dtype::float64) {
  return ctx.ones(shape, dtype);
}
inline Tensor full(const Context& ctx, const Shape& shape, double value, Dtype dtype = Dtype::float64) {
  return ctx.full(shape, value, dtype);
}

}  // namespace gradtape
