// Random compositions: gradtape_compositions [COUNT] [SECONDS] [SEED]. 0 programs or seconds: no limit. Prints each
// program that fails, reduced to the nodes that matter, with its seed; ends after a few.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "draw.hpp"
#include "reduce.hpp"
#include "unfused.hpp"

namespace test {
namespace {

constexpr int kMostFailures = 5;

std::string judged(Unfused& unfused, const Program& p) {
  unfused.ask(p);
  std::string found;
  Derivatives d;
  try {
    d = derivatives_of(p);
    found = inconsistency(p, d);
  } catch (const std::exception& e) {
    found = e.what();
  }
  try {
    const Derivatives apart = unfused.answer();
    if (found.empty()) found = difference(apart, d);
  } catch (const std::exception& e) {
    if (found.empty()) found = e.what();
  }
  return found;
}

int run(uint64_t most, double seconds, uint64_t seed) {
  Unfused unfused;
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const auto judge = [&](const Program& p) { return judged(unfused, p); };
  int failures = 0;
  uint64_t done = 0;
  for (; (most == 0 || done < most) && (seconds == 0 || passed() < seconds) && failures < kMostFailures; ++done) {
    const Program p = draw_program(seed + done);
    const std::string found = judge(p);
    if (found.empty()) continue;
    ++failures;
    const Program least = reduced(p, judge);
    std::printf("seed %llu: %s\n%s  which gives: %s\n", static_cast<unsigned long long>(seed + done), found.c_str(),
                least.text().c_str(), judge(least).c_str());
    std::fflush(stdout);
  }
  std::printf("%llu compositions from seed %llu in %.1f s, %d failed; %zu of %zu differences were near kinks\n",
              static_cast<unsigned long long>(done), static_cast<unsigned long long>(seed), passed(), failures,
              counts().near_kinks, 2 * counts().programs);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  const auto number = [&](int i, double otherwise) { return argc > i ? std::strtod(argv[i], nullptr) : otherwise; };
  return test::run(static_cast<uint64_t>(number(1, 10000)), number(2, 0), static_cast<uint64_t>(number(3, 1)));
}
