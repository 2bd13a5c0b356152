// Included once for each instruction set.

template <class T>
struct SmallGemm {
  template <int Bytes>
  struct Wide {
    typedef T Vector __attribute__((vector_size(Bytes)));
    static constexpr int64_t count = Bytes / static_cast<int64_t>(sizeof(T));
  };

  // Rows [i, i + Rows) of so many vectors of columns from j, of the last of which `there` are wanted.
  template <int Bytes, int Vectors, int Rows>
  static void block(const SmallProduct<T>& p, int64_t i, int64_t j, int64_t there) {
    using V = typename Wide<Bytes>::Vector;
    constexpr int64_t count = Wide<Bytes>::count;
    V sums[Rows][Vectors];
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) sums[r][v] = V{};
    const T *a = p.a.data + i * p.a.row, *b = p.b.data + j;
    const int64_t a_row = p.a.row, a_step = p.a.column, b_step = p.b.row;
    for (int64_t l = 0; l < p.k; ++l, a += a_step, b += b_step) {
      V row[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) std::memcpy(&row[v], b + v * count, sizeof(V));
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) sums[r][v] += a[r * a_row] * row[v];
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      T* out = p.out + (i + r) * p.n + j;
      if (there < count)
        for (int64_t c = 0; c < there; ++c) out[c] = sums[r][0][c];
      else
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) std::memcpy(out + v * count, &sums[r][v], sizeof(V));
    }
  }

  template <int Bytes, int Vectors>
  static void rows(const SmallProduct<T>& p, int64_t j, int64_t there = Wide<Bytes>::count) {
    constexpr int most = 8 - 2 * (Vectors - 1);  // what 16 registers hold
    int64_t i = 0;
    for (; i + most <= p.m; i += most) block<Bytes, Vectors, most>(p, i, j, there);
    for (; i + 4 <= p.m; i += 4) block<Bytes, Vectors, 4>(p, i, j, there);
    for (; i + 2 <= p.m; i += 2) block<Bytes, Vectors, 2>(p, i, j, there);
    if (i < p.m) block<Bytes, Vectors, 1>(p, i, j, there);
  }

  static void multiply(const SmallProduct<T>& p) {
    constexpr int64_t whole = Wide<kVectorBytes>::count, half = Wide<32>::count, least = Wide<16>::count;
    int64_t j = 0;
    for (; j + 2 * whole <= p.n; j += 2 * whole) rows<kVectorBytes, 2>(p, j);
    for (; j + whole <= p.n; j += whole) rows<kVectorBytes, 1>(p, j);
    if constexpr (kVectorBytes > 32)
      for (; j + half <= p.n; j += half) rows<32, 1>(p, j);
    for (; j < p.n; j += least) rows<16, 1>(p, j, std::min(least, p.n - j));
  }
  static auto kernel() { return &multiply; }
};
