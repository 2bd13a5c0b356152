#include "control/scan.hpp"

#include <algorithm>
#include <cstring>

#include "control/carried_memory.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Whether an input reaches an output in any number of steps, if `in_step` says so for one.
template <class InStep>
bool in_any_steps(const Scan& s, std::size_t input, std::size_t output, InStep&& in_step) {
  const std::vector<uint8_t> reached = reached_carries(s.carried, input, in_step);
  if (output < s.carried) return reached[output] != 0;
  if (output >= s.body->outputs()) return reached[output - s.body->outputs()] != 0;
  if (in_step(input, output)) return true;
  for (std::size_t k = 0; k < s.carried; ++k)
    if (reached[k] && in_step(k, output)) return true;
  return false;
}
}  // namespace

bool Scan::reaches(std::size_t input, std::size_t output) const {
  if (input == body->inputs()) return true;  // the count
  return in_any_steps(*this, input, output, [&](std::size_t i, std::size_t k) { return body->reaches(i, k); });
}
bool Scan::carries(std::size_t input, std::size_t output) const {
  if (input == body->inputs()) return false;
  return in_any_steps(*this, input, output, [&](std::size_t i, std::size_t k) { return body->carries(i, k); });
}

uint64_t Scan::hash() const {
  uint64_t h = body->hash();
  for (uint64_t v : {carried, sequences, static_cast<std::size_t>(length)}) h = hash_mix(h, v);
  return hash_mix(h, reverse + 2 * counted + 4 * saves);
}

namespace {
void infer_scan(Inference& c) {
  const Scan& s = payload_of<Scan>(c.attrs());
  for (std::size_t i = 0; i < s.body->inputs(); ++i)
    check_input(c, i, s.body->input(i), s.is_sequence(i) ? std::optional(s.length) : std::nullopt);
  for (std::size_t k = 0; k < s.body->outputs(); ++k) {
    const Spec& spec = s.body->output(k);
    if (k < s.carried)
      c.out(spec.dtype, spec.shape, spec.weak && c.in(k).weak);
    else
      c.out(spec.dtype, spec.shape.with_leading(s.length));
  }
  for (std::size_t k = 0; s.saves && k < s.carried; ++k)
    c.out(s.body->input(k).dtype, s.body->input(k).shape.with_leading(s.length));
}

// The steps of a scan over the kernel's memory.
class Steps {
 public:
  Steps(const KernelCall& c, const Scan& s)
      : c_(c),
        s_(s),
        steps_(s.counted ? std::clamp<int64_t>(*c.in.back().as<int64_t>(), 0, s.length) : s.length),
        run_(*s.body, c, steps_, s.carried),
        carried_(c, *s.body, s.carried) {
    for (std::size_t i = 0; i < s.body->inputs(); ++i) run_.set_input(i, c.in[i].data);
    for (std::size_t j = s.carried; j < s.carried + s.sequences; ++j)
      sequences_.push_back({j, static_cast<std::byte*>(const_cast<void*>(c.in[j].data)), bytes_of(s.body->input(j))});
    for (std::size_t k = s.carried; k < s.body->outputs(); ++k)
      if (c.out[k].data) stacked_.push_back({k, static_cast<std::byte*>(c.out[k].data), bytes_of(s.body->output(k))});
    for (std::size_t k = 0; k < s.carried; ++k)
      next_.push_back(nullptr), saved_.push_back(s.saves ? static_cast<std::byte*>(c.out[s.saved(k)].data) : nullptr);
  }

  void run() {
    if (steps_ > 0) save_first();
    for (int64_t step = 0; step < steps_; ++step) {
      const int64_t row = row_of(step);
      for (const Rows& r : sequences_) run_.set_input(r.number, r.at(row));
      for (const Rows& r : stacked_) run_.set_output(r.number, r.at(row));
      for (std::size_t k = 0; k < s_.carried; ++k) run_.set_output(k, next_[k] = next_carry(k, step));
      run_();
      for (std::size_t k = 0; k < s_.carried; ++k) run_.set_input(k, next_[k]);
    }
    finish();
  }

 private:
  // The rows of a sequence, or of a stacked result: that input or output of the body.
  struct Rows {
    std::size_t number;
    std::byte* data;
    std::size_t bytes;  // of a row
    std::byte* at(int64_t row) const { return data + static_cast<std::size_t>(row) * bytes; }
  };

  int64_t row_of(int64_t step) const { return s_.reverse ? steps_ - 1 - step : step; }
  std::byte* saved_row(std::size_t carry, int64_t row) const {
    return saved_[carry] + static_cast<std::size_t>(row) * carried_.bytes(carry);
  }
  // A carry lies where it will be read. After the last step that is the output, else its saved row, or one of two places
  // by turns.
  std::byte* next_carry(std::size_t k, int64_t step) const {
    if (step + 1 == steps_ && c_.out[k].data) return static_cast<std::byte*>(c_.out[k].data);
    if (step + 1 < steps_ && saved_[k]) return saved_row(k, row_of(step + 1));
    return carried_.at(k, step);
  }
  void save_first() const {
    for (std::size_t k = 0; k < s_.carried; ++k)
      if (carried_.bytes(k) > 0 && saved_[k]) std::memcpy(saved_row(k, row_of(0)), c_.in[k].data, carried_.bytes(k));
  }
  // Without a step the carries are the first ones. Rows of steps that are not made are 0.
  void finish() const {
    for (std::size_t k = 0; k < s_.carried && steps_ == 0; ++k)
      if (carried_.bytes(k) > 0 && c_.out[k].data) std::memcpy(c_.out[k].data, c_.in[k].data, carried_.bytes(k));
    const auto clear_from = [&](std::byte* rows, std::size_t bytes) {
      const auto made = static_cast<std::size_t>(steps_), all = static_cast<std::size_t>(s_.length);
      if (rows && bytes > 0 && made < all) std::memset(rows + made * bytes, 0, (all - made) * bytes);
    };
    for (const Rows& r : stacked_) clear_from(r.data, r.bytes);
    for (std::size_t k = 0; k < s_.carried; ++k) clear_from(saved_[k], carried_.bytes(k));
  }

  const KernelCall& c_;
  const Scan& s_;
  int64_t steps_;
  Body::Run run_;
  CarriedMemory carried_;
  SmallVector<Rows, 8> sequences_, stacked_;
  SmallVector<std::byte*, 8> saved_;  // by carry; null: not saved
  SmallVector<std::byte*, 8> next_;   // by carry, after the step
};

void run_scan(const KernelCall& c) { Steps(c, payload_of<Scan>(c.attrs)).run(); }
}  // namespace

const Op& scan_op() {
  static const Op op = make_op({"scan", "A body applied step by step, with values that it carries along.", infer_scan,
                                run_scan, reverse_scan, forward_scan, batch_scan});
  return op;
}

Tensors repeat_scan(Recorder& r, const Scan& scan, std::span<const Tensor> inputs, bool saves) {
  auto again = std::make_shared<Scan>(scan);
  again->saves = saves;
  return record_with(scan_op(), r, inputs, std::move(again));
}

// ---- Recording

namespace {
int64_t length_of(std::string_view what, const Tensors& sequences, int64_t given) {
  int64_t length = given;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::string spec = to_string(sequences[i].spec());
    if (sequences[i].rank() == 0) invalid("{}: sequence {} is {}; it needs an axis of steps in front", what, i, spec);
    const int64_t n = sequences[i].shape()[0];
    if (length < 0) length = n;
    if (n != length)
      invalid("{}: sequence {} is {}, which is {} steps long; {} says {}", what, i, spec, n,
              given >= 0 ? "length" : "sequence 0", length);
  }
  if (length < 0) invalid("{}: there is no sequence, so options.length must say how many steps to make", what);
  return length;
}
}  // namespace

Tensors scan(Recorder& r, std::string_view what, const Tensors& initial, const Tensors& sequences,
             const ScanOptions& options, const StepFunction& body) {
  auto s = std::make_shared<Scan>();
  s->length = length_of(what, sequences, options.length);
  std::vector<Parameter> rows;
  for (const Tensor& t : sequences) rows.push_back({{t.dtype(), t.shape().without_leading(), false}, t.node()->sparse});
  LoopBody loop = close_loop(r, what, initial, rows, options.invariants, options.flows, body);
  if (loop.body->outputs() == 0) return {};
  draw_by_step(r, what, rows.size() + options.invariants.size(), loop);
  s->body = loop.body;
  s->carried = loop.initial.size();
  s->sequences = sequences.size();
  s->reverse = options.reverse;
  s->counted = static_cast<bool>(options.count);
  Tensors inputs = joined({loop.initial, sequences, options.invariants, loop.captured});
  if (s->counted) inputs.push_back(options.count);
  const bool derives = options.derives || may_be_differentiated(r, inputs);
  s->saves = derives && s->carried > 0;
  const std::size_t own = initial.size(), carried = s->carried, stacked = s->stacked();
  const Tensors all = derives && options.memory_budget > 0 ? checkpointed_scan(r, *s, inputs, options.memory_budget)
                                                           : record_with(scan_op(), r, inputs, s);
  return joined({part(all, 0, own), part(all, carried, stacked)});
}

}  // namespace gradtape::core
