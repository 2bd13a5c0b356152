// Programs as tensors and as text.
#include "program.hpp"

#include "bodies.hpp"

namespace test {

std::vector<std::size_t> Program::sources() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].kind == 's') result.push_back(i);
  return result;
}

Program Program::without_unused() const {
  std::vector<bool> needed(nodes.size(), false);
  needed[target.node] = true;
  for (std::size_t i = nodes.size(); i-- > 0;)
    if (needed[i])
      for (const Ref& r : nodes[i].inputs) needed[r.node] = true;
  Program result;
  std::vector<std::size_t> place(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!needed[i] && nodes[i].kind != 's') continue;
    ProgramNode node = nodes[i];
    for (Ref& r : node.inputs) r.node = place[r.node];
    place[i] = result.add(std::move(node));
  }
  result.target = {place[target.node], target.output};
  return result;
}

namespace {
std::string name_of(const Ref& r) {
  return "v" + std::to_string(r.node) + (r.output ? "." + std::to_string(r.output) : "");
}
}  // namespace

std::string Program::text() const {
  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ProgramNode& n = nodes[i];
    out += "  v" + std::to_string(i) + " = ";
    if (n.is_leaf()) {
      out += n.kind == 's' ? "source" : n.kind == 'c' ? "constant" : n.kind == 'i' ? "int32" : "bool";
      out += json(n.shape).dump() + " " + json(n.values).dump();
    } else {
      out += n.op + "(";
      for (std::size_t k = 0; k < n.inputs.size(); ++k) out += (k ? ", " : "") + name_of(n.inputs[k]);
      out += ")" + (n.attrs.empty() ? "" : " " + n.attrs.dump());
    }
    out += "\n";
  }
  return out + "  target " + name_of(target) + "\n";
}

gt_tensor leaf_tensor(gt_context c, const ProgramNode& leaf, const Values* values) {
  const Values& v = values ? *values : leaf.values;
  if (leaf.kind == 'i') return tensor<int32_t>(c, leaf.shape, std::vector<int32_t>(v.begin(), v.end()));
  if (leaf.kind == 'b') return tensor<uint8_t>(c, leaf.shape, std::vector<uint8_t>(v.begin(), v.end()));
  return tensor<double>(c, leaf.shape, v);
}

std::vector<std::vector<gt_tensor>> build(gt_context c, const Program& p, const std::vector<gt_tensor>& sources) {
  std::vector<std::vector<gt_tensor>> outputs;
  std::size_t source = 0;
  for (const ProgramNode& n : p.nodes) {
    if (n.is_leaf()) {
      outputs.push_back({n.kind == 's' ? sources.at(source++) : leaf_tensor(c, n)});
      continue;
    }
    std::vector<gt_tensor> in;
    for (const Ref& r : n.inputs) in.push_back(outputs.at(r.node).at(r.output));
    outputs.push_back(apply_node(c, n.op, in, n.attrs));
    if (outputs.back().empty()) break;
  }
  return outputs;
}

}  // namespace test
