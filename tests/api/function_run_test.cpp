// Functions run on the caller's memory: its sizes are told and checked, the outputs' can be asked for, and memory that
// overlaps is found.
#include <algorithm>

#include "support/failing_allocator.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

gt_spec spec(gt_dtype dtype, const std::vector<int64_t>& dims) {
  gt_spec s{dtype, static_cast<int32_t>(dims.size()), {}};
  std::copy(dims.begin(), dims.end(), s.dims);
  return s;
}
// The square, and the sum of it.
gt_status square_and_sum(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = gt_square(c, in[0]);
  out[1] = gt_reduce_sum(c, out[0], nullptr, 0, 0);
  *n = 2;
  return GT_OK;
}

class Run : public TapeTest {
 public:
  gt_function make(gt_spec input, gt_forward_fn body = square_and_sum) {
    return gt_function_create(c, body, nullptr, nullptr, &input, 1);
  }
  // One input, two outputs.
  gt_status sized(gt_function f, const gt_spec* in, const void* from, size_t from_bytes, void* to, size_t to_bytes,
                  void* total, size_t total_bytes, const gt_spec* out = nullptr) {
    const void* inputs[] = {from};
    void* outputs[] = {to, total};
    const size_t bytes[] = {to_bytes, total_bytes};
    return gt_function_run_sized(c, f, in, inputs, &from_bytes, 1, out, outputs, bytes, 2);
  }
};

TEST_F(Run, TellsTheSizesItIsGiven) {
  gt_function f = make(spec(GT_FLOAT64, {3}));
  const double x[] = {1, 2, 3};
  double y[3], total;
  ASSERT_EQ(sized(f, nullptr, x, 24, y, 24, &total, 8), GT_OK) << c.message();
  EXPECT_EQ(total, 14);
  EXPECT_EQ(y[2], 9);
  expect_error(sized(f, nullptr, x, 12, y, 24, &total, 8), GT_INVALID_ARGUMENT,
               "gt_function_run_sized: input 0 is float64[3] of 24 bytes, got 12 bytes");
  expect_error(sized(f, nullptr, x, 24, y, 32, &total, 8), GT_INVALID_ARGUMENT,
               "output 0 is float64[3] of 24 bytes, got 32 bytes");
  expect_error(sized(f, nullptr, x, 24, y, 24, &total, 4), GT_INVALID_ARGUMENT, "output 1 is float64[] of 8 bytes");
  const gt_spec integers = spec(GT_INT64, {3}), own = spec(GT_FLOAT64, {3});
  expect_error(sized(f, &integers, x, 24, y, 24, &total, 8), GT_INVALID_ARGUMENT,
               "gt_function_run_sized: input 0 must be float64[3], got int64[3]");
  const gt_spec results[] = {spec(GT_FLOAT64, {3}), spec(GT_FLOAT64, {})}, wrong[] = {integers, results[1]};
  EXPECT_EQ(sized(f, &own, x, 24, y, 24, &total, 8, results), GT_OK);
  expect_error(sized(f, &own, x, 24, y, 24, &total, 8, wrong), GT_INVALID_ARGUMENT, "output 0 is float64[3]");
  expect_error(sized(f, nullptr, nullptr, 24, y, 24, &total, 8), GT_INVALID_ARGUMENT, "input 0 is NULL");
  expect_error(sized(f, nullptr, x, 24, y, 24, nullptr, 8), GT_INVALID_ARGUMENT, "output 1 is NULL");
  expect_error(gt_function_run_sized(c, f, nullptr, nullptr, nullptr, 1, nullptr, nullptr, nullptr, 2),
               GT_INVALID_ARGUMENT, "inputs and input_bytes must not be NULL");
}

TEST_F(Run, SaysWhatItWillGive) {
  gt_function f = make(spec(GT_FLOAT32, {-1, 2}));
  const gt_spec in = spec(GT_FLOAT32, {5, 2});
  gt_spec out[3];
  size_t n = 99;
  ASSERT_EQ(gt_function_output_specs(c, f, &in, 1, out, 3, &n), GT_OK) << c.message();
  EXPECT_EQ(n, 2u);
  EXPECT_EQ(out[0].rank, 2);
  EXPECT_EQ(out[0].dims[0], 5);
  EXPECT_EQ(out[1].rank, 0);
  EXPECT_EQ(out[2].dtype, 0);
  EXPECT_EQ(gt_function_output_specs(c, f, &in, 1, nullptr, 0, &n), GT_OK);
  EXPECT_EQ(gt_function_output_specs(c, f, &in, 1, out, 1, nullptr), GT_OK);
  expect_error(gt_function_output_specs(c, f, nullptr, 1, out, 3, &n), GT_INVALID_ARGUMENT,
               "gt_function_output_specs: input_specs must not be NULL: the function's sizes are open (-1)");
  EXPECT_EQ(n, 0u);
  EXPECT_EQ(out[0].dtype, 0);
  for (gt_spec wrong : {spec(GT_FLOAT32, {5}), spec(GT_FLOAT64, {5, 2}), spec(GT_FLOAT32, {5, 3}),
                        spec(GT_FLOAT32, {-1, 2}), spec(GT_FLOAT32, {INT64_MAX, 2}), spec(77, {5, 2})}) {
    EXPECT_EQ(gt_function_output_specs(c, f, &wrong, 1, out, 3, &n), GT_INVALID_ARGUMENT);
    c.take_error();
  }
  gt_spec bad = in;
  for (int32_t rank : {-1, 17, INT32_MAX, INT32_MIN}) {
    bad.rank = rank;
    EXPECT_EQ(gt_function_output_specs(c, f, &bad, 1, out, 3, &n), GT_INVALID_ARGUMENT);
    EXPECT_EQ(make(bad), nullptr);
    c.take_error();
  }
  EXPECT_EQ(gt_function_output_specs(c, make(spec(GT_FLOAT32, {4})), nullptr, 1, out, 3, &n), GT_OK);
  EXPECT_EQ(out[0].dims[0], 4);
}

// Calls of other sizes in between change nothing of what a run reads and writes.
TEST_F(Run, OpenSizesAreThoseOfTheCall) {
  gt_function f = make(spec(GT_FLOAT32, {-1}));
  std::vector<float> x(1000, 2), y(1000);
  float total;
  const void* in[] = {x.data()};
  void* out[] = {y.data(), &total};
  expect_error(gt_function_run(c, f, in, 1, out, 2), GT_FAILED_PRECONDITION,
               "gt_function_run: the function's sizes are open (-1), and nothing says how long the memory is");
  for (int64_t n : {4, 1000, 4, 0, 1000, 7, 4}) {
    gt_tensor t = vec(std::vector<float>(static_cast<std::size_t>(1000 - n), 1)), called[2];
    ASSERT_EQ(gt_function_call(c, f, &t, 1, called, 2, nullptr), GT_OK);
    std::ranges::fill(y, -1.f);
    const gt_spec s = spec(GT_FLOAT32, {n});
    const auto bytes = static_cast<size_t>(n) * 4;
    ASSERT_EQ(sized(f, &s, x.data(), bytes, y.data(), bytes, &total, 4), GT_OK) << c.message();
    EXPECT_EQ(total, 4 * static_cast<float>(n));
    EXPECT_EQ(std::ranges::count(y, 4.f), n);
    EXPECT_EQ(std::ranges::count(y, -1.f), 1000 - n);
  }
}

TEST_F(Run, OverlapIsRefused) {
  gt_function f = make(spec(GT_FLOAT32, {4}));
  float m[32] = {1, 2, 3, 4};
  const auto attempt = [&](const float* x, float* y, float* total) {
    const void* in[] = {x};
    void* out[] = {y, total};
    const gt_status plain = gt_function_run(c, f, in, 1, out, 2);
    c.take_error();
    EXPECT_EQ(sized(f, nullptr, x, 16, y, 16, total, 4), plain);
    return plain;
  };
  EXPECT_EQ(attempt(m, m + 4, m + 8), GT_OK) << "one behind the other";
  EXPECT_EQ(attempt(m + 5, m + 1, m), GT_OK);
  c.take_error();
  EXPECT_EQ(attempt(m, m, m + 8), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.message(),
            "gt_function_run_sized: output 0 overlaps input 0; an output's memory must lie apart from all others'");
  EXPECT_EQ(attempt(m, m + 3, m + 8), GT_INVALID_ARGUMENT);
  EXPECT_EQ(attempt(m + 3, m, m + 8), GT_INVALID_ARGUMENT);
  EXPECT_EQ(attempt(m, m + 4, m + 7), GT_INVALID_ARGUMENT);
  c.take_error();
  EXPECT_EQ(attempt(m + 8, m, m), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("output 1 overlaps output 0"), std::string::npos);
  EXPECT_EQ(attempt(m, m + 8, reinterpret_cast<float*>(reinterpret_cast<char*>(m) + 15)), GT_INVALID_ARGUMENT);
  c.take_error();
}
// Memory that was right is not looked at again; other memory is, each time.
TEST_F(Run, AnotherCallsMemoryIsCheckedAgain) {
  gt_function f = make(spec(GT_FLOAT32, {4}));
  float m[32] = {1, 2, 3, 4};
  const auto attempt = [&](const float* x, float* y, float* total) {
    const void* in[] = {x};
    void* out[] = {y, total};
    const gt_status s = gt_function_run(c, f, in, 1, out, 2);
    c.take_error();
    return s;
  };
  EXPECT_EQ(attempt(nullptr, nullptr, nullptr), GT_INVALID_ARGUMENT);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(attempt(m, m + 4, m + 8), GT_OK);
    EXPECT_EQ(attempt(m, m + 4, m + 8), GT_OK);
    EXPECT_EQ(attempt(m, m + 4, nullptr), GT_INVALID_ARGUMENT);
    EXPECT_EQ(attempt(nullptr, m + 4, m + 8), GT_INVALID_ARGUMENT);
    EXPECT_EQ(attempt(m + 4, m + 4, m + 8), GT_INVALID_ARGUMENT);
    EXPECT_EQ(attempt(m, m + 8, m + 8), GT_INVALID_ARGUMENT);
    EXPECT_EQ(attempt(m + 4, m, m + 8), GT_OK) << "the same, in other places";
  }
}
// Many inputs may be the same memory; an output under the longest of them is found, and empty memory lies nowhere.
TEST_F(Run, OverlapAmongMany) {
  const std::vector<gt_spec> specs(40, spec(GT_FLOAT32, {-1}));
  const auto body = [](gt_context c, void*, const gt_tensor* in, size_t n, gt_tensor* out, size_t,
                       size_t* n_out) -> gt_status {
    for (size_t i = 0; i < n; ++i) out[i] = gt_square(c, in[i]);
    *n_out = n;
    return GT_OK;
  };
  gt_function f = gt_function_create(c, body, nullptr, nullptr, specs.data(), specs.size());
  std::vector<float> m(4000, 3);
  const auto attempt = [&](size_t long_one, size_t output_at, int64_t size) {
    std::vector<gt_spec> sizes(40, spec(GT_FLOAT32, {size}));
    sizes[long_one].dims[0] = size * 50;
    std::vector<size_t> bytes;
    std::vector<const void*> in(40, m.data());
    std::vector<void*> out;
    for (size_t i = 0; i < 40; ++i) bytes.push_back(static_cast<size_t>(sizes[i].dims[0]) * 4);
    std::vector<std::vector<float>> rooms(40, std::vector<float>(600));
    for (auto& r : rooms) out.push_back(r.data());
    out[long_one == 7 ? 8 : 7] = m.data() + output_at;
    const gt_status s =
        gt_function_run_sized(c, f, sizes.data(), in.data(), bytes.data(), 40, nullptr, out.data(), bytes.data(), 40);
    c.take_error();
    return s;
  };
  for (size_t long_one : {0, 7, 20, 39}) {
    EXPECT_EQ(attempt(long_one, 500, 10), GT_OK) << long_one;
    EXPECT_EQ(attempt(long_one, 499, 10), GT_INVALID_ARGUMENT) << long_one;
    EXPECT_EQ(attempt(long_one, 200, 10), GT_INVALID_ARGUMENT) << long_one;
    EXPECT_EQ(attempt(long_one, 0, 0), GT_OK) << long_one;
  }
}

TEST_F(Run, OpenSizesReplayWithoutAllocating) {
  gt_function f = make(spec(GT_FLOAT32, {-1, -1}));
  std::vector<float> x(64, 1), y(64);
  float total;
  const auto run = [&](int64_t rows, int64_t columns) {
    const gt_spec s{GT_FLOAT32, 2, {rows, columns}};
    const auto bytes = static_cast<size_t>(rows * columns) * 4;
    return sized(f, &s, x.data(), bytes, y.data(), bytes, &total, 4);
  };
  for (int64_t n : {1, 2, 8}) ASSERT_EQ(run(n, 8), GT_OK);
  const Armed armed(kFirstInReplay);
  for (int64_t n : {1, 2, 8, 2, 1}) {
    const gt_status s = run(n, 8);
    const bool right = s == GT_OK && total == static_cast<float>(n * 8);
    if (!right || allocation_failed()) FAIL() << n;
  }
}

// A failing run leaves variables and draws as they were.
TEST_F(Run, AFailureAssignsNothing) {
  static gt_tensor variable;
  variable = var(1);
  const auto body = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    gt_assign_add(c, variable, gt_reduce_sum(c, in[0], nullptr, 0, 0));
    out[0] = gt_gather(c, in[0], tensor<int64_t>(c, {1}, {9}), 0, 0);
    out[1] = in[0];
    *n = 2;
    return GT_OK;
  };
  gt_function f = make(spec(GT_FLOAT32, {2}), body);
  ASSERT_NE(f, nullptr) << c.message();
  gt_tensor x = vec({5, 6}), out[2];
  EXPECT_EQ(gt_function_call(c, f, &x, 1, out, 2, nullptr), GT_INVALID_ARGUMENT) << "the index is out of range";
  c.take_error();
  expect(variable, {1});
  float from[] = {5, 6}, first, second[2];
  EXPECT_EQ(sized(f, nullptr, from, 8, &first, 4, second, 8), GT_INVALID_ARGUMENT);
  c.take_error();
  expect(variable, {1});
}
TEST_F(Run, TooLittleRoomForOutputsAssignsNothing) {
  static gt_tensor variable;
  variable = var(1);
  const auto body = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    gt_assign_add(c, variable, in[0]);
    out[0] = gt_square(c, in[0]);
    out[1] = in[0];
    *n = 2;
    return GT_OK;
  };
  gt_function f = make(spec(GT_FLOAT32, {}), body);
  gt_tensor x = num(1), out[2];
  size_t n = 9;
  for (bool taped : {false, true}) {
    gt_tape t = taped ? watching({x}) : nullptr;
    expect_error(gt_function_call(c, f, &x, 1, out, 1, &n), GT_INVALID_ARGUMENT, "has 2 outputs, room for 1");
    expect(variable, {1});
    EXPECT_EQ(n, 0u);
    if (t) gt_release(c, t);
  }
  EXPECT_EQ(gt_function_call(c, f, &x, 1, out, 2, &n), GT_OK);
  expect(variable, {2});
}

}  // namespace
}  // namespace test
