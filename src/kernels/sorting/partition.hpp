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
  // The gap that a vector needs; with masks, what is left at the end is less than a vector.
  static constexpr int kLeastGap = kVectorBytes == 64 ? kCount : 2 * kCount;

  K* low;
  K* high;
  K pivot;

  // Returns how many of n are less; from and to differ.
  static int64_t run(const K* from, K* to, int64_t n, K pivot) {
    Partition p{to, to + n, pivot};
    const Vector pivots = Vector{} + pivot;
    for (; p.high - p.low >= kLeastGap; from += kCount) p.put(Simd<K>::load(from), pivots);
    if constexpr (kVectorBytes == 64)
      p.put_some((__m512i)pivots, from, static_cast<int>(p.high - p.low));
    else
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

  // What is less is stored as a whole vector, of which the gap still takes all; of the rest nothing above `high`.
  void put_compressed(__m512i x, __m512i pivots) {
    const unsigned less = less_than(x, pivots);
    const int count = __builtin_popcount(less);
    _mm512_storeu_si512(low, compressed(less, x));
    low += count;
    high -= kCount - count;
    store_first(high, kCount - count, compressed(~less, x));
  }
  // Fewer than a vector, which are all that is left.
  void put_some(__m512i pivots, const K* from, int n) {
    const unsigned there = (1u << n) - 1;
    const __m512i x = load_first(from, there);
    const unsigned less = less_than(x, pivots) & there;
    const int count = __builtin_popcount(less);
    store_first(low, count, compressed(less, x));
    low += count;
    high = low;
    store_first(high, n - count, compressed(there & ~less, x));
  }

  static unsigned less_than(__m512i x, __m512i y) {
    if constexpr (sizeof(K) == 4) return _mm512_cmplt_epu32_mask(x, y);
    return _mm512_cmplt_epu64_mask(x, y);
  }
  static __m512i compressed(unsigned bits, __m512i x) {
    if constexpr (sizeof(K) == 4) return _mm512_maskz_compress_epi32(static_cast<__mmask16>(bits), x);
    return _mm512_maskz_compress_epi64(static_cast<__mmask8>(bits), x);
  }
  static __m512i load_first(const K* from, unsigned bits) {
    if constexpr (sizeof(K) == 4) return _mm512_maskz_loadu_epi32(static_cast<__mmask16>(bits), from);
    return _mm512_maskz_loadu_epi64(static_cast<__mmask8>(bits), from);
  }
  static void store_first(K* to, int n, __m512i x) {
    const unsigned bits = (1u << n) - 1;
    if constexpr (sizeof(K) == 4)
      _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(bits), x);
    else
      _mm512_mask_storeu_epi64(to, static_cast<__mmask8>(bits), x);
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
