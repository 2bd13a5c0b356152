// Attributes and axes as the functions of an op see them.
#include "graph/op.hpp"

#include <algorithm>

#include "graph/recorder.hpp"

namespace gradtape::core {

std::size_t Op::attr_index(std::string_view wanted) const {
  for (std::size_t i = 0; i < attrs.size(); ++i)
    if (attrs[i].name == wanted) return i;
  fail(Status::internal, "{} has no attribute {}", name, wanted);
}

Call::Call(Node& node) : Call(node.op, node.recorder, node.inputs, node.attrs.get(), &node) {}
const AttrValue& Call::attr(std::string_view name) const { return attrs_->values[op_.attr_index(name)]; }

std::string_view Inference::name() const { return op_.name; }
AttrValue& Inference::attr(std::string_view name) const { return attrs_->values[op_.attr_index(name)]; }
const AttrValue& Attributes::attr(std::string_view name) const { return attrs->values[op.attr_index(name)]; }

int64_t normalize_axis(std::string_view op, int64_t axis, std::size_t rank) {
  const int64_t r = static_cast<int64_t>(rank);
  if (axis < -r || axis >= r) {
    if (r == 0) invalid("{}: axis {} given, but there are no axes", op, axis);
    invalid("{}: axis {} is out of range: it must lie in [{}, {}]", op, axis, -r, r - 1);
  }
  return axis < 0 ? axis + r : axis;
}

std::size_t Inference::axis(std::string_view name, std::size_t rank) const {
  AttrValue& value = attr(name);
  const int64_t axis = normalize_axis(op_.name, std::get<int64_t>(value), rank);
  value = axis;
  return static_cast<std::size_t>(axis);
}

const Ints& Inference::axes(std::string_view name, std::size_t rank) const {
  AttrValue& value = attr(name);
  Ints axes;
  if (std::holds_alternative<std::monostate>(value)) {
    for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<int64_t>(i));
  } else {
    for (int64_t a : std::get<Ints>(value)) axes.push_back(normalize_axis(op_.name, a, rank));
    std::sort(axes.begin(), axes.end());
    for (std::size_t i = 1; i < axes.size(); ++i)
      if (axes[i] == axes[i - 1]) invalid("{}: axis {} is given twice", op_.name, axes[i]);
  }
  value = std::move(axes);
  return std::get<Ints>(value);
}

void Inference::need_room(int64_t outputs) const {
  const auto n = static_cast<std::size_t>(outputs);
  if (n > room_) throw NoRoom(n, fmt::format("{}: has {} outputs, room for {} was given", name(), n, room_));
}

}  // namespace gradtape::core
