// The walk from a cotangent or tangent back to the ops that selected its entries.
#include "ops/selection.hpp"

#include <utility>

#include "graph/walk.hpp"

namespace gradtape::core {

namespace {
thread_local Selections* innermost = nullptr;

Tensor everywhere(const Tensor& like) { return like.recorder().scalar(1, Dtype::boolean, false); }
}  // namespace

Selections::Selections() : outer_(std::exchange(innermost, this)) {}
Selections::~Selections() { innermost = outer_; }

class Selections::Finder {
 public:
  explicit Finder(Selections& selections) : found_(selections.found_) {}

  Tensor find(const Tensor& t) {
    const auto unknown = [&](const Tensor& x) { return x.node()->sparse && !found_.contains(x); };
    for (Node* node : nodes_behind(Tensors{t}, unknown))
      for (std::size_t i = 0; i < node->outputs.size(); ++i) {
        const Tensor out(node, static_cast<uint32_t>(i));
        if (is_floating(out.dtype())) found_.emplace(out, of_output(*node, out, i));
      }
    return of(t);
  }

 private:
  // The entries of an operand that are selected; its own zeros count where nothing else is known.
  Tensor of(const Tensor& x) const {
    if (x.dtype() == Dtype::boolean) return x;
    if (!x.node()->sparse) return everywhere(x);
    return by_itself(x) ? is_not_zero(x) : found_.find(x)->second;
  }
  bool by_itself(const Tensor& x) const {
    const auto it = found_.find(x);
    return x.node()->sparse && (it == found_.end() || !it->second);
  }
  // The operands that carry the derivative. The others of a product are factors.
  static Tensors carrying(const Node& node, const Linear* linear) {
    Tensors sparse, all;
    for (const Tensor& x : node.inputs)
      if (is_floating(x.dtype())) (x.node()->sparse ? sparse : all).push_back(x);
    const bool has_factors = linear && !linear->jointly && !sparse.empty();
    if (has_factors) return sparse;
    for (const Tensor& x : sparse) all.push_back(x);
    return all;
  }

  // Empty: its own zeros tell.
  Tensor of_output(Node& node, const Tensor& out, std::size_t i) const {
    if (node.inputs.empty()) return {};  // a leaf, or evaluated
    const auto* e = std::get_if<Elementwise>(&node.op.computation);
    const auto* linear = std::get_if<Linear>(&node.op.derivative);
    if (e && !node.op.picks) return broadcast_to(of_factors(node, *e), out.shape());
    const Tensors carriers = carrying(node, linear);
    // Or the zeros were given, and are meant.
    const bool given =
        !node.op.leaves_out && std::ranges::none_of(carriers, [](const Tensor& x) { return x.node()->sparse; });
    if (given || std::ranges::all_of(carriers, [&](const Tensor& x) { return by_itself(x); })) return {};
    const Call call(node);
    if (e) return pick(call);
    if (linear || node.op.leaves_out) return is_not_zero(reach(call, carriers)[i]);
    if (std::holds_alternative<Alias>(node.op.computation))
      return broadcast_to(of(node.inputs[node.inputs.size() - node.outputs.size() + i]), out.shape());
    return broadcast_to(anywhere(carriers), out.shape());
  }
  // 0 where all of a set of operands are.
  Tensor of_factors(const Node& node, const Elementwise& e) const {
    Tensor all;
    for (uint8_t set : e.zero_where) {
      Tensor any;
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if ((set >> i & 1) != 0) any = any ? logical_or(any, of(node.inputs[i])) : of(node.inputs[i]);
      all = all ? logical_and(all, any) : any;
    }
    return all;
  }
  Tensor pick(const Call& c) const {
    Tensors in;
    for (const Tensor& x : c.inputs()) in.push_back(of(x));
    return reapply_all(c, in)[0];
  }
  // The outputs for a 1 in each selected entry; factors count by their size.
  Tensors reach(const Call& c, const Tensors& carriers) const {
    const auto carries = [&](const Tensor& x) {
      return std::ranges::any_of(carriers, [&](const Tensor& t) { return t.same(x); });
    };
    Tensors in;
    for (const Tensor& x : c.inputs())
      if (carries(x))
        in.push_back(broadcast_to(cast(of(x), x.dtype()), x.shape()));
      else
        in.push_back(is_floating(x.dtype()) ? abs(x) : x);
    return reapply_all(c, in);
  }
  Tensor anywhere(const Tensors& carriers) const {
    Tensor any;
    for (const Tensor& x : carriers) {
      const Tensor mask = of(x), of_x = op<"reduce_any">(mask, all_axes(mask), false);
      any = any ? logical_or(any, of_x) : of_x;
    }
    return any;
  }

  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame>& found_;
};

Tensor where_selected(const Tensor& t, const Tensor& condition) {
  if (!t.node()->sparse) return condition;
  if (innermost) return logical_and(condition, Selections::Finder(*innermost).find(t));
  Selections alone;
  return logical_and(condition, Selections::Finder(alone).find(t));
}

}  // namespace gradtape::core
