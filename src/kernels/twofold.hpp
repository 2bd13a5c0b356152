// Numbers of about 32 digits, as sums of two doubles (T. Dekker, "A floating-point technique for extending the
// available precision", 1971). Needs products and sums that are not contracted.
#pragma once

#include <cmath>

namespace gradtape {

struct Twofold {
  double high, low = 0;  // |low| is half a unit of high's last place at most
};

// Where |x| >= |y|.
inline Twofold quick_sum(double x, double y) {
  const double sum = x + y;
  return {sum, y - (sum - x)};
}
inline Twofold exact_sum(double x, double y) {
  const double sum = x + y, part = sum - x;
  return {sum, (x - (sum - part)) + (y - part)};
}
inline Twofold exact_product(double x, double y) {
  const double product = x * y;
  return {product, std::fma(x, y, -product)};
}

inline Twofold operator-(const Twofold& x) { return {-x.high, -x.low}; }
inline Twofold operator+(const Twofold& x, const Twofold& y) {
  const Twofold high = exact_sum(x.high, y.high), low = exact_sum(x.low, y.low);
  const Twofold sum = quick_sum(high.high, high.low + low.high);
  return quick_sum(sum.high, sum.low + low.low);
}
inline Twofold operator-(const Twofold& x, const Twofold& y) { return x + -y; }
inline Twofold operator*(const Twofold& x, const Twofold& y) {
  const Twofold product = exact_product(x.high, y.high);
  return quick_sum(product.high, product.low + (x.high * y.low + x.low * y.high));
}
inline Twofold operator/(const Twofold& x, const Twofold& y) {
  const double first = x.high / y.high;
  const Twofold rest = x - y * Twofold{first};
  const double second = rest.high / y.high;
  const Twofold last = rest - y * Twofold{second};
  return quick_sum(first, second) + Twofold{last.high / y.high};
}

}  // namespace gradtape
