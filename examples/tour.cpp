// The program of docs/cpp.md: each snippet of that page stands here, and its output stands on the page.
#include <cmath>
#include <gradtape/gradtape.hpp>
#include <iostream>

using namespace gradtape;

static void values(const Context& ctx) {
  Tensor a = ctx.tensor({{1, 2, 3}, {4, 5, 6}});           // float64
  Tensor b = ctx.tensor<float>({1.5, 2.5});                // float32
  Tensor c = ctx.tensor({2, 2}, std::vector{1, 2, 3, 4});  // int32, from a vector, an array or a span
  Tensor d = ones(ctx, {2, 3}) + arange(ctx, 0.0, 3.0);    // broadcasting, as in NumPy
  std::cout << d << "\n" << c << "\n" << name_of(b.dtype()) << "\n";

  std::cout << reduce_sum(a, {1}) << transpose(a, {1, 0}).shape()[0] << "\n";
  std::cout << where(a > 3, pow(a, 2), 0.0) << "\n";
  a += 1;  // a is now another value; nobody else's tensor changes

  std::cout << a[0] << a(1, 2) << a(All, Slice(1, 3)) << a(Ellipsis, -1) << "\n";

  double one = reduce_sum(a).item();
  int index = argmax(a[0]).item<int>();
  std::vector<double> copied = a.to_vector<double>();
  double sum = 0;
  for (double x : a.data<double>()) sum += x;  // no copy: valid while a lives
  std::cout << one << " " << index << " " << copied.size() << " " << sum << "\n";

  if (reduce_all(a > 0)) std::cout << "all above 0\n";
}

static void lambdas(const Context& ctx) {
  auto f = [](const Tensor& x, const Tensor& y) { return reduce_sum(x * x * y); };
  Tensor x = ctx.tensor({1, 2}), y = ctx.tensor({3, 4});
  auto [gx, gy] = grad(f)(x, y);
  std::cout << gx << gy << "\n";

  auto g = [](const Tensor& t) { return reduce_sum(t * t * t); };
  auto [value, gradient] = value_and_grad(g)(x);
  std::cout << value << gradient << "\n" << hessian(g)(x) << "\n";

  auto along = hvp(g, x, ctx.tensor({1, 0}));  // the Hessian times a vector
  std::cout << along << "\n";
}

static void tapes(const Context& ctx) {
  Variable w(ctx.tensor({0.0, 0.0}));
  Tensor x = ctx.tensor({{1, 1}, {1, 2}, {1, 3}}), y = ctx.tensor({3, 5, 7});
  for (int step = 0; step < 500; ++step) {
    Tape tape(ctx);  // watches the variables that are read while it lives
    Tensor error = reduce_sum(x * w, {1}) - y;
    w -= 0.1 * tape.gradient(reduce_mean(error * error), w);
  }
  std::cout << round(w * 1000) / 1000 << "\n";
}

static void functions(const Context& ctx) {
  Spec row{Dtype::float64, {-1}};  // -1: of any size
  auto normalize = function(ctx, {row}, [](const Tensor& x) {
    Tensor centred = x - reduce_mean(x);
    return std::pair(centred, sqrt(reduce_mean(centred * centred)));
  });
  auto [centred, deviation] = normalize(std::vector<double>{1, 2, 3, 6});
  std::cout << centred << deviation << "\n";

  std::vector<double> in{1, 3, 5, 7}, out(4);
  double scale = 0;
  normalize.run({in}, {out, &scale});  // from and to memory
  std::cout << out[0] << " " << scale << "\n";
}

static void loops(const Context& ctx) {
  Tensor rates = ctx.tensor({1.1, 1.2, 1.5});
  auto grow = [](const Tensor& sum, const Tensor& rate) { return std::pair(sum * rate, sum); };
  auto [last, before] = scan(grow, ctx.scalar(100), rates);  // the carried value, and a result of each step
  auto final_sum = [&](const Tensor& r) { return scan(grow, ctx.scalar(100), r).carried; };
  std::cout << last << before << grad(final_sum)(rates) << "\n";

  auto below = [](const Tensor& v, const Tensor&) { return v < 1000; };
  auto twice = [](const Tensor& v, const Tensor& n) { return std::pair(v * 2, n + 1); };
  auto [power, steps] = while_loop(below, twice, {ctx.scalar(1), ctx.scalar(0)}, {.max_steps = 20});
  std::cout << power << " " << steps << "\n";

  auto log_above_0 = [](const Tensor& v) {
    return cond(
        v > 0, [&] { return log(v); }, [&] { return v; });
  };
  std::cout << vmap(log_above_0)(ctx.tensor({-2, 1})) << "\n";  // each sample takes its own branch

  auto solution = [](const Tensor& a) { return root([&](const Tensor& y) { return y * y * y - a; }, a); };
  auto [value, push] = linearize(solution, ctx.scalar(8));  // push is a Function of tangents
  std::cout << value << " " << push(ctx.scalar(12)) << "\n";
}

static void callbacks(const Context& ctx) {
  Tensor x = ctx.tensor({-1, 2});
  Tape tape(ctx);
  tape.watch(x);
  Tensor y = custom_gradient(
      x, [](const Tensor& v) { return relu(v); },                                      // the value
      [](const Tensor& v, const Tensor& dy) { return where(v > 0, dy, 0.01 * dy); });  // its gradient
  std::cout << tape.gradient(y, x) << "\n";

  register_op("cube_root", {.infer = [](const auto& in, const OpAttrs&) { return std::vector<Spec>{in[0]}; },
                            .compute =
                                [](const auto& in, const auto& out, const OpAttrs&) {
                                  auto from = in[0].template data<double>();
                                  double* to = out[0].template data<double>();
                                  for (std::size_t i = 0; i < from.size(); ++i) to[i] = std::cbrt(from[i]);
                                },
                            .gradient =
                                [](const Application& a, const std::vector<Tensor>& dy) {
                                  return std::vector<Tensor>{dy[0] / (3 * a.outputs[0] * a.outputs[0])};
                                }});
  auto root = [&](const Tensor& v) { return ctx.apply("cube_root", {v})[0]; };
  std::cout << root(ctx.tensor({8, 27})) << grad(root)(ctx.tensor({8})) << "\n";
}

static void errors(const Context& ctx) {
  try {
    matmul(ctx.zeros({2, 3}), ctx.zeros({2, 3}));
  } catch (const Error& e) {
    std::cout << e.what() << "\n";
  }
  struct Mine : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  try {
    Function f(ctx, {{Dtype::float64, {}}}, [](const Tensor&) -> Tensor { throw Mine("from the lambda"); });
  } catch (const Mine& e) {
    std::cout << e.what() << "\n";
  }
}

int main() {
  Context ctx;
  values(ctx);
  lambdas(ctx);
  tapes(ctx);
  functions(ctx);
  loops(ctx);
  callbacks(ctx);
  errors(ctx);
}
