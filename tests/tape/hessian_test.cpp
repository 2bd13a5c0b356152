// Second derivatives of one tape: products, blocks, diagonals, Hessians of samples; and Jacobians by chunks of rows.
#include <numeric>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Hessian : public TapeTest {
 public:
  std::vector<gt_tensor> hessian(gt_tape t, gt_tensor y, std::vector<gt_tensor> xs, gt_jacobian_options o = options()) {
    std::vector<gt_tensor> blocks(xs.size() * xs.size());
    EXPECT_EQ(gt_tape_hessian(c, t, y, xs.data(), xs.size(), &o, blocks.data()), GT_OK) << c.message();
    return blocks;
  }
  std::vector<gt_tensor> hvp(gt_tape t, gt_tensor y, std::vector<gt_tensor> xs, std::vector<gt_tensor> vs,
                             int32_t unconnected = GT_UNCONNECTED_NULL) {
    std::vector<gt_tensor> out(xs.size());
    EXPECT_EQ(gt_tape_hvp(c, t, y, xs.data(), xs.size(), vs.data(), unconnected, out.data()), GT_OK) << c.message();
    return out;
  }
  gt_tensor diagonal(gt_tape t, gt_tensor y, gt_tensor x) {
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_tape_hessian_diagonal(c, t, y, &x, 1, nullptr, &out), GT_OK) << c.message();
    return out;
  }
  gt_tensor batch_hessian(gt_tape t, gt_tensor y, gt_tensor x, gt_status want = GT_OK) {
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_tape_batch_hessian(c, t, y, x, nullptr, &out), want);
    return out;
  }
  gt_tensor turned(gt_tensor x) {
    const int64_t axis = 0;
    return gt_reverse(c, x, &axis, 1);
  }
  gt_tensor cube(gt_tensor x) { return mul(mul(x, x), x); }
  // The sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2.
  gt_tensor rosenbrock(gt_tensor x, int64_t n) {
    const int64_t zero = 0, one = 1, size = n - 1;
    gt_tensor head = gt_slice(c, x, &zero, 1, &size, 1), tail = gt_slice(c, x, &one, 1, &size, 1);
    gt_tensor a = gt_square(c, gt_subtract(c, tail, gt_square(c, head)));
    gt_tensor b = gt_square(c, gt_subtract(c, gt_scalar(c, 1), head));
    return sum(add(mul(gt_scalar(c, 100), a), b));
  }
};

TEST_F(Hessian, OneTapeServes) {
  gt_tensor x = vec({1, 2}), v = vec({1, -1});
  const auto of = [&](auto&& take) {
    gt_tape t = watching({x});
    gt_tensor y = sum(mul(cube(x), turned(x)));  // x0^3 x1 + x1^3 x0
    take(t, y);
    std::vector<gt_tensor> again;
    expect_error(gradient(t, {y}, {x}, again), GT_FAILED_PRECONDITION, "GT_TAPE_PERSISTENT");
  };
  // H = [[6 x0 x1, 3 x0^2 + 3 x1^2], [the same, 6 x0 x1]]
  of([&](gt_tape t, gt_tensor y) { expect(hessian(t, y, {x})[0], {12, 15, 15, 12}); });
  of([&](gt_tape t, gt_tensor y) { expect(hvp(t, y, {x}, {v})[0], {-3, 3}); });
  of([&](gt_tape t, gt_tensor y) { expect(diagonal(t, y, x), {12, 12}); });
}
TEST_F(Hessian, BlocksOfSeveralSources) {
  gt_tensor a = mat(1, 2, {1, 2}), b = num(3), i = ints({1});
  gt_tape t = watching({a, b}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(sum(mul(a, a)), cube(b));  // |a|^2 b^3
  const auto blocks = hessian(t, y, {a, b, i});
  EXPECT_EQ(shape_of(c, blocks[0]), (std::vector<int64_t>{1, 2, 1, 2}));
  expect(blocks[0], {54, 0, 0, 54});
  EXPECT_EQ(shape_of(c, blocks[1]), (std::vector<int64_t>{1, 2}));
  expect(blocks[1], {54, 108});
  expect(blocks[3], {54, 108});
  expect(blocks[4], {90});
  for (int k : {2, 5, 6, 7, 8}) EXPECT_EQ(blocks[k], nullptr) << "an integer has no derivative";
  gt_jacobian_options o = options();
  o.unconnected = GT_UNCONNECTED_ZERO;
  EXPECT_EQ(shape_of(c, hessian(t, y, {a, b, i}, o)[2]), (std::vector<int64_t>{1, 2, 1}));
}
TEST_F(Hessian, VariablesAndSourcesTwice) {
  gt_tensor v = var(2);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = cube(v);
  for (gt_tensor block : hessian(t, y, {v, v})) expect(block, {12});
  const auto products = hvp(t, y, {v, v}, {num(1), num(2)});
  for (gt_tensor p : products) expect(p, {36});
  expect(diagonal(t, y, v), {12});
}
TEST_F(Hessian, LinearTargetsHaveNone) {
  gt_tensor x = vec({1, 2}), other = vec({1, 2}), v = vec({1, 1});
  gt_tape t = watching({x, other}, GT_TAPE_PERSISTENT);
  gt_tensor linear = sum(x), square = sum(mul(x, x)), i = ints({1, 2});
  EXPECT_EQ(hvp(t, linear, {x}, {v})[0], nullptr);
  EXPECT_EQ(hvp(t, square, {other}, {v})[0], nullptr);
  EXPECT_EQ(hvp(t, square, {x}, {nullptr})[0], nullptr);
  EXPECT_EQ(hvp(t, i, {x}, {v})[0], nullptr);
  EXPECT_EQ(hvp(t, x, {x}, {v})[0], nullptr) << "a target that is the source";
  expect(hvp(t, linear, {x}, {v}, GT_UNCONNECTED_ZERO)[0], {0, 0});
  EXPECT_EQ(hessian(t, linear, {x})[0], nullptr);
  EXPECT_EQ(diagonal(t, linear, x), nullptr);
  EXPECT_EQ(batch_hessian(t, x, x), nullptr);
  gt_tensor out = nullptr;
  expect_error(gt_tape_hvp(c, t, square, &x, 1, &other, 3, &out), GT_INVALID_ARGUMENT, "unconnected must be");
}
TEST_F(Hessian, EmptyAndScalarSources) {
  gt_tensor none = vec({}), s = num(2);
  gt_tape t = watching({none, s}, GT_TAPE_PERSISTENT);
  gt_tensor y = add(sum(cube(none)), cube(s));
  EXPECT_EQ(shape_of(c, hessian(t, y, {none})[0]), (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(shape_of(c, diagonal(t, y, none)), (std::vector<int64_t>{0}));
  expect(hessian(t, y, {s})[0], {12});
  expect(diagonal(t, y, s), {12});
  expect(hvp(t, y, {s}, {num(3)})[0], {36});
}
TEST_F(Hessian, RefusesVectorsThatDoNotFit) {
  gt_tensor x = vec({1, 2}), v = vec({1, 2, 3}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(cube(x));
  expect_error(gt_tape_hvp(c, t, y, &x, 1, &v, 0, &out), GT_INVALID_ARGUMENT, "vector 0 must be float32[2]");
  expect_error(gt_tape_hvp(c, t, y, &x, 1, nullptr, 0, &out), GT_INVALID_ARGUMENT, "vectors must not be NULL");
  expect_error(gt_tape_hessian(c, t, y, &x, 1, nullptr, nullptr), GT_INVALID_ARGUMENT, "blocks must not be NULL");
  expect(hessian(t, y, {x})[0], {6, 0, 0, 12});
}

// ---- Exact symmetry, budgets, modes

TEST_F(Hessian, IsSymmetricToTheLastBitWhateverTheBudgetAndMode) {
  const int64_t n = 37;
  std::vector<float> at(n);
  for (int64_t k = 0; k < n; ++k) at[k] = std::sin(1.7F * static_cast<float>(k));
  gt_tensor x = vec(at);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const int64_t square[] = {n, n};
  gt_tensor w = gt_sin(c, gt_reshape(c, gt_range(c, 0, static_cast<double>(n * n), 1, GT_FLOAT32), square, 2));
  gt_tensor y =
      sum(gt_exp(c, gt_sin(c, gt_matmul(c, w, gt_reshape(c, x, std::vector<int64_t>{n, 1}.data(), 2), 0, 0))));
  std::vector<float> first;
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE})
    for (uint64_t budget : {uint64_t{0}, uint64_t{1}, uint64_t{20000}}) {
      gt_jacobian_options o = options();
      o.mode = mode;
      o.memory_budget = budget;
      const std::vector<float> h = read<float>(c, hessian(t, y, {x}, o)[0]);
      for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < i; ++j) ASSERT_EQ(h[i * n + j], h[j * n + i]) << i << " " << j;
      if (first.empty()) first = h;
      expect_close({h.begin(), h.end()}, {first.begin(), first.end()}, {1e-4, 1e-5}, "mode and budget");
    }
}
TEST_F(Hessian, OfALocalFunctionIsBanded) {
  for (int64_t n : {2, 3, 50, 600}) {
    std::vector<float> at(n, 0.5F);
    gt_tensor x = vec(at);
    gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
    gt_tensor y = rosenbrock(x, n);
    std::vector<double> want(static_cast<std::size_t>(n * n), 0.0), main(static_cast<std::size_t>(n), 0.0);
    for (int64_t i = 0; i < n; ++i) {
      if (i + 1 < n) main[i] += 1200 * 0.25 - 400 * 0.5 + 2;
      if (i > 0) main[i] += 200;
      want[i * n + i] = main[i];
      if (i + 1 < n) want[i * n + i + 1] = want[(i + 1) * n + i] = -400 * 0.5;
    }
    expect(hessian(t, y, {x})[0], want);
    gt_jacobian_options o = options();
    o.mode = GT_MODE_FORWARD;
    o.memory_budget = 4096;
    expect(hessian(t, y, {x}, o)[0], want);
    expect(diagonal(t, y, x), main);
  }
}
// The working memory of all rows at once counts, not that of all recorded nodes.
TEST_F(Hessian, KeepsToTheBudget) {
  const int64_t n = 1500;
  gt_tensor x = vec(std::vector<float>(n, 0.5F));
  const uint64_t result = static_cast<uint64_t>(n * n) * sizeof(float);
  for (uint64_t budget : {uint64_t{1} << 17, uint64_t{1} << 20, uint64_t{1} << 24}) {
    gt_tape t = watching({x});
    gt_tensor y = gt_log(c, sum(gt_exp(c, mul(x, turned(x)))));
    EXPECT_EQ(gt_eval(c, &y, 1), GT_OK);
    EXPECT_EQ(gt_memory_trim(c), GT_OK);
    gt_memory_info before{}, after{};
    before.struct_size = after.struct_size = sizeof before;
    EXPECT_EQ(gt_memory_stats(c, &before), GT_OK);
    gt_jacobian_options o = options();
    o.memory_budget = budget;
    gt_tensor h = hessian(t, y, {x}, o)[0];
    EXPECT_EQ(gt_eval(c, &h, 1), GT_OK);
    EXPECT_EQ(gt_memory_stats(c, &after), GT_OK);
    EXPECT_LE(after.peak, std::max(before.peak, before.live + result + budget + (1 << 20))) << budget;
    EXPECT_EQ(gt_release(c, h), GT_OK);
  }
}
TEST_F(Hessian, ProgressAndCancelling) {
  gt_tensor x = vec({1, 2, 3}), out = nullptr;
  gt_tape t = watching({x});
  gt_jacobian_options o = options();
  o.memory_budget = 1;
  o.progress = [](void*, uint64_t done, uint64_t) -> int32_t { return done == 2; };
  gt_tensor y = gt_exp(c, sum(mul(x, x)));
  expect_error(gt_tape_hessian(c, t, y, &x, 1, &o, &out), GT_CANCELLED, "gt_tape_hessian was cancelled after 2 of 3");
  o.progress = nullptr;
  const double e = std::exp(14);
  expect(hessian(t, y, {x}, o)[0], {6 * e, 8 * e, 12 * e, 8 * e, 18 * e, 24 * e, 12 * e, 24 * e, 38 * e});
}
TEST_F(Hessian, WhatCannotBeHadIsRefusedAtOnce) {
  const int64_t n = 4'000'000;
  gt_tensor x = gt_fill(c, num(0), &n, 1), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(x);
  expect_error(gt_tape_hessian(c, t, y, &x, 1, nullptr, &out), GT_OUT_OF_MEMORY, "gt_tape_hvp");
  expect_error(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &out), GT_OUT_OF_MEMORY, "gt_tape_jacobian_rows");
}

// ---- Company: other tapes, functions, custom gradients

TEST_F(Hessian, OuterTapesGiveThirdOrders) {
  gt_tensor x = vec({1, 2});
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(mul(cube(x), x));
  gt_tensor h = hessian(inner, y, {x})[0], p = hvp(inner, y, {x}, {vec({1, 1})})[0], d = diagonal(inner, y, x);
  for (gt_tensor second : {sum(h), sum(p), sum(d)}) expect(grad(outer, second, x), {24, 48});
  expect(jacobian(outer, d, x), {24, 0, 0, 48});
}
TEST_F(Hessian, LeavesThePersistentTapeAsItWas) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(cube(x));
  EXPECT_EQ(gt_tape_end(c, t), GT_OK);
  for (int k = 0; k < 3; ++k) {
    expect(hessian(t, y, {x})[0], {6, 0, 0, 12});
    expect(grad(t, y, x), {3, 12});
  }
  gt_tensor g = grad(t, y, x);
  EXPECT_EQ(grad(t, g, x), nullptr) << "the tape has ended: a gradient taken of it is not on it";
  expect_error(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Hessian, InAFunction) {
  const auto body = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    gt_tape t = gt_tape_begin(ctx, GT_TAPE_PERSISTENT);
    gt_tape_watch(ctx, t, in[0]);
    const int64_t axis = 0;
    gt_tensor y = gt_exp(ctx, gt_multiply(ctx, in[0], gt_reverse(ctx, in[0], &axis, 1)));
    y = gt_reduce_sum(ctx, y, nullptr, 0, 0);
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.memory_budget = 1;
    gt_status s = gt_tape_hessian(ctx, t, y, in, 1, nullptr, &out[0]);
    if (s == GT_OK) s = gt_tape_hessian(ctx, t, y, in, 1, &o, &out[1]);
    if (s == GT_OK) s = gt_tape_hvp(ctx, t, y, in, 1, in, 0, &out[2]);
    if (s == GT_OK) s = gt_tape_hessian_diagonal(ctx, t, y, in, 1, nullptr, &out[3]);
    *n = 4;
    return s;
  };
  const gt_spec spec{GT_FLOAT32, 1, {2}};
  gt_function f = gt_function_create(c, body, nullptr, nullptr, &spec, 1);
  ASSERT_NE(f, nullptr) << c.message();
  for (float a : {0.5F, 1.0F}) {  // 2 exp(x0 x1)
    gt_tensor in = vec({a, 2}), out[4];
    ASSERT_EQ(gt_function_call(c, f, &in, 1, out, 4, nullptr), GT_OK) << c.message();
    const double e = 2 * std::exp(2 * a), aa = a * a * e, bb = 4 * e, ab = e * (1 + 2 * a);
    expect(out[0], {bb, ab, ab, aa});
    expect(out[1], {bb, ab, ab, aa});
    expect(out[2], {bb * a + 2 * ab, ab * a + 2 * aa});
    expect(out[3], {bb, aa});
  }
}
// The function's rule reads its cotangent's value, or is known in reverse only: each row calls it.
gt_status twice_the_cotangent(gt_context ctx, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  float value[2];
  if (const gt_status s = gt_tensor_read(ctx, dy[0], value, sizeof value); s != GT_OK) return s;
  const int64_t n = 2;
  gt_tensor read = gt_tensor_create(ctx, GT_FLOAT32, &n, 1, value, sizeof value);
  dx[0] = gt_multiply(ctx, gt_multiply(ctx, gt_scalar(ctx, 2), call->inputs[0]), read);
  return GT_OK;
}
TEST_F(Hessian, OfCustomGradients) {
  gt_tensor x = vec({1, 2}), v = vec({1, 1});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor seven = sum(mul(custom(x, identity_forward, times_seven), x));
  expect(hessian(t, seven, {x})[0], {14, 0, 0, 14});  // of 7 x + x, where x has slope 7 once more
  expect(hvp(t, seven, {x}, {v})[0], {14, 14});
  gt_tensor read = sum(custom(x, square_forward, twice_the_cotangent));
  expect(hessian(t, read, {x})[0], {2, 0, 0, 2});
  expect(hvp(t, read, {x}, {v})[0], {2, 2});
  expect(diagonal(t, read, x), {2, 2});
}
gt_status takes_an_hvp(gt_context ctx, void* tape, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  *n = 1;
  return gt_tape_hvp(ctx, static_cast<gt_tape>(tape), in[0], in, 1, in, 0, out);
}
TEST_F(Hessian, InACustomForwardNothingIsRecorded) {
  gt_tensor x = num(1), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(x);
  expect_error(gt_custom_gradient(c, nullptr, takes_an_hvp, times_seven, t, nullptr, &y, 1, &out, 1, nullptr),
               GT_FAILED_PRECONDITION, "no second derivative");
}

// ---- Samples

TEST_F(Hessian, OfEachSample) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const int64_t last = 1;
  gt_tensor y = gt_reduce_prod(c, mul(x, x), &last, 1, 0);  // (a b)^2
  gt_tensor h = batch_hessian(t, y, x);
  EXPECT_EQ(shape_of(c, h), (std::vector<int64_t>{2, 2, 2}));
  expect(h, {8, 8, 8, 2, 32, 48, 48, 18});
  expect(batch_hessian(t, mul(x, mul(x, x)), x), {6, 0, 0, 12, 18, 0, 0, 24});
  gt_tensor mixed = gt_softmax(c, x, 0);
  EXPECT_EQ(batch_hessian(t, mixed, x, GT_FAILED_PRECONDITION), nullptr);
  EXPECT_NE(c.message().find("gt_tape_batch_hessian"), std::string::npos);
  gt_tensor v = vec({1, 2, 3});
  EXPECT_EQ(gt_tape_watch(c, t, v), GT_OK);
  expect(batch_hessian(t, cube(v), v), {6, 12, 18});
  EXPECT_EQ(batch_hessian(t, sum(v), v, GT_INVALID_ARGUMENT), nullptr);
  EXPECT_NE(c.message().find("at least 1 axis"), std::string::npos);
}

// TensorFlow's sum over the target's batch, whatever it means, is not symmetric.
TEST_F(Hessian, TheSumOverTheBatchStaysAsItIs) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const std::vector<int64_t> first{0, 0}, last{1, 1}, one{1, 1};
  gt_tensor a = gt_slice(c, x, first.data(), 2, one.data(), 2), b = gt_slice(c, x, last.data(), 2, one.data(), 2);
  gt_tensor y = mul(mul(a, b), vec({1, 0}));
  gt_jacobian_options o = options();
  o.batch_dependence = GT_BATCH_SUM;
  gt_tensor out = nullptr, y2 = gt_reshape(c, y, std::vector<int64_t>{2, 1}.data(), 2);
  EXPECT_EQ(gt_tape_batch_hessian(c, t, y2, x, &o, &out), GT_OK) << c.message();
  expect(out, {0, 0, 1, 0, 0, 1, 0, 0});
}
TEST_F(Hessian, TheDiagonalOfSamplesKeepsToTheBudget) {
  const int64_t samples = 16, n = 256, shape[] = {samples, n};
  std::vector<float> at(static_cast<std::size_t>(samples * n));
  for (std::size_t k = 0; k < at.size(); ++k) at[k] = std::cos(static_cast<float>(k));
  gt_tensor x = tensor<float>(c, {samples, n}, at);
  gt_tape t = watching({x});
  const int64_t last = 1;
  gt_tensor squares = gt_reduce_sum(c, mul(x, x), &last, 1, 0), y = sum(mul(squares, squares));
  gt_jacobian_options o = options();
  o.memory_budget = 1 << 18;
  gt_tensor d = nullptr;
  EXPECT_EQ(gt_tape_hessian_diagonal(c, t, y, &x, 1, &o, &d), GT_OK) << c.message();
  const std::vector<float> got = read<float>(c, d);
  for (int64_t i = 0; i < samples; ++i) {
    double s = 0;
    for (int64_t k = 0; k < n; ++k) s += double{at[i * n + k]} * at[i * n + k];
    for (int64_t k = 0; k < n; ++k) ASSERT_NEAR(got[i * n + k], 4 * s + 8 * at[i * n + k] * at[i * n + k], 2e-3);
  }
  gt_memory_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
  EXPECT_LT(info.peak, uint64_t{3} << 20) << "all rows take " << shape[0] * shape[1] * n * 4 << " bytes";
}
TEST_F(Hessian, SourcesThatAreNotConnectedTakeNoMemory) {
  const int64_t n = 4'000'000;
  gt_tensor x = vec({1, 2}), large = gt_fill(c, num(1), &n, 1);
  gt_tape t = watching({x, large}, GT_TAPE_PERSISTENT);
  gt_tensor y = add(sum(cube(x)), sum(large)), sources[] = {x, large}, out[2];
  const auto blocks = hessian(t, y, {x, large});
  expect(blocks[0], {6, 0, 0, 12});
  EXPECT_EQ(blocks[3], nullptr) << "the target is linear in it";
  gt_tensor wide =
      mul(x, gt_reshape(c, gt_range(c, 0, 200000, 1, GT_FLOAT32), std::vector<int64_t>{100000, 2}.data(), 2));
  EXPECT_EQ(gt_tape_jacobian(c, t, wide, sources, 2, nullptr, out), GT_OK) << c.message();
  EXPECT_EQ(out[1], nullptr);
}

// ---- Rows

struct Rows {
  std::vector<double> values;
  std::vector<int64_t> counts;
  gt_status answer = GT_OK;
};
gt_status collect(gt_context ctx, void* user, int64_t first, int64_t count, const gt_tensor* rows, size_t n) {
  auto& all = *static_cast<Rows*>(user);
  EXPECT_EQ(n, 1u);
  EXPECT_EQ(first, std::accumulate(all.counts.begin(), all.counts.end(), int64_t{0}));
  EXPECT_EQ(shape_of(ctx, rows[0])[0], count);
  for (double v : numbers(ctx, rows[0])) all.values.push_back(v);
  all.counts.push_back(count);
  return all.answer;
}
TEST_F(Hessian, JacobiansComeInChunksOfRows) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(gt_cumsum(c, x, 0, 0, 0), x);
  const std::vector<double> want = numbers(c, jacobian(t, y, x));
  for (uint64_t budget : {0, 1}) {
    gt_jacobian_options o = options();
    o.memory_budget = budget;
    Rows rows;
    EXPECT_EQ(gt_tape_jacobian_rows(c, t, y, &x, 1, &o, collect, &rows), GT_OK) << c.message();
    expect_close(rows.values, want, {1e-6, 1e-6}, "rows");
    EXPECT_EQ(rows.counts.size(), budget ? 3u : 1u);
  }
  Rows stopped;
  stopped.answer = GT_CANCELLED;
  expect_error(gt_tape_jacobian_rows(c, t, y, &x, 1, nullptr, collect, &stopped), GT_CANCELLED, "takes rows");
  gt_jacobian_options forward = options();
  forward.mode = GT_MODE_FORWARD;
  expect_error(gt_tape_jacobian_rows(c, t, y, &x, 1, &forward, collect, &stopped), GT_INVALID_ARGUMENT, "reverse mode");
  expect_error(gt_tape_jacobian_rows(c, t, y, &x, 1, nullptr, nullptr, nullptr), GT_INVALID_ARGUMENT, "rows");
}
// 36 MB of rows, of which 1 MB is there at a time.
TEST_F(Hessian, ALargeJacobianNeedNotFit) {
  const int64_t n = 3000;
  gt_tensor x = gt_fill(c, num(1), &n, 1);
  gt_tape t = watching({x});
  gt_tensor y = mul(gt_cumsum(c, x, 0, 0, 0), x);
  gt_jacobian_options o = options();
  o.memory_budget = 1 << 20;
  struct Trace {
    double sum = 0;
    int64_t next = 0;
  } trace;
  const auto add_up = [](gt_context ctx, void* user, int64_t first, int64_t count, const gt_tensor* rows, size_t) {
    auto& to = *static_cast<Trace*>(user);
    EXPECT_EQ(first, to.next);
    to.next += count;
    to.sum += number(ctx, gt_reduce_sum(ctx, rows[0], nullptr, 0, 0));
    return gt_status{GT_OK};
  };
  EXPECT_EQ(gt_tape_jacobian_rows(c, t, y, &x, 1, &o, add_up, &trace), GT_OK) << c.message();
  gt_memory_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
  EXPECT_LT(info.peak, (uint64_t{3} << 20)) << "the whole has 36 MB";
  EXPECT_EQ(trace.next, n);
  EXPECT_NEAR(trace.sum, static_cast<double>(n) * (n + 1), 1e-3 * n * n);  // row i: i + 1 ones, and i + 1 once more
}

// A rule that stops the tape whose Hessian is taken.
gt_status stops_the_tape(gt_context ctx, void* tape, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_multiply(ctx, dy[0], dy[0]);
  return gt_tape_end(ctx, static_cast<gt_tape>(tape));
}
TEST_F(Hessian, ARuleThatEndsTheTapeIsAnError) {
  gt_tensor x = num(2), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(custom(x, identity_forward, stops_the_tape, t));
  expect_error(gt_tape_hessian(c, t, y, &x, 1, nullptr, &out), GT_FAILED_PRECONDITION, "stopped or ended the tape");
}

}  // namespace
}  // namespace test
