// Times functions of all pairs, by gradtape and by hand-written C++ in turn, with one thread.
// usage: gradtape_pairs [NAME...]: parts of names of cases. A line for each has medians and least times of the processor
// in ms, and the ratio of the least. Its last number is the largest difference of results over the largest result.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "gradtape/gradtape.hpp"
#include "programs.hpp"

namespace bench::pairs {
namespace {

using namespace gradtape;
using Tensors = std::vector<Tensor>;
using Clock = std::chrono::steady_clock;

Tensor differences(const Tensor& p, const Tensor& c) { return expand_dims(p, 1) - expand_dims(c, 0); }
Tensor distances(const Tensor& p, const Tensor& c) { return reduce_sum(square(differences(p, c)), {-1}); }
Tensor kernel(const Tensor& p, const Tensor& c) { return reduce_sum(exp(-0.5 * distances(p, c)), {1}); }
Tensor forces(const Tensor& p, const Tensor& c) {
  const Tensor r = distances(p, c) + 0.01;
  return reduce_sum(-differences(p, c) * expand_dims(1.0 / (r * sqrt(r)), -1), {1});
}

Tensors gradients(const Tensors& by, const std::function<Tensor()>& f, bool with_value = false) {
  Tape tape(by[0].context(), GT_TAPE_MANUAL_WATCH);
  tape.watch(by);
  const Tensor y = f();
  Tensors all = tape.gradient(y, by);
  if (with_value) all.insert(all.begin(), y);
  return all;
}

Tensors results(const std::string& program, const Tensor& p, const Tensor& c, const Tensor& v) {
  const auto squares = [&] { return reduce_sum(square(kernel(p, c))); };
  if (program == "distances") return {distances(p, c)};
  if (program == "roots") return gradients({p, c}, [&] { return reduce_sum(sqrt(distances(p, c))); });
  if (program == "means")
    return gradients(
        {p, c}, [&] { return reduce_sum(reduce_min(distances(p, c), {1})); }, true);
  if (program == "kernel") return {kernel(p, c)};
  if (program == "kernel_gradients") return gradients({p, c}, squares);
  if (program == "kernel_product") {
    Tape outer(p.context(), GT_TAPE_MANUAL_WATCH);
    outer.watch(p);
    const Tensor g = gradients({p}, squares)[0];
    return {outer.jvp(g, p, v)};
  }
  return {forces(p, c)};
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&](const char* program, const std::vector<std::array<long, 3>>& sizes) {
    for (const auto& [n, k, d] : sizes) all.push_back({program, n, k, d});
  };
  add("distances", {{10000, 100, 16}, {10000, 10, 16}, {100000, 10, 2}, {2000, 2000, 3}, {1000, 100, 784}});
  add("roots", {{10000, 100, 16}, {10000, 10, 16}});
  add("means", {{10000, 100, 16}, {10000, 10, 16}, {100000, 10, 2}});
  for (const char* program : {"kernel", "kernel_gradients", "kernel_product"}) add(program, {{2000, 1000, 8}});
  add("forces", {{2000, 2000, 3}});
  return all;
}
}  // namespace

std::size_t outputs(const Case& c) {
  const long pairs = c.n * c.k, of_p = c.n * c.d, of_c = c.k * c.d;
  const long numbers = c.program == "distances"                                  ? pairs
                       : c.program == "kernel"                                   ? c.n
                       : c.program == "means"                                    ? 1 + of_p + of_c
                       : c.program == "roots" || c.program == "kernel_gradients" ? of_p + of_c
                                                                                 : of_p;
  return static_cast<std::size_t>(numbers);
}

Run by_gradtape(const Case& c) {
  auto ctx = std::make_shared<Context>();
  gt_set_threads(ctx->get(), 1);
  const std::vector<Spec> specs{
      {Dtype::float32, {c.n, c.d}}, {Dtype::float32, {c.k, c.d}}, {Dtype::float32, {c.n, c.d}}};
  auto f = std::make_shared<Function>(
      *ctx, specs, [program = c.program](const Tensors& in) { return results(program, in[0], in[1], in[2]); });
  f->compile();
  return [=](const float* p, const float* q, const float* v, float* out) {
    const void* in[] = {p, q, v};
    std::vector<void*> to{out};
    if (c.program == "means") to.push_back(out + 1);
    if (outputs(c) > static_cast<std::size_t>(c.n * c.d) && c.program != "distances")
      to.push_back(static_cast<float*>(to.back()) + c.n * c.d);
    detail::check(ctx->get(), gt_function_run(ctx->get(), f->get(), in, 3, to.data(), to.size()));
  };
}

namespace {
struct Timed {
  Run run;
  std::vector<float> out;
  std::vector<double> ms;
};

void measure(const Case& c) {
  const auto wave = [](long elements, double rate) {
    std::vector<float> x(static_cast<std::size_t>(elements));
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>(std::sin(rate * static_cast<double>(i * i + 1)));
    return x;
  };
  const std::vector<float> p = wave(c.n * c.d, 0.7), q = wave(c.k * c.d, 1.3), v = wave(c.n * c.d, 0.3);
  std::array<Timed, 2> all{Timed{by_gradtape(c), std::vector<float>(outputs(c)), {}},
                           Timed{by_hand(c), std::vector<float>(outputs(c)), {}}};
  const auto end = Clock::now() + std::chrono::milliseconds(1500);
  for (int round = 0; round < 7 || Clock::now() < end; ++round)
    for (Timed& t : all) {
      const std::clock_t start = std::clock();
      t.run(p.data(), q.data(), v.data(), t.out.data());
      t.ms.push_back(static_cast<double>(std::clock() - start) * 1e3 / CLOCKS_PER_SEC);
    }
  double most = 0, apart = 0;
  for (std::size_t i = 0; i < all[0].out.size(); ++i) {
    most = std::max(most, static_cast<double>(std::abs(all[1].out[i])));
    apart = std::max(apart, static_cast<double>(std::abs(all[0].out[i] - all[1].out[i])));
  }
  for (Timed& t : all) std::sort(t.ms.begin(), t.ms.end());
  const auto median = [](const Timed& t) { return t.ms[t.ms.size() / 2]; };
  std::printf("%-32s gradtape %8.3f %8.3f  by hand %8.3f %8.3f  ratio %5.2f  apart %.1e\n", c.name().c_str(),
              median(all[0]), all[0].ms[0], median(all[1]), all[1].ms[0], all[0].ms[0] / all[1].ms[0], apart / most);
  std::fflush(stdout);
}
}  // namespace
}  // namespace bench::pairs

int main(int argc, char** argv) {
  for (const bench::pairs::Case& c : bench::pairs::cases()) {
    const auto named = [&](const char* part) { return c.name().find(part) != std::string::npos; };
    if (argc == 1 || std::any_of(argv + 1, argv + argc, named)) bench::pairs::measure(c);
  }
}
