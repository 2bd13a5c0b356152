// Nodes whose operands are functions, through the C interface.
#include "bodies.hpp"

#include <functional>

namespace test {

namespace {
using Handles = std::vector<gt_tensor>;
using Body = std::function<Handles(gt_context, const Handles&)>;

gt_status call_body(gt_context c, const Body& body, const gt_tensor* in, size_t n, gt_tensor* out, size_t* n_out) {
  const Handles results = body(c, Handles(in, in + n));
  if (std::find(results.begin(), results.end(), nullptr) != results.end()) return GT_CALLBACK_FAILED;
  std::copy(results.begin(), results.end(), out);
  *n_out = results.size();
  return GT_OK;
}
struct Bodies {
  Body first, second;
};
gt_status run_first(gt_context c, void* user, const gt_tensor* in, size_t n, gt_tensor* out, size_t, size_t* n_out) {
  return call_body(c, static_cast<Bodies*>(user)->first, in, n, out, n_out);
}
gt_status run_second(gt_context c, void* user, const gt_tensor* in, size_t n, gt_tensor* out, size_t, size_t* n_out) {
  return call_body(c, static_cast<Bodies*>(user)->second, in, n, out, n_out);
}

gt_status sine(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = gt_sin(c, in[0]);
  *n = 1;
  return out[0] ? GT_OK : GT_INTERNAL;
}
gt_status slope_of_sine(gt_context c, void*, const gt_call* call, const gt_tensor* ct, gt_tensor* g) {
  g[0] = gt_multiply(c, ct[0], gt_cos(c, call->inputs[0]));
  return g[0] ? GT_OK : GT_INTERNAL;
}

// One op of a chain: {"op": name, "attrs": …}.
gt_tensor link_of_chain(gt_context c, gt_tensor h, const json& link) {
  const std::string op = link["op"];
  const auto one = [&](const std::string& name, const Handles& in, const json& attrs) {
    const Handles out = apply(c, name, in, attrs);
    return out.empty() ? nullptr : out[0];
  };
  if (op == "spread") return one("multiply", {h, one("reduce_sum", {h}, link["attrs"])}, json::object());
  if (op == "pick") {
    const std::vector<int32_t> places = link["places"];
    gt_tensor at = tensor<int32_t>(c, {static_cast<int64_t>(places.size())}, places);
    return one("gather", {h, at}, link["attrs"]);
  }
  if (op == "wave") {
    gt_tensor out = nullptr;
    gt_custom_gradient(c, "wave", sine, slope_of_sine, nullptr, nullptr, &h, 1, &out, 1, nullptr);
    return out;
  }
  return one(op, {h}, link["attrs"]);
}
gt_tensor chained(gt_context c, gt_tensor h, const json& chain) {
  for (const json& link : chain)
    if (h) h = link_of_chain(c, h, link);
  return h ? gt_sin(c, h) : nullptr;  // so that no value grows
}

template <class Call>
Handles outputs_of(Call&& call) {
  Handles out(4);
  size_t n = 0;
  out.resize(call(out.data(), out.size(), &n) == GT_OK ? n : 0);
  return out;
}

Handles scan(gt_context c, const Handles& in, const json& attrs) {
  Bodies bodies{[&](gt_context inner, const Handles& of_step) {
                  gt_tensor next = chained(inner, of_step[0], attrs["chain"]);
                  if (next && of_step.size() > 1) next = gt_tanh(inner, gt_add(inner, next, of_step[1]));
                  gt_tensor from = attrs["early"] ? of_step[0] : next;
                  return Handles{next, from ? chained(inner, from, attrs["row"]) : nullptr};
                },
                {}};
  gt_scan_options o{};
  o.struct_size = sizeof o;
  o.length = in.size() > 1 ? -1 : attrs["length"].get<int64_t>();
  o.reverse = attrs["reverse"].get<bool>();
  o.memory_budget = attrs["budget"].get<uint64_t>();
  return outputs_of([&](gt_tensor* out, size_t room, size_t* n) {
    return gt_scan(c, run_first, &bodies, nullptr, in.data(), 1, in.data() + 1, in.size() - 1, &o, out, room, n);
  });
}
Handles repeated(gt_context c, const Handles& in, const json& attrs) {
  const int64_t length = attrs["length"];
  Bodies bodies{
      [&](gt_context inner, const Handles& s) {
        return Handles{gt_less(inner, s[1], tensor<int64_t>(inner, {}, {length}))};
      },
      [&](gt_context inner, const Handles& s) {
        return Handles{chained(inner, s[0], attrs["chain"]), gt_add(inner, s[1], tensor<int64_t>(inner, {}, {1}))};
      }};
  gt_while_options o{};
  o.struct_size = sizeof o;
  o.max_steps = length + 2;
  const Handles initial{in[0], tensor<int64_t>(c, {}, {0})};
  Handles out = outputs_of([&](gt_tensor* results, size_t room, size_t* n) {
    return gt_while(c, run_first, run_second, &bodies, nullptr, initial.data(), 2, &o, results, room, n);
  });
  out.resize(std::min<std::size_t>(out.size(), 1));
  return out;
}
}  // namespace

json draw_chain(Random& random, const Dims& shape) {
  const auto between = [&](int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  };
  const std::vector<std::string> ops = {"sin",    "square", "wave", "roll",   "reverse",
                                        "cumsum", "spread", "pick", "softmax"};
  json chain = json::array();
  for (int64_t k = between(0, 3); k > 0; --k) {
    const std::string& op = ops[static_cast<std::size_t>(between(0, 8))];
    json link = {{"op", op}, {"attrs", json::object()}};
    if (op != "sin" && op != "square" && op != "wave") {
      if (shape.empty()) continue;
      const int64_t axis = between(0, static_cast<int64_t>(shape.size()) - 1),
                    size = shape[static_cast<std::size_t>(axis)];
      if (size == 0) continue;
      link["attrs"]["axis"] = axis;
      if (op == "roll" || op == "reverse" || op == "spread") link["attrs"]["axis"] = Dims{axis};
      if (op == "roll") link["attrs"]["shift"] = Dims{between(-1, 1)};
      if (op == "spread") link["attrs"]["keepdims"] = true;
      for (int64_t i = 0; op == "pick" && i < size; ++i) link["places"].push_back(between(0, size - 1));
    }
    chain.push_back(link);
  }
  return chain;
}

std::vector<gt_tensor> apply_node(gt_context c, const std::string& op, const Handles& in, const json& attrs) {
  if (op == "scan") return scan(c, in, attrs);
  if (op == "while") return repeated(c, in, attrs);
  if (op != "cond" && op != "checkpoint") return apply(c, op, in, attrs);
  Bodies bodies;
  bodies.first = [&](gt_context inner, const Handles& x) { return Handles{chained(inner, x[0], attrs["chain"])}; };
  bodies.second = [&](gt_context inner, const Handles& x) { return Handles{chained(inner, x[0], attrs["row"])}; };
  return outputs_of([&](gt_tensor* out, size_t room, size_t* n) {
    if (op == "checkpoint") return gt_checkpoint(c, run_first, &bodies, nullptr, in.data(), 1, nullptr, out, room, n);
    gt_tensor taken = tensor<uint8_t>(c, {}, {static_cast<uint8_t>(attrs["taken"].get<bool>())});
    return gt_cond(c, taken, run_first, run_second, &bodies, nullptr, in.data(), 1, out, room, n);
  });
}

}  // namespace test
