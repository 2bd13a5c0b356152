// The innermost block: as much of the result as the registers hold. Included once for each instruction set.

template <class T>
struct GemmTile {
  using Vector = typename Simd<T>::Vector;
  static constexpr int kLanes = Simd<T>::count;
  // The sums leave registers for a row of b and an element of a.
  static constexpr int kVectors = 2, kRows = kRegisters >= 32 ? 14 : 6, kColumns = kVectors * kLanes;

  // Element (i, l) of a lies at a[i * a_row + l * a_step], a vector of b's row l at b[l * b_step].
  struct Sides {
    const T* a;
    int64_t a_row, a_step;
    const T* b;
    int64_t b_step, k;
  };

  // out[Rows, Vectors * kLanes] = a b, or that added to it.
  template <int Rows, int Vectors>
  static void multiply(const Sides& s, T* out, int64_t step, bool add) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      __builtin_prefetch(out + r * step, 1);
      __builtin_prefetch(out + r * step + Vectors * kLanes - 1, 1);
    }
    // Three rows from one pointer: the address of each is then part of the instruction that reads it.
    constexpr int kGroup = 3, kGroups = (Rows + kGroup - 1) / kGroup;
    const T *rows[kGroups], *b = s.b;
    const int64_t a_row = s.a_row, a_step = s.a_step, b_step = s.b_step;
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) rows[g] = s.a + kGroup * g * a_row;
    Vector sums[Rows][Vectors];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums[r][v] = Vector{};
    for (int64_t l = 0; l < s.k; ++l, b += b_step) {
      Vector row[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) row[v] = Simd<T>::load(b + v * kLanes);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) sums[r][v] += rows[r / kGroup][r % kGroup * a_row] * row[v];
#pragma GCC unroll 16
      for (int g = 0; g < kGroups; ++g) rows[g] += a_step;
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) {
        T* to = out + r * step + v * kLanes;
        Simd<T>::store(to, add ? Simd<T>::load(to) + sums[r][v] : sums[r][v]);
      }
  }

  using Function = void (*)(const Sides&, T* out, int64_t step, bool add);
  static Function choose(int rows, int vectors) {
    constexpr auto sizes = std::make_integer_sequence<int, kRows>();
    return vectors == 1 ? choose<1>(rows, sizes) : choose<kVectors>(rows, sizes);
  }

 private:
  template <int Vectors, int... r>
  static Function choose(int rows, std::integer_sequence<int, r...>) {
    static constexpr Function all[] = {multiply<r + 1, Vectors>...};
    return all[rows - 1];
  }
};
