// Loops that read a product row by row while it is computed, against the same ops one after the other.
#include <cmath>
#include <functional>
#include <random>

#include "support/tape_support.hpp"

namespace test {
namespace {

using Tensors = std::vector<gt_tensor>;

// x [rows, inner], w [inner, columns], b [columns], a square one [inner, inner], a batch [5, rows / 5, inner].
struct Inputs {
  gt_tensor x, w, b, square, batch;
};
using Body = std::function<Tensors(const Inputs&)>;

class Feeding : public TapeTest {
 public:
  static constexpr int64_t kRows = 1000, kInner = 60, kColumns = 40;

  static std::vector<double> numbers_like(int64_t n, int seed) {
    std::vector<double> v(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(static_cast<double>(i) * 1.7 + seed);
    return v;
  }
  gt_tensor input(const std::vector<int64_t>& shape, int seed) {
    int64_t n = 1;
    for (int64_t d : shape) n *= d;
    return tensor<double>(c, shape, numbers_like(n, seed));
  }
  Inputs inputs() {
    return {input({kRows, kInner}, 1), input({kInner, kColumns}, 2), input({kColumns}, 3), input({kInner, kInner}, 4),
            input({5, kRows / 5, kInner}, 5)};
  }
  // Together, none but the results held; the plan's text.
  std::vector<std::vector<double>> together(const Body& body, std::string& plan) {
    gt_scope_begin(c);
    Tensors out = body(inputs());
    EXPECT_EQ(gt_scope_end(c, out.data(), out.size()), GT_OK) << c.message();
    plan = plan_text(c, out);
    EXPECT_EQ(gt_eval(c, out.data(), out.size()), GT_OK) << c.message();
    return values(out);
  }
  std::vector<std::vector<double>> values(const Tensors& out) {
    std::vector<std::vector<double>> all;
    for (gt_tensor t : out) all.push_back(read<double>(c, t));
    return all;
  }
  void expect_fed(const Body& body, bool feeds = true) {
    for (const int32_t threads : {1, 2, 3}) {
      gt_set_threads(c, threads);
      apart_ = true;
      const auto apart = values(body(inputs()));
      apart_ = false;
      std::string plan;
      const auto got = together(body, plan);
      EXPECT_EQ(plan.find("rows at a time") != std::string::npos, feeds) << plan;
      ASSERT_EQ(got.size(), apart.size());
      for (std::size_t i = 0; i < got.size(); ++i)
        expect_close(got[i], apart[i], {1e-11, 1e-11}, "result " + std::to_string(i));
    }
  }
  // Computed at once where ops are to run one after the other.
  gt_tensor product(gt_tensor a, gt_tensor b, bool ta = false, bool tb = false) {
    gt_tensor y = gt_matmul(c, a, b, ta, tb);
    if (apart_) {
      EXPECT_EQ(gt_eval(c, &y, 1), GT_OK) << c.message();
    }
    return y;
  }
  bool apart_ = false;
};

TEST_F(Feeding, BiasAndActivation) {
  expect_fed([&](const Inputs& in) { return Tensors{gt_relu(c, add(product(in.x, in.w), in.b))}; });
}
TEST_F(Feeding, RowsAtOnceAndSumsOfAllKinds) {
  expect_fed([&](const Inputs& in) {
    gt_tensor y = gt_softmax(c, product(in.x, in.w), -1);
    const int64_t down = 0, across = 1;
    return Tensors{y, gt_reduce_sum(c, y, &down, 1, 0), gt_reduce_max(c, mul(y, y), &across, 1, 0), sum(mul(y, in.b))};
  });
}
TEST_F(Feeding, WithoutRows) {
  expect_fed([&](const Inputs& in) { return Tensors{gt_tanh(c, product(in.x, in.w))}; });
}
TEST_F(Feeding, OfABatchThatIsOnlyMoreRows) {
  expect_fed([&](const Inputs& in) { return Tensors{gt_relu(c, add(product(in.batch, in.w), in.b))}; });
}
TEST_F(Feeding, WhileTheProductItselfIsWanted) {
  expect_fed([&](const Inputs& in) {
    gt_tensor y = product(in.x, in.w);
    return Tensors{y, gt_sigmoid(c, add(y, in.b))};
  });
}
// The loop's result must not take the place of what the product still reads.
TEST_F(Feeding, OfWhatItReadsItself) {
  expect_fed([&](const Inputs& in) {
    gt_tensor x = gt_sin(c, in.x);
    return Tensors{gt_tanh(c, mul(product(x, in.square), x))};
  });
  expect_fed([&](const Inputs& in) {
    gt_tensor big = gt_sin(c, product(in.x, in.x, false, true));  // [rows, rows]
    return Tensors{sum(mul(big, gt_sin(c, product(big, big)))), sum(mul(big, gt_cos(c, product(big, big, true))))};
  });
}
TEST_F(Feeding, OfAGradient) {
  expect_fed([&](const Inputs& in) {
    gt_tape t = watching({in.w, in.b, in.square});
    gt_tensor hidden = gt_relu(c, gt_subtract(c, product(in.x, in.square), gt_scalar(c, 0.1)));
    gt_tensor loss = sum(gt_square(c, add(product(hidden, in.w), in.b)));
    Tensors all = grads(t, {loss}, {in.w, in.b, in.square});
    all.push_back(loss);
    return all;
  });
}
TEST_F(Feeding, NotOfWhatIsReadAcrossOrTooLate) {
  expect_fed([&](const Inputs& in) { return Tensors{gt_exp(c, gt_transpose(c, product(in.x, in.w), nullptr, 0))}; },
             false);
  expect_fed(
      [&](const Inputs& in) {
        gt_tensor y = product(in.x, in.w);
        return Tensors{mul(y, sum(product(y, y, true)))};  // waits for what depends on all rows
      },
      false);
}
// Products of every size, on one thread and on several: a share's rows are no multiple of what the loop reads at once.
template <class T>
void compare_sizes(gt_context c, uint32_t seed) {
  std::mt19937 random(seed);
  const auto matrix = [&](int64_t rows, int64_t columns) {
    std::vector<T> v(static_cast<std::size_t>(rows * columns));
    for (T& x : v) x = static_cast<T>(static_cast<double>(random() % 2001) / 1000 - 1);
    return tensor<T>(c, {rows, columns}, v);
  };
  for (int round = 0; round < 25; ++round) {
    const int64_t m = 2 + random() % 3000, k = 1 + random() % 200, n = 1 + random() % 60;
    gt_tensor x = matrix(m, k), w = matrix(k, n), b = matrix(1, n);
    for (const int32_t threads : {1, 2, 3}) {
      gt_set_threads(c, threads);
      gt_tensor apart = gt_matmul(c, x, w, 0, 0), fed = gt_tanh(c, gt_add(c, gt_matmul(c, x, w, 0, 0), b));
      ASSERT_EQ(gt_eval(c, &apart, 1), GT_OK);
      gt_tensor expected = gt_tanh(c, gt_add(c, apart, b));
      ASSERT_EQ(gt_eval(c, &expected, 1), GT_OK);
      EXPECT_EQ(read<T>(c, fed), read<T>(c, expected))
          << m << " x " << k << " x " << n << ", " << threads << " threads";
    }
  }
}
TEST_F(Feeding, OfProductsOfEverySize) {
  compare_sizes<float>(c, 1);
  compare_sizes<double>(c, 2);
}

TEST_F(Feeding, OfAFunctionThatIsReplayed) {
  struct Shape {
    int64_t rows, inner, columns;
  };
  for (const auto& s : {Shape{700, 50, 30}, {64, 900, 512}, {5000, 16, 3}, {40, 600, 2100}}) {
    const std::vector<double> x = numbers_like(s.rows * s.inner, 1), w = numbers_like(s.inner * s.columns, 2);
    const gt_spec specs[] = {{GT_FLOAT64, 2, {s.rows, s.inner}}, {GT_FLOAT64, 2, {s.inner, s.columns}}};
    const auto body = [](gt_context c, void*, const gt_tensor* in, std::size_t, gt_tensor* out, std::size_t,
                         std::size_t* n) -> gt_status {
      out[0] = gt_softplus(c, gt_matmul(c, in[0], in[1], 0, 0));
      *n = 1;
      return GT_OK;
    };
    gt_function f = gt_function_create(c, body, nullptr, nullptr, specs, 2);
    gt_tensor product =
        gt_matmul(c, tensor<double>(c, {s.rows, s.inner}, x), tensor<double>(c, {s.inner, s.columns}, w), 0, 0);
    const auto before = read<double>(c, product), expected = read<double>(c, gt_softplus(c, product));
    std::vector<double> got(expected.size());
    const void* in[] = {x.data(), w.data()};
    void* out[] = {got.data()};
    for (int i = 0; i < 3; ++i) {
      std::fill(got.begin(), got.end(), 0.0);
      ASSERT_EQ(gt_function_run(c, f, in, 2, out, 1), GT_OK) << c.message();
      ASSERT_EQ(got, expected) << s.rows << " " << s.inner << " " << s.columns;
    }
  }
}

}  // namespace
}  // namespace test
