#include "control/equations.hpp"

#include <algorithm>

#include "autodiff/batch.hpp"
#include "autodiff/dependence.hpp"
#include "autodiff/forward.hpp"
#include "autodiff/sparse_links.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

Tensor in_line(const Tensors& parts) {
  Tensors flat;
  for (const Tensor& t : parts) flat.push_back(reshape(t, {t.shape().elements()}));
  return flat.size() == 1 ? flat[0] : concat(flat, 0);
}
Tensors apart(const Tensor& line, std::span<const Spec> specs) {
  Tensors parts;
  int64_t first = 0;
  for (const Spec& s : specs) {
    const int64_t n = s.shape.elements();
    parts.push_back(reshape(slice_along(line, 0, first, n), s.shape));
    first += n;
  }
  return parts;
}

uint64_t JacobianSolver::hash() const {
  uint64_t h = hash_mix(static_cast<uint64_t>(options.solver), std::bit_cast<uint64_t>(options.tolerance));
  h = hash_mix(hash_mix(h, static_cast<uint64_t>(options.max_steps)), static_cast<uint64_t>(options.restart));
  return hash_mix(h, pattern ? pattern->hash() : 0);
}
std::size_t JacobianSolver::bytes() const {
  if (!pattern) return 0;
  return pattern->bytes() + products->read_at.size() * sizeof(int64_t) +
         (products->column_colours.size() + products->row_colours.size()) * sizeof(int32_t);
}

// ---- The equations

Equations::Equations(BodyPtr body, std::size_t unknowns) : body_(std::move(body)), unknowns_(unknowns) {
  for (std::size_t k = 0; k < unknowns; ++k) specs_.push_back({body_->input(k).dtype, body_->input(k).shape, false});
}
int64_t Equations::size() const {
  int64_t n = 0;
  for (const Spec& s : specs_) n += s.shape.elements();
  return n;
}
Tensors Equations::all(const Tensors& x, const Tensors& parameters) const { return body_->on(joined({x, parameters})); }
Tensor Equations::residual(const Tensor& x, const Tensors& parameters) const {
  Tensors out = all(split(x), parameters);
  out.resize(unknowns_);
  return in_line(out);
}

// ---- At a point

EquationsAt::EquationsAt(const Equations& equations, const Tensor& point, std::span<const Tensor> parameters)
    : made_(recorded_since(point.recorder())), x_(identity(point)) {
  for (const Tensor& t : parameters) parameters_.push_back(identity(t));
  y_ = kept_(x_.recorder(), joined({Tensors{x_}, parameters_}), [&] { return equations.residual(x_, parameters_); });
}

Tensors EquationsAt::pull_back(const Tensor& cotangent, const Tensors& sources) const {
  return reverse({Tensors{y_}, Tensors{cotangent}, sources, made_});
}
Tensor EquationsAt::push_forward(const Tensors& sources, const Tensors& tangents) const {
  return forward({Tensors{y_}, sources, tangents, made_})[0];
}
Tensor EquationsAt::product(const Tensor& v, bool adjoint) const {
  return adjoint ? pull_back(v, {x_})[0] : push_forward({x_}, {v});
}

Tensor EquationsAt::dense() const {
  Recorder& r = y_.recorder();
  const Tensor row = r.placeholder(y_.spec());
  const Tensor g = product(row, true);
  const int64_t n = y_.shape().elements();
  if (!g) return zeros(r, {y_.dtype(), {n, n}, false});
  return batch(Tensors{g}, Tensors{row}, Tensors{identity_rows(r, n, 0, n, y_.dtype())}, n)[0].value;
}

Pattern EquationsAt::pattern() const {
  SparseLinks found{{}, x_.shape().elements()};
  found.by_row = links_between(Tensors{y_}, std::vector<LinkSource>{{x_, 0}}, made_, Indices::known);
  return found.pattern(y_.recorder(), "gt_root");
}

Tensor EquationsAt::products(std::span<const int32_t> colours, int64_t count, bool adjoint) const {
  Recorder& r = y_.recorder();
  const int64_t n = y_.shape().elements();
  const Tensor v = r.placeholder(y_.spec());
  const Tensor g = product(v, adjoint);
  if (!g) return zeros(r, {y_.dtype(), {count * n}, false});
  const std::vector<int64_t> of(colours.begin(), colours.end());
  const Tensor number = reshape(range(r, 0, count, 1, Dtype::int64), {count, 1});
  const Tensor vectors = mark_selected(cast(equal(reshape(constant_ints(r, of), {1, n}), number), y_.dtype()));
  const Batched all = batch(Tensors{g}, Tensors{v}, Tensors{vectors}, count)[0];
  return reshape(all.batched ? all.value : broadcast_to(all.value, {count, n}), {count * n});
}
Tensor EquationsAt::values(const JacobianSolver& by) const {
  const Compression& c = *by.products;
  Tensors found;
  if (c.forward > 0) found.push_back(products(c.column_colours, c.forward, false));
  if (c.reverse > 0) found.push_back(products(c.row_colours, c.reverse, true));
  if (found.empty()) return zeros(y_.recorder(), {y_.dtype(), {0}, false});
  return gather(concat(found, 0), constant_ints(y_.recorder(), c.read_at), 0, 0);
}

Tensor EquationsAt::solve(const JacobianSolver& by, const Tensor& line, bool adjoint) const {
  const int64_t n = line.shape().elements();
  if (is_iterative(by.options.solver))
    return solve_by_products(
        [&](const Tensor& v) {
          const Tensor y = product(v, adjoint);
          return y ? y : zeros_like(v);
        },
        line, by.options);
  if (by.pattern) return banded_solve(values(by), line, by.pattern, adjoint);
  return reshape(gradtape::core::solve(dense(), reshape(line, {n, 1}), adjoint), {n});
}

}  // namespace gradtape::core
