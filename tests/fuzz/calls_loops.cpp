// Calls about operands that are functions: loops, branches, checkpoints, maps, roots, derivatives as functions.
#include <algorithm>

#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
gt_forward_fn some_step(World& w) { return w.wrong() ? nullptr : step; }

// The arguments that all these calls share.
template <class F>
void record(World& w, const char* name, F&& call) {
  const Data data(w);
  Room<gt_tensor> outputs(w.in.pick<size_t>({6, 1, 0, 3}));
  size_t n = 0;
  const gt_status s = call(data, outputs.data(), outputs.size(), w.pointer(&n));
  w.made(name, s, outputs, n);
}

void scan(World& w) {
  std::vector<gt_tensor> initial = w.tensors(3), sequences = w.tensors(3);
  gt_scan_options o{sizeof o, w.in.pick<int64_t>({-1, 3, 0, 1, 7, -5}), w.in.below(3) == 2, 0, 0};
  if (w.in.below(4) == 3) o.memory_budget = w.in.byte();
  if (w.wrong()) o.struct_size = w.in.byte();
  const gt_scan_options* options = w.in.below(3) == 2 ? nullptr : &o;
  const auto [carried, n_carried, honest] = w.array(initial);
  const auto [rows, n_rows, also_honest] = w.array(sequences);
  record(w, "gt_scan", [&, c = carried, n_c = n_carried, r = rows, n_r = n_rows](const Data& d, auto... out) {
    return gt_scan(w.context(), some_step(w), d.data, d.free, c, n_c, r, n_r, options, out...);
  });
}
void repeat(World& w) {
  std::vector<gt_tensor> initial = w.tensors(3);
  gt_while_options o{sizeof o, w.in.pick<int64_t>({3, 1, 8, 5}), 0};  // any number might never end
  if (w.in.below(4) == 3) o.memory_budget = w.in.byte();
  const auto [carried, n_carried, honest] = w.array(initial);
  record(w, "gt_while", [&, c = carried, n_c = n_carried](const Data& d, auto... out) {
    return gt_while(w.context(), w.wrong() ? nullptr : condition, some_step(w), d.data, d.free, c, n_c, &o, out...);
  });
}
void choose(World& w) {
  std::vector<gt_tensor> inputs = w.tensors(3);
  const uint8_t yes = w.in.below(2);
  const gt_tensor known = gt_tensor_create(w.here().ctx, GT_BOOL, nullptr, 0, &yes, 1);
  const gt_tensor predicate = w.in.below(4) == 3 ? w.tensor() : known;
  const auto [in, n_in, honest] = w.array(inputs);
  record(w, "gt_cond", [&, i = in, n = n_in](const Data& d, auto... out) {
    return gt_cond(w.context(), predicate, some_step(w), some_step(w), d.data, d.free, i, n, out...);
  });
  gt_release(w.here().ctx, known);
}
void checkpoint(World& w) {
  std::vector<gt_tensor> inputs = w.tensors(3);
  const auto [in, n_in, honest] = w.array(inputs);
  record(w, "gt_checkpoint", [&, i = in, n = n_in](const Data& d, auto... out) {
    return gt_checkpoint(w.context(), some_step(w), d.data, d.free, i, n, nullptr, out...);
  });
}
void map(World& w) {
  std::vector<gt_tensor> inputs = w.tensors(3);
  std::vector<int32_t> axes(inputs.size() + 8), out_axes(8);
  for (int32_t& a : axes) a = w.in.pick<int32_t>({0, -1, 1, 0, 2, -3});
  for (int32_t& a : out_axes) a = w.in.pick<int32_t>({0, 0, 1, 0, -1});
  const gt_vmap_options o{sizeof o, w.in.pick<int64_t>({-1, 3, -1, 0}), w.in.pick<int32_t>({0, 1}), 0};
  const auto [in, n_in, honest] = w.array(inputs);
  if (n_in > axes.size()) return;
  record(w, "gt_vmap", [&, i = in, n = n_in](const Data& d, auto... out) {
    return gt_vmap(w.context(), some_step(w), d.data, d.free, i, n, w.in.below(3) == 2 ? nullptr : axes.data(),
                   w.in.below(2) ? nullptr : out_axes.data(), w.in.below(2) ? nullptr : &o, out...);
  });
}
void root(World& w) {
  std::vector<gt_tensor> guess = w.tensors(2);
  gt_root_options o{};
  o.struct_size = sizeof o;
  o.tolerance = w.in.pick<double>({0, 1e9, 1, -1});
  o.max_steps = w.in.pick<int64_t>({3, 1, 0});
  o.solver = w.in.below(2) ? step : nullptr;
  o.fixed_point = w.in.pick<int32_t>({0, 1, 0, 2});
  o.method = w.in.pick<int32_t>({GT_ROOT_NEWTON, GT_ROOT_ANDERSON, 3});
  o.linear = w.in.pick<int32_t>({GT_ROOT_DENSE, GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_CG, GT_ROOT_GMRES, 5});
  o.history = w.in.pick<int32_t>({0, 1, 3, -1});
  o.damping = w.in.pick<double>({0, 0.5, 2});
  o.linear_tolerance = w.in.pick<double>({0, 1e9, 0.1});
  o.linear_max_steps = w.in.pick<int64_t>({0, 1, 20});
  o.linear_restart = w.in.pick<int64_t>({0, 1, 1000000});
  const auto [in, n_in, honest] = w.array(guess);
  record(w, "gt_root", [&, i = in, n = n_in](const Data& d, auto... out) {
    return gt_root(w.context(), some_step(w), d.data, d.free, i, n, w.in.below(4) == 3 ? nullptr : &o, out...);
  });
}
void linearize(World& w) {
  std::vector<gt_tensor> targets = w.tensors(2), sources = w.tensors(3);
  const auto [to, n_to, honest] = w.array(targets);
  const auto [by, n_by, also_honest] = w.array(sources);
  gt_function map = nullptr;
  const gt_status s = gt_tape_linearize(w.context(), w.tape(), to, n_to, by, n_by, w.in.below(2), w.pointer(&map));
  w.checked("gt_tape_linearize", s);
  if (map) gt_release(w.here().ctx, map);
}
}  // namespace

void add_loop_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_scan", 3, scan},
      {"gt_while", 2, repeat},
      {"gt_cond", 2, choose},
      {"gt_checkpoint", 1, checkpoint},
      {"gt_vmap", 2, map},
      {"gt_root", 1, root},
      {"gt_tape_linearize", 1, linearize},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
