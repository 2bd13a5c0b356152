// The clock by which an interrupt asks its question every 20 ms.
#include "base/interrupt.hpp"

#include <ctime>

#include "base/error.hpp"

namespace gradtape::core {

namespace {
// The coarse clock advances every few milliseconds and costs a third of the other: steps may be that short.
int64_t milliseconds() {
#ifdef CLOCK_MONOTONIC_COARSE
  constexpr clockid_t kClock = CLOCK_MONOTONIC_COARSE;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  timespec now;
  clock_gettime(kClock, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}
}  // namespace

void Interrupt::check_time() {
  constexpr int64_t kInterval = 20;
  const int64_t now = milliseconds();
  if (now - asked_at_ < kInterval) return;
  asked_at_ = now;
  if (question_()) fail(Status::cancelled, "the computation was interrupted; nothing of it is kept");
}

}  // namespace gradtape::core
