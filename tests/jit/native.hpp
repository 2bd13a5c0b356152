// Units as functions, memory with guarded ends, values that are hard to treat, and comparisons to the bit: for the tests
// of native code.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "jit/code_memory.hpp"
#include "jit/unit.hpp"
#include "plan/ir/loop.hpp"

namespace gradtape::core::jit {

// A unit's function, with the pages that it lies in.
struct Native {
  std::shared_ptr<const std::byte> code;
  Loop::NativeUnit::Fn fn = nullptr;
};
inline Native native(const Unit& unit) {
  const std::optional<Code> code = emit(unit);
  EXPECT_TRUE(code.has_value()) << "the code does not fit";
  Native result{code ? publish(code->bytes) : nullptr};
  EXPECT_TRUE(result.code != nullptr);
  result.fn = reinterpret_cast<Loop::NativeUnit::Fn>(const_cast<std::byte*>(result.code.get()));
  return result;
}

// Pieces of memory between pages that cannot be touched.
class Guarded {
 public:
  Guarded(std::size_t pieces, std::size_t most_bytes) : data_((most_bytes + kPage - 1) / kPage * kPage) {
    bytes_ = pieces * (data_ + kPage) + kPage;
    base_ = static_cast<std::byte*>(mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (std::size_t k = 0; k < pieces; ++k) mprotect(piece(k), data_, PROT_READ | PROT_WRITE);
  }
  ~Guarded() { munmap(base_, bytes_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  std::byte* base() const { return base_; }
  // The next piece's last bytes, or its first ones.
  std::byte* take(std::size_t bytes, bool last = true) { return piece(taken_++) + (last ? data_ - bytes : 0); }
  void take_none() { taken_ = 0; }

 private:
  static constexpr std::size_t kPage = 4096;
  std::byte* piece(std::size_t k) const { return base_ + kPage + k * (data_ + kPage); }

  std::size_t data_, bytes_ = 0, taken_ = 0;
  std::byte* base_ = nullptr;
};

// The numbers at which functions go wrong.
template <class T>
std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_same_v<T, bool>)
    return {false, true};
  else if constexpr (std::is_integral_v<T>)
    return {0,
            1,
            -1,
            2,
            -2,
            3,
            7,
            -7,
            Limits::min(),
            Limits::max(),
            static_cast<T>(Limits::min() + 1),
            static_cast<T>(Limits::max() - 1),
            static_cast<T>(T{1} << (sizeof(T) * 4)),
            46341,
            -46341};
  else
    return {T(0),
            -T(0),
            T(1),
            T(-1),
            T(0.5),
            T(1.5),
            T(-2.5),
            T(3.25),
            T(-7),
            T(6),
            T(1e-3),
            Limits::min(),
            -Limits::min(),
            Limits::denorm_min(),
            -Limits::denorm_min(),
            Limits::max(),
            Limits::lowest(),
            Limits::infinity(),
            -Limits::infinity(),
            Limits::quiet_NaN(),
            -Limits::quiet_NaN(),
            Limits::epsilon(),
            T(8388607.5),
            T(4503599627370495.5),
            T(1e18)};
}
// n elements: each special value `stride` times in a row, again and again, with random bits among them.
inline std::vector<std::byte> hard_elements(Dtype dtype, std::size_t n, std::size_t stride, std::mt19937_64& random) {
  std::vector<std::byte> bytes(n * size_of(dtype));
  dispatch(dtype, [&]<class T>(Type<T>) {
    const std::vector<T> special = special_values<T>();
    for (std::size_t i = 0; i < n; ++i) {
      T x = special[i / stride % special.size()];
      if constexpr (!std::is_same_v<T, bool>) {
        using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
        if (random() % 8 == 0) x = std::bit_cast<T>(static_cast<Bits>(random()));
      }
      std::memcpy(&bytes[i * sizeof(T)], &x, sizeof(T));
    }
  });
  return bytes;
}

// The first element that differs, nan counting as one value; n: none does.
inline std::size_t first_difference(Dtype dtype, const void* a, const void* b, std::size_t n) {
  if (n == 0 || std::memcmp(a, b, n * size_of(dtype)) == 0) return n;
  return dispatch(dtype, [&]<class E>(Type<E>) {
    using T = std::conditional_t<std::is_same_v<E, bool>, uint8_t, E>;
    std::size_t i = 0;
    for (; i < n; ++i) {
      T x, y;
      std::memcpy(&x, static_cast<const std::byte*>(a) + i * sizeof(T), sizeof(T));
      std::memcpy(&y, static_cast<const std::byte*>(b) + i * sizeof(T), sizeof(T));
      if (std::memcmp(&x, &y, sizeof(T)) != 0 && !(x != x && y != y)) break;
    }
    return i;
  });
}

}  // namespace gradtape::core::jit
