#include "control/scan.hpp"

#include <algorithm>
#include <cstring>

#include "control/body_rules.hpp"
#include "control/carried_memory.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// The carried values that depend on an input, if in_step(input, output) says so for one step.
struct Reached {
  std::vector<uint8_t> at_end;  // after the last step
  std::vector<uint8_t> before;  // at the beginning of some step
};
template <class InStep>
Reached reached_in_steps(const Scan& s, std::size_t input, InStep&& in_step) {
  constexpr int64_t kMostFollowed = 256;  // from there on, those of any number of further steps
  Reached r{std::vector<uint8_t>(s.carried, 0), std::vector<uint8_t>(s.carried, 0)};
  if (input < s.carried) r.at_end[input] = 1;
  for (int64_t step = 0; s.counted || step < s.length; ++step) {
    const bool of_any = s.counted || step >= kMostFollowed;
    std::vector<uint8_t> next(s.carried, 0);
    for (std::size_t k = 0; k < s.carried; ++k) {
      r.before[k] |= r.at_end[k];
      next[k] = (of_any && r.at_end[k]) || (input >= s.carried && in_step(input, k));
      for (std::size_t from = 0; from < s.carried; ++from) next[k] |= r.at_end[from] && in_step(from, k);
    }
    if (next == r.at_end) break;
    r.at_end = std::move(next);
  }
  return r;
}

// Whether an input reaches an output in the steps that there are.
template <class InStep>
bool in_steps(const Scan& s, std::size_t input, std::size_t output, InStep&& in_step) {
  const Reached r = reached_in_steps(s, input, in_step);
  if (output < s.carried) return r.at_end[output] != 0;
  if (output >= s.body->outputs()) return r.before[output - s.body->outputs()] != 0;
  if (input >= s.carried && (s.counted || s.length > 0) && in_step(input, output)) return true;
  for (std::size_t k = 0; k < s.carried; ++k)
    if (r.before[k] && in_step(k, output)) return true;
  return false;
}
}  // namespace

bool Scan::reaches(std::size_t input, std::size_t output) const {
  if (input == body->inputs()) return true;  // the count
  return in_steps(*this, input, output, [&](std::size_t i, std::size_t k) { return body->reaches(i, k); });
}
bool Scan::carries(std::size_t input, std::size_t output) const {
  if (input == body->inputs()) return false;
  return in_steps(*this, input, output, [&](std::size_t i, std::size_t k) { return body->carries(i, k); });
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
      rows_.push_back(rows(run_.input_place(j), c.in[j].data, s.body->input(j)));
    for (std::size_t k = s.carried; k < s.body->outputs(); ++k)
      if (c.out[k].data) rows_.push_back(rows(run_.output_place(k), c.out[k].data, s.body->output(k)));
    for (std::size_t k = 0; k < s.carried; ++k) {
      auto* saved = s.saves ? static_cast<std::byte*>(c.out[s.saved(k)].data) : nullptr;
      carries_.push_back({run_.input_place(k), run_.output_place(k), saved, carried_.bytes(k)});
    }
  }

  void run() {
    if (steps_ > 0) save_first();
    for (int64_t step = 0; step < steps_; ++step) {
      for (Rows& r : rows_) {
        *r.place = r.at;
        r.at += r.stride;
      }
      for (std::size_t k = 0; k < carries_.size(); ++k) *carries_[k].out = carries_[k].next = next_carry(k, step);
      run_();
      for (const Carry& c : carries_) *c.in = c.next;
    }
    finish();
  }

 private:
  // The rows of a sequence, or of a stacked result: the body has the address of one at a time.
  struct Rows {
    void** place;
    std::byte* at;
    std::ptrdiff_t stride;
  };
  struct Carry {
    void **in, **out;
    std::byte* saved;  // null: it is not saved
    std::size_t bytes;
    std::byte* next = nullptr;
  };

  Rows rows(void** place, const void* data, const Spec& row) const {
    const auto bytes = static_cast<std::ptrdiff_t>(bytes_of(row));
    auto* first = static_cast<std::byte*>(const_cast<void*>(data));
    return {place, first + row_of(0) * bytes, s_.reverse ? -bytes : bytes};
  }
  int64_t row_of(int64_t step) const { return s_.reverse ? steps_ - 1 - step : step; }
  static std::byte* saved_row(const Carry& c, int64_t row) { return c.saved + static_cast<std::size_t>(row) * c.bytes; }
  // A carried value lies where it will be read. After the last step that is the output, else its saved row, or one of
  // two places by turns.
  std::byte* next_carry(std::size_t k, int64_t step) const {
    if (step + 1 == steps_) {
      if (c_.out[k].data) return static_cast<std::byte*>(c_.out[k].data);
    } else if (const Carry& c = carries_[k]; c.saved) {
      return saved_row(c, row_of(step + 1));
    }
    return carried_.at(k, step);
  }
  void save_first() const {
    for (std::size_t k = 0; k < carries_.size(); ++k)
      if (const Carry& c = carries_[k]; c.bytes > 0 && c.saved)
        std::memcpy(saved_row(c, row_of(0)), c_.in[k].data, c.bytes);
  }
  // Without a step the carried values are the first ones. Rows of steps that are not made are 0.
  void finish() const {
    for (std::size_t k = 0; k < carries_.size() && steps_ == 0; ++k)
      if (carries_[k].bytes > 0 && c_.out[k].data) std::memcpy(c_.out[k].data, c_.in[k].data, carries_[k].bytes);
    const auto made = static_cast<std::size_t>(steps_), all = static_cast<std::size_t>(s_.length);
    for (std::size_t k = s_.carried; k < c_.out.size() && made < all; ++k) {
      const std::size_t outputs = s_.body->outputs(), row = bytes_of(s_.body->output(k < outputs ? k : k - outputs));
      if (row > 0 && c_.out[k].data)
        std::memset(static_cast<std::byte*>(c_.out[k].data) + made * row, 0, (all - made) * row);
    }
  }

  const KernelCall& c_;
  const Scan& s_;
  int64_t steps_;
  Body::Run run_;
  CarriedMemory carried_;
  SmallVector<Rows, 8> rows_;
  SmallVector<Carry, 8> carries_;
};

void run_scan(const KernelCall& c) { Steps(c, payload_of<Scan>(c.attrs)).run(); }
}  // namespace

namespace {
void retrace_scan(const Call& c) {
  const Scan& s = payload_of<Scan>(c.given());
  const auto steps = s.counted ? *static_cast<const int64_t*>(c.in(c.size() - 1).value()->data()) : s.length;
  Tensors in = part(c.inputs(), 0, s.body->inputs());
  for (int64_t step = 0; step < std::min(steps, s.length); ++step) {
    const int64_t row = s.reverse ? steps - 1 - step : step;
    for (std::size_t j = s.carried; j < s.carried + s.sequences; ++j) in[j] = select_row(c.in(j), row);
    const Tensors next = computed(*s.body, in, fmt::format("in step {}, ", step));
    for (std::size_t k = 0; k < s.carried; ++k) in[k] = next[k];
  }
}
}  // namespace

const Op& scan_op() {
  static const Op op =
      make_op({"scan", "A body applied step by step, with values that it carries along.", infer_scan, run_scan,
               reverse_scan, forward_scan, batch_scan, links_of_scan, links_through_scan, retrace_scan});
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
