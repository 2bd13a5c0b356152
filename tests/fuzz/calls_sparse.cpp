// Calls about sparse derivatives: patterns, the values at them, products.
#include <algorithm>

#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
void keep(World& w, gt_sparsity made) {
  if (made) w.here().sparsities.push_back(made);
}

using Find = gt_sparsity (*)(gt_context, gt_tape, gt_tensor, const gt_tensor*, size_t, const gt_sparse_options*);
void find(World& w, Find function) {
  const gt_tape tape = w.tape();
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  gt_sparse_options o{};
  o.struct_size = sizeof o;
  o.method = w.wrong() ? 3 : static_cast<int32_t>(w.in.below(3));
  o.mode = w.wrong() ? -1 : static_cast<int32_t>(w.in.below(4));
  o.triangle = w.in.below(4) == 3 ? static_cast<int32_t>(w.in.below(4)) : GT_TRIANGLE_FULL;
  o.dependence = w.wrong() ? 3 : static_cast<int32_t>(w.in.below(3));
  o.memory_budget = w.in.pick<uint64_t>({0, 1, 10000, 1 << 20});
  if (w.in.below(4) == 3) o.progress = progress;
  Sized options(w, o);
  const auto x = w.array(sources);
  keep(w, function(w.context(), tape, target, x.data, x.n, w.pointer(options.as<gt_sparse_options>())));
}
// Rows of a few columns each: right, mostly.
void create(World& w) {
  const auto rows = w.in.pick<int64_t>({3, 1, 2, 0, 7}), columns = w.in.pick<int64_t>({3, 1, 2, 0, 7});
  std::vector<int64_t> offsets{0}, indices;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = w.in.below(3); j < columns; j += 1 + w.in.below(3)) indices.push_back(j);
    offsets.push_back(static_cast<int64_t>(indices.size()));
  }
  if (w.wrong() && !indices.empty()) indices[w.in.below(static_cast<unsigned>(indices.size()))] = draw_integer(w);
  // The last offset says how many indices are read.
  if (w.wrong() && rows > 0) offsets[w.in.below(static_cast<unsigned>(rows))] = draw_integer(w);
  const int64_t said_rows = w.wrong() ? w.in.pick<int64_t>({-1, int64_t{1} << 31, INT64_MAX}) : rows;
  const int64_t said_columns = w.wrong() ? w.in.pick<int64_t>({-1, int64_t{1} << 31, 8}) : columns;
  const auto flags = w.in.pick<int32_t>({0, GT_SPARSITY_TRUSTED, GT_SPARSITY_SYMMETRIC, 3, 4});
  keep(w, gt_sparsity_create(w.context(), said_rows, said_columns, w.pointer(offsets.data()), w.pointer(indices.data()),
                             flags));
}
gt_sparsity some_sparsity(World& w) {
  if (w.here().sparsities.empty()) find(w, gt_tape_jacobian_sparsity);
  return w.sparsity();
}
void pattern(World& w) {
  const gt_sparsity s = some_sparsity(w);
  const auto format = w.in.pick<int32_t>({GT_CSR, GT_CSC, GT_COO, 3, -1});
  Room<gt_tensor> out(2);
  const gt_status status =
      gt_sparsity_pattern(w.context(), s, format, w.pointer(out.data()), w.pointer(out.data() + 1));
  w.checked("gt_sparsity_pattern", status);
  if (status == GT_OK) w.made("gt_sparsity_pattern", status, out, 2);
}
void describe(World& w) {
  const gt_sparsity s = some_sparsity(w);
  Sized info(w, gt_sparsity_info{});
  w.checked("gt_sparsity_describe", gt_sparsity_describe(w.context(), s, w.pointer(info.as<gt_sparsity_info>())));
}
void values(World& w) {
  const gt_tape tape = w.tape();
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  // One for these, or any.
  if (w.in.below(2))
    keep(w, gt_tape_jacobian_sparsity(w.here().ctx, tape, target, sources.data(), sources.size(), nullptr));
  const gt_sparsity s = some_sparsity(w);
  Room<gt_tensor> out(1);
  const auto x = w.array(sources);
  const gt_status status = gt_tape_sparse_values(w.context(), tape, target, x.data, x.n, s, out.data());
  w.made("gt_tape_sparse_values", status, out, 1);
}
// Values for the sparsity, or any tensor.
gt_tensor operand(World& w, gt_sparsity s) {
  gt_sparsity_info info{};
  info.struct_size = sizeof info;
  if (w.in.below(3) == 2 || gt_sparsity_describe(w.here().ctx, s, &info) != GT_OK) return w.tensor();
  return new_tensor(w, spec_of(GT_FLOAT32, {w.in.pick<int64_t>({info.nonzeros, info.columns, info.rows})}));
}
void matvec(World& w) {
  const gt_sparsity s = some_sparsity(w);
  const gt_tensor v = operand(w, s), x = operand(w, s);
  Room<gt_tensor> out(1);
  const int32_t transpose = w.wrong() ? 2 : static_cast<int32_t>(w.in.below(2));
  const gt_status status = gt_sparse_matvec(w.context(), s, v, x, transpose, out.data());
  w.made("gt_sparse_matvec", status, out, 1);
}
void to_dense(World& w) {
  const gt_sparsity s = some_sparsity(w);
  const gt_tensor v = operand(w, s);
  Room<gt_tensor> out(1);
  w.made("gt_sparse_to_dense", gt_sparse_to_dense(w.context(), s, v, out.data()), out, 1);
}
}  // namespace

void add_sparse_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_tape_jacobian_sparsity", 2, [](World& w) { find(w, gt_tape_jacobian_sparsity); }},
      {"gt_tape_hessian_sparsity", 1, [](World& w) { find(w, gt_tape_hessian_sparsity); }},
      {"gt_sparsity_create", 2, create},
      {"gt_sparsity_pattern", 1, pattern},
      {"gt_sparsity_describe", 1, describe},
      {"gt_tape_sparse_values", 2, values},
      {"gt_sparse_matvec", 2, matvec},
      {"gt_sparse_to_dense", 1, to_dense},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
