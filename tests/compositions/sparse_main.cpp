// Sparse derivatives of random compositions: gradtape_sparse_compositions [COUNT] [SEED]. Prints each program that fails,
// reduced to the nodes that matter, with its seed; ends after a few.
#include <cstdio>
#include <cstdlib>

#include "reduce.hpp"
#include "sparse_checks.hpp"
#include "structured.hpp"

namespace test {
namespace {

constexpr int kMostFailures = 5;

int run(uint64_t most, uint64_t seed) {
  int failures = 0;
  for (uint64_t k = seed; k < seed + most && failures < kMostFailures; ++k) {
    const Program p = draw_structured(k);
    const auto judge = [k](const Program& q) {
      std::string found = sparse_fault(q);
      if (found.empty()) found = batch_fault(q);
      if (found.empty() && k % 4 == 0) found = sparse_fault_inside(q);
      return found;
    };
    const std::string found = judge(p);
    if (found.empty()) continue;
    ++failures;
    const Program least = reduced(p, judge);
    std::printf("seed %llu: %s\n%s  which gives: %s\n", static_cast<unsigned long long>(k), found.c_str(),
                least.text().c_str(), judge(least).c_str());
    std::fflush(stdout);
  }
  const SparseCounts& n = sparse_counts();
  std::printf(
      "%llu compositions from seed %llu, %d failed; %zu matrices accumulated; %zu entries of patterns, of which %zu "
      "were 0 at all points; %zu batches, %zu of samples that stay apart, of which %zu were refused\n",
      static_cast<unsigned long long>(most), static_cast<unsigned long long>(seed), failures, n.accumulated, n.entries,
      n.never, n.batches, n.apart, n.refused);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  const auto number = [&](int i, double otherwise) { return argc > i ? std::strtod(argv[i], nullptr) : otherwise; };
  return test::run(static_cast<uint64_t>(number(1, 300)), static_cast<uint64_t>(number(2, 1)));
}
