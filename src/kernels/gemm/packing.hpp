// Operands copied so that the innermost block reads them one element after the other. Included once for each
// instruction set.

template <class T>
struct GemmPacking {
  using Tile = GemmTile<T>;
  using Vector = typename Tile::Vector;
  static constexpr int kLanes = Tile::kLanes, kColumns = Tile::kColumns;

  // out[k, width], width at most kColumns, of `count` lines of k elements, `step` apart; 0 past the lines.
  static void lines(const T* x, int64_t step, int count, int64_t k, int width, T* out) {
    for (int first = 0; first < width; first += kLanes) {
      const int there = std::clamp(count - first, 0, kLanes), wide = std::min(width - first, kLanes);
      int64_t l = 0;
      for (; l + kLanes <= k; l += kLanes) {
        Vector block[kLanes];
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) block[i] = i < there ? Tile::load(x + (first + i) * step + l) : Vector{};
        Square<T>::transpose(block);
        T* to = out + l * width + first;
        for (int i = 0; i < kLanes; ++i, to += width) {
          if (wide == kLanes)
            Tile::store(to, block[i]);
          else
            std::memcpy(to, &block[i], static_cast<std::size_t>(wide) * sizeof(T));
        }
      }
      for (; l < k; ++l)
        for (int i = 0; i < wide; ++i) out[l * width + first + i] = i < there ? x[(first + i) * step + l] : T(0);
    }
  }

  // out[k, width] of k lines of `count` elements, `step` apart; 0 past them.
  static void columns(const T* x, int64_t step, int count, int64_t k, int width, T* out) {
    if (count == kColumns && width == kColumns) {
      for (int64_t l = 0; l < k; ++l, x += step, out += kColumns)
        for (int i = 0; i < kColumns; i += kLanes) Tile::store(out + i, Tile::load(x + i));
      return;
    }
    for (int64_t l = 0; l < k; ++l, x += step, out += width) {
      std::memcpy(out, x, static_cast<std::size_t>(count) * sizeof(T));
      std::fill(out + count, out + width, T(0));
    }
  }
};
