// The definitions of define.hpp.
#include "ops/define.hpp"

namespace gradtape::core {

OpBuilder& OpBuilder::composite(std::function<Tensor(const Call&)> body) {
  op_.computation = Composite([body = std::move(body)](const Call& c) { return Tensors{body(c)}; });
  return *this;
}

namespace {
Tensors on_cast_inputs(const Call& c, Dtype dtype) {
  Tensors inputs;
  for (const Tensor& x : c.inputs()) inputs.push_back(cast(x, dtype));
  return reapply_all(c, inputs);
}
}  // namespace
Tensors integers_as_float64(const Call& c) {
  return is_floating(c.in().dtype()) ? Tensors{} : on_cast_inputs(c, Dtype::float64);
}
Tensors bools_as_int64(const Call& c) {
  return c.in().dtype() == Dtype::boolean ? on_cast_inputs(c, Dtype::int64) : Tensors{};
}

namespace {
void infer_broadcast(Inference& c, std::size_t like, bool predicate) {
  const Shape* shape = &c.shape(0);
  Shape common;
  for (std::size_t i = 1; i < c.size(); ++i)
    if (c.shape(i) == *shape)
      continue;
    else if (Shape wider; broadcast_shapes(*shape, c.shape(i), wider))
      common = std::move(wider), shape = &common;
    else
      invalid("{}: shapes {} and {} do not broadcast: sizes must be equal, or 1, counted from the last axis", c.name(),
              to_string(*shape), to_string(c.shape(i)));
  if (predicate)
    c.out(Dtype::boolean, *shape);
  else
    c.like(like, *shape);
}
}  // namespace

void infer_elementwise(Inference& c) { infer_broadcast(c, c.size() - 1, false); }
void infer_predicate(Inference& c) { infer_broadcast(c, 0, true); }

}  // namespace gradtape::core
