// Included once for each instruction set.

struct Comparator {
  int low, high;
};
// Batcher's odd-even merge sort (Sorting networks and their applications, 1968).
template <int rows>
struct ColumnNetwork {
  Comparator all[rows == 16 ? 63 : 19] = {};
  constexpr ColumnNetwork() {
    static_assert(rows == 16 || rows == 8);
    int count = 0;
    for (int p = 1; p < rows; p *= 2)
      for (int k = p; k >= 1; k /= 2)
        for (int j = k % p; j + k < rows; j += 2 * k)
          for (int i = j; i < std::min(j + k, rows - k); ++i)
            if (i / (2 * p) == (i + k) / (2 * p)) all[count++] = {i, i + k};
  }
};

// Sorts the elements of so many vectors, column after column: each column by a network, then neighbouring columns are
// merged (bitonic merges), most steps of which compare whole vectors.
template <class K, int kRows>
struct Network {
  using Vector = typename Simd<K>::Vector;
  static constexpr int kColumns = Simd<K>::count, kSize = kRows * kColumns;

  // n up to kSize; from and to may be one.
  static void sort(const K* from, K* to, int64_t n) {
    Vector x[kRows];
    if (n == kSize) {
      load(from, x);
      sort(x);
      return store(x, to);
    }
    K whole[kSize];
    std::memset(whole, 255, sizeof whole);  // nothing comes behind these
    std::memcpy(whole, from, static_cast<std::size_t>(n) * sizeof(K));
    load(whole, x);
    sort(x);
    store(x, whole);
    std::memcpy(to, whole, static_cast<std::size_t>(n) * sizeof(K));
  }

 private:
  static void load(const K* from, Vector* x) {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) x[r] = Simd<K>::load(from + r * kColumns);
  }
  // Column after column, by squares that are transposed.
  static void store(Vector* x, K* to) {
    constexpr int step = std::min(kRows, kColumns);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; r += kColumns) {
      Vector square[kColumns];
#pragma GCC unroll 16
      for (int i = 0; i < kColumns; ++i) square[i] = i < step ? x[r + i] : Vector{};
      Simd<K>::transpose(square);
#pragma GCC unroll 16
      for (int c = 0; c < kColumns; ++c) std::memcpy(to + c * kRows + r, &square[c], step * sizeof(K));
    }
  }
  static void sort(Vector* x) {
    sort_columns(x, std::make_index_sequence<std::size(ColumnNetwork<kRows>().all)>());
    merge<1>(x);
  }
  template <std::size_t... i>
  static void sort_columns(Vector* x, std::index_sequence<i...>) {
    constexpr ColumnNetwork<kRows> network;
    (exchange(x[network.all[i].low], x[network.all[i].high]), ...);
  }

  // Runs of so many columns become runs of twice as many.
  template <int width>
  static void merge(Vector* x) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows / 2; ++r) {
      const Vector a = x[r], b = x[kRows - 1 - r];
      x[r] = exchanged<width, 2 * width - 1>(a, b);
      x[kRows - 1 - r] = exchanged<width, 2 * width - 1>(b, a);
    }
    merge_columns<width / 2>(x);
#pragma GCC unroll 4
    for (int distance = kRows / 2; distance > 0; distance /= 2)
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r)
        if ((r & distance) == 0) exchange(x[r], x[r + distance]);
    if constexpr (2 * width < kColumns) merge<2 * width>(x);
  }
  template <int distance>
  static void merge_columns(Vector* x) {
    if constexpr (distance > 0) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) x[r] = exchanged<distance, distance>(x[r], x[r]);
      merge_columns<distance / 2>(x);
    }
  }

  static void exchange(Vector& a, Vector& b) {
    const Vector low = a < b ? a : b;
    b = a < b ? b : a;
    a = low;
  }
  // x with, in each column, the lesser or greater of its element and y's of the column whose number differs in the bits
  // `across`: the lesser where the column's number lacks the bit `width`.
  template <int width, int across>
  static Vector exchanged(Vector x, Vector y) {
    return exchanged<width, across>(x, y, std::make_index_sequence<kColumns>());
  }
  template <int width, int across, std::size_t... c>
  static Vector exchanged(Vector x, Vector y, std::index_sequence<c...>) {
    const Vector other = __builtin_shufflevector(y, y, (c ^ across)...);
    const Vector low = x < other ? x : other, high = x < other ? other : x;
    return __builtin_shufflevector(low, high, (c & width ? kColumns + c : c)...);
  }
};
