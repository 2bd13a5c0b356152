// Householder reflectors of matrices side by side, whose columns lie together: "row" here is a column of the matrix (G.
// Golub and C. Van Loan, Matrix Computations, chapter 5). Included once for each
// instruction set, in a namespace of its own.

// H = 1 - tau v v^T, v_0 = 1.
template <class T>
struct Reflectors : Lanes<T> {
  using L = Lanes<T>;
  using typename L::Mask;
  using typename L::Vector;

  // The H that takes x [n] to (beta, 0, ..., 0): v takes the place of x.
  static void reflector(Vector* x, int n, Vector* beta, Vector* tau) {
    Vector behind{};
    for (int i = 1; i < n; ++i) behind = L::max(behind, L::abs(x[i]));
    const Mask none = behind == 0;  // then H is 1, as LAPACK has it
    const Vector alpha = x[0], scale = none ? L::all(1) : L::max(behind, L::abs(alpha));
    for (int i = 0; i < n; ++i) x[i] /= scale;
    const Vector first = x[0];
    Vector squares = first * first;
    for (int i = 1; i < n; ++i) squares += x[i] * x[i];
    const Vector norm = L::sqrt(squares), opposite = first < 0 ? norm : -norm;
    *beta = none ? alpha : scale * opposite;
    *tau = none ? Vector{} : (opposite - first) / opposite;
    const Vector divisor = none ? L::all(1) : first - opposite;
    x[0] = L::all(1);
    for (int i = 1; i < n; ++i) x[i] /= divisor;
  }

  // H applied to `count` rows of n entries, `step` apart.
  static void reflect(const Vector* v, Vector tau, int n, Vector* rows, int count, int step) {
    int r = 0;
    for (; r + 4 <= count; r += 4) reflect_some<4>(v, tau, n, rows + r * step, step);
    for (; r < count; ++r) reflect_some<1>(v, tau, n, rows + r * step, step);
  }
  // H applied across `count` rows: to each of the n columns. sums: room for n.
  static void reflect_across(const Vector* v, Vector tau, int count, Vector* rows, int n, int step, Vector* sums) {
    L::copy(rows, n, sums);
    for (int r = 1; r < count; ++r)
      for (int i = 0; i < n; ++i) sums[i] += v[r] * rows[r * step + i];
    for (int i = 0; i < n; ++i) sums[i] *= tau;
    for (int r = 0; r < count; ++r)
      for (int i = 0; i < n; ++i) rows[r * step + i] -= v[r] * sums[i];
  }
  // Row j of `rows` [count, n], `step` apart, holds the v of H_j from entry j on; it becomes column j of H_0 H_1 ....
  static void accumulate(Vector* rows, const Vector* tau, int count, int n, int step) {
    for (int j = count - 1; j >= 0; --j) {
      Vector* v = rows + j * step + j;
      reflect(v, tau[j], n - j, v + step, count - 1 - j, step);
      for (int i = 0; i < j; ++i) rows[j * step + i] = Vector{};
      for (int i = 0; i < n - j; ++i) v[i] *= -tau[j];
      v[0] += L::all(1);
    }
  }

  // columns [n, m]: of a matrix [m, n]; they become those of Q, r [n, n] its other factor. tau: room for n.
  static void qr(Vector* x, int m, int n, bool positive, Vector* r, Vector* tau) {
    for (int j = 0; j < n; ++j) {
      Vector* column = x + j * m;
      reflector(column + j, m - j, &r[j * n + j], &tau[j]);
      reflect(column + j, tau[j], m - j, column + m + j, n - 1 - j, m);
      for (int i = 0; i < j; ++i) r[i * n + j] = column[i];
      for (int i = j + 1; i < n; ++i) r[i * n + j] = Vector{};
    }
    accumulate(x, tau, n, m, m);
    for (int j = 0; positive && j < n; ++j) {
      const Vector sign = r[j * n + j] < 0 ? L::all(-1) : L::all(1);
      for (int i = j; i < n; ++i) r[j * n + i] *= sign;
      for (int i = 0; i < m; ++i) x[j * m + i] *= sign;
    }
  }

  // Symmetric a [n, n], of which the lower triangle is read, to a tridiagonal T with diagonal d and e beside it. Where
  // z: the columns of the orthogonal Q with a = Q T Q^T, as rows. room: for 3 n.
  static void tridiagonal(Vector* a, int n, Vector* d, Vector* e, Vector* z, Vector* room) {
    Vector *v = room, *p = v + n, *taus = p + n;
    for (int k = 0; k + 1 < n; ++k) {
      const int size = n - 1 - k;
      Vector *rest = a + (k + 1) * n + k + 1, tau;
      d[k] = a[k * n + k];
      for (int i = 0; i < size; ++i) v[i] = rest[i * n - 1];
      reflector(v, size, &e[k], &tau);
      taus[k] = tau;
      if (z) L::copy(v, size, z + (k + 1) * n + k + 1);
      rank_two(rest, size, n, v, tau, p);
    }
    d[n - 1] = a[n * n - 1];
    if (!z) return;
    for (int k = 1; k < n; ++k) z[k] = z[k * n] = Vector{};
    z[0] = L::all(1);
    accumulate(z + n + 1, taus, n - 1, n - 1, n);
  }
  // The matrix with columns x [n, m], m >= n, is U B V^T, B upper bidiagonal with diagonal d and e above it. Where vt
  // [n, n]: x becomes the columns of U, and vt those of V, as rows. room: for m + 3 n.
  static void bidiagonal(Vector* x, int m, int n, Vector* d, Vector* e, Vector* vt, Vector* room) {
    Vector *sums = room, *v = sums + m, *left = v + n, *right = left + n;
    for (int j = 0; j < n; ++j) {
      Vector* column = x + j * m;
      reflector(column + j, m - j, &d[j], &left[j]);
      reflect(column + j, left[j], m - j, column + m + j, n - 1 - j, m);
      const int size = n - 1 - j;
      if (size == 0) break;
      Vector* rest = column + m + j;  // row j of the matrix, then what is below
      for (int i = 0; i < size; ++i) v[i] = rest[i * m];
      reflector(v, size, &e[j], &right[j]);
      if (vt) L::copy(v, size, vt + (j + 1) * n + j + 1);
      reflect_across(v, right[j], size, rest + 1, m - 1 - j, m, sums);
    }
    if (!vt) return;
    accumulate(x, left, n, m, m);
    for (int k = 1; k < n; ++k) vt[k] = vt[k * n] = Vector{};
    vt[0] = L::all(1);
    accumulate(vt + n + 1, right, n - 1, n - 1, n);
  }

 private:
  template <int count>
  static void reflect_some(const Vector* v, Vector tau, int n, Vector* rows, int step) {
    Vector sums[count] = {};
    for (int i = 0; i < n; ++i)
      for (int r = 0; r < count; ++r) sums[r] += v[i] * rows[r * step + i];
    for (Vector& s : sums) s *= tau;
    for (int i = 0; i < n; ++i)
      for (int r = 0; r < count; ++r) rows[r * step + i] -= v[i] * sums[r];
  }

  // H A H for the lower triangle of A: A - v w^T - w v^T, w = p - tau (p.v) / 2 v, p = tau A v.
  static void rank_two(Vector* a, int n, int step, const Vector* v, Vector tau, Vector* p) {
    for (int i = 0; i < n; ++i) {
      const Vector* row = a + i * step;
      Vector sum = row[i] * v[i];
      for (int j = 0; j < i; ++j) {
        sum += row[j] * v[j];
        p[j] += row[j] * v[i];
      }
      p[i] = sum;
    }
    Vector dot{};
    for (int i = 0; i < n; ++i) {
      p[i] *= tau;
      dot += p[i] * v[i];
    }
    dot *= tau / 2;
    for (int i = 0; i < n; ++i) p[i] -= dot * v[i];
    for (int i = 0; i < n; ++i)
      for (int j = 0; j <= i; ++j) a[i * step + j] -= v[i] * p[j] + p[i] * v[j];
  }
};
