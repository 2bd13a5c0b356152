// Stores that go to memory past the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gradtape::core::kernels {

// Copies bytes without bringing the target into the cache. Other threads see them after end_stream().
inline void stream(const void* from, std::size_t bytes, void* to) {
#if defined(__SSE2__)
  constexpr std::size_t kUnit = sizeof(__m128i);
  const auto *x = static_cast<const std::byte*>(from), *end = x + bytes;
  auto* y = static_cast<std::byte*>(to);
  const std::size_t head = (kUnit - reinterpret_cast<uintptr_t>(y) % kUnit) % kUnit;
  if (head < bytes) {
    std::memcpy(y, x, head);
    for (x += head, y += head; x + kUnit <= end; x += kUnit, y += kUnit)
      _mm_stream_si128(reinterpret_cast<__m128i*>(y), _mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
  }
  std::memcpy(y, x, end - x);
#else
  std::memcpy(to, from, bytes);
#endif
}
inline void end_stream() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

}  // namespace gradtape::core::kernels
