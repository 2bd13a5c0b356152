// The pool's threads: signals are not theirs, and they compute as the calling thread does.
#include <dirent.h>
#include <signal.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include <cfenv>
#include <fstream>
#include <set>
#include <thread>

#include "support/tape_support.hpp"

namespace test {
namespace {

std::vector<float> noise(int64_t n) {
  std::vector<float> values(static_cast<size_t>(n));
  uint32_t state = 1;
  for (float& v : values) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<float>(state >> 8) / static_cast<float>(1 << 24) - 0.5f;
  }
  return values;
}

std::set<std::string> threads_now() {
  std::set<std::string> ids;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* entry = readdir(tasks))
    if (entry->d_name[0] != '.') ids.insert(entry->d_name);
  closedir(tasks);
  return ids;
}
uint64_t blocked_signals(const std::string& thread) {
  std::ifstream status("/proc/self/task/" + thread + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("SigBlk:")) return std::stoull(line.substr(7), nullptr, 16);
  return 0;
}

// Loops, sums, products, factorizations and scans of sizes that the pool shares out.
std::vector<std::vector<float>> results(int threads, float scale) {
  Ctx c;
  EXPECT_EQ(gt_set_threads(c, threads), GT_OK);
  gt_tensor x = tensor<float>(c, {600, 600}, noise(600 * 600));
  gt_tensor s = scalar32(c, scale), three = scalar32(c, 3);
  gt_tensor small = gt_multiply(c, x, s);
  gt_tensor batch = tensor<float>(c, {400, 12, 12}, noise(400 * 144));
  std::vector<std::vector<float>> all;
  for (gt_tensor y :
       {gt_divide(c, small, three), gt_exp(c, small), gt_tanh(c, small), gt_reduce_sum(c, small, nullptr, 0, 0),
        gt_matmul(c, small, x, 0, 0), gt_matmul(c, batch, batch, 0, 0), gt_cumsum(c, small, 1, 0, 0)}) {
    EXPECT_NE(y, nullptr);
    all.push_back(read<float>(c, y));
  }
  return all;
}
void expect_equal_with_any_threads(float scale, const std::string& what) {
  const auto one = results(1, scale), four = results(4, scale);
  for (size_t i = 0; i < one.size(); ++i)
    EXPECT_EQ(std::memcmp(one[i].data(), four[i].data(), one[i].size() * sizeof(float)), 0) << what << ", result " << i;
}

// The first test: it sees the pool's threads come.
TEST(Threads, TakeNoSignals) {
  const std::set<std::string> before = threads_now();
  results(4, 1);
  int met = 0;
  for (const std::string& id : threads_now()) {
    if (before.contains(id)) continue;
    ++met;
    for (int s : {SIGALRM, SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGPROF, SIGVTALRM, SIGIO, SIGPIPE,
                  SIGRTMIN, SIGRTMAX})
      EXPECT_TRUE(blocked_signals(id) >> (s - 1) & 1) << "signal " << s << " of thread " << id;
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
      EXPECT_FALSE(blocked_signals(id) >> (fault - 1) & 1) << "a fault is its thread's: " << fault;
  }
  EXPECT_GE(met, 3);
  sigset_t mine;
  pthread_sigmask(SIG_SETMASK, nullptr, &mine);
  EXPECT_FALSE(sigismember(&mine, SIGALRM)) << "the caller's are as they were";
}

TEST(Threads, RoundAsTheCallerDoes) {
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST}) {
    ASSERT_EQ(std::fesetround(mode), 0);
    expect_equal_with_any_threads(1, "rounding " + std::to_string(mode));
    EXPECT_EQ(std::fegetround(), mode);
  }
  std::fesetround(FE_TONEAREST);
}

#if defined(__SSE2__)
TEST(Threads, FlushSubnormalNumbersAsTheCallerDoes) {
  const unsigned own = _mm_getcsr();
  for (unsigned flush : {0x8000u, 0x0040u, 0x8040u, 0u}) {
    _mm_setcsr((own & ~0x8040u) | flush);
    expect_equal_with_any_threads(1e-38f, "flush " + std::to_string(flush));
  }
  _mm_setcsr(own);
}
TEST(Threads, TrapsStayTheCallers) {
  const unsigned own = _mm_getcsr();
  const auto before = results(4, 1);
  _mm_setcsr(own & ~0x0200u);  // division by zero traps, here
  const auto traps = results(4, 1);
  _mm_setcsr(own);
  EXPECT_EQ(before, traps);
}
#endif

}  // namespace
}  // namespace test
