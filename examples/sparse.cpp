// The program of docs/sparse.md: each snippet of that page stands here, and its output stands on the page.
#include <gradtape/gradtape.hpp>
#include <iostream>

using namespace gradtape;

static void chain_of_springs(const Context& ctx) {
  auto energy = [](const Tensor& x) {
    Tensor stretch = x(Slice(1, {})) - x(Slice({}, -1));
    return reduce_sum(square(stretch) * square(stretch)) + reduce_sum(square(x));
  };
  Tensor x = ctx.tensor({0.0, 1.0, 3.0, 2.0});
  auto [sparsity, values] = sparse_hessian(energy)(x);
  std::cout << sparsity.to_dense(values) << "\n" << sparsity.matvec(values, x) << "\n";

  auto hessian_at = function(ctx, {{Dtype::float64, {4}}}, sparse_values(energy, sparsity));
  for (double scale : {1.0, 0.5, 0.0}) {
    Tensor at = scale * x;
    std::cout << sparsity.matvec(hessian_at(at), x) << "\n";
  }
}

static void decay(const Context& ctx) {
  Tensor amount = ctx.tensor({1.0, 2.0, 4.0}), rate = ctx.scalar(0.5);
  Tape tape(ctx);
  tape.watch(amount, rate);
  Tensor change = -rate * amount;
  Sparsity sparsity = tape.jacobian_sparsity(change, {amount, rate});    // the tape stays as it was
  Tensor values = tape.sparse_values(change, {amount, rate}, sparsity);  // now it is used up
  std::cout << sparsity.to_dense(values) << "\n";
}

static void own_pattern(const Context& ctx) {
  Sparsity own(ctx, 2, 3, {0, 2, 3}, {0, 2, 0});  // row 0 has columns 0 and 2, row 1 has column 0
  Tensor values = ctx.tensor({1.0, 2.0, 3.0});
  std::cout << own.to_dense(values) << "\n";
  auto [rows, columns] = own.pattern_tensors(GT_COO);
  std::cout << rows << columns << "\n";
  auto [column_offsets, rows_by_column] = own.pattern_tensors(GT_CSC);
  std::cout << column_offsets << rows_by_column << gather(values, argsort(columns)) << "\n";
}

static void missing_entry(const Context& ctx) {
  auto product = [](const Tensor& a, const Tensor& b) { return a * b; };
  Sparsity lacking(ctx, 1, 2, {0, 1}, {0});
  try {
    sparse_values(product, lacking)(ctx.tensor({2.0}), ctx.tensor({3.0}));
  } catch (const Error& e) {
    std::cout << e.what() << "\n";
  }
}

static void side_by_side(const Context& ctx) {
  Tensor rates = ctx.tensor({0.5, 1.0, 2.0, 4.0});
  auto decayed = [&](const Tensor& x) {
    return scan([&](const Tensor& z) { return z - 0.1 * rates * z * z; }, x, {}, {.length = 100}).carried;
  };
  auto [pattern, slopes] = sparse_jacobian(decayed)(ctx.ones({4}));
  std::cout << pattern.info().nonzeros << " of " << pattern.info().rows * pattern.info().columns << "\n";
}

int main() {
  Context ctx;
  chain_of_springs(ctx);
  decay(ctx);
  own_pattern(ctx);
  missing_entry(ctx);
  side_by_side(ctx);
}
