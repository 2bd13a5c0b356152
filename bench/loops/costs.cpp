// The costs of loops and of unrolled programs beside their time: recording, planning, replay by steps, memory.
// usage: gradtape_loop_costs. The output is tables.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "lotka_volterra.hpp"

namespace {

using namespace gradtape;
using Clock = std::chrono::steady_clock;
using bench::loops::scanned, bench::loops::unrolled;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
template <class F>
double median_seconds(int calls, F&& f) {
  std::vector<double> all;
  for (int i = 0; i < calls; ++i) {
    const auto start = Clock::now();
    f();
    all.push_back(seconds_since(start));
  }
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}
Context one_thread() {
  Context ctx;
  gt_set_threads(ctx.get(), 1);
  return ctx;
}

const std::vector<double> kStart = {1.0, 0.5, 1.1, 0.4, 0.1, 0.4};

// gt_function_create of the unrolled program; nodes are those that the body records.
void planning() {
  std::printf(
      "| steps | gradient | nodes | create, ms | record, us a node | plan, us a node | native code, us a node |\n"
      "|---:|---|---:|---:|---:|---:|---:|\n");
  for (const bool with_gradient : {false, true})
    for (long steps : {25, 100, 400, 1600}) {
      double recorded = 0, nodes = 0, created = 1e9, compiled = 0;
      for (int round = 0; round < (steps > 1000 ? 1 : 3); ++round) {
        Context ctx = one_thread();
        const auto start = Clock::now();
        double recording = 0;
        Function f(ctx, {{Dtype::float64, {6}}}, [&](const Tensor& in) {
          const auto begin = Clock::now();
          const auto loss = [&](const Tensor& x) { return unrolled(x, steps); };
          std::vector<Tensor> results;
          if (with_gradient) {
            auto [value, g] = value_and_grad(loss)(in);
            results = {value, g};
          } else {
            results = {loss(in)};
          }
          nodes = static_cast<double>(ctx.memory().nodes);
          recording = seconds_since(begin);
          return results;
        });
        const double all = seconds_since(start);
        if (all < created) {
          created = all, recorded = recording;
          const auto then = Clock::now();
          f.compile();
          compiled = seconds_since(then);
        }
      }
      std::printf("| %ld | %s | %.0f | %.2f | %.3f | %.3f | %.3f |\n", steps, with_gradient ? "yes" : "no", nodes,
                  created * 1e3, recorded * 1e6 / nodes, (created - recorded) * 1e6 / nodes, compiled * 1e6 / nodes);
      std::fflush(stdout);
    }
}

// Nanoseconds of a step of Runge and Kutta, and of one of its 46 operations on numbers.
void replay() {
  std::printf("\n| program | steps | ns a step, forward | ns a step, with gradient |\n|---|---:|---:|---:|\n");
  for (const bool loop : {true, false})
    for (long steps : {10, 100, 1000, 10000}) {
      if (!loop && steps > 1000) continue;
      double ns[2];
      for (const bool with_gradient : {false, true}) {
        Context ctx = one_thread();
        const auto loss = [&](const Tensor& x) { return loop ? scanned(x, steps) : unrolled(x, steps); };
        Function f(ctx, {{Dtype::float64, {6}}}, [&](const Tensor& in) -> std::vector<Tensor> {
          if (!with_gradient) return {loss(in)};
          auto [value, g] = value_and_grad(loss)(in);
          return {value, g};
        });
        f.compile();
        double value = 0, gradient[6];
        const void* from[] = {kStart.data()};
        void* to[] = {&value, gradient};
        const auto run = [&] { gt_function_run(ctx.get(), f.get(), from, 1, to, with_gradient ? 2 : 1); };
        run();
        ns[with_gradient] = median_seconds(51, run) * 1e9 / static_cast<double>(steps);
      }
      std::printf("| %s | %ld | %.1f | %.1f |\n", loop ? "scan" : "unrolled", steps, ns[0], ns[1]);
      std::fflush(stdout);
    }
}

// Bytes of recorded nodes, before anything is computed.
void recording() {
  std::printf(
      "\n| steps recorded | nodes forward | bytes a node | nodes with gradient | bytes a node | us a node |\n"
      "|---:|---:|---:|---:|---:|---:|\n");
  for (long steps : {10, 100, 1000}) {
    Context ctx = one_thread();
    const Tensor in = ctx.tensor(kStart);
    const Memory before = ctx.memory();
    const auto start = Clock::now();
    Tape tape(ctx, GT_TAPE_MANUAL_WATCH);
    tape.watch(in);
    const Tensor y = unrolled(in, steps);
    const Memory forward = ctx.memory();
    const Tensor g = tape.gradient(y, in);
    const Memory both = ctx.memory();
    const double seconds = seconds_since(start);
    const auto bytes = [&](const Memory& m) {
      return static_cast<double>(m.graph + m.live - before.graph - before.live) /
             static_cast<double>(m.nodes - before.nodes);
    };
    std::printf("| %ld | %lu | %.0f | %lu | %.0f | %.2f |\n", steps, forward.nodes - before.nodes, bytes(forward),
                both.nodes - before.nodes, bytes(both), seconds * 1e6 / static_cast<double>(both.nodes - before.nodes));
    std::fflush(stdout);
  }
}

// The peak of a gradient through a scan that carries a vector of 64 numbers, in bytes.
void memory() {
  constexpr long kCarried = 64, kBytes = kCarried * 8;
  std::printf(
      "\n| steps | no budget, KB | ms | budget 2 sqrt(n), KB | ms | budget 3 n^(1/3), KB | ms |\n"
      "|---:|---:|---:|---:|---:|---:|---:|\n");
  for (long steps : {100L, 1000L, 10000L, 100000L, 1000000L}) {
    std::printf("| %ld |", steps);
    const auto n = static_cast<double>(steps);
    for (const double carries : {0.0, 2 * std::ceil(std::sqrt(n)), 3 * std::ceil(std::cbrt(n))}) {
      Context ctx = one_thread();
      const Tensor c = ctx.full({kCarried}, 0.5);
      const auto budget = static_cast<std::uint64_t>(carries) * kBytes;
      const auto last = [&](const Tensor& x) {
        const auto body = [&](const Tensor& s) { return 0.5 * s * (1 - s) + x; };
        return reduce_sum(scan(body, ctx.zeros({kCarried}), {}, {.length = steps, .memory_budget = budget}).carried);
      };
      const auto start = Clock::now();
      const Tensor g = grad(last)(c);
      ctx.eval({g});
      const double seconds = seconds_since(start);
      std::printf(" %.0f | %.2f |", static_cast<double>(ctx.memory().peak) / 1e3, seconds * 1e3);
      std::fflush(stdout);
    }
    std::printf("\n");
  }
}

}  // namespace

int main() {
  planning();
  replay();
  recording();
  memory();
}
