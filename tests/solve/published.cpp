// The formulas of the published test problems.
#include "solve/published.hpp"

#include <cmath>

namespace test {
namespace {

using namespace gradtape;

// Numbers f(1) to f(n).
template <class F>
std::vector<double> each(int n, F f) {
  std::vector<double> v;
  for (int i = 1; i <= n; ++i) v.push_back(f(static_cast<double>(i)));
  return v;
}
Tensor constant(const Tensor& like, const std::vector<double>& v, const Ints& shape) {
  return {like.context(), gt_tensor_create(like.context(), GT_FLOAT64, shape.data(), shape.size(), v.data(),
                                           v.size() * sizeof(double))};
}
Tensor constant(const Tensor& like, const std::vector<double>& v) {
  return constant(like, v, {static_cast<std::int64_t>(v.size())});
}
template <class F>
Tensor each_of(const Tensor& like, int n, F f) {
  return constant(like, each(n, f));
}
Tensor number(const Tensor& x) { return reshape(x, Ints{1}); }

Tensor rosenbrock(const Tensor& x) {
  Tensor a = x(Slice(0, None, 2)), b = x(Slice(1, None, 2));
  return concat({10 * (b - a * a), 1 - a}, 0);
}
Tensor powell_singular(const Tensor& x) {
  Tensor a = x(Slice(0, None, 4)), b = x(Slice(1, None, 4)), c = x(Slice(2, None, 4)), d = x(Slice(3, None, 4));
  return concat({a + 10 * b, std::sqrt(5.0) * (c - d), square(b - 2 * c), std::sqrt(10.0) * square(a - d)}, 0);
}
Tensor helical_valley(const Tensor& x) {
  Tensor angle = atan(x[1] / x[0]) / (2 * std::acos(-1.0)) + where(x[0] > 0, 0.0 * x[0], 0.5 + 0.0 * x[0]);
  return stack({10 * (x[2] - 10 * angle), 10 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1), x[2]});
}
Tensor watson(const Tensor& x) {
  const auto n = static_cast<int>(x.size());
  std::vector<double> slopes, powers;
  for (int i = 1; i <= 29; ++i)
    for (int j = 0; j < n; ++j) {
      const double t = i / 29.0;
      slopes.push_back(j == 0 ? 0 : j * std::pow(t, j - 1));
      powers.push_back(std::pow(t, j));
    }
  const auto times_x = [&](const std::vector<double>& m) { return reduce_sum(constant(x, m, {29, n}) * x, {1}); };
  return concat({times_x(slopes) - square(times_x(powers)) - 1, number(x[0]), number(x[1] - x[0] * x[0] - 1)}, 0);
}
Tensor penalty_2(const Tensor& x) {
  const auto n = static_cast<int>(x.size());
  const double a = std::sqrt(1e-5);
  Tensor e = exp(x / 10), y = each_of(x, n - 1, [](double i) { return std::exp((i + 1) / 10) + std::exp(i / 10); });
  Tensor weights = each_of(x, n, [n](double j) { return n - j + 1; });
  return concat({number(x[0] - 0.2), a * (e(Slice(1)) + e(Slice(0, -1)) - y), a * (e(Slice(1)) - std::exp(-0.1)),
                 number(reduce_sum(weights * x * x) - 1)},
                0);
}
Tensor chebyquad(const Tensor& x) {
  const auto n = static_cast<int>(x.size());
  Tensor z = 2 * x - 1, before = ones_like(x), now = z;
  std::vector<Tensor> r;
  for (int i = 1; i <= n; ++i) {
    r.push_back(reduce_mean(now) + (i % 2 == 0 ? 1.0 / (i * i - 1.0) : 0.0));
    Tensor next = 2 * z * now - before;
    before = now;
    now = next;
  }
  return stack(r);
}
Tensor variably_dimensioned(const Tensor& x) {
  Tensor sum = reduce_sum(each_of(x, static_cast<int>(x.size()), [](double j) { return j; }) * (x - 1));
  return concat({x - 1, number(sum), number(sum * sum)}, 0);
}
Tensor trigonometric(const Tensor& x) {
  const auto n = static_cast<int>(x.size());
  Tensor i = each_of(x, n, [](double k) { return k; });
  return n - reduce_sum(cos(x)) + i * (1 - cos(x)) - sin(x);
}
Tensor gulf(const Tensor& x) {
  Tensor t = each_of(x, 99, [](double i) { return i / 100; });
  Tensor y = each_of(x, 99, [](double i) { return 25 + std::pow(-50 * std::log(i / 100), 2.0 / 3); });
  return exp(-pow(abs(y - x[1]), x[2]) / x[0]) - t;
}
Tensor bard(const Tensor& x) {
  Tensor y = constant(x, {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39});
  Tensor u = each_of(x, 15, [](double i) { return i; }), v = 16 - u, w = minimum(u, v);
  return y - (x[0] + u / (v * x[1] + w * x[2]));
}
Tensor kowalik_osborne(const Tensor& x) {
  Tensor y = constant(x, {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246});
  Tensor u = constant(x, {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625});
  return y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]);
}
Tensor meyer(const Tensor& x) {
  Tensor y = constant(
      x, {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872});
  return x[0] * exp(x[1] / (each_of(x, 16, [](double i) { return 45 + 5 * i; }) + x[2])) - y;
}
Tensor osborne_1(const Tensor& x) {
  Tensor y = constant(x, {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                          0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                          0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406});
  Tensor t = each_of(x, 33, [](double i) { return 10 * (i - 1); });
  return y - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4]));
}
Tensor broyden_tridiagonal(const Tensor& x) {
  Tensor zero = zeros_like(x(Slice(0, 1)));
  Tensor before = concat({zero, x(Slice(0, -1))}, 0), behind = concat({x(Slice(1)), zero}, 0);
  return (3 - 2 * x) * x - before - 2 * behind + 1;
}
Tensor discrete_boundary_value(const Tensor& x) {
  const auto n = static_cast<int>(x.size());
  const double h = 1.0 / (n + 1);
  Tensor zero = zeros_like(x(Slice(0, 1))), t = each_of(x, n, [h](double i) { return i * h; });
  Tensor before = concat({zero, x(Slice(0, -1))}, 0), behind = concat({x(Slice(1)), zero}, 0), s = x + t + 1;
  return 2 * x - before - behind + h * h * s * s * s / 2;
}
Tensor brown_almost_linear(const Tensor& x) {
  const auto n = static_cast<double>(x.size());
  return concat({x(Slice(0, -1)) + reduce_sum(x) - (n + 1), number(reduce_prod(x) - 1)}, 0);
}

}  // namespace

std::vector<Published> published_problems() {
  const auto repeat = [](std::vector<double> part, int times) {
    std::vector<double> all;
    for (int i = 0; i < times; ++i) all.insert(all.end(), part.begin(), part.end());
    return all;
  };
  std::vector<Published> list;
  const auto add = [&](const char* name, std::vector<double> start, auto residuals, std::vector<double> squares) {
    list.push_back({name, std::move(start), residuals, std::move(squares)});
  };
  add("Rosenbrock", {-1.2, 1}, rosenbrock, {0});  // 1
  add("FreudensteinAndRoth", {0.5, -2},
      [](const Tensor& x) {  // 2
        return stack({-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]});
      },
      {0, 48.98425});
  add("PowellBadlyScaled", {0, 1},
      [](const Tensor& x) {  // 3
        return stack({1e4 * x[0] * x[1] - 1, exp(-x[0]) + exp(-x[1]) - 1.0001});
      },
      {0});
  add("BrownBadlyScaled", {1, 1},
      [](const Tensor& x) {
        return stack({x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2});
      },
      {0});  // 4
  add("Beale", {1, 1},
      [](const Tensor& x) {  // 5
        return stack(
            {1.5 - x[0] * (1 - x[1]), 2.25 - x[0] * (1 - x[1] * x[1]), 2.625 - x[0] * (1 - x[1] * x[1] * x[1])});
      },
      {0});
  add("JennrichAndSampson", {0.3, 0.4},
      [](const Tensor& x) {  // 6
        Tensor i = each_of(x, 10, [](double k) { return k; });
        return 2 + 2 * i - (exp(i * x[0]) + exp(i * x[1]));
      },
      {124.362});
  add("HelicalValley", {-1, 0, 0}, helical_valley, {0});  // 7
  add("Bard", {1, 1, 1}, bard, {8.21487e-3});             // 8
  add("Gaussian", {0.4, 1, 0},
      [](const Tensor& x) {  // 9
        Tensor y = constant(x, {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989, 0.3521, 0.2420, 0.1295,
                                0.0540, 0.0175, 0.0044, 0.0009});
        Tensor t = each_of(x, 15, [](double i) { return (8 - i) / 2; });
        return x[0] * exp(-x[1] * square(t - x[2]) / 2) - y;
      },
      {1.12793e-8});
  add("Meyer", {0.02, 4000, 250}, meyer, {87.9458});  // 10
  add("GulfResearch", {5, 2.5, 0.15}, gulf, {0});     // 11
  add("Box", {0, 10, 20},
      [](const Tensor& x) {  // 12
        Tensor t = each_of(x, 10, [](double i) { return 0.1 * i; });
        return exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (exp(-t) - exp(-10 * t));
      },
      {0});
  add("PowellSingular", repeat({3, -1, 0, 1}, 1), powell_singular, {0});  // 13
  add("Wood", {-3, -1, -3, -1},
      [](const Tensor& x) {  // 14
        return stack({10 * (x[1] - x[0] * x[0]), 1 - x[0], std::sqrt(90.0) * (x[3] - x[2] * x[2]), 1 - x[2],
                      std::sqrt(10.0) * (x[1] + x[3] - 2), (x[1] - x[3]) / std::sqrt(10.0)});
      },
      {0});
  add("KowalikAndOsborne", {0.25, 0.39, 0.415, 0.39}, kowalik_osborne, {3.07506e-4});  // 15
  add("BrownAndDennis", {25, 5, -5, -1},
      [](const Tensor& x) {  // 16
        Tensor t = each_of(x, 20, [](double i) { return i / 5; });
        return square(x[0] + t * x[1] - exp(t)) + square(x[2] + x[3] * sin(t) - cos(t));
      },
      {85822.2});
  add("Osborne1", {0.5, 1.5, -1, 0.01, 0.02}, osborne_1, {5.46489e-5});  // 17
  add("BiggsExp6", {1, 2, 1, 1, 1, 1},
      [](const Tensor& x) {  // 18
        Tensor t = each_of(x, 13, [](double i) { return 0.1 * i; });
        Tensor y = exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t);
        return x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y;
      },
      {0, 5.65565e-3});
  add("Watson6", std::vector<double>(6, 0), watson, {2.28767e-3});  // 20
  add("Watson9", std::vector<double>(9, 0), watson, {1.39976e-6});
  add("ExtendedRosenbrock", repeat({-1.2, 1}, 5), rosenbrock, {0});               // 21
  add("ExtendedPowellSingular", repeat({3, -1, 0, 1}, 3), powell_singular, {0});  // 22
  add("Penalty1", each(4, [](double j) { return j; }),
      [](const Tensor& x) {  // 23
        return concat({std::sqrt(1e-5) * (x - 1), number(reduce_sum(x * x) - 0.25)}, 0);
      },
      {2.24997e-5});
  add("Penalty2", std::vector<double>(4, 0.5), penalty_2, {9.37629e-6});                                 // 24
  add("VariablyDimensioned", each(10, [](double j) { return 1 - j / 10; }), variably_dimensioned, {0});  // 25
  add("Trigonometric", std::vector<double>(10, 0.1), trigonometric, {0, 2.79506e-5});                    // 26
  add("BrownAlmostLinear", std::vector<double>(10, 0.5), brown_almost_linear, {0, 1});                   // 27
  add("DiscreteBoundaryValue", each(10, [](double i) { return i / 11 * (i / 11 - 1); }), discrete_boundary_value,
      {0});                                                                            // 28
  add("BroydenTridiagonal", std::vector<double>(10, -1), broyden_tridiagonal, {0});    // 30
  add("Chebyquad", each(8, [](double j) { return j / 9; }), chebyquad, {3.51687e-3});  // 35
  return list;
}

}  // namespace test
