// Small matrices side by side, one in each lane of a vector. Their entries (i, j) lie together, and every step is done
// for all of them at once. The kernels are compiled for each instruction set, with its own number of lanes.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

inline constexpr int kMostLanes = 16;
inline constexpr std::size_t kLaneAlignment = 64;  // bytes, of all memory that holds matrices side by side

// Element e of lane l lies at [e * count + l]. A matrix is in row-major order but where it says otherwise.
template <class T>
struct LaneKernels {
  int count;  // of lanes

  // Between matrices [rows, columns] one after the other and side by side; a lane without a matrix holds the identity.
  void (*load)(const T* x, int matrices, int rows, int columns, T* out);
  void (*store)(const T* x, int matrices, int size, T* out);
  // x [rows, columns] to out [columns, rows].
  void (*transpose)(const T* x, int rows, int columns, T* out);
  // x [size] is divided by a power of 2 such that it is 2 at most. bad: lanes that are not finite, which become 0.
  void (*normalize)(T* x, int size, T* scale, int* bad);

  // [A | B] to upper triangular form, with the largest pivot of each column. sign: of the permutations. info: the first
  // pivot that is 0, counted from 1, or else as it was.
  void (*eliminate)(T* a, T* b, int n, int k, T* sign, int* info);
  // B becomes the X with A X = B, for triangular A. info: the first 0 on the diagonal, counted from 1, or 0.
  void (*substitute)(const T* a, T* b, int n, int k, bool lower, int* info);
  // The lower triangle of A becomes its factor, the rest 0. info: the first minor that is not positive, or 0.
  void (*cholesky)(T* a, int n, int* info);
  // out [m, n] = a [m, k] b [k, n], or that added to it.
  void (*multiply)(const T* a, const T* b, int m, int k, int n, bool add, T* out);

  // columns [n, m]: of a matrix [m, n]; they become those of Q, r [n, n] its other factor. workspace: for n.
  void (*qr)(T* columns, int m, int n, bool positive, T* r, T* workspace);
  // w [n]: the eigenvalues of a symmetric a whose entries are about 1 at most, in no order. z [n, n]: the
  // eigenvectors as rows; may be null. failed: lanes where they were not found. workspace: for 4 n.
  void (*eigen)(T* a, int n, T* w, T* z, T* workspace, int* failed);
  // s [n]: the singular values, in no order, of the matrix with these columns [n, m], m >= n, whose entries are about 1
  // at most. If vt [n, n] is not null, the columns become the left singular vectors and vt has the right ones.
  // workspace: for m + 4 n.
  void (*svd)(T* columns, int m, int n, T* s, T* vt, T* workspace, int* failed);
};

template <class T>
const LaneKernels<T>& lane_kernels();  // for this machine

}  // namespace gradtape::core::kernels
