// Stores that go to memory past the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gradtape::core::kernels {

constexpr std::size_t kCacheLine = 64;

// Copies bytes without bringing the target into the cache, but for parts of a line at either end. Other threads see them
// after end_stream().
inline void stream(const void* from, std::size_t bytes, void* to) {
#if defined(__SSE2__)
  constexpr std::size_t kUnit = sizeof(__m128i);
  const auto *x = static_cast<const std::byte*>(from), *end = x + bytes;
  auto* y = static_cast<std::byte*>(to);
  const std::size_t head = (kCacheLine - reinterpret_cast<uintptr_t>(y) % kCacheLine) % kCacheLine;
  if (head < bytes) {
    std::memcpy(y, x, head);
    for (x += head, y += head; x + kCacheLine <= end; x += kCacheLine, y += kCacheLine)
      for (std::size_t at = 0; at < kCacheLine; at += kUnit)
        _mm_stream_si128(reinterpret_cast<__m128i*>(y + at), _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + at)));
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
