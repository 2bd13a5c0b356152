// Included once for each instruction set, by what works on its vectors.

// The vectors of an instruction set as values.
template <class T>
struct Simd {
  typedef T Vector __attribute__((vector_size(kVectorBytes)));
  static constexpr int count = kVectorBytes / sizeof(T);

  static Vector load(const T* x) {
    Vector v;
    std::memcpy(&v, x, sizeof v);
    return v;
  }
  static void store(T* x, Vector v) { std::memcpy(x, &v, sizeof v); }

  // A square of elements, as many vectors as a vector has elements: each round of perfect shuffles moves one bit of a
  // row's number to the column's.
  static void transpose(Vector* x) {
#pragma GCC unroll 4
    for (int round = 1; round < count; round *= 2) {
      Vector next[count];
#pragma GCC unroll 16
      for (int i = 0; i < count / 2; ++i) {
        next[2 * i] = zip<0>(x[i], x[i + count / 2], std::make_index_sequence<count>());
        next[2 * i + 1] = zip<count / 2>(x[i], x[i + count / 2], std::make_index_sequence<count>());
      }
#pragma GCC unroll 16
      for (int i = 0; i < count; ++i) x[i] = next[i];
    }
  }

 private:
  template <std::size_t first, std::size_t... i>
  static Vector zip(Vector x, Vector y, std::index_sequence<i...>) {
    return __builtin_shufflevector(x, y, (first + i / 2 + i % 2 * count)...);
  }
};
