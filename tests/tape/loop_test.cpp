// Loops, branches, checkpoints and maps, each beside a twin without them.
#include <set>

#include "support/twins.hpp"

namespace test {
namespace {

class Loop : public TwinTest {
 public:
  // h' = tanh(w h + x), and a row of results.
  Tensors cell(gt_tensor w, gt_tensor h, gt_tensor x) {
    gt_tensor next = gt_tanh(c, add(product(w, h), x));
    return {next, mul(next, h)};
  }
  gt_tensor weights() { return mat64(2, 2, {0.3, -0.5, 0.7, 0.2}); }
  gt_tensor start() { return vec64({0.4, -0.3}); }
  gt_tensor inputs() { return mat64(4, 2, {0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8}); }

  Program recurrent(gt_scan_options o = {}) {
    return [this, o](const Tensors& in) {
      return scan([&, this](gt_context, const Tensors& of_step) { return cell(in[0], of_step[0], of_step[1]); },
                  {in[1]}, {in[2]}, o);
    };
  }
  Program unrolled(bool reverse = false) {
    return [this, reverse](const Tensors& in) {
      const int64_t n = shape_of(c, in[2])[0];
      gt_tensor h = in[1];
      Tensors rows(static_cast<std::size_t>(n));
      for (int64_t k = 0; k < n; ++k) {
        const int64_t t = reverse ? n - 1 - k : k;
        const Tensors out = cell(in[0], h, row(in[2], t));
        h = out[0];
        rows[static_cast<std::size_t>(t)] = out[1];
      }
      return Tensors{h, gt_stack(c, rows.data(), rows.size(), 0)};
    };
  }
};

TEST_F(Loop, Scan) { expect_twins(recurrent(), unrolled(), {weights(), start(), inputs()}); }

TEST_F(Loop, ScanBackwards) {
  gt_scan_options o{};
  o.reverse = 1;
  expect_twins(recurrent(o), unrolled(true), {weights(), start(), inputs()});
}

TEST_F(Loop, ScanWithinABudget) {
  for (const int64_t steps : {4, 7, 12})
    for (const bool reverse : {false, true}) {
      std::vector<double> x;
      for (int64_t k = 0; k < 2 * steps; ++k) x.push_back(std::sin(static_cast<double>(k)));
      gt_scan_options o{};
      o.memory_budget = 70;  // 4 carried values of 16 bytes
      o.reverse = reverse;
      SCOPED_TRACE(steps);
      expect_twins(recurrent(o), unrolled(reverse), {weights(), start(), mat64(steps, 2, x)});
    }
}

TEST_F(Loop, ScanOfScans) {
  const Program nested = [this](const Tensors& in) {
    return scan(
        [&, this](gt_context, const Tensors& outer) {
          const Tensors inner = scan(
              [&, this](gt_context, const Tensors& of_step) {
                return Tensors{gt_sin(c, add(mul(of_step[0], in[1]), of_step[1])), mul(of_step[0], outer[1])};
              },
              {outer[0]}, {outer[1]});
          return Tensors{inner[0], sum(inner[1])};
        },
        {in[0]}, {in[2]});
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor h = in[0];
    Tensors rows;
    for (int64_t i = 0; i < 3; ++i) {
      gt_tensor total = gt_scalar(c, 0);
      gt_tensor line = row(in[2], i);
      for (int64_t k = 0; k < 2; ++k) {
        total = add(total, sum(mul(h, line)));
        h = gt_sin(c, add(mul(h, in[1]), row(line, k)));
      }
      rows.push_back(total);
    }
    return Tensors{h, gt_stack(c, rows.data(), rows.size(), 0)};
  };
  expect_twins(nested, twin, {scalar64(c, 0.4), scalar64(c, 0.9), mat64(3, 2, {0.2, -0.1, 0.5, 0.3, -0.7, 0.6})});
}

// Integers, and values that no gradient meets.
TEST_F(Loop, ScanOfManyKinds) {
  const Program f = [this](const Tensors& in) {
    return scan(
        [&, this](gt_context, const Tensors& s) {
          gt_tensor k = gt_cast(c, s[0], GT_FLOAT64);
          return Tensors{add(s[0], tensor<int64_t>(c, {}, {1})), mul(s[1], add(s[3], k)), s[2],
                         gt_stop_gradient(c, s[1]), mul(s[3], in[1])};
        },
        {tensor<int64_t>(c, {}, {0}), in[0], vec64({1, 2})}, {in[2]});
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor y = in[0];
    Tensors before, rows;
    for (int64_t i = 0; i < 3; ++i) {
      before.push_back(gt_stop_gradient(c, y));
      rows.push_back(mul(row(in[2], i), in[1]));
      y = mul(y, add(row(in[2], i), gt_scalar(c, static_cast<double>(i))));
    }
    return Tensors{tensor<int64_t>(c, {}, {3}), y, vec64({1, 2}), gt_stack(c, before.data(), 3, 0),
                   gt_stack(c, rows.data(), 3, 0)};
  };
  expect_twins(f, twin, {scalar64(c, 0.7), scalar64(c, 1.3), vec64({0.5, -0.4, 0.9})});
}

TEST_F(Loop, While) {
  gt_while_options o{};
  o.max_steps = 20;
  const Program f = [this, o](const Tensors& in) {
    return while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, 4.5))}; },
                      [&, this](gt_context, const Tensors& s) {
                        return Tensors{gt_sin(c, mul(s[0], in[1])), add(s[1], gt_scalar(c, 1))};
                      },
                      {in[0], gt_scalar(c, 0)}, o);
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int k = 0; k < 5; ++k) y = gt_sin(c, mul(y, in[1]));
    return Tensors{y, scalar64(c, 5)};
  };
  expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 1.4)});
}

// Tensors from outside, one twice and one computed from another.
TEST_F(Loop, WhileUsesTensorsFromOutside) {
  gt_while_options o{};
  o.max_steps = 9;
  const Program f = [this, o](const Tensors& in) {
    gt_tensor square = mul(in[1], in[1]), k = gt_scalar(c, 0);
    return while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, 2.5))}; },
                      [&, this](gt_context, const Tensors& s) {
                        gt_tensor more = add(gt_sin(c, in[1]), mul(s[0], mul(square, in[1])));
                        return Tensors{add(s[0], more), add(s[1], gt_scalar(c, 1))};
                      },
                      {in[0], k}, o);
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int k = 0; k < 3; ++k) y = add(y, add(gt_sin(c, in[1]), mul(y, mul(mul(in[1], in[1]), in[1]))));
    return Tensors{y, scalar64(c, 3)};
  };
  expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 0.7)});
}

// Steps that are counted, in a function, in segments.
TEST_F(Loop, WhileWithinABudget) {
  for (const double steps : {0.5, 1.5, 5.5, 8.5, 12.5}) {
    const Program f = [this, steps](const Tensors& in) {
      return while_loop(
          [this, steps](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, steps))}; },
          [&, this](gt_context, const Tensors& s) {
            return Tensors{gt_sin(c, mul(s[0], in[1])), add(s[1], gt_scalar(c, 1))};
          },
          {in[0], gt_scalar(c, 0)}, {0, 13, 100});
    };
    const Program twin = [this, steps](const Tensors& in) {
      gt_tensor y = in[0];
      double k = 0;
      for (; k < steps; ++k) y = gt_sin(c, mul(y, in[1]));
      return Tensors{y, scalar64(c, k)};
    };
    SCOPED_TRACE(steps);
    expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 1.4)});
  }
}

TEST_F(Loop, GradientOfWhileInAMap) {
  const auto gradient_of_cubes = [&](gt_context, const Tensors& in) {
    gt_tape t = watching({in[0]});
    gt_tensor y =
        while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, 1.5))}; },
                   [this](gt_context, const Tensors& s) {
                     return Tensors{mul(s[0], s[0]), add(s[1], gt_scalar(c, 1))};
                   },
                   {in[0], gt_scalar(c, 0)}, {0, 10, 0})[0];
    return Tensors{grad(t, y, in[0])};
  };
  expect(vmap(gradient_of_cubes, {vec64({1, 2, 3})})[0], {4, 32, 108});  // of x^4
}

// Each sample of a batch makes its own steps.
TEST_F(Loop, WhileBySamples) {
  gt_while_options o{};
  o.max_steps = 20;
  const auto doubled = [this, o](gt_context, const Tensors& in) {
    return while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[0], gt_scalar(c, 10))}; },
                      [this](gt_context, const Tensors& s) {
                        return Tensors{mul(s[0], gt_scalar(c, 2)), add(s[1], gt_scalar(c, 1))};
                      },
                      {in[0], gt_scalar(c, 0)}, o);
  };
  gt_tensor x = vec64({1, 3, 6, 20});
  gt_tape t = watching({x});
  const Tensors y = vmap(doubled, {x});
  expect(y[0], {16, 12, 12, 20});
  expect(y[1], {4, 2, 1, 0});
  expect(grad(t, sum(y[0]), x), {16, 4, 2, 1});
}

TEST_F(Loop, Cond) {
  for (const bool which : {false, true}) {
    const Program f = [this, which](const Tensors& in) {
      return cond(
          tensor<uint8_t>(c, {}, {which}),
          [&, this](gt_context, const Tensors& x) { return Tensors{mul(x[0], in[1])}; },
          [this](gt_context, const Tensors& x) { return Tensors{gt_exp(c, x[0])}; }, {in[0]});
    };
    const Program twin = [this, which](const Tensors& in) {
      return Tensors{which ? mul(in[0], in[1]) : gt_exp(c, in[0])};
    };
    SCOPED_TRACE(which);
    expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 1.4)});
  }
}

// The branch that is not taken does not run: it gives no nan, and would not end.
TEST_F(Loop, CondBySamples) {
  const auto root = [this](gt_context, const Tensors& in) {
    return cond(
        gt_greater(c, in[0], gt_scalar(c, 0)),
        [this](gt_context, const Tensors& x) { return Tensors{gt_sqrt(c, x[0])}; },
        [this](gt_context, const Tensors& x) {
          return while_loop(
              [this](gt_context, const Tensors& s) { return Tensors{gt_less_equal(c, s[0], gt_scalar(c, 0))}; },
              [this](gt_context, const Tensors& s) { return Tensors{add(s[0], gt_scalar(c, 1))}; }, {x[0]},
              {0, 100, 0});
        },
        {in[0]});
  };
  gt_tensor x = vec64({4, -1.5, 9, -3});
  gt_tape t = watching({x});
  gt_tensor y = vmap(root, {x})[0];
  expect(y, {2, 0.5, 3, 1});
  expect(grad(t, sum(y), x), {0.25, 1, 1. / 6, 1});
}

TEST_F(Loop, Checkpoint) {
  const Program f = [this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int k = 0; k < 3; ++k)
      y = checkpoint(
          [&, this](gt_context, const Tensors& x) { return Tensors{gt_sin(c, mul(gt_exp(c, x[0]), in[1]))}; }, {y})[0];
    return Tensors{y};
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int k = 0; k < 3; ++k) y = gt_sin(c, mul(gt_exp(c, y), in[1]));
    return Tensors{y};
  };
  expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 1.4)});
}

TEST_F(Loop, All) {
  const Program f = [this](const Tensors& in) {
    return scan(
        [&, this](gt_context, const Tensors& s) {
          gt_tensor inner = checkpoint(
              [&, this](gt_context, const Tensors& x) {
                return while_loop(
                    [this](gt_context, const Tensors& w) { return Tensors{gt_less(c, w[1], gt_scalar(c, 2.5))}; },
                    [&, this](gt_context, const Tensors& w) {
                      return Tensors{mul(w[0], in[1]), add(w[1], gt_scalar(c, 1))};
                    },
                    {x[0], gt_scalar(c, 0)}, {0, 5, 0});
              },
              {s[0]})[0];
          return cond(
              gt_greater(c, s[1], gt_scalar(c, 0)),
              [this](gt_context, const Tensors& x) { return Tensors{gt_sin(c, x[0])}; },
              [&, this](gt_context, const Tensors& x) { return Tensors{mul(x[0], s[0])}; }, {inner});
        },
        {in[0]}, {in[2]});
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int64_t i = 0; i < 3; ++i) {
      gt_tensor inner = y;
      for (int k = 0; k < 3; ++k) inner = mul(inner, in[1]);
      y = i != 1 ? gt_sin(c, inner) : mul(inner, y);
    }
    return Tensors{y};
  };
  expect_twins(f, twin, {vec64({0.3, 0.8}), scalar64(c, 1.4), vec64({1, -1, 2})});
}

TEST_F(Loop, DrawsOfStepsAndSamples) {
  const auto draw = [&] { return apply(c, "random_normal", {}, {{"shape", {2}}, {"dtype", "float64"}})[0]; };
  gt_tensor outside = scalar64(c, 0);
  const auto many = [&](gt_context, const Tensors& s) {
    gt_tensor nothing = mul(add(outside, vec64({0, 0})), gt_scalar(c, 0.5));  // constants of the body
    return Tensors{s[0], add(draw(), nothing)};
  };
  gt_scan_options o{};
  o.length = 3;
  const auto v = numbers(c, scan(many, {scalar64(c, 0)}, {}, o)[1]);
  EXPECT_EQ(std::set<double>(v.begin(), v.end()).size(), 6u);
  const auto w = numbers(c, vmap([&](gt_context, const Tensors&) { return Tensors{draw()}; }, {vec64({1, 2, 3})})[0]);
  EXPECT_EQ(std::set<double>(w.begin(), w.end()).size(), 6u);
  gt_vmap_options shared{};
  shared.shared_draws = 1;
  const auto u = numbers(
      c, vmap([&](gt_context, const Tensors&) { return Tensors{draw()}; }, {vec64({1, 2, 3})}, {}, {}, shared)[0]);
  EXPECT_EQ(std::set<double>(u.begin(), u.end()).size(), 2u);
  // Derivatives meet the numbers that were drawn.
  gt_tensor x = scalar64(c, 1.5);
  gt_tape t = watching({x});
  gt_tensor y = scan([&](gt_context, const Tensors& s) { return Tensors{mul(s[0], sum(draw()))}; }, {x}, {}, o)[0];
  EXPECT_NEAR(dgrad(t, y, x), number(c, y) / 1.5, 1e-12);
}

// A call that fails leaves the numbers to be drawn as they were.
TEST_F(Loop, FailuresTakeDrawsBack) {
  const auto draw = [&](std::vector<int> shape) {
    return apply(c, "random_normal", {}, {{"shape", shape}, {"dtype", "float64"}})[0];
  };
  EXPECT_EQ(gt_random_seed(c, 9), GT_OK);
  const double first = number(c, draw({}));
  EXPECT_EQ(gt_random_seed(c, 9), GT_OK);
  cond(
      tensor<uint8_t>(c, {}, {1}), [&](gt_context, const Tensors&) { return Tensors{draw({})}; },
      [&](gt_context, const Tensors&) { return Tensors{draw({2})}; }, {});
  expect_error(last_status, GT_INVALID_ARGUMENT, "output 0");
  while_loop([&](gt_context, const Tensors& s) { return Tensors{add(s[0], s[0])}; },
             [&](gt_context, const Tensors&) { return Tensors{draw({})}; }, {scalar64(c, 1)});
  expect_error(last_status, GT_INVALID_ARGUMENT, "one bool");
  EXPECT_EQ(number(c, draw({})), first);
}

// An output that does not depend on a source has no gradient by it, also where loops nest.
TEST_F(Loop, UnconnectedIsNull) {
  gt_tensor x = scalar64(c, 2), u = scalar64(c, 3);
  gt_tape t = watching({x, u});
  const auto apart = [&](gt_context, const Tensors& s) { return Tensors{mul(s[0], s[0]), gt_sin(c, s[1])}; };
  gt_scan_options twice{};
  twice.length = 2;
  const Tensors y = scan([&](gt_context, const Tensors& s) { return scan(apart, s, {}, twice); }, {x, u}, {}, twice);
  const Tensors g = grads(t, {y[0]}, {x, u});
  EXPECT_NE(g[0], nullptr);
  EXPECT_EQ(g[1], nullptr);
}

// A scalar without a dtype stays one on its way through a body.
TEST_F(Loop, WeakScalars) {
  gt_tensor x = vec({1, 2});
  const auto twice = [&](gt_context, const Tensors& s) { return Tensors{add(s[0], s[0])}; };
  gt_scan_options once{};
  once.length = 1;
  const auto number_of = [&](double v) {
    return [this, v](gt_context, const Tensors&) { return Tensors{gt_scalar(c, v)}; };
  };
  expect(mul(checkpoint(twice, {gt_scalar(c, 3)})[0], x), {6, 12});
  expect(mul(cond(tensor<uint8_t>(c, {}, {1}), number_of(3), number_of(4), {})[0], x), {3, 6});
  expect(mul(scan(twice, {gt_scalar(c, 3)}, {}, once)[0], x), {6, 12});
  gt_tensor k = scan([&](gt_context, const Tensors& s) { return Tensors{add(s[0], tensor<int64_t>(c, {}, {2}))}; },
                     {gt_scalar(c, 0)}, {}, once)[0];
  EXPECT_EQ(dtype_of(c, k), GT_INT64);
  expect(k, {2});
}

// The check of derivatives knows loops, in float32 as well.
TEST_F(Loop, CheckOfDerivatives) {
  for (const bool single : {false, true}) {
    gt_tensor x = single ? vec({0.3f, 0.8f}) : vec64({0.3, 0.8}), a = single ? num(0.9f) : scalar64(c, 0.9);
    gt_tape t = watching({x, a}, GT_TAPE_PERSISTENT);
    const auto step = [&](gt_context, const Tensors& s) { return Tensors{gt_sin(c, mul(s[0], a))}; };
    gt_scan_options thrice{};
    thrice.length = 3;
    gt_tensor y = scan(step, {x}, {}, thrice)[0];
    gt_tensor z =
        while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, 2.5))}; },
                   [&](gt_context, const Tensors& s) {
                     return Tensors{gt_sin(c, mul(s[0], a)), add(s[1], gt_scalar(c, 1))};
                   },
                   {x, gt_scalar(c, 0)}, {0, 9, 0})[0];
    gt_tensor both = add(checkpoint(step, {y})[0], z);
    const gt_tensor sources[] = {x, a};
    char report[4000];
    EXPECT_EQ(gt_tape_check(c, t, both, sources, 2, nullptr, report, sizeof report, nullptr), GT_OK)
        << c.message() << "\n"
        << report;
  }
}

// The plan of a loop serves the next one of the same structure: memory does not grow.
TEST_F(Loop, PlansServeAgain) {
  const std::vector<double> constant(1000, 0.5);
  const auto round = [&] {
    EXPECT_EQ(gt_scope_begin(c), GT_OK);
    gt_tensor x = vec64(std::vector<double>(1000, 1));
    gt_scan_options o{};
    o.length = 3;
    gt_tensor y =
        scan([&](gt_context, const Tensors& s) { return Tensors{mul(s[0], vec64(constant))}; }, {x}, {}, o)[0];
    EXPECT_EQ(numbers(c, y)[0], 0.125);
    EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
    return std::pair(info.nodes, info.live);
  };
  round();
  const auto after_two = round();
  for (int k = 0; k < 5; ++k) round();
  EXPECT_EQ(round(), after_two);
}

// A carried value that depends on no sample stays one value, though an inner loop gives it with others that do.
TEST_F(Loop, CountersInBatches) {
  const auto count = [&](gt_context, const Tensors& s) {
    return Tensors{gt_sin(c, s[0]), add(s[1], tensor<int32_t>(c, {}, {1}))};
  };
  const Program f = [&, this](const Tensors& in) {
    gt_scan_options o{};
    o.length = 3;
    const Tensors y = scan(
        [&, this](gt_context, const Tensors& s) {
          Tensors inner = checkpoint(count, {mul(s[0], in[1]), s[1]});
          return scan(count, inner, {}, o);
        },
        {in[0], tensor<int32_t>(c, {}, {0})}, {}, o);
    return while_loop(
        [&](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], tensor<int32_t>(c, {}, {20}))}; },
        [&](gt_context, const Tensors& s) { return checkpoint(count, s); }, y, {0, 30, 0});
  };
  const Program twin = [&, this](const Tensors& in) {
    gt_tensor y = in[0];
    for (int k = 0; k < 3; ++k) {
      y = mul(y, in[1]);
      for (int j = 0; j < 4; ++j) y = gt_sin(c, y);
    }
    for (int k = 12; k < 20; ++k) y = gt_sin(c, y);
    return Tensors{y, tensor<int32_t>(c, {}, {20})};
  };
  expect_twins(f, twin, {scalar64(c, 0.7), scalar64(c, 1.4)});
}

TEST_F(Loop, BodiesOfMaps) {
  gt_tensor x = vec64({1, 2, 3}), variable = gt_variable(c, scalar64(c, 1));
  const gt_spec none = spec(GT_FLOAT64, {});
  const auto with_function = [&](gt_context, const Tensors& in) {
    gt_function f = function_of({none}, [&](gt_context, const Tensors& y) { return Tensors{mul(y[0], in[0])}; });
    return call(f, {in[0]});
  };
  expect(vmap(with_function, {x})[0], {1, 4, 9});
  vmap(
      [&](gt_context, const Tensors& in) {
        expect_error(gt_assign(c, variable, in[0]), GT_FAILED_PRECONDITION, "gt_vmap");
        return Tensors{};
      },
      {x});
  expect(variable, {1});
  gt_function draws = function_of({none}, [&](gt_context, const Tensors& y) {
    return Tensors{add(y[0], apply(c, "random_normal", {}, {{"shape", json::array()}, {"dtype", "float64"}})[0])};
  });
  const auto v = numbers(c, vmap(
                                [&](gt_context, const Tensors& in) {
                                  return Tensors{add(mul(in[0], gt_scalar(c, 0)), call(draws, {scalar64(c, 0)})[0])};
                                },
                                {x})[0]);
  EXPECT_EQ(std::set<double>(v.begin(), v.end()).size(), 3u);
}

// A loop that computes nothing can be stopped.
TEST_F(Loop, EndlessLoopsAreInterrupted) {
  EXPECT_EQ(gt_set_interrupt(
                c, [](void*) { return int32_t{1}; }, nullptr, nullptr),
            GT_OK);
  gt_tensor y = while_loop([](gt_context, const Tensors& s) { return Tensors{s[0]}; },
                           [](gt_context, const Tensors& s) { return s; }, {tensor<uint8_t>(c, {}, {1})})[0];
  uint8_t value = 0;
  expect_error(gt_tensor_read(c, y, &value, 1), GT_CANCELLED, "");
  EXPECT_EQ(gt_set_interrupt(c, nullptr, nullptr, nullptr), GT_OK);
}

// A budget bounds the carried values that are kept, also of a loop whose length is known when it has run.
TEST_F(Loop, BudgetsBoundMemory) {
  constexpr int64_t kElements = 1000, kSteps = 400;
  const auto peak_of = [&](uint64_t budget, bool unknown) {
    Ctx own;
    gt_tensor x = tensor<double>(own, {kElements}, std::vector<double>(kElements, 0.5));
    gt_tape t = gt_tape_begin(own, 0);
    gt_tape_watch(own, t, x);
    gt_tensor k = gt_scalar(own, 0), y[2];
    const auto less = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
      gt_tensor most = gt_scalar(ctx, kSteps - 0.5);
      out[0] = gt_less(ctx, in[1], most), *n = 1;
      return gt_status{GT_OK};
    };
    const auto sine = [](gt_context ctx, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t, size_t* n) {
      gt_tensor one = gt_scalar(ctx, 1);
      out[0] = gt_sin(ctx, in[0]), *n = n_in;
      if (n_in == 2) out[1] = gt_add(ctx, in[1], one);
      return gt_status{GT_OK};
    };
    const gt_tensor initial[] = {x, k};
    const gt_scan_options o{sizeof o, kSteps, 0, 0, budget};
    const gt_while_options w{sizeof w, 0, budget ? budget : UINT64_MAX};
    EXPECT_EQ(unknown ? gt_while(own, less, sine, nullptr, nullptr, initial, 2, &w, y, 2, nullptr)
                      : gt_scan(own, sine, nullptr, nullptr, &x, 1, nullptr, 0, &o, y, 1, nullptr),
              GT_OK);
    gt_tensor g = nullptr;
    EXPECT_EQ(gt_tape_gradient(own, t, y, 1, &x, 1, nullptr, 0, &g), GT_OK);
    EXPECT_EQ(gt_eval(own, &g, 1), GT_OK);
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(own, &info), GT_OK);
    return static_cast<double>(info.peak) / (kElements * 8);
  };
  for (const bool unknown : {false, true}) {
    EXPECT_GT(peak_of(0, unknown), kSteps);
    EXPECT_LT(peak_of(60 * kElements * 8, unknown), 100);  // two levels: 2 sqrt(400) = 40 carried values
    EXPECT_LT(peak_of(24 * kElements * 8, unknown), 60);   // three: 3 * 8
  }
}

TEST_F(Loop, PerExampleGradients) {
  gt_tensor w = vec64({1, 2}), x = mat64(3, 2, {1, 2, 3, 4, 5, 6});
  const auto gradient_of_sample = [&](gt_context, const Tensors& in) {
    gt_tape t = watching({w});
    return Tensors{grad(t, gt_square(c, sum(mul(in[0], w))), w)};
  };
  expect(vmap(gradient_of_sample, {x})[0], {10, 20, 66, 88, 170, 204});
}

TEST_F(Loop, VmapOfAxes) {
  gt_tensor x = mat64(2, 3, {1, 2, 3, 4, 5, 6}), y = vec64({10, 20});
  const auto plus = [&](gt_context, const Tensors& in) { return Tensors{add(in[0], in[1])}; };
  gt_tensor z = vmap(plus, {x, y}, {1, -1}, {1})[0];
  EXPECT_EQ(shape_of(c, z), (std::vector<int64_t>{2, 3}));
  expect(z, {11, 12, 13, 24, 25, 26});
  const auto nested = [&](gt_context, const Tensors& in) {
    return vmap([&](gt_context, const Tensors& e) { return Tensors{mul(e[0], e[1])}; }, {in[0], in[1]}, {0, -1});
  };
  expect(vmap(nested, {x, y}, {0, 0})[0], {10, 20, 30, 80, 100, 120});
}

// ---- Bad input

TEST_F(Loop, Errors) {
  gt_tensor x = vec64({1, 2});
  const auto same = [](gt_context, const Tensors& s) { return s; };
  const auto bad = [&](gt_status code, const std::string& part) {
    EXPECT_EQ(last_status, code);
    expect_error(last_status, code, part);
  };
  scan([&](gt_context, const Tensors& s) { return Tensors{sum(s[0])}; }, {x}, {vec64({1})});
  bad(GT_INVALID_ARGUMENT, "float64[] for carried value 0, which is float64[2]");
  scan([&](gt_context, const Tensors&) { return Tensors{}; }, {x}, {vec64({1})});
  bad(GT_INVALID_ARGUMENT, "0 output(s)");
  scan(same, {x}, {});
  bad(GT_INVALID_ARGUMENT, "options.length");
  scan(same, {x}, {vec64({1}), vec64({1, 2})});
  bad(GT_INVALID_ARGUMENT, "sequence 1 is float64[2]");
  scan(same, {}, {scalar64(c, 1)});
  bad(GT_INVALID_ARGUMENT, "sequence 0 is float64[]");
  while_loop(same, same, {});
  bad(GT_INVALID_ARGUMENT, "no value to carry");
  while_loop(same, same, {x});
  bad(GT_INVALID_ARGUMENT, "one bool without axes, got float64[2]");
  cond(x, same, same, {x});
  bad(GT_INVALID_ARGUMENT, "the predicate must be a bool without axes, got float64[2]");
  cond(tensor<uint8_t>(c, {}, {1}), same, [&](gt_context, const Tensors& s) { return Tensors{sum(s[0])}; }, {x});
  bad(GT_INVALID_ARGUMENT, "output 0 is float64[2] where the predicate is true and float64[]");
  vmap(same, {x}, {1});
  bad(GT_INVALID_ARGUMENT, "in_axes[0] is 1, and input 0 is float64[2]");
  vmap(same, {x, vec64({1})});
  bad(GT_INVALID_ARGUMENT, "input 1 is float64[1] with 1 samples along axis 0; input 0 has 2");
  vmap(same, {x}, {-1});
  bad(GT_INVALID_ARGUMENT, "options.size");
  vmap(same, {x}, {0}, {1});
  bad(GT_INVALID_ARGUMENT, "out_axes[0] is 1");
  gt_tensor variable = gt_variable(c, x);
  scan(
      [&](gt_context, const Tensors& s) {
        EXPECT_EQ(gt_assign(c, variable, s[0]), GT_OK);
        return s;
      },
      {x}, {vec64({1})});
  bad(GT_FAILED_PRECONDITION, "assigns a variable");
  expect(variable, {1, 2});
  BodyState reads{[&](gt_context, const Tensors& s) {
    double values[2];
    reads.status = gt_tensor_read(c, s[0], values, sizeof values);
    return s;
  }};
  gt_tensor out = nullptr;
  expect_error(gt_checkpoint(c, run_body, &reads, nullptr, &x, 1, nullptr, &out, 1, nullptr), GT_FAILED_PRECONDITION,
               "no value");
}

TEST_F(Loop, ReverseOfWhileNeedsABound) {
  gt_tensor x = scalar64(c, 3);
  const auto run = [&](gt_while_options o) {
    return while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_greater(c, s[0], gt_scalar(c, 1))}; },
                      [this](gt_context, const Tensors& s) { return Tensors{mul(s[0], gt_scalar(c, 0.5))}; }, {x},
                      o)[0];
  };
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = run({});
  std::vector<gt_tensor> g;
  expect_error(gradient(t, {y}, {x}, g), GT_FAILED_PRECONDITION, "max_steps");
  expect(jvp(t, y, x, scalar64(c, 1)), {0.25});
  expect(grad(t, run({0, 0, 100}), x), {0.25});
  expect(grad(t, run({0, 1, 0}), x), {0.5});
}

TEST_F(Loop, UserDataIsFreedOnce) {
  gt_tensor x = vec64({1, 2}), out = nullptr;
  for (const bool fails : {false, true}) {
    BodyState state{[](gt_context, const Tensors& s) { return s; }};
    state.status = fails ? GT_UNSUPPORTED : GT_OK;
    EXPECT_EQ(gt_checkpoint(c, run_body, &state, free_body, &x, 1, nullptr, &out, 1, nullptr), state.status);
    EXPECT_EQ(state.freed, 1);
    EXPECT_EQ(out == nullptr, fails);
    c.message();
  }
}

TEST_F(Loop, EmptyLoops) {
  gt_tensor x = vec64({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const auto squares = [&](gt_context, const Tensors& s) { return Tensors{mul(s[0], s[0]), s[0]}; };
  gt_scan_options none{};
  none.length = 0;
  none.struct_size = sizeof none;
  BodyState state{squares};
  Tensors out(2);
  size_t n = 0;
  ASSERT_EQ(gt_scan(c, run_body, &state, free_body, &x, 1, nullptr, 0, &none, out.data(), 2, &n), GT_OK) << c.message();
  expect(out[0], {1, 2});
  EXPECT_EQ(shape_of(c, out[1]), (std::vector<int64_t>{0, 2}));
  expect(grad(t, sum(out[0]), x), {1, 1});
  const auto never = [&](gt_context, const Tensors&) { return Tensors{tensor<uint8_t>(c, {}, {0})}; };
  gt_tensor y =
      while_loop(never, [&](gt_context, const Tensors& s) { return Tensors{mul(s[0], s[0])}; }, {x}, {0, 3, 0})[0];
  expect(y, {1, 2});
  expect(grad(t, sum(y), x), {1, 1});
  expect(vmap(squares, {tensor<double>(c, {0, 2}, {})})[0], {});
}

// An input on which nothing depends in the steps that there are is unconnected, in both modes.
TEST_F(Loop, UnconnectedInTheStepsThatThereAre) {
  gt_tensor w = scalar64(c, 0.7), a = vec64({1, 2}), b = vec64({3, 4});
  const auto shifted = [&](int64_t length, bool reverse) {  // a new row each step, and the two before it
    gt_scan_options o{};
    o.reverse = reverse;
    gt_tensor x = tensor<double>(c, {length, 2}, std::vector<double>(static_cast<std::size_t>(2 * length), 0.5));
    gt_tensor rows = mul(x, w);
    return scan(
        [this](gt_context, const Tensors& in) {
          return Tensors{gt_sin(c, in[2]), gt_sin(c, in[0]), mul(in[1], in[0])};
        },
        {a, b}, {rows}, o);
  };
  // Whether outputs depend on w, a and b, by output.
  struct Case {
    int64_t length;
    std::vector<std::vector<bool>> connected;
  };
  const std::vector<Case> cases = {{0, {{false, true, false}, {false, false, true}, {false, false, false}}},
                                   {1, {{true, false, false}, {false, true, false}, {false, true, true}}},
                                   {2, {{true, false, false}, {true, false, false}, {true, true, true}}},
                                   {3, {{true, false, false}, {true, false, false}, {true, true, true}}}};
  for (const Case& of : cases)
    for (const bool reverse : {false, true}) {
      gt_tape t = watching({w, a, b}, GT_TAPE_PERSISTENT);
      const Tensors y = shifted(of.length, reverse), sources = {w, a, b};
      ASSERT_EQ(y.size(), 3u) << c.message();
      for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t i = 0; i < 3; ++i) {
          SCOPED_TRACE(testing::Message() << of.length << " steps, output " << k << " by source " << i);
          EXPECT_EQ(grad(t, y[k], sources[i]) != nullptr, of.connected[k][i]);
          EXPECT_EQ(jvp(t, y[k], sources[i], gt_ones_like(c, sources[i])) != nullptr, of.connected[k][i]);
          for (const int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE})
            EXPECT_EQ(jacobian(t, y[k], sources[i], GT_UNCONNECTED_NULL, mode) != nullptr, of.connected[k][i]);
          gt_tensor zeros = grads(t, {y[k]}, {sources[i]}, GT_UNCONNECTED_ZERO)[0];
          EXPECT_EQ(shape_of(c, zeros), shape_of(c, sources[i]));
          if (!of.connected[k][i]) expect(zeros, std::vector<double>(count(shape_of(c, zeros)), 0.0));
        }
      EXPECT_EQ(grads(t, y, sources).size(), 3u);
    }
}
// The number of steps of a while loop depends on values, and connections do not.
TEST_F(Loop, AWhileLoopOfNoStepsIsConnected) {
  gt_tensor w = scalar64(c, 0.7), x = scalar64(c, 0.5);
  gt_tape t = watching({w, x}, GT_TAPE_PERSISTENT);
  gt_tensor y =
      while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_greater(c, s[0], gt_scalar(c, 1))}; },
                 [&](gt_context, const Tensors& s) { return Tensors{mul(s[0], w)}; }, {x}, {0, 9, 0})[0];
  expect(grad(t, y, w), {0});
  expect(grad(t, y, x), {1});
}

}  // namespace
}  // namespace test
