// How a thread's floating-point unit rounds, and whether it takes subnormal numbers for 0. Traps are not part of it.
#pragma once

#include <cfenv>
#include <cstdint>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace gradtape::core {

class FloatControl {
 public:
  static FloatControl of_this_thread() { return FloatControl(read() & kMask); }
  void apply() const {
    const uint32_t now = read();
    if ((now & kMask) != bits_) write((now & ~kMask) | bits_);
  }
  FloatControl() = default;

 private:
  explicit FloatControl(uint32_t bits) : bits_(bits) {}

#if defined(__SSE2__)
  static constexpr uint32_t kMask = 0xE040;  // MXCSR: flush to zero, rounding, subnormal operands are zero
  static uint32_t read() { return _mm_getcsr(); }
  static void write(uint32_t bits) { _mm_setcsr(bits); }
#elif defined(__aarch64__)
  static constexpr uint32_t kMask = 0x03C80000;  // FPCR: default nan, flush to zero, rounding
  static uint32_t read() { return __builtin_aarch64_get_fpcr(); }
  static void write(uint32_t bits) { __builtin_aarch64_set_fpcr(bits); }
#else
  static constexpr uint32_t kMask = ~uint32_t{0};
  static uint32_t read() { return static_cast<uint32_t>(std::fegetround()); }
  static void write(uint32_t bits) { std::fesetround(static_cast<int>(bits)); }
#endif

  uint32_t bits_ = 0;
};

}  // namespace gradtape::core
