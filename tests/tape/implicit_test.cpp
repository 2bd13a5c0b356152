// Roots by each method and each kind of linear system, beside those by a dense Jacobian and beside differences.
#include "support/implicit.hpp"

namespace test {
namespace {

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

TEST_F(ImplicitWays, LoopsBranchesAndRulesInTheResidual) {
  const auto program = [this](int32_t linear) {
    return Program([this, linear](const Tensors& in) {
      const auto third = [&](gt_context, const Tensors& v) { return Tensors{add(times(1. / 3, v[0]), in[0])}; };
      const auto residual = [&](gt_context, const Tensors& u) {
        gt_scan_options steps{};
        steps.length = 2;
        gt_tensor y = scan(third, {gt_sin(c, u[0])}, {}, steps)[0];
        gt_while_options most{};
        most.max_steps = 5;
        const auto below = [&](gt_context, const Tensors& v) { return Tensors{gt_less(c, v[1], scalar64(c, 2))}; };
        const auto more = [&](gt_context, const Tensors& v) {
          return Tensors{times(0.5, v[0]), add(v[1], scalar64(c, 1))};
        };
        y = while_loop(below, more, {y, scalar64(c, 0)}, most)[0];
        y = checkpoint([&](gt_context, const Tensors& v) { return Tensors{gt_tanh(c, v[0])}; }, {y})[0];
        return Tensors{sub(sub(u[0], y), custom_square(times(0.1, u[0])))};
      };
      return root(residual, {gt_zeros_like(c, in[0])}, exact(linear));
    });
  };
  for (const int32_t linear : {GT_ROOT_SPARSE, GT_ROOT_CG, GT_ROOT_GMRES})
    expect_twins(program(linear), program(GT_ROOT_DENSE), {vec64({0.4, -0.7, 0.2})});
}

}  // namespace
}  // namespace test
