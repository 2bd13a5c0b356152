// A call of each function of gradtape.h for sparse derivatives, with arguments that can go wrong one by one.
#include "header_call.hpp"

namespace test {
namespace {

using S = Surroundings;

int32_t go_on(void*, uint64_t, uint64_t) { return 0; }

using Find = gt_sparsity (*)(gt_context, gt_tape, gt_tensor, const gt_tensor*, size_t, const gt_sparse_options*);
std::function<gt_status(S&, Call&)> finding(Find function, int32_t right_triangle,
                                            std::initializer_list<int32_t> wrong_triangles) {
  const std::vector<int32_t> wrong = wrong_triangles;
  return [=](S& s, Call& c) {
    gt_sparse_options o{};
    o.struct_size = c.pick(sizeof o, {0, 7, sizeof o - 1, SIZE_MAX});
    o.method = c.pick<int32_t>(GT_SPARSE_AUTO, {-1, 3});
    o.mode = c.pick<int32_t>(GT_MODE_AUTO, {-1, 4});
    o.triangle = c.pick<int32_t>(right_triangle, {wrong[0], wrong[1]});
    o.dependence = c.pick<int32_t>(GT_DEPENDENCE_EXACT, {-1, 3});
    o.progress = go_on;
    const gt_sparse_options* options = c.pick<const gt_sparse_options*>(&o, {nullptr});
    gt_tape t = c.tape(s.once);
    gt_tensor target = c.tensor(s.y);
    const auto by = c.tensors({s.x});
    return s.status_of(function(c.context(), t, target, by.data, by.n, options));
  };
}

// The pattern of s.diagonal, or a wrong one.
struct Csr {
  const int64_t *offsets, *columns;
};
Csr csr(Call& c) {
  std::vector<int64_t> offsets(kLength + 2), columns(kLength + 1);
  for (int64_t i = 0; i <= kLength; ++i) offsets[static_cast<size_t>(i)] = columns[static_cast<size_t>(i)] = i;
  offsets.back() = kLength;
  offsets[3] = c.pick<int64_t>(3, {-1, 1, INT64_MIN});
  offsets[0] = c.pick<int64_t>(0, {1, -1});
  columns[4] = c.pick<int64_t>(4, {-1, kLength + 1, INT64_MAX, 5});
  return {c.pointer(c.keep(std::move(offsets))), c.pointer(c.keep(std::move(columns)))};
}

}  // namespace

std::vector<Row> rows_of_sparse() {
  return {
      {"gt_tape_jacobian_sparsity", finding(gt_tape_jacobian_sparsity, GT_TRIANGLE_FULL, {-1, GT_TRIANGLE_LOWER})},
      {"gt_tape_hessian_sparsity", finding(gt_tape_hessian_sparsity, GT_TRIANGLE_LOWER, {-1, 3})},
      {"gt_sparsity_create",
       [](S& s, Call& c) {
         const auto [offsets, columns] = csr(c);
         const auto rows = c.pick<int64_t>(kLength, {-1, int64_t{1} << 31, INT64_MAX, kLength + 1});
         const auto n = c.pick<int64_t>(kLength, {-1, int64_t{1} << 31, INT64_MIN, kLength - 1, kLength + 1});
         const auto flags = c.pick<int32_t>(GT_SPARSITY_SYMMETRIC, {-1, 4, INT32_MIN});
         return s.status_of(gt_sparsity_create(c.context(), rows, n, offsets, columns, flags));
       }},
      {"gt_sparsity_pattern",
       [](S& s, Call& c) {
         auto* first = c.output<gt_tensor>();
         auto* second = c.output<gt_tensor>();
         const auto format = c.pick<int32_t>(GT_CSC, {-1, 3, INT32_MAX});
         gt_sparsity of = c.sparsity(s.diagonal);
         return gt_sparsity_pattern(c.context(), of, format, first, second);
       }},
      {"gt_sparsity_describe",
       [](S& s, Call& c) {
         gt_sparsity_info info{};
         info.struct_size = c.pick(sizeof info, {0, 7, sizeof info - 1, SIZE_MAX});
         gt_sparsity_info* out = c.pointer(&info);
         gt_sparsity of = c.sparsity(s.diagonal);
         return gt_sparsity_describe(c.context(), of, out);
       }},
      {"gt_tape_sparse_values",
       [](S& s, Call& c) {
         auto* out = c.output<gt_tensor>();
         gt_tape t = c.tape(s.once);
         gt_tensor target = c.tensor(s.y);
         const auto by = c.tensors({s.x});
         gt_sparsity of = c.sparsity(s.diagonal);
         return gt_tape_sparse_values(c.context(), t, target, by.data, by.n, of, out);
       }},
      {"gt_sparse_matvec",
       [](S& s, Call& c) {
         auto* out = c.output<gt_tensor>();
         const auto transpose = c.pick<int32_t>(1, {-1, 2});
         gt_tensor values = c.tensor(s.unread), x = c.tensor(s.x);
         gt_sparsity of = c.sparsity(s.diagonal);
         return gt_sparse_matvec(c.context(), of, values, x, transpose, out);
       }},
      {"gt_sparse_to_dense",
       [](S& s, Call& c) {
         auto* out = c.output<gt_tensor>();
         gt_tensor values = c.tensor(s.unread);
         gt_sparsity of = c.sparsity(s.diagonal);
         return gt_sparse_to_dense(c.context(), of, values, out);
       }},
  };
}

}  // namespace test
