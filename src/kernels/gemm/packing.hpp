// Operands copied so that the innermost block reads them one element after the other. Included once for each
// instruction set.

template <class T>
struct GemmPacking {
  using Tile = GemmTile<T>;
  using Vector = typename Tile::Vector;
  static constexpr int kLanes = Tile::kLanes, kColumns = Tile::kColumns;

  // `count` rows of x, or of its transpose, as out[k, width]: by the two below.
  static void pack(const Operand<T>& x, bool transposed, int count, int64_t k, int width, T* out) {
    (transposed ? columns : lines)(x.data, x.step, count, k, width, out);
  }

 private:
  // out[k, width], width at most kColumns, of `count` lines of k elements, `step` apart; 0 past the lines. May write up
  // to a vector more.
  static void lines(const T* x, int64_t step, int count, int64_t k, int width, T* out) {
    for (int first = 0; first < width; first += kLanes) {
      const int there = std::clamp(count - first, 0, kLanes), wide = std::min(width - first, kLanes);
      int64_t l = 0;
      for (; l + kLanes <= k; l += kLanes) {
        Vector block[kLanes];
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) block[i] = i < there ? Simd<T>::load(x + (first + i) * step + l) : Vector{};
        Simd<T>::transpose(block);
        T* to = out + l * width + first;
        for (int i = 0; i < kLanes; ++i, to += width) {
          if (wide == kLanes || width < kLanes)  // then what is too much, the next one writes anew
            Simd<T>::store(to, block[i]);
          else
            std::memcpy(to, &block[i], static_cast<std::size_t>(wide) * sizeof(T));
        }
      }
      for (; l < k; ++l)
        for (int i = 0; i < wide; ++i) out[l * width + first + i] = i < there ? x[(first + i) * step + l] : T(0);
    }
  }

  // out[k, width] of k lines of `count` elements, `step` apart; 0 past them. width: `count`, or kColumns.
  static void columns(const T* x, int64_t step, int count, int64_t k, int width, T* out) {
    if (count == width) return whole_columns(x, step, count, k, out);
    for (int64_t l = 0; l < k; ++l, x += step, out += width) {
      std::memcpy(out, x, static_cast<std::size_t>(count) * sizeof(T));
      std::fill(out + count, out + width, T(0));
    }
  }

  // Of a width known to the compiler.
  template <int Width>
  static void columns_of(const T* x, int64_t step, int64_t k, T* out) {
    for (int64_t l = 0; l < k; ++l, x += step, out += Width) std::memcpy(out, x, Width * sizeof(T));
  }
  template <int... w>
  static auto choose(int width, std::integer_sequence<int, w...>) {
    static constexpr void (*all[])(const T*, int64_t, int64_t, T*) = {columns_of<w + 1>...};
    return all[width - 1];
  }
  static void whole_columns(const T* x, int64_t step, int width, int64_t k, T* out) {
    const auto copy =
        width == kColumns ? columns_of<kColumns> : choose(width, std::make_integer_sequence<int, Tile::kRows>());
    copy(x, step, k, out);
  }
};
