#include "autodiff/values.hpp"

#include <algorithm>
#include <cmath>

namespace gradtape::core {

namespace {
template <class Body>
void each_value(const Tensor& t, Body&& body) {
  if (!t.value()) t.recorder().host().evaluate(std::span(&t, 1));
  const int64_t n = t.shape().elements();
  dispatch(t.dtype(), [&]<class T>(Type<T>) {
    const T* values = static_cast<const T*>(t.value()->data());
    for (int64_t i = 0; i < n; ++i) body(static_cast<double>(values[i]));
  });
}
}  // namespace

std::vector<double> values_of(const Tensor& t) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(t.shape().elements()));
  each_value(t, [&](double v) { values.push_back(v); });
  return values;
}

Tensor tensor_of(Recorder& r, const Spec& spec, const std::vector<double>& values) {
  BufferPtr buffer = r.allocate(bytes_of(spec), "gt_tape_check");
  dispatch(spec.dtype, [&]<class T>(Type<T>) {
    std::ranges::transform(values, static_cast<T*>(buffer->data()), [](double v) { return static_cast<T>(v); });
  });
  return r.constant(spec, std::move(buffer));
}

Extent extent_of(const Tensor& t) {
  Extent e;
  e.elements = t.shape().elements();
  bool any = false;
  each_value(t, [&](double v) {
    e.zeros += v == 0;
    e.nans += std::isnan(v);
    e.infinities += std::isinf(v);
    if (!std::isfinite(v)) return;
    e.least = any ? std::min(e.least, v) : v;
    e.most = any ? std::max(e.most, v) : v;
    any = true;
  });
  return e;
}

}  // namespace gradtape::core
