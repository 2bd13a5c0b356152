// Calls about functions: made, called, run on memory.
#include <algorithm>

#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
void create(World& w) {
  std::vector<gt_spec> inputs(w.in.pick<size_t>({1, 2, 0, 3}));
  const bool open = w.in.below(3) == 2;
  for (gt_spec& s : inputs) s = draw_spec(w, open);
  const Data data(w);
  const auto [specs, n, honest] = w.array(inputs);
  const gt_forward_fn f = w.wrong() ? nullptr : body;
  const gt_function made = gt_function_create(w.context(), f, data.data, data.free, specs, n);
  if (made) w.here().functions.push_back({made, inputs});
}

Function some_function(World& w) {
  if (w.here().functions.empty()) create(w);
  return w.function();
}

// Specs that fit the function: its own, with sizes for what is open.
std::vector<gt_spec> fitting(World& w, const Function& f) {
  std::vector<gt_spec> specs = f.inputs;
  for (gt_spec& s : specs)
    for (int i = 0; i < s.rank && i < GT_MAX_RANK; ++i)
      if (s.dims[i] == -1) s.dims[i] = w.in.pick<int64_t>({2, 3, 1, 0, 5});
  if (w.wrong() && !specs.empty()) specs[0] = draw_spec(w);
  return specs;
}
void call(World& w) {
  const Function f = some_function(w);
  std::vector<gt_tensor> inputs;
  for (const gt_spec& s : fitting(w, f)) {
    inputs.push_back(w.in.below(4) == 3 ? w.tensor() : new_tensor(w, s));
    w.made(inputs.back());
  }
  if (w.wrong()) inputs.push_back(w.tensor());
  Room<gt_tensor> outputs(w.in.pick<size_t>({6, 1, 0, 3}));
  size_t n_outputs = 0;
  const auto [in, n, honest] = w.array(inputs);
  const gt_status s =
      gt_function_call(w.context(), f.handle, in, n, outputs.data(), outputs.size(), w.pointer(&n_outputs));
  w.made("gt_function_call", s, outputs, n_outputs);
}
void compile(World& w) {
  const Function f = some_function(w);
  w.checked("gt_function_compile", gt_function_compile(w.context(), f.handle));
}
void output_specs(World& w) {
  const Function f = some_function(w);
  std::vector<gt_spec> in = fitting(w, f);
  Room<gt_spec> out(w.in.pick<size_t>({4, 0, 1}));
  size_t n_out = 0;
  const auto [specs, n, honest] = w.array(in);
  const gt_status s = gt_function_output_specs(w.context(), f.handle, w.in.below(3) == 2 ? nullptr : specs, n,
                                               out.data(), out.size(), w.pointer(&n_out));
  w.checked("gt_function_output_specs", s);
  if (s != GT_OK) out.expect_cleared("gt_function_output_specs");
}

// Memory for a function's inputs and outputs, each block of its own size.
struct Blocks {
  std::vector<std::unique_ptr<char[]>> owned;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  std::vector<size_t> input_bytes, output_bytes;
  std::vector<gt_spec> output_specs;
};
bool blocks_for(World& w, const Function& f, const std::vector<gt_spec>& inputs, Blocks& b) {
  for (const gt_spec& s : inputs) {
    if (bytes_of(s) == SIZE_MAX) return false;
    b.input_bytes.push_back(bytes_of(s));
    b.owned.push_back(draw_values(w, s.dtype, bytes_of(s)));
    b.inputs.push_back(b.owned.back().get());
  }
  b.output_specs.resize(256);
  size_t n = 0;
  if (gt_function_output_specs(w.here().ctx, f.handle, inputs.data(), inputs.size(), b.output_specs.data(), 256, &n) !=
      GT_OK)
    return false;
  b.output_specs.resize(n);
  for (const gt_spec& s : b.output_specs) {
    if (bytes_of(s) == SIZE_MAX) return false;
    b.output_bytes.push_back(bytes_of(s));
    b.owned.push_back(std::make_unique<char[]>(bytes_of(s)));
    b.outputs.push_back(b.owned.back().get());
  }
  return true;
}
void run_sized(World& w) {
  const Function f = some_function(w);
  std::vector<gt_spec> in = fitting(w, f);
  Blocks b;
  if (!blocks_for(w, f, in, b)) return;
  if (w.wrong() && !b.input_bytes.empty()) ++b.input_bytes[0];
  if (w.wrong() && !b.output_bytes.empty()) b.output_bytes.back() = w.in.byte();
  if (w.wrong() && b.outputs.size() > 1) b.outputs[1] = b.outputs[0];
  if (w.wrong() && !b.outputs.empty() && !b.inputs.empty() && b.output_bytes[0] > 0) b.inputs[0] = b.outputs[0];
  if (w.wrong() && !b.inputs.empty()) b.inputs[0] = nullptr;
  if (w.wrong() && !b.outputs.empty()) b.outputs[0] = nullptr;
  const auto [inputs, n_in, in_honest] = w.array(b.inputs);
  const auto [outputs, n_out, out_honest] = w.array(b.outputs);
  w.checked("gt_function_run_sized",
            gt_function_run_sized(w.context(), f.handle, w.pointer(in.data()), inputs, w.pointer(b.input_bytes.data()),
                                  n_in, w.in.below(2) ? b.output_specs.data() : nullptr, outputs,
                                  w.pointer(b.output_bytes.data()), n_out));
}
void run(World& w) {
  const Function f = some_function(w);
  const bool open = std::any_of(f.inputs.begin(), f.inputs.end(), [](const gt_spec& s) {
    return std::find(s.dims, s.dims + std::max(s.rank, 0), -1) != s.dims + std::max(s.rank, 0);
  });
  Blocks b;
  if (!blocks_for(w, f, open ? fitting(w, f) : f.inputs, b)) return;
  const auto [inputs, n_in, in_honest] = w.array(b.inputs);
  const auto [outputs, n_out, out_honest] = w.array(b.outputs);
  const gt_status s =
      w.checked("gt_function_run", gt_function_run(w.context(), f.handle, inputs, n_in, outputs, n_out));
  if (s == GT_OK && open) broken("gt_function_run", "memory of unknown size was used");
}
}  // namespace

void add_function_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_function_create", 6, create},       {"gt_function_call", 6, call},
      {"gt_function_compile", 1, compile},     {"gt_function_output_specs", 1, output_specs},
      {"gt_function_run_sized", 3, run_sized}, {"gt_function_run", 2, run},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
