// Deleting nodes from a failing program.
#include "reduce.hpp"

#include <algorithm>

namespace test {

namespace {
struct Known {
  Dims shape;
  Values values;
  bool floating;
};
// The outputs of each node; fewer if the program cannot be built.
std::vector<std::vector<Known>> values_in(const Program& p) {
  Ctx c;
  std::vector<gt_tensor> sources;
  for (std::size_t node : p.sources()) sources.push_back(leaf_tensor(c, p.nodes[node]));
  std::vector<std::vector<Known>> result;
  for (const auto& outputs : build(c, p, sources)) {
    result.emplace_back();
    for (gt_tensor t : outputs) result.back().push_back({shape_of(c, t), numbers(c, t), dtype_of(c, t) == GT_FLOAT64});
  }
  c.take_error();
  return result;
}

// Programs that are a step smaller.
std::vector<Program> smaller(const Program& p) {
  std::vector<Program> result;
  const auto values = values_in(p);
  if (values.size() < p.nodes.size()) return result;
  for (std::size_t i = 0; i < p.nodes.size(); ++i)
    for (std::size_t k = 0; k < values[i].size(); ++k)
      if (values[i][k].floating && i < p.target.node) {
        result.push_back(p);
        result.back().target = {i, k};
      }
  for (std::size_t i = p.nodes.size(); i-- > 0;) {
    if (p.nodes[i].is_leaf() || values[i].size() != 1 || !values[i][0].floating) continue;
    for (const Ref& input : p.nodes[i].inputs) {  // its input in its place
      const Known& known = values[input.node][input.output];
      if (!known.floating || known.shape != values[i][0].shape) continue;
      Program q = p;
      for (ProgramNode& n : q.nodes) std::ranges::replace(n.inputs, Ref{i, 0}, input);
      if (q.target == Ref{i, 0}) q.target = input;
      result.push_back(std::move(q));
    }
    Program q = p;  // a source of its values in its place
    q.nodes[i] = {'s', "", {}, {}, values[i][0].shape, values[i][0].values};
    result.push_back(std::move(q));
  }
  if (p.sources().size() > 1)
    for (std::size_t i : p.sources()) {
      result.push_back(p);
      result.back().nodes[i].kind = 'c';
    }
  for (Program& q : result) q = q.without_unused();
  return result;
}

std::size_t size(const Program& p) {
  std::size_t n = 0;
  for (const ProgramNode& node : p.nodes) n += node.is_leaf() ? (node.kind == 's' ? 2 : 1) : 4;
  return n;
}
std::string kind_of(const std::string& message) { return message.substr(0, message.find(':')); }
}  // namespace

Program reduced(Program p, const Judge& judge) {
  const std::string kind = kind_of(judge(p));
  for (bool again = true; std::exchange(again, false);)
    for (const Program& q : smaller(p))
      if (size(q) < size(p) && !q.sources().empty() && kind_of(judge(q)) == kind) {
        p = q;
        again = true;
        break;
      }
  return p;
}

}  // namespace test
