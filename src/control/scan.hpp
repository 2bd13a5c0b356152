// scan: a body applied step by step, with values that it carries along, over the rows of sequences.
#pragma once

#include "control/loop.hpp"

namespace gradtape::core {

struct ScanOptions {
  int64_t length = -1;  // -1: that of the sequences
  bool reverse = false;
  Tensor count;                // int64: only the first so many steps are made; empty: all
  Tensors invariants;          // given to each step whole, behind the rows of the sequences
  std::vector<uint8_t> flows;  // by carried value: a cotangent or tangent (close_loop)
  uint64_t memory_budget = 0;  // bytes for the carried values that reverse mode needs; 0: all are kept
  bool derives = false;        // a derivative is going to be taken
};

// Returns the last carried values, then the stacked results. Tensors that the body uses from outside become inputs of
// the op.
Tensors scan(Recorder& r, std::string_view what, const Tensors& initial, const Tensors& sequences,
             const ScanOptions& options, const StepFunction& body);

const Op& scan_op();

// One application's payload. Inputs: carried values, sequences, what the body captured, then the count if there is one.
// The body takes carried values, rows and captured ones. Outputs: last carried values, stacked results, and, if it
// saves, the carried values at the beginning of each step.
struct Scan : Control {
  BodyPtr body;
  std::size_t carried = 0, sequences = 0;
  int64_t length = 0;
  bool reverse = false, counted = false, saves = false;

  std::size_t captured() const { return body->inputs() - carried - sequences; }
  bool is_sequence(std::size_t input) const { return input >= carried && input < carried + sequences; }
  std::size_t stacked() const { return body->outputs() - carried; }
  std::size_t saved(std::size_t carry) const { return body->outputs() + carry; }  // the output

  bool reaches(std::size_t input, std::size_t output) const override;
  bool carries(std::size_t input, std::size_t output) const override;
  uint64_t hash() const override;
  std::size_t bytes() const override { return body->bytes(); }
  double work() const override { return static_cast<double>(length) * body->work(); }
  bool has_user_ops() const override { return body->has_user_ops(); }
};

// The same scan on other inputs, as it is or with the carried values saved.
Tensors repeat_scan(Recorder& r, const Scan& scan, std::span<const Tensor> inputs, bool saves);

// The same as scans of scans. Each level keeps the carried values of its own steps alone, and reverse mode makes the
// steps inside again. As few levels as the budget allows: one, if it has room for all carried values
// (checkpointed_scan.cpp).
Tensors checkpointed_scan(Recorder& r, const Scan& scan, std::span<const Tensor> inputs, uint64_t memory_budget);

// Derivatives and batches (scan_rules.cpp).
Tensors reverse_scan(const Call& c, const Tensors& cotangents);
Tensors forward_scan(const Call& c, const Tensors& tangents);
Tensors batch_scan(const BatchCall& b);
// The ties of one step in any number of steps; the links of each step where ties say too little (scan_links.cpp).
Dependence links_of_scan(const LinkCall& l);
std::optional<std::vector<Links>> links_through_scan(const LinksCall& l);
// An op on a batch, row by row: a scan that carries nothing.
Tensors map_rows(const BatchCall& b);

}  // namespace gradtape::core
