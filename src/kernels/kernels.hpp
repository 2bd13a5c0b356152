// Loops over memory for everything that is not elementwise. Views are contiguous; shapes were checked when the op was
// recorded.
#pragma once

#include "graph/op.hpp"

namespace gradtape::kernels {

// reduce.cpp: reductions over the attribute "axis". Sums are pairwise.
void reduce_sum(const KernelCall& c);
void reduce_max(const KernelCall& c);
void reduce_min(const KernelCall& c);
void reduce_all(const KernelCall& c);
void reduce_any(const KernelCall& c);
void argmax(const KernelCall& c);
void argmin(const KernelCall& c);
void cumsum(const KernelCall& c);

// sort.cpp
void argsort(const KernelCall& c);

// movement.cpp: elements copied from one place to another.
void transpose(const KernelCall& c);
void broadcast_to(const KernelCall& c);
void concat(const KernelCall& c);
void slice(const KernelCall& c);
void constant_pad(const KernelCall& c);
void reverse(const KernelCall& c);
void gather(const KernelCall& c);
void scatter_add(const KernelCall& c);
void range(const KernelCall& c);

// matmul.cpp, lapack.cpp: BLAS and LAPACK.
void matmul(const KernelCall& c);
void solve(const KernelCall& c);
void det(const KernelCall& c);
void cofactor(const KernelCall& c);

// random.cpp: Philox4x32-10; the input holds key and counter.
void random_uniform(const KernelCall& c);
void random_normal(const KernelCall& c);

}  // namespace gradtape::kernels
