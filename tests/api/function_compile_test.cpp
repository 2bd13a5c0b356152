// gt_function_compile: loops of any size become native code when it is asked for, and runs on memory never compile.
#include "support/failing_allocator.hpp"
#include "support/function_support.hpp"
#include "support/native.hpp"

namespace test {
namespace {

constexpr int64_t kLength = 8;  // elements: too few to compile their loop when the function is made
constexpr int kMany = 10000;    // calls that pay for it

class Compile : public FunctionTest {
 public:
  // x (2 x + 3) - x
  gt_tensor polynomial(gt_context, gt_tensor x) {
    gt_tensor two = scalar64(c, 2), three = scalar64(c, 3);
    return gt_subtract(c, gt_multiply(c, x, gt_add(c, gt_multiply(c, x, two), three)), x);
  }
  gt_function function(int64_t length = kLength) {
    return make({spec(GT_FLOAT64, {length})}, [this](gt_context, const Tensors& in) {
      return Tensors{polynomial(c, in[0]), gt_reduce_sum(c, polynomial(c, in[0]), nullptr, 0, 0)};
    });
  }
  bool is_native(gt_function f) {
    std::string text(8192, 0);
    EXPECT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text.data(), text.size(), nullptr), GT_OK) << c.message();
    return text.find("native (multiply") != std::string::npos;
  }
  gt_status run(gt_function f, const std::vector<double>& x) {
    y_.resize(x.size());
    const void* in[] = {x.data()};
    void* out[] = {y_.data(), &sum_};
    return gt_function_run(c, f, in, 1, out, 2);
  }
  // Whether the last run gave what it must.
  void check(const std::vector<double>& x) {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(y_[i], x[i] * (x[i] * 2 + 3) - x[i]) << i;
      sum += y_[i];
    }
    EXPECT_NEAR(sum_, sum, 1e-9 * std::abs(sum));
  }
  std::vector<double> values(int64_t length = kLength) {
    std::vector<double> x;
    for (int64_t i = 0; i < length; ++i) x.push_back(static_cast<double>(i % 17) / 8 - 1);
    return x;
  }

 private:
  std::vector<double> y_;
  double sum_ = 0;
};

TEST_F(Compile, MakesNativeCodeOfSmallLoops) {
  gt_function f = function();
  const std::vector<double> x = values();
  EXPECT_EQ(is_native(f), compiles_always());
  ASSERT_EQ(run(f, x), GT_OK) << c.message();
  check(x);
  ASSERT_EQ(gt_function_compile(c, f), GT_OK) << c.message();
  EXPECT_EQ(is_native(f), has_native_code());
  ASSERT_EQ(run(f, x), GT_OK) << c.message();
  check(x);
  EXPECT_EQ(gt_function_compile(c, f), GT_OK) << "a second time";
  EXPECT_EQ(is_native(f), has_native_code());
}

TEST_F(Compile, RunsAllocateNothingAfterwards) {
  gt_function f = function();
  const std::vector<double> x = values();
  ASSERT_EQ(run(f, x), GT_OK);
  ASSERT_EQ(gt_function_compile(c, f), GT_OK);
  {
    const Armed armed(kFirstInReplay);
    EXPECT_EQ(run(f, x), GT_OK);
  }
  check(x);
}

TEST_F(Compile, RunsNeverCompile) {
  gt_function f = function();
  const std::vector<double> x = values();
  ASSERT_EQ(run(f, x), GT_OK);
  {
    const Armed armed(kFirstInReplay);
    for (int i = 0; i < kMany; ++i) ASSERT_EQ(run(f, x), GT_OK);
  }
  check(x);
  EXPECT_EQ(is_native(f), compiles_always());
}

TEST_F(Compile, CallsCompileOnceItPays) {
  gt_function f = function();
  const std::vector<double> x = values();
  gt_tensor in = tensor<double>(c, {kLength}, x);
  const auto first = read<double>(c, call(f, {in})[0]);
  EXPECT_EQ(is_native(f), compiles_always()) << "one call of a small loop does not pay";
  for (int i = 0; i < kMany; ++i)
    for (gt_tensor t : call(f, {in})) gt_release(c, t);
  EXPECT_EQ(is_native(f), has_native_code());
  EXPECT_EQ(read<double>(c, call(f, {in})[0]), first);
  ASSERT_EQ(run(f, x), GT_OK);
  check(x);
}

TEST_F(Compile, LaterRecordingsAreCompiledToo) {
  gt_function f = function(-1);
  ASSERT_EQ(gt_function_compile(c, f), GT_OK) << "before there is any recording";
  for (int64_t length : {5, 9, 5}) {
    const std::vector<double> x = values(length);
    const gt_tensor y = call(f, {tensor<double>(c, {length}, x)})[0];
    EXPECT_EQ(is_native(f), has_native_code()) << length;
    EXPECT_EQ(read<double>(c, y)[1], x[1] * (x[1] * 2 + 3) - x[1]);
  }
}

TEST_F(Compile, EarlierRecordingsAreCompiledToo) {
  gt_function f = function(-1);
  for (int64_t length : {5, 9}) call(f, {tensor<double>(c, {length}, values(length))});
  ASSERT_EQ(gt_function_compile(c, f), GT_OK);
  for (int64_t length : {5, 9}) {
    call(f, {tensor<double>(c, {length}, values(length))});
    EXPECT_EQ(is_native(f), has_native_code()) << length;
  }
}

TEST_F(Compile, LeavesDerivativesAsTheyWere) {
  gt_function f = function(3);
  ASSERT_EQ(gt_function_compile(c, f), GT_OK);
  gt_tensor x = tensor<double>(c, {3}, {1, 2, 3});
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tape_watch(c, tape, x);
  gt_tensor y = call(f, {x})[1];
  gt_tensor gradient = nullptr;
  ASSERT_EQ(gt_tape_gradient(c, tape, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &gradient), GT_OK) << c.message();
  EXPECT_EQ(read<double>(c, gradient), (std::vector<double>{6, 10, 14}));  // 4 x + 2
}

// Functions without loops, of no elements, and inside a body.
TEST_F(Compile, FunctionsWithoutAnythingToCompile) {
  gt_function same = function_of({pair}, [](gt_context, const Tensors& in) { return in; });
  EXPECT_EQ(gt_function_compile(c, same), GT_OK);
  gt_function none = function_of({}, [](gt_context, const Tensors&) { return Tensors{}; });
  EXPECT_EQ(gt_function_compile(c, none), GT_OK);
  gt_function product = function_of({spec(GT_FLOAT32, {2, 2})}, [](gt_context ctx, const Tensors& in) {
    return Tensors{gt_matmul(ctx, in[0], in[0], 0, 0)};
  });
  EXPECT_EQ(gt_function_compile(c, product), GT_OK);
  gt_function empty = function(0);
  EXPECT_EQ(gt_function_compile(c, empty), GT_OK);
  EXPECT_EQ(run(empty, {}), GT_OK) << c.message();
}
TEST_F(Compile, InsideABody) {
  gt_function inner = function(3);
  gt_function outer = function_of({spec(GT_FLOAT64, {3})}, [&](gt_context, const Tensors& in) {
    EXPECT_EQ(gt_function_compile(c, inner), GT_OK) << c.message();
    return Tensors{call(inner, {in[0]})[0]};
  });
  EXPECT_EQ(is_native(inner), has_native_code());
  EXPECT_EQ(read<double>(c, value(outer, tensor<double>(c, {3}, {1, 2, 3}))), (std::vector<double>{4, 12, 24}));
}

TEST_F(Compile, Mistakes) {
  gt_tensor x = scalar64(c, 1);
  expect_error(gt_function_compile(c, nullptr), GT_INVALID_HANDLE, "gt_function_compile: function");
  expect_error(gt_function_compile(c, reinterpret_cast<gt_function>(x)), GT_INVALID_HANDLE,
               "gt_function_compile: function");
}

// A compilation that fails leaves a function that computes.
TEST_F(Compile, RunsOutOfMemory) {
  const auto norm_and_numbers = [this](gt_context, const Tensors& in) {
    gt_tensor y = polynomial(c, in[0]), sum = gt_reduce_sum(c, y, nullptr, 0, 0);
    return Tensors{y, polynomial(c, polynomial(c, sum))};
  };
  double want[2] = {};
  for (long n = 0;; ++n) {
    gt_function f = function_of({spec(GT_FLOAT64, {2})}, norm_and_numbers);
    gt_status status;
    bool failed;
    {
      const Armed armed(n);
      status = gt_function_compile(c, f);
      failed = allocation_failed();
    }
    EXPECT_EQ(status, failed && status != GT_OK ? GT_OUT_OF_MEMORY : GT_OK);
    c.take_error();
    for (int round = 0; round < 2; ++round) {
      const double x[] = {0.25, -1};
      double y[2], number;
      const void* in[] = {x};
      void* out[] = {y, &number};
      ASSERT_EQ(gt_function_run(c, f, in, 1, out, 2), GT_OK) << c.message();
      if (want[0] == 0) want[0] = y[0], want[1] = number;
      EXPECT_EQ(y[0], want[0]) << n;
      EXPECT_EQ(number, want[1]) << n;
      ASSERT_EQ(gt_function_compile(c, f), GT_OK) << c.message();
    }
    gt_release(c, f);
    if (!failed) break;
  }
}

// Code counts beside plans, and goes with its function.
TEST_F(Compile, CodeIsCounted) {
  const auto memory = [this] {
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
    return info;
  };
  gt_function f = function(64);
  const gt_memory_info before = memory();
  EXPECT_EQ(before.native_code > 0, compiles_always());
  ASSERT_EQ(gt_function_compile(c, f), GT_OK);
  const gt_memory_info compiled = memory();
  EXPECT_EQ(compiled.native_code > 0, has_native_code());
  EXPECT_EQ(compiled.plans != before.plans, has_native_code() && !compiles_always()) << "plans are counted again";
  ASSERT_EQ(gt_function_compile(c, f), GT_OK);
  EXPECT_EQ(memory().native_code, compiled.native_code) << "a second time";
  gt_release(c, f);
  EXPECT_EQ(memory().native_code, 0u);
}
// Code of plans that are only remembered is given back with them.
TEST_F(Compile, CodeOfPlansIsCounted) {
  const auto native_code = [this] {
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
    return info.native_code;
  };
  for (int i = 0; i < kMany; ++i) {
    gt_scope_begin(c);
    gt_tensor y = polynomial(c, tensor<double>(c, {kLength}, values()));
    EXPECT_EQ(gt_eval(c, &y, 1), GT_OK);
    gt_scope_end(c, nullptr, 0);
  }
  EXPECT_EQ(native_code() > 0, has_native_code());
  EXPECT_EQ(gt_memory_trim(c), GT_OK);
  EXPECT_EQ(native_code(), 0u);
}

}  // namespace
}  // namespace test
