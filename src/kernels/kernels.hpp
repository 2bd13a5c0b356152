// The index of kernels: loops over memory for ops that are not elementwise. Views are contiguous; shapes were checked
// when the op was recorded.
#pragma once

#include "base/layout.hpp"
#include "graph/kernel_call.hpp"

namespace gradtape::core {
struct Places;
}
namespace gradtape::core::kernels {

// reduce/reduce.cpp: the loops of reductions. Sums are pairwise.
Reduction sum_reduction();
Reduction product_reduction();
Reduction max_reduction();
Reduction min_reduction();
Reduction all_reduction();
Reduction any_reduction();
// Over any axes, in passes over memory. what: the name in errors.
void reduce(const Reducer& reducer, const Ints& axes, const View& x, const MutableView& out, BlockCache& memory,
            std::string_view what);

// reduce/arg_extreme.cpp
void argmax(const KernelCall& c);
void argmin(const KernelCall& c);

// reduce/scan.cpp
void cumsum(const KernelCall& c);
void cumprod(const KernelCall& c);
void linear_scan(const KernelCall& c);
void log_sum_scan(const KernelCall& c);

// sort/sort.cpp
void sort_lines(const KernelCall& c);

// move/movement.cpp: elements copied from one buffer to another.
// Copies x, seen through the layout, to out in row-major order.
void copy(const void* x, std::size_t element_size, const Layout& layout, void* out, const Workers& workers);
void copy_bytes(const void* x, int64_t bytes, void* out, const Workers& workers);
void concat(const KernelCall& c);
void add_blocks(const KernelCall& c);
void constant_pad(const KernelCall& c);
void elements_of_pad(const Attributes& a, const View& x, const Shape& out, int64_t first, std::size_t n, void* to);
void range(const KernelCall& c);
void repeated_places(const KernelCall& c);
void integer_divisor(const KernelCall& c);
void integer_exponent(const KernelCall& c);
void identity_rows(const KernelCall& c);
void bands(const KernelCall& c);
void mirror_lower(const KernelCall& c);  // also in place

// move/indexing.cpp: elements moved by indices. All indices are checked before anything is written.
void gather(const KernelCall& c);
void scatter_add(const KernelCall& c);
void ravel_index(const KernelCall& c);
void last_writer(const KernelCall& c);

// move/assemble.cpp
void assemble(const KernelCall& c, const Places& places);
// Unless Places::add_up: n elements of each factor, whose addresses are those of element `first`, to their places in out.
void place(const Places& places, std::span<const std::byte* const> factors, std::size_t element_size, int64_t first,
           std::size_t n, void* out, bool past_cache);

// matmul/matmul.cpp
void matmul(const KernelCall& c);

// matrix/{linear_systems,factors,spectral,cofactor,spectral_form,expm}.cpp: each matrix in the last two axes by itself.
void solve(const KernelCall& c);
void inverse(const KernelCall& c);
void triangular_solve(const KernelCall& c);
void det(const KernelCall& c);
void slogdet(const KernelCall& c);
void cholesky(const KernelCall& c);
void qr(const KernelCall& c);
void full_rank(const KernelCall& c);
void eigen(const KernelCall& c);
void eigenvalues(const KernelCall& c);
void svd(const KernelCall& c);
void singular_values(const KernelCall& c);
void cofactor(const KernelCall& c);
void spectral_form(const KernelCall& c);
void expm(const KernelCall& c);

// matrix/banded.cpp: systems [b, nonzeros], [b, k, n] of one pattern.
struct Band {
  int64_t n, below, above;         // rows; diagonals below and above the main one
  std::span<const int64_t> place;  // of each row and column in the band
  std::span<const int64_t> at;     // of each entry, in columns of 2 below + above + 1 numbers
};
void banded_solve(const KernelCall& c, const Band& band);

// convolution/convolution.cpp, convolution/pooling.cpp: the sum of x[pixel] filter[tap] y[pixel] by each of the three.
void convolution(const KernelCall& c);
void convolution_input(const KernelCall& c);
void convolution_filter(const KernelCall& c);
void max_pool(const KernelCall& c);

// iterations/{krylov,anderson}.hpp: linear systems and fixed points by a function that they call.

// random.cpp: Philox4x32-10; the input holds states of a key and a counter, of which each has its part of the output.
void random_uniform(const KernelCall& c);
void random_normal(const KernelCall& c);
void random_fold(const KernelCall& c);

}  // namespace gradtape::core::kernels
