// Functions whose bodies are lambdas.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>

#include "support/tape_support.hpp"

namespace test {

using Tensors = std::vector<gt_tensor>;
using Body = std::function<Tensors(gt_context, const Tensors&)>;

struct BodyState {
  Body body;
  int calls = 0, freed = 0;
  gt_status status = GT_OK;
};
inline gt_status run_body(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                          size_t* n_out) {
  auto& state = *static_cast<BodyState*>(data);
  ++state.calls;
  const Tensors results = state.body(c, Tensors(in, in + n));
  EXPECT_LE(results.size(), capacity);
  std::copy(results.begin(), results.end(), out);
  *n_out = results.size();
  return state.status;
}
inline void free_body(void* data) { ++static_cast<BodyState*>(data)->freed; }

inline gt_spec spec(gt_dtype dtype, const std::vector<int64_t>& dims) {
  gt_spec s{dtype, static_cast<int32_t>(dims.size()), {}};
  std::copy(dims.begin(), dims.end(), s.dims);
  return s;
}

class FunctionTest : public TapeTest {
 public:
  gt_function make(const std::vector<gt_spec>& specs, Body body) {
    state.body = std::move(body);
    return gt_function_create(c, run_body, &state, free_body, specs.data(), specs.size());
  }
  // A function beside others.
  gt_function function_of(const std::vector<gt_spec>& specs, Body body) {
    states_.push_back({std::move(body)});
    gt_function f = gt_function_create(c, run_body, &states_.back(), nullptr, specs.data(), specs.size());
    EXPECT_NE(f, nullptr) << c.message();
    return f;
  }
  Tensors call(gt_function f, const Tensors& inputs) {
    Tensors out(8);
    size_t n = 0;
    EXPECT_EQ(gt_function_call(c, f, inputs.data(), inputs.size(), out.data(), out.size(), &n), GT_OK) << c.message();
    out.resize(n);
    return out;
  }
  gt_tensor value(gt_function f, gt_tensor x) { return call(f, {x})[0]; }
  using TapeTest::expect_error;
  void expect_error(gt_status code, const std::string& part) {
    const auto [got, message] = c.take_error();
    EXPECT_EQ(got, code) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
  BodyState state;
  const gt_spec number_spec = spec(GT_FLOAT32, {}), pair = spec(GT_FLOAT32, {2});

 private:
  std::deque<BodyState> states_;
};

}  // namespace test
