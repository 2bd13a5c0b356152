// Rule "products": matrix products of views, and with identity and diagonal matrices.
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
// How a diagonal matrix lies in an identity matrix of its order.
Layout pattern_of(const Banded& d) {
  Layout pattern{d.shape, Shape::Dims(d.shape.rank(), 0), 0};
  pattern.strides[d.row] = d.shape[d.column];
  pattern.strides[d.column] = 1;
  return pattern;
}
// The factors of a diagonal matrix, one for each row.
Operand by_row(const Banded& d) {
  Operand factors = d.bands[0].factors;
  Layout& l = factors.layout;
  l.strides[d.row] = l.strides[d.column];
  l.shape[d.row] = d.shape[d.row];
  l.strides[d.column] = 0;
  l.shape[d.column] = 1;
  return factors;
}
}  // namespace

std::optional<Operand> simplify_products(ProgramBuilder& b, Expression& e) {
  if (!e.op->product) return std::nullopt;
  ProductOperands w{*e.op, {}, {}, {}, std::make_shared<Attrs>(*e.attrs), e.out[0].shape};
  SmallVector<std::optional<Banded>, 2> diagonals;
  for (const Operand& x : e.in) {
    std::optional<Banded> d = b.bands().of(b, x, x.layout.shape);
    if (d && !d->is_diagonal()) d.reset();
    w.in.push_back(x.layout);
    w.identity.push_back(d ? d->shape[d->column] : 0);
    w.pattern.push_back(d ? pattern_of(*d) : x.layout);
    diagonals.push_back(std::move(d));
  }
  e.op->product->absorb_views(w);
  if (w.same_as) {
    const Operand result{e.in[*w.same_as].slot, w.result};
    const std::optional<Banded>& other = diagonals[1 - *w.same_as];
    return other ? b.multiply(result, by_row(*other), e.out[0]) : result;
  }
  for (std::size_t i = 0; i < e.in.size(); ++i) e.in[i].layout = w.in[i];
  e.attrs = std::move(w.attrs);
  return std::nullopt;
}

}  // namespace gradtape::core
