// Scans of scans. T steps by k levels keep k T^(1/k) carried values, and reverse mode runs k - 1 more times forward.
// The two-level scheme is the checkpointing of Griewank and Walther, "Evaluating Derivatives", 2nd edition, chapter 12.
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

// How many of the `length` steps from number `first` on are made, of `count` in all.
Tensor count_from(const Tensor& count, const Tensor& first, int64_t length) {
  const Tensor left = maximum(count - first, number_like(count, 0));
  return minimum(left, number_like(count, static_cast<double>(length)));
}

// The inputs for the rows from `first` on, `length` of them.
Tensors inputs_of_rows(const Scan& s, Tensors inputs, int64_t first, int64_t length) {
  if (length == s.length) return inputs;
  for (std::size_t j = s.carried; j < s.carried + s.sequences; ++j)
    inputs[j] = slice_along(inputs[j], 0, first, length);
  if (Tensor& count = inputs[inputs.size() - 1]; s.counted)
    count = count_from(count, number_like(count, static_cast<double>(first)), length);
  return inputs;
}

// `segments` scans of `length` steps each: together all steps of the scan. If steps are counted, each segment has a
// count of its own, which is one more sequence, and segments are counted.
Tensors in_segments(Recorder& r, const Scan& s, const Tensors& given, int64_t segments, int64_t length, int levels) {
  Scan inner = s, outer = s;
  inner.length = length;
  outer.length = segments;
  const std::size_t captured = s.carried + s.sequences;
  Tensors sequences;
  for (std::size_t j = s.carried; j < captured; ++j)
    sequences.push_back(
        reshape(given[j], given[j].shape().without_leading().with_leading(length).with_leading(segments)));
  Tensor count;
  if (s.counted) {
    const Tensor& all = given[given.size() - 1];
    sequences.push_back(count_from(all, even_places(r, 0, length, segments), length));
    count = op<"floor_quotient">(all + number_like(all, static_cast<double>(length - 1)),
                                 number_like(all, static_cast<double>(length)));
    ++outer.sequences;
  }
  std::vector<Parameter> parameters;
  for (std::size_t i = 0; i < s.body->inputs(); ++i) {
    if (i == captured && s.counted) parameters.push_back({{Dtype::int64, {}, false}, false});
    parameters.push_back(s.body->parameter(i));
    if (s.is_sequence(i)) parameters.back().spec.shape = parameters.back().spec.shape.with_leading(length);
  }
  if (s.counted && captured == s.body->inputs()) parameters.push_back({{Dtype::int64, {}, false}, false});
  const Closure c = close_over(r, "scan", parameters, [&](const Tensors& in) {
    if (!s.counted) return scan_of_scans(r, inner, in, levels - 1);
    const Tensors own = joined({part(in, 0, captured), part(in, captured + 1, in.size() - captured - 1)});
    return scan_of_scans(r, inner, joined({own, part(in, captured, 1)}), levels - 1);
  });
  outer.body = c.body;
  Tensors inputs = joined({part(given, 0, s.carried), sequences, part(given, captured, s.captured()), c.captured});
  if (s.counted) inputs.push_back(count);
  outer.saves = s.carried > 0;
  Tensors outputs = record_with(scan_op(), r, inputs, std::make_shared<Scan>(outer));
  outputs.resize(s.body->outputs());
  for (std::size_t k = s.carried; k < outputs.size(); ++k)
    outputs[k] = reshape(outputs[k], s.body->output(k).shape.with_leading(segments * length));
  return outputs;
}

// Outputs without saved carried values.
Tensors scan_of_scans(Recorder& r, const Scan& s, std::span<const Tensor> inputs, int levels) {
  Tensors all(inputs.begin(), inputs.end());
  if (levels <= 1 || s.length < 4) {
    Tensors outputs = repeat_scan(r, s, all, s.carried > 0);
    outputs.resize(s.body->outputs());
    return outputs;
  }
  const int64_t length = std::max<int64_t>(1, s.length / steps_of_level(s.length, levels));
  const int64_t segments = s.length / length, main = segments * length, rest = s.length - main;
  const auto run_main = [&] { return in_segments(r, s, inputs_of_rows(s, all, 0, main), segments, length, levels); };
  const auto run_rest = [&] {
    Scan last = s;
    last.length = rest;
    return scan_of_scans(r, last, inputs_of_rows(s, all, main, rest), levels - 1);
  };
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
