// Scans of scans. T steps by k levels keep k T^(1/k) carries, and reverse mode runs k - 1 more times forward. The two-level
// scheme is the checkpointing of Griewank and Walther, "Evaluating Derivatives", 2nd edition, chapter 12.
#include <algorithm>
#include <cmath>

#include "control/scan.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
uint64_t bytes_of_carries(const Scan& s) {
  uint64_t bytes = 0;
  for (std::size_t k = 0; k < s.carried; ++k) bytes += bytes_of(s.body->output(k));
  return bytes;
}

// The steps of each level but the innermost, for `levels` levels.
int64_t steps_of_level(int64_t length, int levels) {
  return static_cast<int64_t>(std::ceil(std::pow(static_cast<double>(length), 1.0 / levels) - 1e-9));
}

int levels_within(int64_t length, uint64_t bytes_of_step, uint64_t budget) {
  int levels = 1;
  const auto needed = [&] {
    return static_cast<double>(levels) * static_cast<double>(steps_of_level(length, levels)) *
           static_cast<double>(bytes_of_step);
  };
  while (steps_of_level(length, levels) > 2 && needed() > static_cast<double>(budget)) ++levels;
  return levels;
}

Tensors scan_of_scans(Recorder& r, const Scan& s, std::span<const Tensor> inputs, int levels);

// The steps from row `first` on, `count` of them.
Tensors some_steps(Recorder& r, const Scan& s, Tensors inputs, int64_t first, int64_t count, int levels) {
  for (std::size_t j = 0; j < s.sequences && count < s.length; ++j)
    inputs[s.carried + j] = slice_along(inputs[s.carried + j], 0, first, count);
  Scan part = s;
  part.length = count;
  return scan_of_scans(r, part, inputs, levels);
}

// `segments` scans of `length` steps each: together all steps of the scan.
Tensors in_segments(Recorder& r, const Scan& s, Tensors inputs, int64_t segments, int64_t length, int levels) {
  for (std::size_t j = 0; j < s.sequences; ++j) {
    Tensor& t = inputs[s.carried + j];
    t = reshape(t, t.shape().without_leading().with_leading(length).with_leading(segments));
  }
  Scan inner = s, outer = s;
  inner.length = length;
  outer.length = segments;
  std::vector<Parameter> parameters;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Parameter p = s.body->parameter(i);
    if (s.is_sequence(i)) p.spec.shape = p.spec.shape.with_leading(length);
    parameters.push_back(p);
  }
  const Closure c =
      close_over(r, "scan", parameters, [&](const Tensors& in) { return scan_of_scans(r, inner, in, levels - 1); });
  outer.body = c.body;
  for (const Tensor& t : c.captured) inputs.push_back(t);
  Tensors outputs = record_with(scan_op(), r, inputs, std::make_shared<Scan>(outer));
  outputs.resize(s.body->outputs());
  for (std::size_t k = s.carried; k < outputs.size(); ++k)
    outputs[k] = reshape(outputs[k], s.body->output(k).shape.with_leading(segments * length));
  return outputs;
}

// Outputs without saved carries.
Tensors scan_of_scans(Recorder& r, const Scan& s, std::span<const Tensor> inputs, int levels) {
  Tensors all(inputs.begin(), inputs.end());
  if (levels <= 1 || s.length < 4) {
    Tensors outputs = repeat_scan(r, s, all, s.carried > 0);
    outputs.resize(s.body->outputs());
    return outputs;
  }
  const int64_t length = std::max<int64_t>(1, s.length / steps_of_level(s.length, levels));
  const int64_t segments = s.length / length, main = segments * length, rest = s.length - main;
  const auto run_main = [&] {
    Tensors in = all;
    for (std::size_t j = 0; j < s.sequences && rest > 0; ++j)
      in[s.carried + j] = slice_along(in[s.carried + j], 0, 0, main);
    return in_segments(r, s, std::move(in), segments, length, levels);
  };
  const auto run_rest = [&] { return some_steps(r, s, all, main, rest, levels - 1); };
  if (rest == 0) return run_main();
  // The rows behind the segments come first if the scan goes backwards.
  const Tensors first = s.reverse ? run_rest() : run_main();
  for (std::size_t k = 0; k < s.carried; ++k) all[k] = first[k];
  const Tensors second = s.reverse ? run_main() : run_rest();
  Tensors outputs(second.begin(), second.begin() + s.carried);
  for (std::size_t k = s.carried; k < s.body->outputs(); ++k)
    outputs.push_back(s.reverse ? concat(Tensors{second[k], first[k]}, 0) : concat(Tensors{first[k], second[k]}, 0));
  return outputs;
}
}  // namespace

Tensors checkpointed_scan(Recorder& r, const Scan& s, std::span<const Tensor> inputs, uint64_t budget) {
  return scan_of_scans(r, s, inputs, levels_within(s.length, bytes_of_carries(s), budget));
}

}  // namespace gradtape::core
