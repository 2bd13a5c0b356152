// Eigenvalues of tridiagonal and singular values of bidiagonal matrices side by side. Each lane has its own blocks and
// shifts; where a lane is done or has not begun, rotations leave it as it is. Entries are about 1 at most.
// Included once for each instruction set, in a namespace of its own.

template <class T>
struct Spectra : Lanes<T> {
  using L = Lanes<T>;
  using typename L::Mask;
  using typename L::Vector;

  // d [n]: the diagonal of a symmetric tridiagonal matrix, then its eigenvalues in no order; e [n]: beside it. Where z
  // [n, n]: rows that turn with the eigenvectors. failed: lanes that need more rounds than they get. By the implicit QL
  // algorithm (G. Golub and C. Van Loan, Matrix Computations, 8.3).
  static void eigenvalues(Vector* d, Vector* e, int n, Vector* z, Mask* failed) {
    e[n - 1] = Vector{};
    for (int l = 0; l + 1 < n; ++l)
      for (int round = 0;; ++round) {
        Mask end = Mask{} + (n - 1);
        Vector last = d[n - 1];
        for (int i = n - 2; i >= l; --i) {
          const Mask split = negligible(e[i], d[i], d[i + 1]);
          end = split ? Mask{} + i : end;
          last = split ? d[i] : last;
        }
        const Mask active = end > l;
        if (!L::any(active)) break;
        if (round == kRounds) {
          *failed |= active;
          break;
        }
        ql_sweep(d, e, n, l, end, last, z);
      }
  }
  // d [n] and, above it, e: an upper bidiagonal B, then its singular values, of either sign and in no order. Where vt:
  // the rows of ut [n, m] and vt [n, n] turn with the singular vectors. By implicit QR (J. Demmel and W. Kahan,
  // "Accurate singular values of bidiagonal matrices", 1990).
  static void singular_values(Vector* d, Vector* e, int n, int m, Vector* ut, Vector* vt, Mask* failed) {
    for (int last = n - 1; last > 0; --last)
      for (int round = 0;; ++round) {
        Mask top{};
        Vector least = L::abs(d[0]);  // of the diagonal from top to last
        for (int i = 0; i < last; ++i) {
          const Mask split = negligible(e[i], d[i], d[i + 1]);
          e[i] = split ? Vector{} : e[i];
          top = split ? Mask{} + (i + 1) : top;
          least = split ? L::abs(d[i + 1]) : L::min(least, L::abs(d[i + 1]));
        }
        const Mask active = top < last;
        if (!L::any(active)) break;
        if (round == kRounds) {
          *failed |= active;
          break;
        }
        const Vector shift = least < kNothing ? Vector{} : smaller_of(d[last - 1], e[last - 1], d[last]);
        qr_sweep(d, e, n, m, top, last, shift, ut, vt);
      }
  }

 private:
  static constexpr int kRounds = 30;  // for one value
  // What may be dropped beside 1: its square is still far from what underflows.
  static constexpr T kNothing = sizeof(T) == 4 ? T(1e-15) : T(1e-140);

  // [c s; -s c] takes (f, g) to (r, 0).
  struct Rotation {
    Vector c, s, r;
    Rotation(const Vector& f, const Vector& g) {
      const Vector squares = f * f + g * g;
      const Mask none = squares < kNothing * kNothing;
      r = none ? f : L::sqrt(squares);
      const Vector divisor = none ? L::all(1) : r;
      c = none ? L::all(1) : f / divisor;
      s = none ? Vector{} : g / divisor;
    }
    // Rows x and y of n entries become c x + s y and c y - s x where `here`.
    void turn(Vector* x, Vector* y, int n, const Mask& here) const {
      const Vector cosine = here ? c : L::all(1), sine = here ? s : Vector{};
      for (int i = 0; i < n; ++i) {
        const Vector kept = x[i];
        x[i] = cosine * kept + sine * y[i];
        y[i] = cosine * y[i] - sine * kept;
      }
    }
  };
  static Mask negligible(const Vector& e, const Vector& x, const Vector& y) {
    constexpr T eps = std::numeric_limits<T>::epsilon();
    return L::abs(e) <= L::max(eps * (L::abs(x) + L::abs(y)), L::all(kNothing));
  }

  // One sweep from `end`, where the diagonal is `last`, up to l in the lanes where end > l.
  static void ql_sweep(Vector* d, Vector* e, int n, int l, const Mask& end, const Vector& last, Vector* z) {
    const Mask active = end > l;
    const Vector gap = (d[l + 1] - d[l]) / (2 * (active ? e[l] : L::all(1))), root = L::sqrt(gap * gap + 1);
    Vector g = last - d[l] + e[l] / (gap < 0 ? gap - root : gap + root);
    Vector s = L::all(1), c = s, p{};
    for (int i = L::largest(end) - 1; i >= l; --i) {
      const Mask here = active & (end > i);
      const Vector f = s * e[i], b = c * e[i];
      const Rotation turn(g, f);
      e[i + 1] = here ? (end == i + 1 ? Vector{} : turn.r) : e[i + 1];
      const Vector before = d[i + 1] - p, moved = (d[i] - before) * turn.s + 2 * turn.c * b;
      s = here ? turn.s : s;
      c = here ? turn.c : c;
      p = here ? turn.s * moved : p;
      d[i + 1] = here ? before + p : d[i + 1];
      g = here ? turn.c * moved - b : g;
      if (z) turn.turn(z + (i + 1) * n, z + i * n, n, here);
    }
    d[l] = active ? d[l] - p : d[l];
    e[l] = active ? g : e[l];
  }

  // The smaller singular value of [f g; 0 h].
  static Vector smaller_of(const Vector& f, const Vector& g, const Vector& h) {
    const Vector x = L::abs(f), y = L::abs(h), most = L::max(x, y), least = L::min(x, y);
    const Vector divisor = most > 0 ? most : L::all(1);
    const Vector ratio = least / divisor, up = 1 + ratio, down = 1 - ratio, across = g / divisor;
    return 2 * least / (L::sqrt(up * up + across * across) + L::sqrt(down * down + across * across));
  }
  static void qr_sweep(Vector* d, Vector* e, int n, int m, const Mask& top, int last, const Vector& shift, Vector* ut,
                       Vector* vt) {
    Vector f{}, g{};
    const int first = L::smallest(top);
    for (int i = first; i < last; ++i) {
      const Mask here = top <= i, start = top == i;
      const Vector ratio = shift / (d[i] == 0 ? L::all(1) : d[i]);
      f = start ? (L::abs(d[i]) - shift) * ((d[i] < 0 ? L::all(-1) : L::all(1)) + ratio) : f;
      g = start ? e[i] : g;
      const Rotation right(f, g);
      if (i > first) e[i - 1] = here & ~start ? right.r : e[i - 1];
      const Vector along = right.c * d[i] + right.s * e[i], above = right.c * e[i] - right.s * d[i];
      const Vector below = right.s * d[i + 1], next = right.c * d[i + 1];
      const Rotation left(along, below);
      d[i] = here ? left.r : d[i];
      d[i + 1] = here ? left.c * next - left.s * above : d[i + 1];
      f = left.c * above + left.s * next;
      e[i] = here ? f : e[i];
      if (i + 1 < last) {
        g = left.s * e[i + 1];
        e[i + 1] = here ? left.c * e[i + 1] : e[i + 1];
      }
      if (!vt) continue;
      right.turn(vt + i * n, vt + (i + 1) * n, n, here);
      left.turn(ut + i * m, ut + (i + 1) * m, m, here);
    }
  }
};
