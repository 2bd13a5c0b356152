// Everything that threads may do at once: contexts that compute side by side, finalizers, registrations, forks. It
// looks for crashes and refusals; under ThreadSanitizer, for races (./run tsan). GRADTAPE_STRESS: how many rounds.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

#include "support/sanitizer.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

int rounds() {
  const char* text = std::getenv("GRADTAPE_STRESS");
  return text ? std::atoi(text) : 8;
}

gt_status infer_first(gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
                      size_t* n) {
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
gt_status compute_twice(void*, const gt_spec* in, const void* const* inputs, size_t, const gt_attr*, size_t,
                        const gt_spec*, void* const* outputs, size_t) {
  for (int64_t i = 0; i < in[0].dims[0]; ++i)
    static_cast<float*>(outputs[0])[i] = 2 * static_cast<const float*>(inputs[0])[i];
  return GT_OK;
}
bool register_doubling(const std::string& name) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = infer_first;
  d.compute = compute_twice;
  return gt_register_op(name.c_str(), &d, nullptr, nullptr) == GT_OK &&
         gt_register_gradient(name.c_str(), times_seven, nullptr, nullptr) == GT_OK;
}

// The gradient of sum(op(x)²) by x, at 1: 2 · 2 · 7 where the rule is times_seven.
bool differentiates(gt_context c, const std::string& op) {
  const float ones[3] = {1, 1, 1};
  const int64_t dims[] = {3};
  gt_tensor x = gt_tensor_create(c, GT_FLOAT32, dims, 1, ones, sizeof ones), y = nullptr, dx = nullptr;
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tape_watch(c, tape, x);
  gt_apply(c, op.c_str(), &x, 1, nullptr, 0, &y, 1, nullptr);
  gt_tensor z = gt_square(c, y);
  float values[3] = {};
  const bool good = gt_tape_gradient(c, tape, &z, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &dx) == GT_OK &&
                    gt_tensor_read(c, dx, values, sizeof values) == GT_OK && values[2] == 28;
  for (const void* h : {static_cast<const void*>(x), static_cast<const void*>(y), static_cast<const void*>(z),
                        static_cast<const void*>(dx), static_cast<const void*>(tape)})
    gt_release(c, h);
  return good;
}

// Handles on their way to a thread that releases them.
class Garbage {
 public:
  void add(gt_context c, gt_tensor t) {
    const std::lock_guard lock(mutex_);
    handles_.emplace_back(c, t);
  }
  bool release_one() {
    std::pair<gt_context, gt_tensor> next;
    {
      const std::lock_guard lock(mutex_);
      if (handles_.empty()) return false;
      next = handles_.front();
      handles_.pop_front();
    }
    gt_release(next.first, next.second);
    return true;
  }

 private:
  std::mutex mutex_;
  std::deque<std::pair<gt_context, gt_tensor>> handles_;
};

struct Stage {
  Garbage garbage;
  std::atomic<int> working{0};
  std::atomic<int> registered{0};
};

void compute(Stage& stage, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    gt_context c;
    ASSERT_EQ(gt_context_create(&c), GT_OK);
    ASSERT_EQ(gt_set_threads(c, 1 + round % 3), GT_OK);
    gt_tensor x = tensor<float>(c, {300, 300}, std::vector<float>(90'000, 0.5f));
    for (int i = 0; i < 10; ++i) {
      gt_tensor product = gt_matmul(c, x, x, 0, 0), y = gt_exp(c, product);
      ASSERT_NE(y, nullptr);
      ASSERT_EQ(gt_eval(c, &y, 1), GT_OK);
      stage.garbage.add(c, product);
      stage.garbage.add(c, y);
      if (const int known = stage.registered; known > 0) {
        ASSERT_TRUE(differentiates(c, "stress_" + std::to_string(i % known)));
      }
    }
    char text[200];
    ASSERT_EQ(gt_take_error(c, text, sizeof text, nullptr), GT_OK) << text;
    ASSERT_EQ(gt_context_destroy(c), GT_OK) << "finalizers go on with its handles";
  }
}

// The AddressSanitizer of gcc 12 leaves its allocator's locks, other threads' among them, as a fork finds them. So a
// child's first allocation may wait for ever. The plain build and ThreadSanitizer fork.
const bool kForks = !test::under_address_sanitizer();

void fork_once(Stage& stage, gt_context c) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // a child that waits for a lock fails
    gt_context own;
    const bool good = gt_context_create(&own) == GT_OK && gt_set_threads(own, 1) == GT_OK &&
                      register_doubling("stress_child") && differentiates(own, "stress_child") &&
                      differentiates(c, "stress_child");
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  ASSERT_TRUE(stage.registered == 0 || differentiates(c, "stress_0"));
}

TEST(Stress, ContextsFinalizersRegistrationsAndForks) {
  Stage stage;
  const int n = rounds();
  std::vector<std::thread> threads;
  stage.working = 3;
  for (int k = 0; k < 3; ++k)
    threads.emplace_back([&] {
      compute(stage, n);
      --stage.working;
    });
  for (int k = 0; k < 2; ++k)
    threads.emplace_back([&] {
      while (stage.garbage.release_one() || stage.working > 0) std::this_thread::yield();
    });
  threads.emplace_back([&] {
    for (int i = 0; i < 2 * n; ++i) {
      ASSERT_TRUE(register_doubling("stress_" + std::to_string(i)));
      ++stage.registered;
      ASSERT_GT(gt_op_count(), 0u);
      std::this_thread::yield();
    }
  });
  threads.emplace_back([&] {
    Ctx c;
    gt_set_threads(c, 1);
    for (int i = 0; kForks && i < (n + 4) / 5; ++i) fork_once(stage, c);
  });
  for (std::thread& t : threads) t.join();
}

}  // namespace
}  // namespace test
