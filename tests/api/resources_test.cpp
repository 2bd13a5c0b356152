// Threads and memory: results do not depend on the number of threads, limits hold, replays allocate nothing.
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "support/failing_allocator.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

std::vector<float> noise(std::size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> v(n);
  for (float& x : v) x = std::normal_distribution<float>()(random);
  return v;
}

// Sums over each kind of axis, products, softmax and their gradients, large enough to be shared out.
std::vector<std::vector<float>> compute(gt_context c, int32_t threads) {
  EXPECT_EQ(gt_set_threads(c, threads), GT_OK);
  gt_tensor x = tensor<float>(c, {700, 513}, noise(700 * 513, 1)),
            w = tensor<float>(c, {513, 257}, noise(513 * 257, 2));
  gt_tape t = gt_tape_begin(c, 0);
  gt_tape_watch(c, t, x);
  gt_tape_watch(c, t, w);
  const int64_t first = 0;
  gt_tensor y = gt_softmax(c, gt_matmul(c, gt_tanh(c, x), w, 0, 0), -1);
  gt_tensor columns = gt_reduce_sum(c, y, &first, 1, 0), loss = gt_reduce_sum(c, gt_square(c, y), nullptr, 0, 0);
  gt_tensor sources[] = {x, w}, all[5] = {y, columns, loss};
  EXPECT_EQ(gt_tape_gradient(c, t, &loss, 1, sources, 2, nullptr, 0, all + 3), GT_OK);
  EXPECT_EQ(gt_eval(c, all, 5), GT_OK);
  std::vector<std::vector<float>> results;
  for (gt_tensor r : all) results.push_back(read<float>(c, r));
  return results;
}

TEST(Threads, ResultsDoNotDependOnTheirNumber) {
  Ctx c;
  const auto alone = compute(c, 1);
  for (int32_t threads : {2, 3, 4, 0}) EXPECT_EQ(compute(c, threads), alone) << threads << " threads";
  EXPECT_EQ(gt_set_threads(c, -1), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.take_error().first, GT_INVALID_ARGUMENT);
}

template <class T>
void compare_products(uint32_t seed) {
  Ctx c;
  std::mt19937 random(seed);
  const auto matrix = [&](int64_t rows, int64_t columns) {
    const std::vector<float> v = noise(static_cast<std::size_t>(rows * columns), random());
    return tensor<T>(c, {rows, columns}, std::vector<T>(v.begin(), v.end()));
  };
  for (int round = 0; round < 40; ++round) {
    const int64_t m = 1 + random() % 400, k = 1 + random() % 400, n = 1 + random() % 400;
    const int32_t ta = random() % 2, tb = random() % 2;
    gt_tensor a = ta ? matrix(k, m) : matrix(m, k), b = tb ? matrix(n, k) : matrix(k, n);
    gt_set_threads(c, 1);
    const auto alone = read<T>(c, gt_matmul(c, a, b, ta, tb));
    for (int32_t threads : {2, 3}) {
      gt_set_threads(c, threads);
      EXPECT_EQ(read<T>(c, gt_matmul(c, a, b, ta, tb)), alone) << m << " " << k << " " << n;
    }
  }
}
TEST(Threads, ProductsOfEveryShapeAreTheSame) {
  compare_products<float>(5);
  compare_products<double>(6);
}

TEST(Threads, ContextsComputeSideBySide) {
  std::vector<std::vector<float>> expected;
  {
    Ctx c;
    expected = compute(c, 1);
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      Ctx c;
      for (int round = 0; round < 3; ++round) EXPECT_EQ(compute(c, 0), expected);
    });
  for (std::thread& t : threads) t.join();
}

TEST(Threads, AForkedChildComputesToo) {
  Ctx c;
  const auto expected = compute(c, 2);
  const pid_t child = fork();
  if (child == 0) _exit(compute(c, 2) == expected ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

gt_memory_info memory(gt_context c) {
  gt_memory_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
  return info;
}

TEST(Memory, StatisticsLimitAndTrim) {
  Ctx c;
  EXPECT_EQ(memory(c).live, 0u);
  gt_tensor x = tensor<float>(c, {1000, 1000}, noise(1000000, 1));
  const uint64_t with_x = memory(c).live;
  EXPECT_GE(with_x, 4000000u);
  gt_tensor y = gt_exp(c, x);
  EXPECT_EQ(gt_eval(c, &y, 1), GT_OK);
  EXPECT_GE(memory(c).live, 8000000u);
  EXPECT_GE(memory(c).peak, memory(c).live);
  const std::vector<float> before = read<float>(c, x);
  ASSERT_EQ(gt_memory_limit(c, memory(c).live + 1000000), GT_OK);
  gt_tensor z = gt_matmul(c, x, y, 0, 0);
  EXPECT_EQ(gt_eval(c, &z, 1), GT_OUT_OF_MEMORY);
  EXPECT_NE(c.message().find("above the context's limit"), std::string::npos);
  EXPECT_EQ(read<float>(c, x), before);
  const int64_t million = 1000000;
  EXPECT_EQ(gt_tensor_create(c, GT_FLOAT32, &million, 1, before.data(), 4000000), nullptr);
  EXPECT_EQ(c.take_error().first, GT_OUT_OF_MEMORY);
  ASSERT_EQ(gt_memory_limit(c, 0), GT_OK);
  EXPECT_EQ(gt_eval(c, &z, 1), GT_OK);
  for (gt_tensor t : {x, y, z}) gt_release(c, t);
  EXPECT_EQ(memory(c).live, 0u);
  ASSERT_EQ(gt_memory_trim(c), GT_OK);
  EXPECT_EQ(memory(c).cached, 0u);
  gt_memory_info bad{};
  EXPECT_EQ(gt_memory_stats(c, &bad), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_memory_stats(c, nullptr), GT_INVALID_ARGUMENT);
  c.take_error();
}

// Forward values die as the backward pass consumes them: a long chain needs room for its forward values, no more.
TEST(Memory, TemporariesShareOneArena) {
  Ctx c;
  constexpr std::size_t kSize = 256 * 256;
  gt_tensor x = tensor<float>(c, {256, 256}, noise(kSize, 1)), w = tensor<float>(c, {256, 256}, noise(kSize, 2));
  gt_scope_begin(c);
  gt_tape t = gt_tape_begin(c, 0);
  gt_tape_watch(c, t, x);
  gt_tensor y = x;
  for (int i = 0; i < 20; ++i) {
    gt_tensor next = gt_tanh(c, gt_matmul(c, y, w, 0, 0));
    if (y != x) gt_release(c, y);
    y = next;
  }
  gt_tensor loss = gt_reduce_sum(c, y, nullptr, 0, 0), g = nullptr;
  gt_release(c, y);
  ASSERT_EQ(gt_tape_gradient(c, t, &loss, 1, &x, 1, nullptr, 0, &g), GT_OK);
  gt_release(c, t);
  ASSERT_EQ(gt_eval(c, &g, 1), GT_OK);
  EXPECT_LT(memory(c).peak, 60 * kSize * sizeof(float));
  gt_scope_end(c, nullptr, 0);
}

// An elementwise result takes the place of the operand that nobody reads any more.
TEST(Memory, ResultsReplaceDyingOperands) {
  Ctx c;
  const gt_spec specs[] = {{GT_FLOAT32, 2, {64, 64}}, {GT_FLOAT32, 2, {64, 64}}};
  gt_function f = gt_function_create(
      c,
      [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
        gt_tensor y = gt_tanh(c, gt_matmul(c, in[0], in[1], 0, 0));
        out[0] = gt_matmul(c, y, in[1], 0, 0);
        *n = 1;
        return GT_OK;
      },
      nullptr, nullptr, specs, 2);
  ASSERT_NE(f, nullptr) << c.message();
  char text[2048];
  ASSERT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text, sizeof text, nullptr), GT_OK);
  EXPECT_NE(std::string(text).find(", 16384 bytes of temporaries"), std::string::npos) << text;
}

TEST(Memory, AReplayAllocatesNothing) {
  Ctx c;
  const gt_spec specs[] = {{GT_FLOAT32, 2, {300, 40}}, {GT_FLOAT32, 2, {40, 70}}};
  gt_function f = gt_function_create(
      c,
      [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
        gt_tape t = gt_tape_begin(c, 0);
        gt_tape_watch(c, t, in[1]);
        gt_tensor y = gt_reduce_mean(c, gt_softplus(c, gt_matmul(c, in[0], in[1], 0, 0)), nullptr, 0, 0);
        out[0] = y;
        *n = 2;
        return gt_tape_gradient(c, t, &y, 1, &in[1], 1, nullptr, 0, out + 1);
      },
      nullptr, nullptr, specs, 2);
  ASSERT_NE(f, nullptr) << c.message();
  const std::vector<float> x = noise(12000, 1), w = noise(2800, 2);
  float loss = 0;
  std::vector<float> g(2800);
  const void* in[] = {x.data(), w.data()};
  void* out[] = {&loss, g.data()};
  ASSERT_EQ(gt_function_run(c, f, in, 2, out, 2), GT_OK);
  gt_status status;
  {
    const Armed armed(kFirstInReplay);
    status = gt_function_run(c, f, in, 2, out, 2);
  }
  EXPECT_EQ(status, GT_OK);
  EXPECT_FALSE(allocation_failed());
}

}  // namespace
}  // namespace test
