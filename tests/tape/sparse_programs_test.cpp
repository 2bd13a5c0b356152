// Sparse Jacobians and Hessians of programs of the kinds that users have: patterns, and values by each method.
#include "support/sparse_programs.hpp"

namespace test {
namespace {

class SparsePrograms : public SparseProgramTest {
 public:
  Program rosenbrock(int64_t n) {
    return [this, n](gt_tensor x) {
      gt_tensor a = part(x, {0}, {n - 1}), b = part(x, {1}, {n - 1});
      gt_tensor r = gt_subtract(c, b, gt_square(c, a)), q = gt_subtract(c, number(1), a);
      return gt_add(c, gt_multiply(c, number(100), sum(gt_square(c, r))), sum(gt_square(c, q)));
    };
  }
  gt_tensor five_points(gt_tensor x, int64_t k) {
    gt_tensor grid = shaped(x, {k, k});
    const auto at = [&](int64_t i, int64_t j) { return part(grid, {1 + i, 1 + j}, {k - 2, k - 2}); };
    gt_tensor m = at(0, 0);
    gt_tensor around = gt_add(c, gt_add(c, at(-1, 0), at(1, 0)), gt_add(c, at(0, -1), at(0, 1)));
    return gt_add(c, around, gt_multiply(c, m, gt_multiply(c, m, m)));
  }
};

TEST_F(SparsePrograms, ChainOfNeighbours) {
  for (const int64_t n : {2, 3, 10, 50}) compare_all(rosenbrock(n), {n}, true);
  const gt_sparsity_info info = compare(rosenbrock(50), {50}, true, GT_SPARSE_COMPRESS);
  EXPECT_EQ(info.nonzeros, 3 * 50 - 2);
  EXPECT_EQ(info.forward_colours, 3);
  EXPECT_LE(info.links, 5);
  EXPECT_EQ(compare(rosenbrock(50), {50}, true, GT_SPARSE_AUTO).method, GT_SPARSE_ACCUMULATE);
}

// The Hessian of Rosenbrock's function by its formula, of many tiles and threads; the largest goes past the cache.
template <class T>
void expect_chain(gt_context c, int64_t n, double tolerance) {
  std::vector<T> x(static_cast<size_t>(n));
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(1 + 0.25 * static_cast<double>(i % 5));
  gt_tensor at = tensor<T>(c, {n}, x);
  gt_tape t = gt_tape_begin(c, 0);
  EXPECT_EQ(gt_tape_watch(c, t, at), GT_OK);
  const int64_t zero = 0, one = 1, size = n - 1;
  gt_tensor a = gt_slice(c, at, &zero, 1, &size, 1), b = gt_slice(c, at, &one, 1, &size, 1);
  gt_tensor r = gt_subtract(c, b, gt_square(c, a)), q = gt_subtract(c, a, gt_scalar(c, 1));
  gt_tensor y = gt_add(c, gt_multiply(c, gt_scalar(c, 100), gt_reduce_sum(c, gt_square(c, r), nullptr, 0, 0)),
                       gt_reduce_sum(c, gt_square(c, q), nullptr, 0, 0));
  const gt_sparsity s = gt_tape_hessian_sparsity(c, t, y, &at, 1, nullptr);
  gt_tensor v = nullptr;
  EXPECT_EQ(gt_tape_sparse_values(c, t, y, &at, 1, s, &v), GT_OK);
  const std::vector<T> got = read<T>(c, v);
  ASSERT_EQ(got.size(), static_cast<size_t>(3 * n - 2));
  const auto of = [&](int64_t i) { return static_cast<double>(x[static_cast<size_t>(i)]); };
  int64_t wrong = 0;
  for (int64_t i = 0; i < n; ++i) {
    const double diagonal = (i + 1 < n ? 1200 * of(i) * of(i) - 400 * of(i + 1) + 2 : 0) + (i > 0 ? 200 : 0);
    wrong += std::abs(got[static_cast<size_t>(3 * i)] - diagonal) > tolerance;
    if (i + 1 == n) break;
    wrong += got[static_cast<size_t>(3 * i + 1)] != -400 * of(i);
    wrong += got[static_cast<size_t>(3 * i + 2)] != -400 * of(i);
  }
  EXPECT_EQ(wrong, 0) << "of n = " << n;
}
TEST_F(SparsePrograms, LongChainsOfNeighbours) {
  for (const int32_t threads : {1, 2}) {
    EXPECT_EQ(gt_set_threads(c, threads), GT_OK);
    for (const int64_t n : {2, 511, 512, 513, 514, 1025, 8193, 40'000}) {
      expect_chain<double>(c, n, 1e-9);
      expect_chain<float>(c, n, 1e-3);
    }
    expect_chain<double>(c, 1'500'000, 1e-9);
  }
}

// The loop that computes the factors writes the values: no factor lies in memory.
TEST_F(SparsePrograms, FactorsOfAChainStayInItsLoop) {
  const int64_t n = 100'000;
  gt_tensor x = start({n});
  gt_tape t = gt_tape_begin(c, 0);
  EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
  gt_tensor y = rosenbrock(n)(x), v = nullptr;
  const gt_sparsity s = gt_tape_hessian_sparsity(c, t, y, &x, 1, nullptr);
  EXPECT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, s, &v), GT_OK);
  char text[1 << 14];
  size_t length = 0;
  EXPECT_EQ(gt_plan_describe(c, &v, 1, GT_PLAN_TEXT, text, sizeof text, &length), GT_OK);
  const std::string plan(text, std::min(length, sizeof text - 1));
  const size_t at = plan.find("assemble");
  ASSERT_NE(at, std::string::npos) << plan;
  EXPECT_NE(plan.substr(plan.rfind('\n', at)).find("loop ["), std::string::npos) << plan;
}

// Stages of states, each with a dense block, beside a diagonal of all: the diagonal goes into the blocks.
TEST_F(SparsePrograms, BlocksAndADiagonal) {
  for (const int64_t stages : {2, 3, 70})
    for (const int64_t width : {2, 5}) {
      std::vector<double> weights(static_cast<size_t>(width * 3)), along(static_cast<size_t>((stages - 1) * 3));
      for (size_t i = 0; i < weights.size(); ++i) weights[i] = std::cos(static_cast<double>(i));
      for (size_t i = 0; i < along.size(); ++i) along[i] = std::cos(2.0 * static_cast<double>(i));
      gt_tensor w = tensor<double>(c, {width, 3}, weights), m = tensor<double>(c, {stages - 1, 3}, along);
      const auto terms = [&](gt_tensor x, int64_t first, bool squares) {
        gt_tensor z = part(shaped(x, {stages, width}), {first, 0}, {stages - 1, width});
        gt_tensor blocks = sum(gt_multiply(c, m, gt_tanh(c, gt_matmul(c, z, w, false, false))));
        return squares ? gt_add(c, blocks, sum(gt_square(c, gt_square(c, x)))) : blocks;
      };
      SCOPED_TRACE(stages);
      for (const int64_t first : {0, 1})
        for (const bool squares : {false, true})
          compare_all([&](gt_tensor x) { return terms(x, first, squares); }, {stages * width}, true, false);
      // A diagonal of ones, which no point changes.
      compare_all([&](gt_tensor x) { return gt_add(c, terms(x, 0, false), sum(gt_square(c, x))); }, {stages * width},
                  true, false);
      // And Jacobians: blocks beside a diagonal of the same rows.
      compare_all(
          [&](gt_tensor x) {
            gt_tensor z = part(shaped(x, {stages, width}), {0, 0}, {stages - 1, width});
            gt_tensor next = part(shaped(x, {stages, width}), {1, 0}, {stages - 1, 2});
            return gt_subtract(c, next, part(gt_tanh(c, gt_matmul(c, z, w, false, false)), {0, 0}, {stages - 1, 2}));
          },
          {stages * width}, false, false);
    }
}

// Sums of products over an axis that two factors share become products of matrices.
TEST_F(SparsePrograms, LayersOfRows) {
  std::vector<double> weights(15), back(6);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = std::sin(static_cast<double>(i));
  for (size_t i = 0; i < back.size(); ++i) back[i] = std::cos(static_cast<double>(i));
  gt_tensor in = tensor<double>(c, {3, 5}, weights), middle = tensor<double>(c, {5, 3}, weights),
            out = tensor<double>(c, {3, 2}, back);
  const Program f = [&](gt_tensor x) {
    gt_tensor h = gt_sin(c, gt_matmul(c, x, in, false, false));
    h = gt_tanh(c, gt_matmul(c, h, middle, false, false));
    return gt_matmul(c, h, out, false, false);
  };
  for (const int64_t rows : {1, 4, 40}) {
    compare_all(f, {rows, 3}, false, false);
    compare_all([&](gt_tensor x) { return sum(gt_square(c, f(x))); }, {rows, 3}, true, false);
  }
}

TEST_F(SparsePrograms, Stencils) {
  const int64_t k = 7;
  const Program jacobian = [&](gt_tensor x) { return five_points(x, k); };
  compare_all(jacobian, {k * k}, false);
  compare_all(jacobian, {k, k}, false);
  EXPECT_EQ(
      compare(jacobian, {k * k}, false, GT_SPARSE_COMPRESS, true, GT_TRIANGLE_FULL, GT_MODE_FORWARD).forward_colours,
      5);
  compare_all([&](gt_tensor x) { return sum(gt_square(c, five_points(x, k))); }, {k * k}, true);
}

TEST_F(SparsePrograms, ChainInPairs) {  // the state of each step is a row
  const int64_t n = 12;
  const Program f = [&](gt_tensor z) {
    gt_tensor a = part(z, {0, 0}, {n - 1, 1}), b = part(z, {0, 1}, {n - 1, 1}), next = part(z, {1, 0}, {n - 1, 1});
    gt_tensor r = gt_subtract(c, next, gt_add(c, a, gt_sin(c, b)));
    return gt_add(c, sum(gt_square(c, r)), sum(gt_square(c, gt_square(c, z))));
  };
  compare_all(f, {n, 2}, true);
}

TEST_F(SparsePrograms, Control) {  // states and controls side by side, coupled by a matrix
  const int64_t steps = 9, states = 3, width = 5;
  std::vector<double> m(states * width);
  for (size_t i = 0; i < m.size(); ++i) m[i] = 0.2 + std::cos(static_cast<double>(i));
  gt_tensor w = tensor<double>(c, {width, states}, m);
  const Program defects = [&](gt_tensor x) {
    gt_tensor z = shaped(x, {steps, width});
    gt_tensor f = gt_tanh(c, gt_matmul(c, part(z, {0, 0}, {steps - 1, width}), w, 0, 0));
    return gt_subtract(c, part(z, {1, 0}, {steps - 1, states}), f);
  };
  compare_all(defects, {steps * width}, false);
  compare_all([&](gt_tensor x) { return sum(gt_square(c, defects(x))); }, {steps * width}, true);
}

TEST_F(SparsePrograms, StepsWrittenOut) {
  const int64_t steps = 70, n = 2;
  gt_tensor w = tensor<double>(c, {n, n}, {0.3, -0.4, 0.5, 0.6});
  const Program defects = [&](gt_tensor x) {
    Tensors rows;
    for (int64_t t = 0; t < steps; ++t) {
      gt_tensor before = part(x, {t, 0}, {1, n});
      gt_tensor moved = gt_add(c, before, gt_tanh(c, gt_matmul(c, before, w, 0, 0)));
      rows.push_back(shaped(gt_subtract(c, part(x, {t + 1, 0}, {1, n}), moved), {n}));
    }
    return gt_stack(c, rows.data(), rows.size(), 0);
  };
  const gt_sparsity_info info = compare(defects, {steps + 1, n}, false, GT_SPARSE_COMPRESS);
  EXPECT_EQ(info.nonzeros, steps * (2 + 4));
  EXPECT_LE(info.links, 6);
  compare([&](gt_tensor x) { return sum(gt_square(c, defects(x))); }, {steps + 1, n}, true, GT_SPARSE_AUTO);
}

TEST_F(SparsePrograms, Mesh) {  // edges between nodes, by index tensors
  const int64_t nodes = 11, edges = 17;
  std::vector<int32_t> from(edges), to(edges);
  for (int64_t e = 0; e < edges; ++e) {
    from[static_cast<size_t>(e)] = static_cast<int32_t>(e * 5 % nodes);
    to[static_cast<size_t>(e)] = static_cast<int32_t>((e * 5 + 1 + e % 3) % nodes);
  }
  gt_tensor a = tensor<int32_t>(c, {edges}, from), b = tensor<int32_t>(c, {edges}, to);
  const Program differences = [&](gt_tensor x) {
    return gt_subtract(c, gt_square(c, gt_gather(c, x, a, 0, 0)), gt_sin(c, gt_gather(c, x, b, 0, 0)));
  };
  compare_all(differences, {nodes}, false);
  compare_all(differences, {nodes, 2}, false);
  const Program energy = [&](gt_tensor x) {
    return sum(gt_exp(c, gt_multiply(c, gt_gather(c, x, a, 0, 0), gt_gather(c, x, b, 0, 0))));
  };
  compare_all(energy, {nodes}, true);
  compare_all(energy, {nodes, 2}, true);
}

TEST_F(SparsePrograms, Arrowhead) {
  const int64_t n = 8;
  const Program f = [&](gt_tensor x) {
    gt_tensor head = part(x, {0}, {1});
    return sum(gt_multiply(c, gt_square(c, x), gt_exp(c, head)));
  };
  compare_all(f, {n}, true);
}

TEST_F(SparsePrograms, DenseOnes) {
  const Program f = [&](gt_tensor x) { return gt_multiply(c, gt_softmax(c, x, 0), gt_square(c, x)); };
  compare(f, {5}, false, GT_SPARSE_AUTO);
  const Program g = [&](gt_tensor x) { return sum(gt_square(c, gt_softmax(c, x, 0))); };
  compare(g, {5}, true, GT_SPARSE_AUTO);
}

// A pattern that the user trusts, and that lacks an entry, gives values of another matrix.
TEST_F(SparsePrograms, CheckedByAProduct) {
  const int64_t offsets[] = {0, 2, 3}, columns[] = {0, 1, 1};
  const int64_t lacking_offsets[] = {0, 1, 2}, lacking_columns[] = {0, 1};
  ASSERT_EQ(gt_set_checks(c, GT_CHECK_SPARSE), GT_OK);
  for (const bool lacks : {false, true}) {
    gt_sparsity s = lacks ? gt_sparsity_create(c, 2, 2, lacking_offsets, lacking_columns, GT_SPARSITY_TRUSTED)
                          : gt_sparsity_create(c, 2, 2, offsets, columns, GT_SPARSITY_TRUSTED);
    gt_tensor x = tensor<double>(c, {2}, {2, 3}), v = nullptr;
    gt_tape t = gt_tape_begin(c, 0);
    gt_tape_watch(c, t, x);
    gt_tensor factors[] = {gt_multiply(c, part(x, {0}, {1}), part(x, {1}, {1})), gt_square(c, part(x, {1}, {1}))};
    gt_tensor y = gt_concat(c, factors, 2, 0);
    const gt_status status = gt_tape_sparse_values(c, t, y, &x, 1, s, &v);
    if (!lacks) {
      EXPECT_EQ(status, GT_OK) << c.message();
      EXPECT_EQ(read<double>(c, v), (std::vector<double>{3, 2, 6}));
    } else {
      EXPECT_EQ(status, GT_FAILED_PRECONDITION);
      EXPECT_EQ(v, nullptr);
      EXPECT_NE(c.message().find("row 0 of the sparse matrix"), std::string::npos) << c.message();
    }
  }
  ASSERT_EQ(gt_set_checks(c, 0), GT_OK);
  for (const bool hessian : {false, true}) {  // values that are right pass, in each triangle
    ASSERT_EQ(gt_set_checks(c, GT_CHECK_SPARSE), GT_OK);
    const Program f = [&](gt_tensor x) { return hessian ? rosenbrock(9)(x) : five_points(x, 3); };
    for (const int32_t triangle : {int32_t{GT_TRIANGLE_FULL}, int32_t{GT_TRIANGLE_LOWER}, int32_t{GT_TRIANGLE_UPPER}})
      if (hessian || triangle == GT_TRIANGLE_FULL) compare(f, {9}, hessian, GT_SPARSE_AUTO, true, triangle);
  }
}

// A tape that was stopped for a while knows less of the same target than one that was not.
TEST_F(SparsePrograms, APatternOfAnotherTapeIsChecked) {
  gt_tensor x = start({4}), v = nullptr;
  gt_tape stopped = gt_tape_begin(c, GT_TAPE_PERSISTENT), whole = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  for (gt_tape t : {stopped, whole}) ASSERT_EQ(gt_tape_watch(c, t, x), GT_OK);
  gt_tensor kept = gt_square(c, x);
  ASSERT_EQ(gt_tape_stop_recording(c, stopped), GT_OK);
  gt_tensor head = gt_sin(c, part(x, {0}, {1}));
  ASSERT_EQ(gt_tape_resume_recording(c, stopped), GT_OK);
  gt_tensor y = gt_multiply(c, kept, head);
  gt_sparse_options o{};
  o.struct_size = sizeof o;
  o.method = GT_SPARSE_COMPRESS;
  gt_sparsity s = gt_tape_jacobian_sparsity(c, stopped, y, &x, 1, &o);
  ASSERT_NE(s, nullptr) << c.message();
  EXPECT_EQ(gt_tape_sparse_values(c, stopped, y, &x, 1, s, &v), GT_OK) << c.message();
  EXPECT_EQ(gt_tape_sparse_values(c, whole, y, &x, 1, s, &v), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("has no entry (1, 0)"), std::string::npos) << c.message();
}

// The rule of a custom gradient tells its own links: elementwise here.
TEST_F(SparsePrograms, CustomGradients) {
  const auto forward = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    *n = 1;
    out[0] = gt_sin(ctx, in[0]);
    return gt_status{GT_OK};
  };
  const auto backward = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* ct, gt_tensor* grads) {
    grads[0] = gt_multiply(ctx, ct[0], gt_cos(ctx, call->inputs[0]));
    return gt_status{GT_OK};
  };
  const Program f = [&](gt_tensor x) {
    gt_tensor y = nullptr;
    size_t n = 0;
    EXPECT_EQ(gt_custom_gradient(c, "wave", forward, backward, nullptr, nullptr, &x, 1, &y, 1, &n), GT_OK)
        << c.message();
    return gt_multiply(c, part(y, {0}, {5}), part(y, {1}, {5}));
  };
  EXPECT_EQ(compare(f, {6}, false, GT_SPARSE_AUTO).nonzeros, 10);
}

TEST_F(SparsePrograms, ThirdOrder) {  // values are recorded on an outer tape
  const int64_t n = 6;
  for (const int32_t method : {GT_SPARSE_ACCUMULATE, GT_SPARSE_COMPRESS}) {
    gt_tensor x = start({n});
    gt_tape outer = gt_tape_begin(c, 0);
    gt_tape_watch(c, outer, x);
    gt_tape t = gt_tape_begin(c, 0);
    gt_tape_watch(c, t, x);
    gt_tensor y = sum(gt_multiply(c, gt_square(c, part(x, {0}, {n - 1})), gt_exp(c, part(x, {1}, {n - 1}))));
    gt_sparse_options o{};
    o.struct_size = sizeof o;
    o.method = method;
    gt_sparsity s = gt_tape_hessian_sparsity(c, t, y, &x, 1, &o);
    gt_tensor v = nullptr, third = nullptr, dense = nullptr, want = nullptr;
    ASSERT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, s, &v), GT_OK) << c.message();
    gt_tensor total = sum(gt_sin(c, v));
    ASSERT_EQ(gt_tape_gradient(c, outer, &total, 1, &x, 1, nullptr, 0, &third), GT_OK) << c.message();

    gt_tape outer2 = gt_tape_begin(c, 0);
    gt_tape_watch(c, outer2, x);
    gt_tape t2 = gt_tape_begin(c, 0);
    gt_tape_watch(c, t2, x);
    y = sum(gt_multiply(c, gt_square(c, part(x, {0}, {n - 1})), gt_exp(c, part(x, {1}, {n - 1}))));
    ASSERT_EQ(gt_tape_hessian(c, t2, y, &x, 1, nullptr, &dense), GT_OK) << c.message();
    total = sum(gt_sin(c, dense));
    ASSERT_EQ(gt_tape_gradient(c, outer2, &total, 1, &x, 1, nullptr, 0, &want), GT_OK) << c.message();
    const std::vector<double> a = read<double>(c, third), b = read<double>(c, want);
    for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-10 * (1 + std::abs(b[i]))) << method;
  }
}

}  // namespace
}  // namespace test
