// Numbers of about 32 digits, as sums of two doubles (T. Dekker, "A floating-point technique for extending the
// available precision", 1971). Needs products and sums that are not contracted.
#pragma once

#include <cmath>

namespace gradtape::core::math {

struct DoubleDouble {
  double high, low = 0;  // |low| is half a unit of high's last place at most
};

// Exact if |x| >= |y|.
inline DoubleDouble quick_sum(double x, double y) {
  const double sum = x + y;
  return {sum, y - (sum - x)};
}
inline DoubleDouble exact_sum(double x, double y) {
  const double sum = x + y, part = sum - x;
  return {sum, (x - (sum - part)) + (y - part)};
}
inline DoubleDouble exact_product(double x, double y) {
  const double product = x * y;
  return {product, std::fma(x, y, -product)};
}

inline DoubleDouble operator-(const DoubleDouble& x) { return {-x.high, -x.low}; }
inline DoubleDouble operator+(const DoubleDouble& x, const DoubleDouble& y) {
  const DoubleDouble high = exact_sum(x.high, y.high), low = exact_sum(x.low, y.low);
  const DoubleDouble sum = quick_sum(high.high, high.low + low.high);
  return quick_sum(sum.high, sum.low + low.low);
}
inline DoubleDouble operator-(const DoubleDouble& x, const DoubleDouble& y) { return x + -y; }
inline DoubleDouble operator*(const DoubleDouble& x, const DoubleDouble& y) {
  const DoubleDouble product = exact_product(x.high, y.high);
  return quick_sum(product.high, product.low + (x.high * y.low + x.low * y.high));
}
inline DoubleDouble operator/(const DoubleDouble& x, const DoubleDouble& y) {
  const double first = x.high / y.high;
  const DoubleDouble rest = x - y * DoubleDouble{first};
  const double second = rest.high / y.high;
  const DoubleDouble last = rest - y * DoubleDouble{second};
  return quick_sum(first, second) + DoubleDouble{last.high / y.high};
}

}  // namespace gradtape::core::math
