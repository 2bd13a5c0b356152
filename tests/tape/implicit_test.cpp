// Roots by each method and each kind of linear system, beside those by a dense Jacobian and beside differences.
#include <cmath>
#include <map>

#include "support/twins.hpp"

namespace test {
namespace {

class ImplicitWays : public TwinTest {
 public:
  static gt_root_options exact(int32_t linear = GT_ROOT_DENSE) {
    gt_root_options o{};
    o.tolerance = 1e-13;
    o.linear_tolerance = 1e-13;
    o.linear = linear;
    return o;
  }
  gt_root_options anderson(int32_t linear) {
    gt_root_options o = exact(linear);
    o.fixed_point = 1;
    o.method = GT_ROOT_ANDERSON;
    return o;
  }
  gt_tensor sub(gt_tensor a, gt_tensor b) { return gt_subtract(c, a, b); }
  gt_tensor times(double a, gt_tensor x) { return mul(gt_scalar(c, a), x); }
  gt_tensor reshaped(gt_tensor x, const std::vector<int64_t>& dims) {
    return gt_reshape(c, x, dims.data(), dims.size());
  }
  gt_tensor part(gt_tensor x, int64_t begin, int64_t size) { return gt_slice(c, x, &begin, 1, &size, 1); }
  // x with its entries one place further, or one place back, and 0 at the end.
  gt_tensor shifted(gt_tensor x, bool further) {
    const int64_t pads[] = {further ? 1 : 0, further ? 0 : 1};
    return gt_pad(c, part(x, further ? 0 : 1, shape_of(c, x)[0] - 1), pads, 2, "CONSTANT", 0);
  }
  // 3 x + x^3 / 10 less lower times the entry before and upper times the one behind.
  gt_tensor chain(gt_tensor x, double lower, double upper) {
    gt_tensor own = add(times(3, x), times(0.1, mul(x, mul(x, x))));
    return sub(sub(own, times(lower, shifted(x, true))), times(upper, shifted(x, false)));
  }
  Program chain_root(double lower, double upper, const gt_root_options& o) {
    return [=, this](const Tensors& in) {
      return root([&](gt_context, const Tensors& x) { return Tensors{sub(chain(x[0], lower, upper), in[0])}; },
                  {gt_zeros_like(c, in[0])}, o);
    };
  }
  gt_tensor weights() { return mat64(3, 3, {0.2, -0.3, 0.1, 0.4, 0.1, -0.2, -0.1, 0.3, 0.2}); }
  // The layer z = tanh(W z + x), with an auxiliary result; as a residual where the options have no fixed point.
  Program layer(const gt_root_options& o) {
    return [=, this](const Tensors& in) {
      return root(
          [&](gt_context, const Tensors& z) {
            gt_tensor next = gt_tanh(c, add(product(in[1], z[0]), in[0]));
            return Tensors{o.fixed_point ? next : sub(z[0], next), gt_sin(c, mul(z[0], in[0]))};
          },
          {gt_zeros_like(c, in[0])}, o);
    };
  }
  std::vector<double> layer_inputs() { return {0.5, -1.0, 0.3}; }
  double loss(const Program& f, const std::vector<double>& x) { return number(c, sum(gt_sin(c, f({vec64(x)})[0]))); }
};

TEST_F(ImplicitWays, SymmetricChainByEachSystem) {
  for (const int32_t linear : {GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_CG, GT_ROOT_GMRES}) {
    SCOPED_TRACE(linear);
    expect_twins(chain_root(1, 1, exact(linear)), chain_root(1, 1, exact()), {vec64({1, -2, 0.5, 0.3, 2})});
  }
}

TEST_F(ImplicitWays, UnsymmetricChainByEachSystem) {
  for (const int32_t linear : {GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_GMRES}) {
    SCOPED_TRACE(linear);
    expect_twins(chain_root(0.4, 1.3, exact(linear)), chain_root(0.4, 1.3, exact()), {vec64({1, -2, 0.5, 0.3, 2})});
  }
}

TEST_F(ImplicitWays, DerivativesAreThoseOfDifferences) {
  const std::vector<double> x = {1, -2, 0.5, 0.3, 2};
  for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear) {
    SCOPED_TRACE(linear);
    const Program f = chain_root(1, 1, exact(linear));
    gt_tensor in = vec64(x);
    gt_tape t = watching({in});
    const std::vector<double> g = numbers(c, grad(t, sum(gt_sin(c, f({in})[0])), in));
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> up = x, down = x;
      up[i] += 1e-5, down[i] -= 1e-5;
      EXPECT_NEAR(g[i], (loss(f, up) - loss(f, down)) / 2e-5, 1e-8);
    }
  }
}

TEST_F(ImplicitWays, FixedPointByEachMethodAndSystem) {
  for (const bool by_anderson : {false, true})
    for (const int32_t linear : {GT_ROOT_DENSE, GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_GMRES}) {
      SCOPED_TRACE(testing::Message() << by_anderson << " " << linear);
      gt_root_options o = by_anderson ? anderson(linear) : exact(linear);
      o.fixed_point = 1;
      expect_twins(layer(o), layer(exact()), {vec64(layer_inputs()), weights()});
    }
}

// Unknowns in two tensors, whose residuals have other shapes.
TEST_F(ImplicitWays, SeveralUnknowns) {
  const auto program = [this](int32_t linear) {
    return Program([this, linear](const Tensors& in) {
      const auto residual = [&](gt_context, const Tensors& u) {
        gt_tensor flat = reshaped(u[0], {4});
        gt_tensor y = sub(add(add(times(3, flat), times(0.2, gt_sin(c, flat))), u[1]), in[0]);
        gt_tensor last[] = {part(y, 3, 1), reshaped(sub(times(3, u[1]), add(sum(flat), mul(u[1], sum(in[0])))), {1})};
        return Tensors{part(y, 0, 3), gt_concat(c, last, 2, 0)};
      };
      return root(residual, {mat64(2, 2, {0, 0, 0, 0}), scalar64(c, 0.5)}, exact(linear));
    });
  };
  for (const int32_t linear : {GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_GMRES})
    expect_twins(program(linear), program(GT_ROOT_DENSE), {vec64({1, -0.5, 0.5, 0.3})});
}

// Nodes along a line whose flow to their neighbours has a potential.
class ImplicitMesh : public ImplicitWays {
 public:
  Program mesh(gt_tensor from, gt_tensor to, int32_t linear) {
    return [=, this](const Tensors& in) {
      const auto residual = [&](gt_context, const Tensors& u) {
        gt_tensor flow = gt_tanh(c, sub(gt_gather(c, u[0], from, 0, 0), gt_gather(c, u[0], to, 0, 0)));
        const int64_t n = shape_of(c, u[0])[0];
        gt_tensor out = sub(gt_scatter_add(c, from, flow, &n, 1, 0, 0), gt_scatter_add(c, to, flow, &n, 1, 0, 0));
        return Tensors{sub(add(u[0], out), in[0])};
      };
      return root(residual, {gt_zeros_like(c, in[0])}, exact(linear));
    };
  }
};

TEST_F(ImplicitMesh, SmallOne) {
  gt_tensor from = ints({0, 5, 2, 1, 4}), to = ints({5, 2, 1, 4, 3});
  for (const int32_t linear : {GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_CG})
    expect_twins(mesh(from, to, linear), mesh(from, to, GT_ROOT_DENSE), {vec64({1, -2, 0.5, 0.3, 2, -1})});
}

// The values of the indices decide the entries, and the order makes a narrow band of them: a band of all unknowns would
// take gigabytes.
TEST_F(ImplicitMesh, LargeOneOutOfOrder) {
  constexpr int64_t n = 30011, step = 7919;  // a prime, so that the line meets each node
  std::vector<int32_t> from, to;
  for (int64_t k = 0; k + 1 < n; ++k)
    from.push_back(static_cast<int32_t>(k * step % n)), to.push_back(static_cast<int32_t>((k + 1) * step % n));
  gt_tensor of = ints(from), by = ints(to), a = gt_fill(c, scalar64(c, 0.4), std::array{n}.data(), 1);
  Tensors found;
  for (const int32_t linear : {GT_ROOT_SPARSE, GT_ROOT_GMRES}) {
    gt_tape t = watching({a});
    found.push_back(grad(t, sum(gt_sin(c, mesh(of, by, linear)({mul(a, gt_cos(c, a))})[0])), a));
  }
  expect_close(numbers(c, found[0]), numbers(c, found[1]), {1e-9, 1e-10}, "gradients");
}

// Indices without values make all entries possible.
TEST_F(ImplicitMesh, IndicesThatAFunctionIsGiven) {
  gt_tensor from = ints({0, 5, 2, 1, 4}), to = ints({5, 2, 1, 4, 3}), x = vec64({1, -2, 0.5, 0.3, 2, -1});
  gt_function f =
      function_of({spec(GT_INT32, {5}), spec(GT_INT32, {5}), spec(GT_FLOAT64, {6})},
                  [&](gt_context, const Tensors& in) { return mesh(in[0], in[1], GT_ROOT_SPARSE)({in[2]}); });
  expect(call(f, {from, to, x})[0], numbers(c, mesh(from, to, GT_ROOT_DENSE)({x})[0]));
}

// ---- Compositions

TEST_F(ImplicitWays, BetweenOtherOps) {
  const auto around = [this](const Program& inner) {
    return Program([this, inner](const Tensors& in) {
      gt_tensor x = gt_sin(c, mul(in[0], in[0]));
      return Tensors{mul(gt_exp(c, inner({x})[0]), x)};
    });
  };
  for (const int32_t linear : {GT_ROOT_SPARSE, GT_ROOT_GMRES})
    expect_twins(around(chain_root(0.4, 1.3, exact(linear))), around(chain_root(0.4, 1.3, exact())),
                 {vec64({1, -2, 0.5, 0.3, 2})});
}

TEST_F(ImplicitWays, RootInARoot) {
  const auto program = [this](int32_t outer, int32_t inner) {
    return Program([this, outer, inner](const Tensors& in) {
      const auto residual = [&](gt_context, const Tensors& x) {
        return Tensors{sub(add(x[0], times(0.3, chain_root(0.4, 1.3, exact(inner))({mul(x[0], in[0])})[0])), in[0])};
      };
      return root(residual, {gt_zeros_like(c, in[0])}, exact(outer));
    });
  };
  const Tensors x = {vec64({1, -0.5, 0.4})};
  expect_twins(program(GT_ROOT_GMRES, GT_ROOT_GMRES), program(GT_ROOT_DENSE, GT_ROOT_DENSE), x);
  expect_twins(program(GT_ROOT_SPARSE, GT_ROOT_BANDED), program(GT_ROOT_DENSE, GT_ROOT_DENSE), x);
  expect_twins(program(GT_ROOT_BANDED, GT_ROOT_GMRES), program(GT_ROOT_DENSE, GT_ROOT_DENSE), x);
}

TEST_F(ImplicitWays, InAScan) {
  const auto program = [this](const gt_root_options& o, bool fixed) {
    return Program([this, o, fixed](const Tensors& in) {
      const auto step = [&](gt_context, const Tensors& carry) {
        gt_tensor next = fixed ? layer(o)({carry[0], in[1]})[0] : chain_root(0.4, 1.3, o)({carry[0]})[0];
        return Tensors{add(next, times(0.5, in[0]))};
      };
      gt_scan_options steps{};
      steps.length = 3;
      return scan(step, {in[0]}, {}, steps);
    });
  };
  const Tensors x = {vec64(layer_inputs()), weights()};
  for (const int32_t linear : {GT_ROOT_SPARSE, GT_ROOT_GMRES}) {
    expect_twins(program(exact(linear), false), program(exact(), false), {x[0]});
    expect_twins(program(anderson(linear), true), program(exact(), true), x);
  }
}

// Two roots share a tensor that is also used beside them.
TEST_F(ImplicitWays, SharedTensors) {
  const auto program = [this](const gt_root_options& a, const gt_root_options& b) {
    return Program([this, a, b](const Tensors& in) {
      gt_tensor shared = gt_tanh(c, in[0]);
      gt_tensor first = layer(a)({shared, in[1]})[0], second = layer(b)({add(shared, first), in[1]})[0];
      return Tensors{add(mul(first, shared), second), product(in[1], second)};
    });
  };
  expect_twins(program(anderson(GT_ROOT_GMRES), exact(GT_ROOT_SPARSE)), program(exact(), exact()),
               {vec64(layer_inputs()), weights()});
}

TEST_F(ImplicitWays, OwnSolverWithProducts) {
  gt_root_options o = exact(GT_ROOT_GMRES);
  o.fixed_point = 1;
  o.solver = [](gt_context ctx, void*, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = scalar64(ctx, 3);
    *n = 1;
    return gt_status{GT_OK};
  };
  gt_tensor a = scalar64(c, 9);
  gt_tape t = watching({a});
  gt_tensor half = scalar64(c, 0.5);
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{mul(half, add(u[0], gt_divide(c, a, u[0])))}; },
                     {scalar64(c, 1)}, o)[0];
  expect(x, {3});
  expect(grad(t, x, a), {1. / 6});
}

// ---- Sizes

TEST_F(ImplicitWays, Float32) {
  for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear) {
    SCOPED_TRACE(linear);
    gt_root_options o{};
    o.linear = linear;
    gt_tensor a = vec({1, -2, 0.5}), five = gt_scalar(c, 5);
    gt_tape t = watching({a});
    gt_tensor x =
        root([&](gt_context, const Tensors& u) { return Tensors{sub(mul(five, u[0]), a)}; }, {vec({0, 0, 0})}, o)[0];
    EXPECT_EQ(dtype_of(c, x), GT_FLOAT32);
    expect_close(numbers(c, x), {0.2, -0.4, 0.1}, {1e-5, 1e-5}, "x");
    expect_close(numbers(c, grad(t, x, a)), {0.2, 0.2, 0.2}, {1e-5, 1e-5}, "gradient");
  }
  gt_root_options o{};
  o.fixed_point = 1, o.method = GT_ROOT_ANDERSON, o.linear = GT_ROOT_GMRES;
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{gt_cos(c, u[0])}; }, {vec({0, 1})}, o)[0];
  expect_close(numbers(c, x), {0.739085, 0.739085}, {1e-5, 1e-5}, "cosine");
}

TEST_F(ImplicitWays, OneNoneAndNoAxes) {
  for (const bool fixed : {false, true})
    for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear)
      for (const auto& [dims, size] :
           std::map<std::vector<int64_t>, std::size_t>{{{}, 1}, {{1}, 1}, {{0}, 0}, {{2, 0}, 0}, {{1, 1}, 1}}) {
        SCOPED_TRACE(testing::Message() << fixed << " " << linear << " " << dims.size());
        gt_root_options o = fixed ? anderson(linear) : exact(linear);
        gt_tensor a = scalar64(c, 0.4), start = tensor<double>(c, dims, std::vector<double>(size));
        gt_tape t = watching({a});
        gt_tensor x = root(
            [&](gt_context, const Tensors& u) {
              gt_tensor next = mul(a, gt_cos(c, u[0]));
              return Tensors{fixed ? next : sub(u[0], next)};
            },
            {start}, o)[0];
        const std::vector<double> v = numbers(c, x);
        for (const double at : v) EXPECT_NEAR(at, 0.4 * std::cos(at), 1e-12);
        double want = 0;
        for (const double at : v) want += std::cos(at) / (1 + 0.4 * std::sin(at));
        EXPECT_NEAR(number(c, grad(t, sum(x), a)), want, 1e-11);
      }
}

// Nothing as large as a matrix of the unknowns is made.
TEST_F(ImplicitWays, ManyUnknowns) {
  const int64_t n = 100000;
  for (const int32_t linear : {GT_ROOT_GMRES, GT_ROOT_CG, GT_ROOT_BANDED, GT_ROOT_SPARSE}) {
    SCOPED_TRACE(linear);
    gt_root_options o = linear == GT_ROOT_GMRES ? anderson(linear) : exact(linear);
    o.tolerance = 1e-10;
    gt_tensor a = gt_fill(c, scalar64(c, 0.4), &n, 1);
    gt_tape t = watching({a});
    gt_tensor x = root(
        [&](gt_context, const Tensors& u) {
          gt_tensor next = mul(a, gt_cos(c, add(u[0], times(0.1, shifted(u[0], true)))));
          next = linear == GT_ROOT_GMRES
                     ? next
                     : sub(times(2, u[0]),
                           add(times(0.5, next), times(0.3, add(shifted(u[0], true), shifted(u[0], false)))));
          return Tensors{next};
        },
        {gt_zeros_like(c, a)}, o)[0];
    if (linear == GT_ROOT_CG) continue;  // not symmetric: the value alone
    gt_tensor g = grad(t, sum(x), a);
    EXPECT_GT(number(c, gt_reduce_min(c, g, nullptr, 0, 0)), 0);
  }
}

// ---- Failures

class ImplicitFailures : public ImplicitWays {
 public:
  void expect_unreadable(gt_tensor x, gt_status code, const std::string& part) {
    TwinTest::expect_error(gt_eval(c, &x, 1), code, part);
  }
};

TEST_F(ImplicitFailures, SingularMatrices) {
  gt_tensor a = vec64({1, 1});
  for (const int32_t linear : {GT_ROOT_DENSE, GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_CG, GT_ROOT_GMRES}) {
    SCOPED_TRACE(linear);
    // The guess is a root already, and the Jacobian [[1, 1], [1, 1]] has no inverse there.
    gt_tape t = watching({a});
    gt_tensor x = root(
        [&](gt_context, const Tensors& u) {
          return Tensors{
              sub(gt_broadcast_to(c, sum(u[0]), std::array<int64_t, 1>{2}.data(), 1), mul(a, gt_scalar(c, 2)))};
        },
        {vec64({1, 1})}, exact(linear))[0];
    gt_tensor g = grad(t, part(x, 0, 1), a);
    if (linear >= GT_ROOT_CG)
      expect_unreadable(g, GT_FAILED_PRECONDITION, "did not converge");
    else
      expect_unreadable(g, GT_INVALID_ARGUMENT, "is singular");
  }
}

TEST_F(ImplicitFailures, SystemsThatDoNotConverge) {
  for (const int32_t linear : {GT_ROOT_CG, GT_ROOT_GMRES}) {
    gt_root_options o = exact(linear);
    o.linear_max_steps = 2;
    gt_tensor a = vec64({1, -2, 0.5, 0.3, 2});
    gt_tape t = watching({a});
    gt_tensor x = chain_root(1, 1, o)({a})[0];
    EXPECT_EQ(numbers(c, x).size(), 5u) << "steps need not be exact";
    gt_tensor g = grad(t, sum(gt_sin(c, x)), a);
    expect_unreadable(g, GT_FAILED_PRECONDITION, "after 2 product(s) with the Jacobian [5, 5] the residual is");
  }
}

TEST_F(ImplicitFailures, IterationsThatDoNotConverge) {
  gt_root_options o = anderson(GT_ROOT_GMRES);
  o.max_steps = 3;
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{gt_exp(c, u[0])}; }, {scalar64(c, 0)}, o)[0];
  expect_unreadable(x, GT_FAILED_PRECONDITION, "no root was found");
  x = root([&](gt_context, const Tensors& u) { return Tensors{gt_log(c, u[0])}; }, {scalar64(c, -1)}, o)[0];
  expect_unreadable(x, GT_FAILED_PRECONDITION, "the largest residual is nan");
}

TEST_F(ImplicitFailures, Options) {
  const auto same = [](gt_context, const Tensors& u) { return u; };
  const auto refused = [&](const std::function<void(gt_root_options&)>& change, const std::string& part) {
    gt_root_options o{};
    change(o);
    root(same, {vec64({1, 2})}, o);
    TwinTest::expect_error(last_status, GT_INVALID_ARGUMENT, part);
  };
  refused([](auto& o) { o.method = GT_ROOT_ANDERSON; }, "options.fixed_point must be 1");
  refused([](auto& o) { o.method = 2; }, "options.method must be from 0 to 1, got 2");
  refused([](auto& o) { o.linear = -1; }, "options.linear must be from 0 to 4, got -1");
  refused([](auto& o) { o.fixed_point = 2; }, "options.fixed_point must be 0 or 1");
  refused([](auto& o) { o.history = -1; }, "options.history must not be negative");
  refused([](auto& o) { o.damping = 1.5; }, "options.damping must be 1 at most");
  refused([](auto& o) { o.damping = std::nan(""); }, "options.damping must not be negative");
  refused([](auto& o) { o.linear_tolerance = -1; }, "options.linear_tolerance must not be negative");
  refused([](auto& o) { o.linear_max_steps = -1; }, "options.linear_max_steps must not be negative");
  refused([](auto& o) { o.linear_restart = -1; }, "options.linear_restart must not be negative");
  gt_root_options o = anderson(GT_ROOT_DENSE);
  root([&](gt_context, const Tensors& u) { return Tensors{sum(u[0])}; }, {vec64({1, 2})}, o);
  TwinTest::expect_error(last_status, GT_INVALID_ARGUMENT,
                         "the function gives each unknown anew, but float64[] for unknown 0");
}

}  // namespace
}  // namespace test
