#include "run/not_finite.hpp"

#include <algorithm>
#include <cmath>

#include "graph/print.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

namespace {
template <class Body>
auto with_values(const Tensor& t, const BufferPtr& buffer, Body&& body) {
  return t.dtype() == Dtype::float32 ? body(static_cast<const float*>(buffer->data()))
                                     : body(static_cast<const double*>(buffer->data()));
}

bool is_meant(const Node& node) {
  if (node.inputs.empty()) return true;
  const auto not_finite = [](double v) { return !std::isfinite(v); };
  return node.attrs && std::ranges::any_of(node.attrs->values, [&](const AttrValue& a) {
           if (const auto* number = std::get_if<double>(&a)) return not_finite(*number);
           const auto* list = std::get_if<Floats>(&a);
           return list && std::ranges::any_of(*list, not_finite);
         });
}

bool is_internal(const Node& node) {
  return node.within || node.op.internal || node.recorder.annotations.origin_of(node);
}

std::string place_in(const Shape& shape, int64_t at) {
  std::string text;
  for (std::size_t axis = shape.rank(); axis-- > 0; at /= std::max<int64_t>(shape[axis], 1))
    text = fmt::format("{}{}{}", at % shape[axis], text.empty() ? "" : ", ", text);
  return "[" + text + "]";
}
}  // namespace

NotFinite::State NotFinite::scanned(const Tensor& t) const {
  State state;
  const BufferPtr& buffer = value_(t);
  if (!is_floating(t.dtype()) || !buffer) return state;
  with_values(t, buffer, [&]<class T>(const T* values) {
    const int64_t n = t.shape().elements();
    T sum = 0;  // is nan where any value is not finite
    for (int64_t i = 0; i < n; ++i) sum += values[i] * T{0};
    if (sum == 0) return;
    for (int64_t i = 0; i < n; ++i) state.nan |= std::isnan(values[i]), state.infinite |= std::isinf(values[i]);
  });
  return state;
}

const NotFinite::State& NotFinite::state_of(const Tensor& t) {
  const auto known = states_.find(t);
  return known != states_.end() ? known->second : states_.emplace(t, scanned(t)).first->second;
}

void NotFinite::before(const Node& node) const {
  if (is_internal(node)) return;
  for (const Tensor& t : node.inputs) at_end(t);
}

void NotFinite::at_end(const Tensor& t) const {
  const auto known = states_.find(t);
  if (known != states_.end() && known->second.fault) throw Error(Status::failed_precondition, *known->second.fault);
}

bool NotFinite::is_at_fault(Node& node) const {
  for (std::size_t k = 0; k < node.outputs.size(); ++k)
    if (states_.at(Tensor(&node, static_cast<uint32_t>(k))).fault) return true;
  return false;
}

void NotFinite::after(Node& node) {
  bool nan = false, infinite = false;
  const std::string* inherited = nullptr;
  for (const Tensor& t : node.inputs) {
    const State& s = state_of(t);
    nan |= s.nan;
    infinite |= s.infinite;
    if (!inherited) inherited = s.fault;
  }
  for (std::size_t k = 0; k < node.outputs.size(); ++k) {
    const Tensor out(&node, static_cast<uint32_t>(k));
    State state = scanned(out);
    const bool makes = (state.nan && !nan) || (state.infinite && !nan && !infinite);
    if (makes && !is_meant(node)) {
      std::string text = message(node, k, !infinite);
      if (!is_internal(node)) throw Error(Status::failed_precondition, std::move(text));
      state.fault = &faults_.emplace_back(std::move(text));
    } else if (state.nan || state.infinite) {
      state.fault = inherited;
    }
    states_[out] = state;
  }
}

std::string NotFinite::message(Node& node, std::size_t output, bool of_finite) const {
  const Tensor out(&node, static_cast<uint32_t>(output));
  const int64_t n = out.shape().elements();
  int64_t first = -1, count = 0;
  double made = 0;
  with_values(out, value_(out), [&]<class T>(const T* values) {
    for (int64_t i = 0; i < n; ++i) {
      // An infinity is no wonder where inputs are infinite.
      if (std::isfinite(values[i]) || (!of_finite && !std::isnan(values[i]))) continue;
      if (count++ == 0) first = i, made = static_cast<double>(values[i]);
    }
  });
  std::string text = fmt::format("{} made {} of {}", in_body_ ? name_of(node) : title_of(node),
                                 std::isnan(made) ? "nan"
                                 : made < 0       ? "-inf"
                                                  : "inf",
                                 of_finite ? "finite inputs" : "inputs without nan");
  text += fmt::format(": {} has {} element{} that {} not finite{}", labelled(out), count, count == 1 ? "" : "s",
                      count == 1 ? "is" : "are",
                      out.rank() > 0 ? fmt::format(", the first at {}", place_in(out.shape(), first)) : "");
  std::string_view joint = ", where";
  for (std::size_t i = 0; node.op.is_elementwise() && i < node.inputs.size(); ++i) {
    const Tensor& t = node.inputs[i];
    if (!is_floating(t.dtype()) || !(t.rank() == 0 || t.shape() == out.shape())) continue;
    const double v = with_values(
        t, value_(t), [&]<class T>(const T* values) { return static_cast<double>(values[t.rank() == 0 ? 0 : first]); });
    const std::string_view label = node.recorder.annotations.label_of(*t.node(), t.index());
    const std::string& name = node.op.inputs[std::min(i, node.op.inputs.size() - 1)].name;
    text += fmt::format("{} {}{} is {}", std::exchange(joint, ","), name,
                        label.empty() ? "" : fmt::format(" '{}'", label), v);
  }
  if (const OpOrigin* of = node.recorder.annotations.origin_of(node))
    text += fmt::format("; it is part of the derivative of op {} {}{}{}", of->id, of->op->name,
                        of->within ? fmt::format(" (in {})", of->within->name) : "",
                        of->label.empty() ? "" : fmt::format(" '{}'", of->label));
  if (node.op.retrace) text += fault_inside(node);
  return text;
}

std::string NotFinite::fault_inside(Node& node) const {
  Recorder& r = node.recorder;
  const Recorder::Pause pause(r);
  Tensors inputs;
  for (const Tensor& t : node.inputs) inputs.push_back(r.constant(t.spec(), value_(t)));
  try {
    node.op.retrace(Call(node.op, r, inputs, node.attrs.get(), &node));
  } catch (const Error& e) {
    if (e.code() != Status::failed_precondition) throw;
    return fmt::format("; {}", e.message());
  }
  return "";
}

}  // namespace gradtape::core
