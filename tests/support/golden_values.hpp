// Tensors of the golden files: see tests/golden/README.md.
#pragma once

#include <cfloat>
#include <fstream>

#include "support.hpp"

namespace test {

inline json load_golden(const std::string& file) {
  std::ifstream in(std::string(GRADTAPE_SOURCE "/tests/golden/") + file);
  EXPECT_TRUE(in) << file;
  return json::parse(in);
}

inline double golden_number(const json& v) {
  if (v.is_boolean()) return v.get<bool>();
  if (!v.is_string()) return v.get<double>();
  return v == "nan" ? NAN : v == "inf" ? INFINITY : -INFINITY;
}
inline std::vector<double> golden_numbers(const json& t) {
  std::vector<double> values;
  for (const json& v : t["data"]) values.push_back(golden_number(v));
  return values;
}

// A golden tensor; what is float64 there has the precision of the run.
template <class T>
gt_tensor golden_tensor(gt_context ctx, const json& t) {
  const std::vector<int64_t> shape = t["shape"];
  const std::vector<double> values = golden_numbers(t);
  const std::string dtype = t["dtype"];
  const auto as = [&]<class E>(E) {
    std::vector<E> elements;
    for (double v : values) elements.push_back(static_cast<E>(v));
    return tensor<E>(ctx, shape, elements);
  };
  if (dtype == "float64" || dtype == "float32") return as(T());
  if (dtype == "int32") return as(int32_t());
  if (dtype == "int64") return as(int64_t());
  return as(uint8_t());
}

// The same tensor, reached through a transpose.
template <class T>
gt_tensor golden_view(gt_context ctx, const json& t) {
  gt_tensor plain = golden_tensor<T>(ctx, t);
  gt_tensor flipped = gt_eval(ctx, &plain, 1) == GT_OK ? gt_transpose(ctx, plain, nullptr, 0) : nullptr;
  EXPECT_EQ(gt_eval(ctx, &flipped, 1), GT_OK);
  return gt_transpose(ctx, flipped, nullptr, 0);
}

inline bool fits_float(const json& tensors) {
  for (const json& t : tensors) {
    if (t.is_null()) continue;
    for (double v : golden_numbers(t))
      if (std::isfinite(v) && v != 0 && (std::abs(v) > FLT_MAX || std::abs(v) < FLT_MIN)) return false;
  }
  return true;
}
inline bool exact_in_float(const json& tensors) {
  for (const json& t : tensors)
    for (double v : golden_numbers(t))
      if (std::isfinite(v) && static_cast<double>(static_cast<float>(v)) != v) return false;
  return true;
}

}  // namespace test
