// Included once for each instruction set.

template <class K>
struct Partition;  // not for the baseline

#if defined(__x86_64__)
// By the bits of which elements come first: the order that brings these to the front, of 8 elements of 4 bytes, or of 4
// of 8 bytes as pairs.
template <int elements>
struct Fronts {
  uint8_t order[1 << elements][8] = {};
  constexpr Fronts() {
    constexpr int pieces = 8 / elements;
    for (int bits = 0; bits < 1 << elements; ++bits) {
      int to = 0;
      for (const int first : {1, 0})
        for (int e = 0; e < elements; ++e)
          if ((bits >> e & 1) == first)
            for (int piece = 0; piece < pieces; ++piece) order[bits][to++] = static_cast<uint8_t>(e * pieces + piece);
    }
  }
};

// What is less than a pivot goes to the low end of a gap, the rest to its high end.
template <class K>
struct Partition {
  using Vector = typename Simd<K>::Vector;
  static constexpr int kCount = Simd<K>::count;
  static constexpr int kLeastGap = kVectorBytes == 64 ? kCount : 2 * kCount;  // for a vector

  K* low;
  K* high;
  K pivot;

  // Returns how many of n are less; from and to differ.
  static int64_t run(const K* from, K* to, int64_t n, K pivot) {
    Partition p{to, to + n, pivot};
    const Vector pivots = Vector{} + pivot;
    for (; p.high - p.low >= 4 * kCount + kLeastGap; from += 4 * kCount)
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) p.put(Simd<K>::load(from + i * kCount), pivots);
    for (; p.high - p.low >= kLeastGap; from += kCount) p.put(Simd<K>::load(from), pivots);
    for (; p.low != p.high; ++from) p.put(*from);
    return p.low - to;
  }

 private:
  void put(K x) {
    *low = high[-1] = x;
    low += x < pivot;
    high -= x >= pivot;
  }
  void put(Vector x, Vector pivots) {
    if constexpr (kVectorBytes == 64)
      put_compressed((__m512i)x, (__m512i)pivots);
    else
      put_permuted(x, pivots);
  }
  // Nothing is stored above `high`.
  void put_compressed(__m512i x, __m512i pivots) {
    if constexpr (sizeof(K) == 4) {
      const __mmask16 less = _mm512_cmplt_epu32_mask(x, pivots), rest = static_cast<__mmask16>(~less);
      const int count = __builtin_popcount(less);
      _mm512_storeu_si512(low, _mm512_maskz_compress_epi32(less, x));
      low += count;
      high -= kCount - count;
      _mm512_mask_storeu_epi32(high, static_cast<__mmask16>(0xffff >> count), _mm512_maskz_compress_epi32(rest, x));
    } else {
      const __mmask8 less = _mm512_cmplt_epu64_mask(x, pivots), rest = static_cast<__mmask8>(~less);
      const int count = __builtin_popcount(less);
      _mm512_storeu_si512(low, _mm512_maskz_compress_epi64(less, x));
      low += count;
      high -= kCount - count;
      _mm512_mask_storeu_epi64(high, static_cast<__mmask8>(0xff >> count), _mm512_maskz_compress_epi64(rest, x));
    }
  }
  // One vector, what is less in front, is stored at both ends: each end of it is right.
  void put_permuted(Vector x, Vector pivots) {
    static constexpr Fronts<kVectorBytes == 32 ? kCount : 1> fronts;
    const auto is_less = (__m256i)(x < pivots);
    int less;
    if constexpr (sizeof(K) == 4)
      less = _mm256_movemask_ps((__m256)is_less);
    else
      less = _mm256_movemask_pd((__m256d)is_less);
    const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(fronts.order[less]));
    const Vector ends = (Vector)_mm256_permutevar8x32_epi32((__m256i)x, _mm256_cvtepu8_epi32(order));
    Simd<K>::store(low, ends);
    Simd<K>::store(high - kCount, ends);
    const int count = __builtin_popcount(static_cast<unsigned>(less));
    low += count;
    high -= kCount - count;
  }
};
#endif
