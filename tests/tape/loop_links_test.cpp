// Patterns of loops, branches, checkpoints and cumulative ops: all entries that a dense derivative has, and few more.
#include "support/sparse_programs.hpp"

namespace test {
namespace {

class LoopLinks : public SparseProgramTest {
 public:
  gt_tensor constant(const Ints& shape) {
    std::vector<double> v(count(shape));
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = 0.7 + 0.4 * std::cos(0.9 * static_cast<double>(k));
    return tensor<double>(c, shape, v);
  }
  static gt_scan_options steps(int64_t length, bool reverse = false) {
    gt_scan_options o{};
    o.length = length;
    o.reverse = reverse;
    return o;
  }
  gt_tensor squares(gt_tensor x) { return sum(gt_square(c, x)); }
  // Pattern and values by products with vectors.
  int64_t entries(const Program& f, const Ints& shape, bool hessian = false, bool exact = true) {
    return compare(f, shape, hessian, GT_SPARSE_AUTO, exact).nonzeros;
  }
  void expect_apart(const Program& f, const Ints& shape, bool apart = true) {
    gt_tensor x = start(shape), j = nullptr;
    gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
    gt_tensor y = f(x);
    ASSERT_NE(y, nullptr) << c.message();
    gt_jacobian_options o = options();
    const gt_status status = gt_tape_batch_jacobian(c, t, y, x, &o, &j);
    if (!apart) return expect_error(status, GT_FAILED_PRECONDITION, "may mix the samples");
    ASSERT_EQ(status, GT_OK) << c.message();
    const auto blocks = numbers(c, j), whole = numbers(c, jacobian(t, y, x));
    const std::size_t samples = static_cast<std::size_t>(shape[0]), columns = count(shape) / samples,
                      rows = blocks.size() / columns / samples;
    for (std::size_t i = 0; i < rows * samples; ++i)
      for (std::size_t k = 0; k < columns * samples; ++k)
        EXPECT_NEAR(whole[i * columns * samples + k], i / rows == k / columns ? blocks[i * columns + k % columns] : 0,
                    1e-11);
  }

  // Two species in each of many systems, one after the other: a step of length 0.1.
  gt_tensor slope(gt_tensor z) {
    const int64_t n = shape_of(c, z)[0];
    gt_tensor prey = part(z, {0, 0}, {n, 1}), others = part(z, {0, 1}, {n, 1});
    gt_tensor both[] = {gt_subtract(c, prey, mul(prey, others)), gt_subtract(c, mul(prey, others), others)};
    return gt_concat(c, both, 2, 1);
  }
  gt_tensor stepped(gt_tensor z) { return add(z, mul(slope(z), number(0.1))); }
  Program orbits(int64_t length, bool all) {
    return [this, length, all](gt_tensor x) {
      const Tensors out = scan(
          [this](gt_context, const Tensors& in) {
            gt_tensor next = stepped(in[0]);
            return Tensors{next, next};
          },
          {x}, {}, steps(length));
      return out.at(all ? 1 : 0);
    };
  }
  // Each point with its neighbours.
  gt_tensor warmed(gt_tensor x) {
    const int64_t n = shape_of(c, x)[0];
    gt_tensor inner = gt_sin(c, add(part(x, {0}, {n - 2}), add(part(x, {1}, {n - 2}), part(x, {2}, {n - 2}))));
    gt_tensor parts[] = {part(x, {0}, {1}), inner, part(x, {n - 1}, {1})};
    return gt_concat(c, parts, 3, 0);
  }
};

TEST_F(LoopLinks, CumulativeOpsAreTriangles) {
  using Cumulative = gt_tensor (*)(gt_context, gt_tensor, int64_t, int32_t, int32_t);
  for (const Cumulative cumulative : {Cumulative{gt_cumsum}, Cumulative{gt_cumprod}, Cumulative{gt_logcumsumexp}})
    for (const bool reverse : {false, true})
      for (const bool exclusive : {false, true}) {
        const auto along = [&](int64_t axis) {
          return [&, axis](gt_tensor x) { return cumulative(c, x, axis, exclusive, reverse); };
        };
        const int64_t n = 40, triangle = exclusive ? n * (n - 1) / 2 : n * (n + 1) / 2;
        // The derivative of the log of an empty sum is nan, or 0.
        const bool exact = cumulative != gt_logcumsumexp || !exclusive;
        if (!exact) continue;
        EXPECT_EQ(entries(along(0), {n}), triangle);
        EXPECT_EQ(entries(along(1), {3, 5, 2}), 6 * (exclusive ? 10 : 15));
      }
  const Program last = [this](gt_tensor x) { return part(gt_cumsum(c, gt_square(c, x), 0, 0, 0), {3}, {2}); };
  EXPECT_EQ(entries(last, {9}), 4 + 5);
  compare_all([this](gt_tensor x) { return gt_cumsum(c, gt_square(c, x), 0, 0, 0); }, {20}, false);
  EXPECT_EQ(entries([this](gt_tensor x) { return sum(gt_cumsum(c, gt_exp(c, x), 0, 0, 0)); }, {50}, true), 50);
}

TEST_F(LoopLinks, ACheckpointIsItsBody) {
  const Program f = [this](gt_tensor x) {
    return checkpoint([this](gt_context, const Tensors& in) { return Tensors{warmed(in[0])}; }, {x}).at(0);
  };
  EXPECT_EQ(entries(f, {9}), 3 * 7 + 2);
  EXPECT_EQ(entries([&](gt_tensor x) { return squares(f(f(x))); }, {12}, true),
            entries([&](gt_tensor x) { return squares(warmed(warmed(x))); }, {12}, true));
}
// The indices that a body uses from outside count as they do outside.
TEST_F(LoopLinks, ACheckpointKnowsIndicesFromOutside) {
  gt_tensor places = tensor<int32_t>(c, {5}, {4, 0, 2, 2, 1});
  const Program f = [&](gt_tensor x) {
    return checkpoint(
               [&](gt_context, const Tensors& in) { return Tensors{gt_sin(c, gt_gather(c, in[0], places, 0, 0))}; },
               {x})
        .at(0);
  };
  EXPECT_EQ(entries(f, {5}), 5);
}

TEST_F(LoopLinks, ABranchHasThePairsOfBoth) {
  for (const uint8_t which : {0, 1}) {
    gt_tensor predicate = tensor<uint8_t>(c, {}, {which});
    ASSERT_EQ(dtype_of(c, predicate), GT_BOOL);
    const Program f = [&](gt_tensor x) {
      return cond(
                 predicate, [this](gt_context, const Tensors& in) { return Tensors{gt_sin(c, in[0])}; },
                 [this](gt_context, const Tensors& in) {
                   const int64_t axis[] = {0};
                   return Tensors{gt_square(c, gt_reverse(c, in[0], axis, 1))};
                 },
                 {x})
          .at(0);
    };
    EXPECT_EQ(entries(f, {6}, false, false), 12);
    EXPECT_EQ(entries([&](gt_tensor x) { return squares(f(x)); }, {6}, true, false), 12);
  }
}

TEST_F(LoopLinks, SystemsSideBySideStayApart) {
  for (const int64_t length : {1, 5, 300}) {
    const int64_t n = 4;
    EXPECT_EQ(entries(orbits(length, false), {n, 2}, false, false), 4 * n) << length;
    EXPECT_EQ(entries(orbits(length, true), {n, 2}, false, false), 4 * n * length) << length;
    expect_apart(orbits(length, false), {n, 2});
    EXPECT_EQ(entries([&](gt_tensor x) { return squares(orbits(length, true)(x)); }, {n, 2}, true, false), 4 * n)
        << length;
  }
  const gt_sparsity_info info = compare(orbits(20, false), {50, 2}, false, GT_SPARSE_COMPRESS);
  EXPECT_EQ(info.forward_colours + info.reverse_colours, 2);
  EXPECT_EQ(info.nonzeros, 200);
}

// Rows of results depend on rows that were met before.
TEST_F(LoopLinks, RowsDependOnTheRowsBefore) {
  for (const bool reverse : {false, true})
    for (const int64_t length : {1, 6, 50}) {
      const int64_t n = 3;
      const Program filtered = [&](gt_tensor x) {
        return scan(
                   [this](gt_context, const Tensors& in) {
                     gt_tensor next = gt_tanh(c, add(mul(in[0], number(0.9)), in[1]));
                     return Tensors{next, mul(next, in[1])};
                   },
                   {constant({n})}, {x}, steps(length, reverse))
            .at(1);
      };
      EXPECT_EQ(entries(filtered, {length, n}), n * length * (length + 1) / 2) << length;
      // A row from before the step does not depend on the step's own row.
      const Program before = [&](gt_tensor x) {
        return scan(
                   [this](gt_context, const Tensors& in) {
                     return Tensors{gt_tanh(c, add(mul(in[0], number(0.9)), in[1])), gt_square(c, in[0])};
                   },
                   {constant({n})}, {x}, steps(length, reverse))
            .at(1);
      };
      EXPECT_EQ(entries(before, {length, n}), n * length * (length - 1) / 2) << length;
      const Program alone = [&](gt_tensor x) {
        return scan(
                   [this](gt_context, const Tensors& in) {
                     return Tensors{in[0], gt_sin(c, in[1])};
                   },
                   {constant({n})}, {x}, steps(length, reverse))
            .at(1);
      };
      EXPECT_EQ(entries(alone, {length, n}), n * length) << length;
    }
}

TEST_F(LoopLinks, AStencilGrowsByOneForEachStep) {
  const int64_t n = 12;
  for (const int64_t length : {1, 3, 4}) {
    const Program twin = [&](gt_tensor x) {
      for (int64_t k = 0; k < length; ++k) x = warmed(x);
      return x;
    };
    const auto body = [this](gt_context, const Tensors& in) { return Tensors{warmed(in[0]), in[0]}; };
    const Program f = [&](gt_tensor x) { return scan(body, {x}, {}, steps(length)).at(0); };
    EXPECT_EQ(entries(f, {n}), entries(twin, {n})) << length;
    entries([&](gt_tensor x) { return scan(body, {x}, {}, steps(length)).at(1); }, {n});
    EXPECT_EQ(entries([&](gt_tensor x) { return squares(f(x)); }, {n}, true),
              entries([&](gt_tensor x) { return squares(twin(x)); }, {n}, true));
  }
}

TEST_F(LoopLinks, ALoopOfUnknownLengthIsElementwiseIfItsBodyIs) {
  gt_while_options o{};
  o.max_steps = 40;
  const Program roots = [&](gt_tensor a) {
    return while_loop(
               [&](gt_context, const Tensors& in) {
                 gt_tensor off = gt_abs(c, gt_subtract(c, gt_square(c, in[0]), a));
                 return Tensors{gt_greater(c, gt_reduce_max(c, off, nullptr, 0, 0), number(1e-9))};
               },
               [&](gt_context, const Tensors& in) {
                 return Tensors{mul(number(0.5), add(in[0], gt_divide(c, a, in[0])))};
               },
               {a}, o)
        .at(0);
  };
  EXPECT_EQ(entries(roots, {7}), 7);
  EXPECT_EQ(entries([&](gt_tensor x) { return squares(gt_exp(c, roots(x))); }, {7}, true), 7);
  expect_apart(roots, {3, 2});
  const Program by_root = [&](gt_tensor a) {
    return root([&](gt_context, const Tensors& in) { return Tensors{gt_subtract(c, mul(in[0], gt_exp(c, in[0])), a)}; },
                {a})
        .at(0);
  };
  EXPECT_EQ(entries(by_root, {7}), 7);
  expect_apart(by_root, {3, 2});
  const Program coupled = [&](gt_tensor a) {
    return root(
               [&](gt_context, const Tensors& in) {
                 const int64_t axis[] = {1};
                 return Tensors{gt_subtract(c, add(in[0], gt_square(c, gt_reduce_sum(c, in[0], axis, 1, 1))), a)};
               },
               {mul(a, number(0.3))})
        .at(0);
  };
  EXPECT_EQ(entries(coupled, {3, 2}), 12);
  expect_apart(coupled, {3, 2});
}

TEST_F(LoopLinks, OfARecurrentNetworkKeepSamplesApart) {
  gt_tensor w = constant({3, 3});
  const auto cell = [&](gt_context, const Tensors& in) {
    gt_tensor next = gt_tanh(c, add(gt_matmul(c, in[0], w, 0, 0), in[1]));
    return Tensors{next, next};
  };
  const auto network = [&](bool last) {
    return [&, last](gt_tensor x) {  // [samples, steps, features]
      const int64_t perm[] = {1, 0, 2};
      const Tensors out = scan(cell, {constant({4, 3})}, {gt_transpose(c, x, perm, 3)});
      return last ? out.at(0) : gt_transpose(c, out.at(1), perm, 3);
    };
  };
  expect_apart(network(true), {4, 5, 3});
  expect_apart(network(false), {4, 5, 3});
  const auto mixing = [&](gt_tensor x) {
    return scan(
               [&](gt_context, const Tensors& in) {
                 const int64_t axis[] = {0};
                 return Tensors{gt_sin(c, add(in[0], gt_reduce_sum(c, in[0], axis, 1, 1)))};
               },
               {x}, {}, steps(3))
        .at(0);
  };
  expect_apart(mixing, {4, 2}, false);
}

// A scan in a branch in a map, and scans of scans.
TEST_F(LoopLinks, OfLoopsInsideOthers) {
  gt_tensor yes = tensor<uint8_t>(c, {}, {1});
  const Program f = [&](gt_tensor x) {
    return vmap(
               [&](gt_context, const Tensors& sample) {
                 return cond(
                     yes,
                     [&](gt_context, const Tensors& in) {
                       return Tensors{scan([this](gt_context, const Tensors& of) { return Tensors{warmed(of[0])}; },
                                           {in[0]}, {}, steps(2))
                                          .at(0)};
                     },
                     [&](gt_context, const Tensors& in) { return Tensors{gt_square(c, in[0])}; }, sample);
               },
               {x})
        .at(0);
  };
  expect_apart(f, {3, 7});
  const int64_t n = entries([&](gt_tensor x) { return warmed(warmed(x)); }, {7});
  EXPECT_EQ(entries(f, {3, 7}, false, false), 3 * n);
  const Program nested = [&](gt_tensor x) {
    return scan(
               [&](gt_context, const Tensors& outer) {
                 return Tensors{
                     scan([this](gt_context, const Tensors& in) { return Tensors{gt_sin(c, add(in[0], in[1]))}; },
                          {outer[0]}, {outer[1]}, steps(3, true))
                         .at(0),
                     outer[0]};
               },
               {constant({2})}, {x})
        .at(1);
  };
  EXPECT_EQ(entries(nested, {4, 3, 2}), 2 * 3 * (0 + 1 + 2 + 3));
  gt_scan_options within = steps(9);
  within.memory_budget = 50;
  const Program budgeted = [&](gt_tensor x) {
    return scan([this](gt_context, const Tensors& in) { return Tensors{gt_sin(c, mul(in[0], number(1.1)))}; }, {x}, {},
                within)
        .at(0);
  };
  EXPECT_EQ(entries(budgeted, {5}), 5);
  EXPECT_EQ(entries([&](gt_tensor x) { return squares(budgeted(x)); }, {5}, true), 5);
}

TEST_F(LoopLinks, OfACustomGradientInABody) {
  const auto backward = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* ct, gt_tensor* grads) {
    grads[0] = gt_multiply(ctx, ct[0], gt_cos(ctx, call->inputs[0]));
    return gt_status{GT_OK};
  };
  const Program f = [&](gt_tensor x) {
    return scan(
               [&](gt_context, const Tensors& in) {
                 return Tensors{mul(custom(in[0], square_forward, backward, nullptr, "wave"), number(0.3))};
               },
               {x}, {}, steps(3))
        .at(0);
  };
  EXPECT_EQ(entries(f, {6}), 6);
  expect_apart(f, {3, 2});
}

// Indices that a body computes count as any; those of a carried number do too.
TEST_F(LoopLinks, IndicesThatStepsCompute) {
  const Program f = [&](gt_tensor x) {
    return scan(
               [&](gt_context, const Tensors& in) {
                 gt_tensor here = gt_gather(c, in[2], in[1], 0, 0),
                           next = gt_add(c, in[1], tensor<int64_t>(c, {}, {1}));
                 return Tensors{gt_sin(c, add(in[0], here)), next, in[2]};
               },
               {number(0.5), tensor<int64_t>(c, {}, {1}), x}, {}, steps(3))
        .at(0);
  };
  entries(f, {6}, false, false);
  const Program sorted = [&](gt_tensor x) {
    return scan(
               [&](gt_context, const Tensors& in) {
                 gt_tensor order = gt_argsort(c, in[0], 0, "ASCENDING");
                 return Tensors{gt_sin(c, gt_gather(c, in[0], order, 0, 0))};
               },
               {x}, {}, steps(2))
        .at(0);
  };
  EXPECT_EQ(entries(sorted, {4}, false, false), 16);
}

}  // namespace
}  // namespace test
