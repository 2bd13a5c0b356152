// Included once for each instruction set, in a namespace of its own, with kVectorBytes.

template <class T>
struct Lanes {
  using Vector = typename Simd<T>::Vector;
  using Int = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  typedef Int Mask __attribute__((vector_size(kVectorBytes)));
  static constexpr int count = Simd<T>::count;

  static Vector all(T x) { return Vector{} + x; }
  static Vector abs(Vector x) { return x < 0 ? -x : x; }
  static Vector max(Vector x, Vector y) { return x > y ? x : y; }
  static Vector min(Vector x, Vector y) { return x < y ? x : y; }
  // By way of memory: of loops over arrays gcc makes vector instructions, of loops over a vector's elements it does
  // not.
  static Vector sqrt(Vector x) {
    T each[count];
    std::memcpy(each, &x, sizeof x);
    for (T& v : each) v = std::sqrt(v);
    std::memcpy(&x, each, sizeof x);
    return x;
  }
  static bool any(Mask m) {
    uint64_t words[sizeof m / 8], seen = 0;
    std::memcpy(words, &m, sizeof m);
    for (uint64_t w : words) seen |= w;
    return seen != 0;
  }
  static int largest(Mask m) {
    Int each[count], most = std::numeric_limits<Int>::min();
    std::memcpy(each, &m, sizeof m);
    for (Int i : each) most = i > most ? i : most;
    return static_cast<int>(most);
  }
  static int smallest(Mask m) { return -largest(-m); }
  static void copy(const Vector* x, int n, Vector* out) {
    for (int i = 0; i < n; ++i) out[i] = x[i];
  }
  static void write(Mask m, int* out) {
    for (int lane = 0; lane < count; ++lane) out[lane] = static_cast<int>(m[lane]);
  }

  static void load(const T* x, int matrices, int rows, int columns, Vector* out) {
    const int size = rows * columns, whole = matrices == count ? size / count * count : 0;
    for (int first = 0; first < whole; first += count) {
      for (int lane = 0; lane < count; ++lane) std::memcpy(out + first + lane, x + lane * size + first, sizeof(Vector));
      Simd<T>::transpose(out + first);
    }
    T* to = reinterpret_cast<T*>(out);
    for (int lane = 0; lane < count; ++lane)
      for (int e = whole; e < size; ++e)
        to[e * count + lane] = lane < matrices ? x[lane * size + e] : static_cast<T>(e / columns == e % columns);
  }
  static void store(const Vector* x, int matrices, int size, T* out) {
    const int whole = size / count * count;
    for (int first = 0; first < whole; first += count) {
      Vector block[count];
      for (int i = 0; i < count; ++i) block[i] = x[first + i];
      Simd<T>::transpose(block);
      for (int lane = 0; lane < matrices; ++lane) std::memcpy(out + lane * size + first, block + lane, sizeof(Vector));
    }
    const T* from = reinterpret_cast<const T*>(x);
    for (int lane = 0; lane < matrices; ++lane)
      for (int e = whole; e < size; ++e) out[lane * size + e] = from[e * count + lane];
  }
  static void transpose(const Vector* x, int rows, int columns, Vector* out) {
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < columns; ++j) out[j * rows + i] = x[i * columns + j];
  }
  static void normalize(Vector* x, int size, Vector* scale, int* bad) {
    Vector most = all(std::numeric_limits<T>::min());
    Mask finite = ~Mask{};
    for (int i = 0; i < size; ++i) {
      const Vector y = abs(x[i]);
      finite &= y <= std::numeric_limits<T>::max();
      most = max(most, y);
    }
    write(~finite, bad);
    const auto exponent = std::bit_cast<Int>(std::numeric_limits<T>::infinity());
    *scale = finite ? (Vector)((Mask)most & exponent) : all(1);
    const Vector inverse = 1 / *scale;
    for (int i = 0; i < size; ++i) x[i] = finite ? x[i] * inverse : Vector{};
  }
};
