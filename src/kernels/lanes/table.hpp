// The functions of one instruction set. Included once for each, in its namespace.

template <class T>
using Vector = typename Lanes<T>::Vector;

template <class T>
Vector<T>* vectors(T* x) {
  return reinterpret_cast<Vector<T>*>(x);
}
template <class T>
const Vector<T>* vectors(const T* x) {
  return reinterpret_cast<const Vector<T>*>(x);
}

template <class T>
void eigen(Vector<T>* a, int n, Vector<T>* w, Vector<T>* z, Vector<T>* room, int* failed) {
  typename Lanes<T>::Mask late{};
  Reflectors<T>::tridiagonal(a, n, w, room, z, room + n);
  Spectra<T>::eigenvalues(w, room, n, z, &late);
  Lanes<T>::write(late, failed);
}

template <class T>
void svd(Vector<T>* columns, int m, int n, Vector<T>* s, Vector<T>* vt, Vector<T>* room, int* failed) {
  typename Lanes<T>::Mask late{};
  Reflectors<T>::bidiagonal(columns, m, n, s, room, vt, room + n);
  Spectra<T>::singular_values(s, room, n, m, columns, vt, &late);
  for (int i = 0; vt && i < n * n; ++i) vt[i] = s[i / n] < 0 ? -vt[i] : vt[i];
  for (int i = 0; i < n; ++i) s[i] = Lanes<T>::abs(s[i]);
  Lanes<T>::write(late, failed);
}

// The functions as their users have them, who know of elements alone.
template <class T>
LaneKernels<T> table() {
  using L = Lanes<T>;
  using E = Elimination<T>;
  LaneKernels<T> k{};
  k.count = L::count;
  k.load = [](const T* x, int there, int rows, int columns, T* out) { L::load(x, there, rows, columns, vectors(out)); };
  k.store = [](const T* x, int there, int size, T* out) { L::store(vectors(x), there, size, out); };
  k.transpose = [](const T* x, int rows, int columns, T* out) {
    L::transpose(vectors(x), rows, columns, vectors(out));
  };
  k.normalize = [](T* x, int size, T* scale, int* bad) { L::normalize(vectors(x), size, vectors(scale), bad); };
  k.eliminate = [](T* a, T* b, int n, int columns, T* sign, int* info) {
    E::eliminate(vectors(a), vectors(b), n, columns, vectors(sign), info);
  };
  k.substitute = [](const T* a, T* b, int n, int columns, bool lower, int* info) {
    E::substitute(vectors(a), vectors(b), n, columns, lower, info);
  };
  k.cholesky = [](T* a, int n, int* info) { E::cholesky(vectors(a), n, info); };
  k.multiply = [](const T* a, const T* b, int rows, int inner, int columns, bool add, T* out) {
    E::multiply(vectors(a), vectors(b), rows, inner, columns, add, vectors(out));
  };
  k.qr = [](T* columns, int m, int n, bool positive, T* r, T* room) {
    Reflectors<T>::qr(vectors(columns), m, n, positive, vectors(r), vectors(room));
  };
  k.eigen = [](T* a, int n, T* w, T* z, T* room, int* failed) {
    eigen<T>(vectors(a), n, vectors(w), vectors(z), vectors(room), failed);
  };
  k.svd = [](T* columns, int m, int n, T* s, T* vt, T* room, int* failed) {
    svd<T>(vectors(columns), m, n, vectors(s), vectors(vt), vectors(room), failed);
  };
  return k;
}
