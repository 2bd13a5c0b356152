// Times Jacobians of functions of many shapes in the mode that the library chooses, and in both fixed modes, in turn.
// usage: gradtape_jacobians [NAME...]: parts of names. Each line has the times, beside those of a gradient and of
// writing as many zeros. The ratio is that of the chosen mode to the best fixed one. A time is the median of replays of
// a function, on one thread.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <gradtape/gradtape.hpp>
#include <string>
#include <vector>

namespace {

using namespace gradtape;

struct Example {
  const char* name;
  std::vector<std::int64_t> source;
  std::function<Tensor(const Tensor& x)> f;
};

// Numbers without a pattern, between -1 and 1.
std::vector<double> numbers(std::int64_t count, double phase) {
  std::vector<double> all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back(std::sin(phase + 12.9898 * static_cast<double>(i)));
  return all;
}
std::int64_t size_of(const std::vector<std::int64_t>& shape) {
  std::int64_t size = 1;
  for (std::int64_t n : shape) size *= n;
  return size;
}
Tensor constant(const Context& ctx, const std::vector<std::int64_t>& shape, double phase) {
  return ctx.tensor<double>(shape, numbers(size_of(shape), phase));
}
// Layers with tanh between these widths, of a vector.
std::function<Tensor(const Tensor&)> layers(const Context& ctx, const std::vector<std::int64_t>& widths) {
  std::vector<Tensor> weights;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    weights.push_back(constant(ctx, {widths[i + 1], widths[i]}, static_cast<double>(i)) /
                      std::sqrt(static_cast<double>(widths[i])));
  return [weights](const Tensor& x) {
    Tensor y = expand_dims(x, 1);
    for (const Tensor& w : weights) y = tanh(matmul(w, y));
    return squeeze(y, {1});
  };
}

std::vector<Example> examples(const Context& ctx) {
  std::vector<Example> all;
  const auto add = [&](const char* name, const std::vector<std::int64_t>& source, auto f) {
    all.push_back({name, source, f});
  };
  add("layers 8-64-512", {8}, layers(ctx, {8, 64, 512}));
  add("layers 512-64-8", {512}, layers(ctx, {512, 64, 8}));
  add("layers 128-128-128", {128}, layers(ctx, {128, 128, 128}));
  add("layers 64, six deep", {64}, layers(ctx, {64, 64, 64, 64, 64, 64, 64}));
  add("bottleneck 512-4-512", {512}, layers(ctx, {512, 512, 512, 512, 4, 512, 512, 512, 512}));
  add("bottleneck 256-64-16-64-256", {256}, layers(ctx, {256, 64, 16, 64, 256}));
  add("a scalar of 1,000", {1000}, [](const Tensor& x) { return reduce_sum(exp(sin(x))); });
  add("1,000 of a scalar", {1}, [c = constant(ctx, {1000}, 1)](const Tensor& x) { return sin(x * c); });
  add("elementwise 1,000", {1000}, [](const Tensor& x) { return exp(sin(x)) * x; });
  add("softmax 200", {200}, [](const Tensor& x) { return softmax(x); });
  add("residuals 400 of 20", {20},
      [a = constant(ctx, {400, 20}, 2)](const Tensor& x) { return tanh(squeeze(matmul(a, expand_dims(x, 1)), {1})); });
  add("distances of 40 points", {40, 2},
      [](const Tensor& x) { return reduce_sum(square(expand_dims(x, 1) - expand_dims(x, 0)), {2}); });
  add("cumulative sum 300", {300}, [](const Tensor& x) { return cumsum(square(x)); });
  add("a Hessian, Rosenbrock 300", {300}, grad([](const Tensor& x) {
        const Tensor a = slice(x, {0}, {299}), b = slice(x, {1}, {299});
        return reduce_sum(100.0 * square(b - square(a)) + square(1.0 - a));
      }));
  add("a Hessian, layers 60-60-1", {60},
      grad([f = layers(ctx, {60, 60, 1})](const Tensor& x) { return reduce_sum(square(f(x))); }));
  add("inverse of 8 by 8", {8, 8}, [ctx = &ctx](const Tensor& x) { return inv(x + 3.0 * eye(*ctx, 8)); });
  add("gathered 500", {100}, [ctx = &ctx](const Tensor& x) {
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < 500; ++i) places.push_back(i * 37 % 100);
    return sin(gather(x, ctx->tensor<std::int64_t>({500}, places)));
  });
  return all;
}

// A derivative of an example, as a function that runs on memory.
class Way {
 public:
  using Derivative = std::function<Tensor(Tape& tape, const Tensor& y, const Tensor& x)>;
  Way(const Context& ctx, const Example& e, const Derivative& derivative)
      : ctx_(&ctx), x_(numbers(size_of(e.source), 0.5)), f_(ctx, {{Dtype::float64, e.source}}, [&](const Tensor& x) {
          Tape tape(ctx, GT_TAPE_MANUAL_WATCH);
          tape.watch(x);
          const Tensor result = derivative(tape, e.f(x), x);
          to_.resize(static_cast<std::size_t>(result.size()));
          return result;
        }) {
    f_.compile();
    run(1);
    calls_ = static_cast<int>(std::clamp(4e-3 / std::max(run(1), 1e-9), 1.0, 1e5));
  }
  std::size_t elements() const { return to_.size(); }
  void measure() { seconds_.push_back(run(calls_)); }
  double microseconds() {
    std::sort(seconds_.begin(), seconds_.end());
    return 1e6 * seconds_[seconds_.size() / 2];
  }

 private:
  double run(int calls) {
    const void* from = x_.data();
    void* to = to_.data();
    const std::clock_t start = std::clock();
    for (int i = 0; i < calls; ++i)
      detail::check(ctx_->get(), gt_function_run(ctx_->get(), f_.get(), &from, 1, &to, 1));
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / calls;
  }

  const Context* ctx_;
  std::vector<double> x_, to_;
  Function f_;
  int calls_ = 1;
  std::vector<double> seconds_;
};

Way::Derivative jacobian_in(std::int32_t mode) {
  return [mode](Tape& tape, const Tensor& y, const Tensor& x) {
    JacobianOptions options;
    options.mode = mode;
    return tape.jacobian(y, x, options);
  };
}

double microseconds_to_write(std::size_t elements) {
  std::vector<double> to(elements, 1.0), seconds;
  for (int round = 0; round < 25; ++round) {
    const std::clock_t start = std::clock();
    const int calls = static_cast<int>(std::clamp<std::size_t>(4'000'000 / elements, 1, 100'000));
    for (int i = 0; i < calls; ++i) {
      std::memset(to.data(), i & 1, elements * sizeof(double));
      asm volatile("" ::"r"(to.data()) : "memory");
    }
    seconds.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / calls);
  }
  std::sort(seconds.begin(), seconds.end());
  return 1e6 * seconds[seconds.size() / 2];
}

void measure(const Context& ctx, const Example& e) {
  std::vector<Way> ways;
  for (std::int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE})
    ways.emplace_back(ctx, e, jacobian_in(mode));
  ways.emplace_back(ctx, e, [](Tape& tape, const Tensor& y, const Tensor& x) { return tape.gradient(y, x); });
  for (int round = 0; round < 25; ++round)
    for (Way& w : ways) w.measure();
  const double chosen = ways[0].microseconds(), forward = ways[1].microseconds(), reverse = ways[2].microseconds();
  std::printf("%-28s %10.1f %10.1f %10.1f %10.1f %10.1f %8.2f\n", e.name, ways[3].microseconds(),
              microseconds_to_write(ways[0].elements()), chosen, forward, reverse, chosen / std::min(forward, reverse));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const Context ctx;
  ctx.set_threads(1);
  std::printf("%-28s %10s %10s %10s %10s %10s %8s\n", "microseconds", "gradient", "zeros", "chosen", "forward",
              "reverse", "ratio");
  for (const Example& e : examples(ctx)) {
    bool asked = argc == 1;
    for (int i = 1; i < argc; ++i) asked |= std::string(e.name).find(argv[i]) != std::string::npos;
    if (asked) measure(ctx, e);
  }
}
