// Elimination, substitution and products. Included once for each instruction set, in a namespace of its own.

template <class T>
struct Elimination : Lanes<T> {
  using L = Lanes<T>;
  using typename L::Mask;
  using typename L::Vector;

  static void eliminate(Vector* a, Vector* b, int n, int k, Vector* sign, int* info) {
    Mask singular{};
    *sign = L::all(1);
    for (int i = 0; i < n; ++i) {
      Vector* pivot_row = a + i * n;
      const Mask at = largest_of_column(a, n, i);
      for (int r = i + 1; r < n; ++r) {
        const Mask here = at == r;
        if (!L::any(here)) continue;
        for (int j = i; j < n; ++j) swap_where(here, pivot_row[j], a[r * n + j]);
        for (int j = 0; j < k; ++j) swap_where(here, b[i * k + j], b[r * k + j]);
        *sign = here ? -*sign : *sign;
      }
      const Mask zero = pivot_row[i] == 0;
      singular = (zero & (singular == 0)) ? Mask{} + (i + 1) : singular;
      const Vector pivot = zero ? L::all(1) : pivot_row[i];
      for (int r = i + 1; r < n; ++r) {
        const Vector factor = a[r * n + i] / pivot;
        for (int j = i + 1; j < n; ++j) a[r * n + j] -= factor * pivot_row[j];
        for (int j = 0; j < k; ++j) b[r * k + j] -= factor * b[i * k + j];
      }
    }
    L::write(singular, info);
  }
  static void substitute(const Vector* a, Vector* b, int n, int k, bool lower, int* info) {
    Mask singular{};
    for (int i = n - 1; i >= 0; --i) singular = a[i * n + i] == 0 ? Mask{} + (i + 1) : singular;
    L::write(singular, info);
    for (int step = 0; step < n; ++step) {
      const int i = lower ? step : n - 1 - step;
      for (int p = lower ? 0 : i + 1; p < (lower ? i : n); ++p)
        for (int j = 0; j < k; ++j) b[i * k + j] -= a[i * n + p] * b[p * k + j];
      for (int j = 0; j < k; ++j) b[i * k + j] /= a[i * n + i];
    }
  }
  static void cholesky(Vector* a, int n, int* info) {
    Mask failed{};
    for (int j = 0; j < n; ++j) {
      Vector diagonal = a[j * n + j];
      for (int p = 0; p < j; ++p) diagonal -= a[j * n + p] * a[j * n + p];
      const Mask positive = diagonal > 0;
      failed = (~positive & (failed == 0)) ? Mask{} + (j + 1) : failed;
      diagonal = L::sqrt(diagonal);
      a[j * n + j] = diagonal;
      for (int i = j + 1; i < n; ++i) {
        Vector sum = a[i * n + j];
        for (int p = 0; p < j; ++p) sum -= a[i * n + p] * a[j * n + p];
        a[i * n + j] = sum / diagonal;
        a[j * n + i] = Vector{};
      }
    }
    L::write(failed, info);
  }
  static void multiply(const Vector* a, const Vector* b, int m, int k, int n, bool add, Vector* out) {
    constexpr int rows = kRegisters / 8;
    int i = 0;
    for (; i + rows <= m; i += rows) multiply_rows<rows>(a + i * k, b, k, n, add, out + i * n);
    for (; i + 2 <= m; i += 2) multiply_rows<2>(a + i * k, b, k, n, add, out + i * n);
    if (i < m) multiply_rows<1>(a + i * k, b, k, n, add, out + i * n);
  }

 private:
  static Mask largest_of_column(const Vector* a, int n, int i) {
    Vector best = L::abs(a[i * n + i]);
    Mask at = Mask{} + i;
    for (int r = i + 1; r < n; ++r) {
      const Vector size = L::abs(a[r * n + i]);
      const Mask larger = size > best;
      best = larger ? size : best;
      at = larger ? Mask{} + r : at;
    }
    return at;
  }
  static void swap_where(Mask here, Vector& x, Vector& y) {
    const Vector kept = x;
    x = here ? y : x;
    y = here ? kept : y;
  }
  template <int rows>
  static void multiply_rows(const Vector* a, const Vector* b, int k, int n, bool add, Vector* out) {
    int j = 0;
    for (; j + 4 <= n; j += 4) multiply_block<rows, 4>(a, b + j, k, n, add, out + j);
    for (; j < n; ++j) multiply_block<rows, 1>(a, b + j, k, n, add, out + j);
  }
  template <int rows, int columns>
  static void multiply_block(const Vector* a, const Vector* b, int k, int n, bool add, Vector* out) {
    Vector sums[rows][columns] = {};
    for (int l = 0; l < k; ++l)
      for (int r = 0; r < rows; ++r)
        for (int j = 0; j < columns; ++j) sums[r][j] += a[r * k + l] * b[l * n + j];
    for (int r = 0; r < rows; ++r)
      for (int j = 0; j < columns; ++j) out[r * n + j] = add ? out[r * n + j] + sums[r][j] : sums[r][j];
  }
};
