// Sparse Jacobians and Hessians: their patterns, the values at these, and products with them.
#include "autodiff/given_pattern.hpp"
#include "autodiff/sparse_check.hpp"
#include "autodiff/sparse_links.hpp"
#include "autodiff/sparse_products.hpp"
#include "capi/derivatives.hpp"
#include "graph/print.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

void check_option(const char* function, const char* option, int32_t given, int32_t last, const char* names) {
  if (given < 0 || given > last) invalid("{}: options.{} must be {}, got {}", function, option, names, given);
}
SparseOptions options_from(Context& c, const gt_sparse_options* given, const char* function) {
  const gt_sparse_options o = given ? read_struct(fmt::format("{}: options", function), given) : gt_sparse_options{};
  check_option(function, "method", o.method, GT_SPARSE_COMPRESS,
               "GT_SPARSE_AUTO 0, GT_SPARSE_ACCUMULATE 1 or GT_SPARSE_COMPRESS 2");
  check_option(function, "mode", o.mode, GT_MODE_BOTH,
               "GT_MODE_AUTO 0, GT_MODE_FORWARD 1, GT_MODE_REVERSE 2 or GT_MODE_BOTH 3");
  check_option(function, "triangle", o.triangle, GT_TRIANGLE_UPPER,
               "GT_TRIANGLE_FULL 0, GT_TRIANGLE_LOWER 1 or GT_TRIANGLE_UPPER 2");
  check_option(function, "dependence", o.dependence, GT_DEPENDENCE_TRUST,
               "GT_DEPENDENCE_EXACT 0, GT_DEPENDENCE_CONSERVATIVE 1 or GT_DEPENDENCE_TRUST 2");
  SparseOptions options;
  options.method = static_cast<SparseMethod>(o.method);
  options.mode = static_cast<Sweeps>(o.mode);
  options.triangle = static_cast<Triangle>(o.triangle);
  options.dependence = static_cast<OnIndices>(o.dependence);
  options.memory_budget = o.memory_budget;
  if (o.progress)
    options.progress = [&c, call = o.progress, data = o.progress_data](uint64_t done, uint64_t total) {
      const CallbackScope scope(c);
      return call(data, done, total) == 0;
    };
  return options;
}

std::string list_of(std::span<const Source> sources) {
  std::string list;
  for (const Source& s : sources) list += (list.empty() ? "" : ", ") + to_string(s);
  return list;
}
// Target and sources, which span a matrix of rows by columns.
struct Span {
  Tensor target;
  std::vector<Source> sources;
  int64_t columns = 0;
};
Span read_span(Context& c, gt_tensor target, const gt_tensor* sources, size_t n, const char* function) {
  Span s{c.peek(target, fmt::format("{}: target", function)), read_sources(c, sources, n, function)};
  if (s.sources.empty()) invalid("{}: there must be at least one source", function);
  const Dtype dtype = s.sources[0].tensor.dtype();
  for (const Source& source : s.sources)
    if (!is_floating(source.tensor.dtype()) || source.tensor.dtype() != dtype)
      invalid("{}: all sources must have the same floating dtype, got {}", function, list_of(s.sources));
  for (const Source& source : s.sources) {
    s.columns += source.tensor.shape().elements();
    if (s.columns > kMostRows)
      invalid("{}: the sources must have less than 2^31 elements together, got {}", function, list_of(s.sources));
  }
  if (s.target.shape().elements() > kMostRows)
    invalid("{}: the target must have less than 2^31 elements, got {}", function, labelled(s.target));
  return s;
}
// The matrix that the sparsity is asked for must have its size.
void check_size(const char* function, const Span& span, const Sparsity& sparsity) {
  const Pattern& p = sparsity.pattern;
  const int64_t rows = sparsity.symmetric ? span.columns : span.target.shape().elements();
  if (p.rows == rows && p.columns == span.columns) return;
  invalid("{}: the sparsity is [{}, {}], and the {} is [{}, {}], of target {} and sources {}", function, p.rows,
          p.columns, sparsity.symmetric ? "Hessian" : "Jacobian", rows, span.columns, labelled(span.target),
          list_of(span.sources));
}
// A pattern by the user must have each entry that the derivative has.
void check_given(Context& c, Tape& t, const Span& span, const Sparsity& given, const char* function) {
  if (given.kind != Sparsity::Kind::given || given.options.dependence == OnIndices::trust) return;
  const Looking looking(c);
  check_entries(function, given, entries_of(t, span.target, span.sources, given.symmetric, function), span.sources);
}

gt_sparsity publish(Context& c, SparsityPtr found) {
  return reinterpret_cast<gt_sparsity>(c.publish(std::make_shared<SparseMatrix>(c.recorder(), std::move(found))));
}
// The tape stays as it is: it serves the values later.
template <class Find>
gt_sparsity find_sparsity(gt_context ctx, gt_tape tape, const char* function, gt_tensor target,
                          const gt_tensor* sources, size_t n, const gt_sparse_options* options, Find&& find) {
  return guarded_object(ctx, [&](Context& c) {
    const std::shared_ptr<Tape> t = c.tape(tape, fmt::format("{}: tape", function));
    const SparseOptions o = options_from(c, options, function);
    const Span span = read_span(c, target, sources, n, function);
    const Looking looking(c);
    const Tape::Use use(*t, function);
    return publish(c, find(*t, span.target, span.sources, o));
  });
}

}  // namespace

extern "C" {

gt_sparsity gt_tape_jacobian_sparsity(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                      size_t n_sources, const gt_sparse_options* options) {
  constexpr const char* name = "gt_tape_jacobian_sparsity";
  const auto find = [&](const Tape& t, const Tensor& to, std::span<const Source> by, const SparseOptions& o) {
    if (o.triangle != Triangle::full)
      invalid("{}: options.triangle is for Hessians, and must be GT_TRIANGLE_FULL 0, got {}", name,
              static_cast<int32_t>(o.triangle));
    return jacobian_sparsity(t, to, by, o);
  };
  return find_sparsity(ctx, tape, name, target, sources, n_sources, options, find);
}

gt_sparsity gt_tape_hessian_sparsity(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                     size_t n_sources, const gt_sparse_options* options) {
  return find_sparsity(ctx, tape, "gt_tape_hessian_sparsity", target, sources, n_sources, options, hessian_sparsity);
}

gt_sparsity gt_sparsity_create(gt_context ctx, int64_t rows, int64_t columns, const int64_t* row_offsets,
                               const int64_t* column_indices, int32_t flags) {
  constexpr const char* name = "gt_sparsity_create";
  return guarded_object(ctx, [&](Context& c) {
    for (const auto& [what, n] : {std::pair("rows", rows), std::pair("columns", columns)})
      if (n < 0 || n > kMostRows) invalid("{}: {} must lie in [0, 2^31), got {}", name, what, n);
    constexpr int32_t kAll = GT_SPARSITY_SYMMETRIC | GT_SPARSITY_TRUSTED;
    if (flags & ~kAll)
      invalid("{}: flags are bits, GT_SPARSITY_SYMMETRIC 1 and GT_SPARSITY_TRUSTED 2, got {}", name, flags);
    need_pointer(row_offsets, "{}: row_offsets", name);
    const bool symmetric = (flags & GT_SPARSITY_SYMMETRIC) != 0;
    SparseOptions options;
    if (flags & GT_SPARSITY_TRUSTED) options.dependence = OnIndices::trust;
    Pattern pattern = given_pattern(name, rows, columns, row_offsets, column_indices, symmetric);
    return publish(c, given_sparsity(std::move(pattern), symmetric, options));
  });
}

gt_status gt_sparsity_pattern(gt_context ctx, gt_sparsity sparsity, int32_t format, gt_tensor* offsets_or_rows,
                              gt_tensor* columns) {
  constexpr const char* name = "gt_sparsity_pattern";
  clear_array(offsets_or_rows, 1);
  clear_array(columns, 1);
  return guarded(ctx, [&](Context& c) {
    need_pointer(offsets_or_rows, "{}: offsets_or_rows", name);
    need_pointer(columns, "{}: columns", name);
    const std::shared_ptr<SparseMatrix> s = c.sparsity(sparsity, "gt_sparsity_pattern: sparsity");
    Tensors both;
    switch (format) {
      case GT_CSR: both = {s->row_offsets(), s->columns()}; break;
      case GT_CSC: both = {s->column_offsets(), s->rows_by_column()}; break;
      case GT_COO: both = {s->rows(), s->columns()}; break;
      default: invalid("{}: format must be GT_CSR 0, GT_CSC 1 or GT_COO 2, got {}", name, format);
    }
    std::array<gt_tensor, 2> out{};
    c.publish_all(both, out.data());
    *offsets_or_rows = out[0];
    *columns = out[1];
  });
}

gt_status gt_sparsity_describe(gt_context ctx, gt_sparsity sparsity, gt_sparsity_info* info) {
  constexpr const char* name = "gt_sparsity_describe";
  return guarded(ctx, [&](Context& c) {
    need_pointer(info, "{}: info", name);
    write_struct("gt_sparsity_describe: info", gt_sparsity_info{}, info);
    const std::shared_ptr<SparseMatrix> s = c.sparsity(sparsity, "gt_sparsity_describe: sparsity");
    const Sparsity& of = s->sparsity();
    gt_sparsity_info out{};
    out.rows = of.pattern.rows;
    out.columns = of.pattern.columns;
    out.nonzeros = of.pattern.nonzeros();
    out.links = of.links;
    out.method = static_cast<int32_t>(of.method);
    out.symmetric = of.symmetric;
    out.forward_colours = of.forward_colours;
    out.reverse_colours = of.reverse_colours;
    out.peeled = of.peeled;
    out.seconds = of.seconds;
    write_struct("gt_sparsity_describe: info", out, info);
  });
}

gt_status gt_tape_sparse_values(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                size_t n_sources, gt_sparsity sparsity, gt_tensor* values) {
  constexpr const char* name = "gt_tape_sparse_values";
  clear_array(values, 1);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_pointer(values, "{}: values", name);
    const Span span = read_span(c, target, sources, n_sources, name);
    const std::shared_ptr<SparseMatrix> s = c.sparsity(sparsity, "gt_tape_sparse_values: sparsity");
    check_size(name, span, s->sparsity());
    Tape::Use use(t, name);
    check_given(c, t, span, s->sparsity(), name);
    const Tensor found = sparse_values(t, span.target, span.sources, s->sparsity());
    if (c.checks_sparse) {
      const Looking looking(c);
      check_sparse_values(t, span.target, span.sources, s->sparsity(), found, name);
    }
    *values = c.publish(found);
    use.done();
  });
}

gt_status gt_sparse_matvec(gt_context ctx, gt_sparsity sparsity, gt_tensor values, gt_tensor x, int32_t transpose,
                           gt_tensor* y) {
  constexpr const char* name = "gt_sparse_matvec";
  clear_array(y, 1);
  return guarded(ctx, [&](Context& c) {
    need_pointer(y, "{}: y", name);
    if (transpose != 0 && transpose != 1) invalid("{}: transpose must be 0 or 1, got {}", name, transpose);
    const std::shared_ptr<SparseMatrix> s = c.sparsity(sparsity, "gt_sparse_matvec: sparsity");
    const Tensor of = c.read(values, "gt_sparse_matvec: values"), by = c.read(x, "gt_sparse_matvec: x");
    *y = c.publish(s->times(of, by, transpose == 1));
    c.bound_pending();
  });
}

gt_status gt_sparse_to_dense(gt_context ctx, gt_sparsity sparsity, gt_tensor values, gt_tensor* matrix) {
  constexpr const char* name = "gt_sparse_to_dense";
  clear_array(matrix, 1);
  return guarded(ctx, [&](Context& c) {
    need_pointer(matrix, "{}: matrix", name);
    const std::shared_ptr<SparseMatrix> s = c.sparsity(sparsity, "gt_sparse_to_dense: sparsity");
    *matrix = c.publish(s->to_dense(c.read(values, "gt_sparse_to_dense: values")));
    c.bound_pending();
  });
}

}  // extern "C"
