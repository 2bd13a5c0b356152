// The cost of one op: recorded, differentiated, and evaluated a second time. Each stands beside a bare C++ loop that
// does the same arithmetic in the same run. The counter "ratio" is the time over that loop's, and "ns_per_op" the time
// over the number of ops.
#include <benchmark/benchmark.h>

#include <chrono>
#include <vector>

#include "gradtape/gradtape.h"

namespace {

constexpr int kOps = 1000;  // ops in a chain: half multiplications, half additions

class Session {
 public:
  Session() { gt_context_create(&ctx_); }
  ~Session() { gt_context_destroy(ctx_); }
  operator gt_context() const { return ctx_; }

  gt_tensor vector(const std::vector<float>& values) {
    const auto n = static_cast<int64_t>(values.size());
    return gt_tensor_create(ctx_, GT_FLOAT32, &n, 1, values.data(), values.size() * sizeof(float));
  }
  // y = y * a + b, kOps / 2 times; the handles in between go with the scope.
  gt_tensor chain(gt_tensor x, gt_tensor a, gt_tensor b) {
    gt_tensor y = x;
    for (int i = 0; i < kOps / 2; ++i) y = gt_add(ctx_, gt_multiply(ctx_, y, a), b);
    return y;
  }

 private:
  gt_context ctx_ = nullptr;
};

// The bare loop: the same arithmetic in the same order, on values the compiler cannot foresee.
double seconds_of_loop(std::size_t n, bool backwards) {
  std::vector<float> y(n, 1.0f), g(n, 1.0f);
  float a = 1.0001f, b = 0.1f;
  benchmark::DoNotOptimize(a);
  benchmark::DoNotOptimize(b);
  double best = 1e9;
  for (int round = 0; round < 20; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kOps / 2; ++i)
      for (float& v : y) v = v * a + b;
    if (backwards)
      for (int i = 0; i < kOps / 2; ++i)
        for (float& v : g) v *= a;
    benchmark::DoNotOptimize(y.data());
    benchmark::DoNotOptimize(g.data());
    benchmark::ClobberMemory();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

void report(benchmark::State& state, double seconds, double loop) {
  state.counters["ns_per_op"] = seconds / kOps * 1e9;
  state.counters["ratio"] = seconds / loop;
}

// Times f(session) by hand: preparation and cleaning up do not count.
template <class Prepare, class Measured>
void measure(benchmark::State& state, bool backwards, Prepare prepare, Measured measured) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const double loop = seconds_of_loop(n, backwards);
  Session s;
  gt_tensor x = s.vector(std::vector<float>(n, 1.0f)), a = gt_cast(s, gt_scalar(s, 1.0001), GT_FLOAT32),
            b = gt_cast(s, gt_scalar(s, 0.1), GT_FLOAT32);
  const gt_tensor constants[] = {x, a, b};
  gt_eval(s, constants, 3);
  double total = 0;
  for (auto _ : state) {
    gt_scope_begin(s);
    auto prepared = prepare(s, x, a, b);
    const auto start = std::chrono::steady_clock::now();
    measured(s, x, a, b, prepared);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.SetIterationTime(seconds);
    total += seconds;
    gt_scope_end(s, nullptr, 0);
  }
  report(state, total / static_cast<double>(state.iterations()), loop);
}

struct Taped {
  gt_tape tape;
  gt_tensor y;
};
Taped taped_chain(Session& s, gt_tensor x, gt_tensor a, gt_tensor b) {
  Taped t{gt_tape_begin(s, 0), nullptr};
  gt_tape_watch(s, t.tape, x);
  t.y = s.chain(x, a, b);
  return t;
}

void RecordOp(benchmark::State& state) {
  measure(
      state, false, [](auto&...) { return 0; },
      [](Session& s, gt_tensor x, gt_tensor a, gt_tensor b, int) { s.chain(x, a, b); });
}
void RecordOpOnATape(benchmark::State& state) {
  measure(
      state, false, [](auto&...) { return 0; },
      [](Session& s, gt_tensor x, gt_tensor a, gt_tensor b, int) { taped_chain(s, x, a, b); });
}
void GradientPerOp(benchmark::State& state) {
  measure(
      state, true, [](Session& s, gt_tensor x, gt_tensor a, gt_tensor b) { return taped_chain(s, x, a, b); },
      [](Session& s, gt_tensor x, gt_tensor, gt_tensor, Taped t) {
        gt_tensor g = nullptr;
        gt_tape_gradient(s, t.tape, &t.y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g);
      });
}
// An earlier iteration made the plan, so this is the time of scheduling, look-up and execution.
void EvaluateAgain(benchmark::State& state) {
  measure(
      state, false, [](Session& s, gt_tensor x, gt_tensor a, gt_tensor b) { return s.chain(x, a, b); },
      [](Session& s, gt_tensor, gt_tensor, gt_tensor, gt_tensor y) { gt_eval(s, &y, 1); });
}
void RecordDifferentiateEvaluate(benchmark::State& state) {
  measure(
      state, true, [](auto&...) { return 0; },
      [](Session& s, gt_tensor x, gt_tensor a, gt_tensor b, int) {
        const Taped t = taped_chain(s, x, a, b);
        gt_tensor g = nullptr;
        gt_tape_gradient(s, t.tape, &t.y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g);
        const gt_tensor both[] = {t.y, g};
        gt_eval(s, both, 2);
      });
}

BENCHMARK(RecordOp)->Arg(1)->UseManualTime();
BENCHMARK(RecordOpOnATape)->Arg(1)->UseManualTime();
BENCHMARK(GradientPerOp)->Arg(1)->UseManualTime();
BENCHMARK(EvaluateAgain)->Arg(1)->Arg(100)->Arg(10000)->UseManualTime();
BENCHMARK(RecordDifferentiateEvaluate)->Arg(1)->Arg(100)->Arg(10000)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
