// Native code where something is refused: pages, memory, room for code. Loops stay interpreted then, with the same
// results, and nothing is left behind. Also forks, threads, and plans that go while others stay.
#include <dlfcn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "running.hpp"
#include "support/failing_allocator.hpp"

namespace {
// Counts down the calls that ask for pages, or for leave to execute these. The call that reaches 0 is refused, and so
// are all after it.
std::atomic<int> until_refused{-1};

bool is_refused() {
  if (until_refused < 0) return false;
  if (until_refused == 0) return true;
  --until_refused;
  return false;
}
}  // namespace

// The library's system calls come through these.
extern "C" void* mmap(void* at, std::size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  if (protection == (PROT_READ | PROT_WRITE) && is_refused()) return errno = ENOMEM, MAP_FAILED;
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, bytes, protection, flags, file, offset));
}
extern "C" int mprotect(void* at, std::size_t bytes, int protection) noexcept {
  if ((protection & PROT_EXEC) && is_refused()) return errno = EACCES, -1;
  return static_cast<int>(syscall(SYS_mprotect, at, bytes, protection));
}

namespace gradtape::core::jit {
namespace {

// While it lives, the n-th call is refused, and so are all after it.
class Refusal {
 public:
  explicit Refusal(int n) { until_refused = n; }
  ~Refusal() { until_refused = -1; }
  bool met() const { return until_refused == 0; }
};

Operand element(uint32_t slot, int64_t k) { return {slot, {Shape{}, {}, k}}; }

// Two loops, over spaces of their own, and scalars.
Program two_loops(int64_t rows = 6, int64_t columns = 50) {
  ProgramByHand p;
  const uint32_t a = p.leaf({rows, columns}), b = p.leaf({rows, columns}), c = p.leaf({columns + 3});
  uint32_t x = p.apply("multiply", {a, b}), y = p.apply("abs", {c});
  for (int k = 0; k < 6; ++k) {
    x = p.apply(k % 2 ? "subtract" : "maximum", {x, p.apply("square", {k % 3 ? a : x})});
    y = p.apply("softsign", {p.apply("add", {y, c})});
  }
  uint32_t z = p.apply("add", {element(c, 1), element(c, 2)}, Shape{});
  for (int k = 0; k < 300; ++k) z = p.apply(k % 2 ? "maximum" : "subtract", {p[z], element(c, k % 20)}, Shape{});
  for (uint32_t wanted : {x, y, z}) p.want(wanted);
  return std::move(p.program);
}

class Faults : public testing::Test {
 public:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");  // each death test in a process that begins anew
    if (!in_its_process() && !is_available()) GTEST_SKIP() << "no native code here";
  }
  void TearDown() override { EXPECT_EQ(code_bytes(), 0u); }
  static bool in_its_process() { return !testing::GTEST_FLAG(internal_run_death_test).empty(); }
  [[noreturn]] static void exit_if(bool right) { _exit(right ? 0 : 1); }
};

TEST_F(Faults, ASystemThatForbidsExecutablePagesIsFoundOut) {
  for (int n : {0, 1})
    EXPECT_EXIT(
        {
          const Refusal refusal(n);
          Planned p(two_loops());
          p.compile();
          exit_if(!is_available() && p.units() == 0 && p.is_right() && code_bytes() == 0 &&
                  p.plan().compile_at == kNeverCompiled);
        },
        testing::ExitedWithCode(0), "");
}
TEST_F(Faults, PagesRefusedLaterLeaveLoopsInterpreted) {
  int n = 0;
  for (bool met = true; met; ++n) {
    Planned p(two_loops());
    const std::size_t before = code_bytes();
    {
      const Refusal refusal(n);
      p.compile();
      met = refusal.met();
    }
    EXPECT_EQ(p.units() > 0, n >= 2) << "the first loop's pages, then leave to execute them, then the second's";
    EXPECT_EQ(code_bytes() > before, n >= 2);
    EXPECT_TRUE(p.is_right());
    p.compile();
    EXPECT_TRUE(p.is_right());
  }
  EXPECT_GE(n, 3);
}
TEST_F(Faults, CodeBeyondItsBoundStaysInterpreted) {
  {
    const std::vector<uint8_t> most(kMostCodeBytes);
    const auto all = publish(most);
    ASSERT_NE(all, nullptr);
    EXPECT_EQ(code_bytes(), kMostCodeBytes);
    Planned p(two_loops());
    p.compile();
    EXPECT_EQ(p.units(), 0);
    EXPECT_TRUE(p.is_right());
    EXPECT_EQ(code_bytes(), kMostCodeBytes);
  }
  EXPECT_EQ(publish(std::vector<uint8_t>(kMostCodeBytes + 1)), nullptr);
  Planned p(two_loops());
  p.compile();
  EXPECT_GT(p.units(), 0);
}
TEST_F(Faults, AllocationsThatFailLeaveLoopsInterpreted) {
  for (long n = 0, failed = 1; failed; ++n) {
    Planned p(two_loops());
    {
      const test::Armed armed(n);
      p.compile();
      failed = test::allocation_failed();
    }
    ASSERT_TRUE(p.is_right()) << n;
    EXPECT_TRUE(failed || p.units() > 0);
  }
}
TEST_F(Faults, AProcessThatForksHasItsCodeTwice) {
  Planned p(two_loops());
  p.compile();
  ASSERT_GT(p.units(), 0);
  const pid_t child = fork();
  if (child == 0) {
    Planned other(two_loops(3, 600));
    other.compile();
    exit_if(p.is_right() && other.units() > 0 && other.is_right());
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(p.is_right());
}
TEST_F(Faults, PlansThatGoLeaveTheCodeOfOthers) {
  std::vector<std::unique_ptr<Planned>> plans;
  for (int k = 0; k < 20; ++k) {
    plans.push_back(std::make_unique<Planned>(two_loops(2 + k, 30 + k)));
    plans.back()->compile();
  }
  const std::size_t all = code_bytes();
  for (std::size_t k = 0; k < plans.size(); k += 2) plans[k] = nullptr;
  EXPECT_LT(code_bytes(), all);
  for (std::size_t k = 1; k < plans.size(); k += 2) EXPECT_TRUE(plans[k]->is_right());
}
TEST_F(Faults, ThreadsCompileAtOnce) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int k = 0; k < 25; ++k) {
        Planned p(two_loops(1 + t, 20 + 3 * k));
        p.compile();
        wrong += !(p.units() > 0 && p.is_right());
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace gradtape::core::jit
