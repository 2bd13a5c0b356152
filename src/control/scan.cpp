#include "control/scan.hpp"

#include <algorithm>
#include <cstring>

#include "ops/functions.hpp"

namespace gradtape::core {

uint64_t Scan::hash() const {
  uint64_t h = body->hash();
  for (uint64_t v : {carried, sequences, static_cast<std::size_t>(length)}) h = hash_mix(h, v);
  return hash_mix(h, reverse + 2 * counted + 4 * saves);
}

namespace {
void infer_scan(Inference& c) {
  const Scan& s = payload_of<Scan>(c.attrs());
  for (std::size_t k = 0; k < s.body->outputs(); ++k) {
    const Spec& spec = s.body->output(k);
    c.out(spec.dtype, k < s.carried ? spec.shape : spec.shape.with_leading(s.length));
  }
  for (std::size_t k = 0; s.saves && k < s.carried; ++k)
    c.out(s.body->input(k).dtype, s.body->input(k).shape.with_leading(s.length));
}

// The memory of a scan's steps.
class Steps {
 public:
  Steps(const KernelCall& c, const Scan& s)
      : c_(c),
        s_(s),
        steps_(s.counted ? std::clamp<int64_t>(*c.in.back().as<int64_t>(), 0, s.length) : s.length),
        run_(*s.body, c, steps_, unread()),
        carries_(c.memory, 2 * bytes_of_carries(), c.name),
        in_(s.body->inputs()),
        out_(s.body->outputs()) {
    for (std::size_t i = s.carried + s.sequences; i < s.body->inputs(); ++i) in_[i] = c.in[i].data;
    for (std::size_t k = s.carried; k < s.body->outputs(); ++k)
      if (!c.out[k].data) out_[k] = run_.room(k);
  }

  void run() {
    for (std::size_t k = 0; k < s_.carried; ++k) in_[k] = c_.in[k].data;
    if (steps_ > 0) save_first();
    for (int64_t step = 0; step < steps_; ++step) {
      const int64_t row = row_of(step);
      for (std::size_t j = 0; j < s_.sequences; ++j) in_[s_.carried + j] = row_in(s_.carried + j, row);
      std::size_t at = 0;
      for (std::size_t k = 0; k < s_.carried; ++k) {
        const std::size_t bytes = bytes_of(s_.body->output(k));
        out_[k] = next_carry(k, step, at);
        at += round_up(bytes, BlockCache::kAlignment);
      }
      for (std::size_t k = s_.carried; k < s_.body->outputs(); ++k)
        if (c_.out[k].data) out_[k] = row_out(k, row);
      run_(in_, out_);
      for (std::size_t k = 0; k < s_.carried; ++k) in_[k] = out_[k];
    }
    finish();
  }

 private:
  std::vector<uint8_t> unread() const {
    std::vector<uint8_t> all(s_.body->outputs(), 0);
    for (std::size_t k = s_.carried; k < all.size(); ++k) all[k] = c_.out[k].data == nullptr;
    return all;
  }
  std::size_t bytes_of_carries() const {
    std::size_t bytes = 0;
    for (std::size_t k = 0; k < s_.carried; ++k) bytes += round_up(bytes_of(s_.body->output(k)), BlockCache::kAlignment);
    return bytes;
  }
  int64_t row_of(int64_t step) const { return s_.reverse ? steps_ - 1 - step : step; }
  const std::byte* row_in(std::size_t input, int64_t row) const {
    const std::size_t bytes = bytes_of(s_.body->input(input));
    return static_cast<const std::byte*>(c_.in[input].data) + static_cast<std::size_t>(row) * bytes;
  }
  std::byte* row_out(std::size_t output, int64_t row) const {
    const std::size_t bytes = bytes_of(s_.body->output(output));
    return static_cast<std::byte*>(c_.out[output].data) + static_cast<std::size_t>(row) * bytes;
  }
  bool is_saved(std::size_t carry) const { return s_.saves && c_.out[s_.saved(carry)].data; }
  std::byte* saved_row(std::size_t carry, int64_t row) const {
    return static_cast<std::byte*>(c_.out[s_.saved(carry)].data) +
           static_cast<std::size_t>(row) * bytes_of(s_.body->output(carry));
  }
  // A carry lies where it will be read: in the output after the last step, else in its saved row, or in one of two
  // places by turns.
  void* next_carry(std::size_t k, int64_t step, std::size_t at) const {
    if (step + 1 == steps_ && c_.out[k].data) return c_.out[k].data;
    if (step + 1 < steps_ && is_saved(k)) return saved_row(k, row_of(step + 1));
    return carries_.data() + (step % 2 == 0 ? 0 : bytes_of_carries()) + at;
  }
  void save_first() {
    for (std::size_t k = 0; k < s_.carried; ++k)
      if (const std::size_t bytes = bytes_of(s_.body->output(k)); bytes > 0 && is_saved(k)) {
        std::memcpy(saved_row(k, row_of(0)), in_[k], bytes);
        in_[k] = saved_row(k, row_of(0));
      }
  }
  // No step: the carries are the first ones. Rows of steps that are not made are 0.
  void finish() {
    for (std::size_t k = 0; k < s_.carried && steps_ == 0; ++k)
      if (const std::size_t bytes = bytes_of(s_.body->output(k)); bytes > 0 && c_.out[k].data)
        std::memcpy(c_.out[k].data, in_[k], bytes);
    for (std::size_t k = s_.carried; k < c_.out.size() && steps_ < s_.length; ++k) {
      if (!c_.out[k].data) continue;
      const std::size_t bytes = bytes_of(s_.body->output(k < s_.body->outputs() ? k : k - s_.body->outputs()));
      std::memset(static_cast<std::byte*>(c_.out[k].data) + static_cast<std::size_t>(steps_) * bytes, 0,
                  static_cast<std::size_t>(s_.length - steps_) * bytes);
    }
  }

  const KernelCall& c_;
  const Scan& s_;
  int64_t steps_;
  Body::Run run_;
  CacheBlock carries_;
  std::vector<const void*> in_;
  std::vector<void*> out_;
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
    if (sequences[i].rank() == 0) invalid("{}: sequence {} is {}: a sequence has an axis of steps in front", what, i,
                                          to_string(sequences[i].spec()));
    const int64_t n = sequences[i].shape()[0];
    if (length < 0) length = n;
    if (n != length)
      invalid("{}: sequence {} is {}, which is {} steps long; {} says {}", what, i, to_string(sequences[i].spec()), n,
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
  for (const Tensor& t : options.invariants) rows.push_back(parameter_like(t));
  const LoopBody loop = close_loop(r, what, initial, rows, options.carries_flow, body);
  if (loop.body->outputs() == 0) return {};
  s->body = loop.body;
  s->carried = loop.initial.size();
  s->sequences = sequences.size();
  s->reverse = options.reverse;
  s->counted = static_cast<bool>(options.count);
  Tensors inputs = loop.initial;
  for (const Tensors* more : {&sequences, &options.invariants, &loop.captured})
    for (const Tensor& t : *more) inputs.push_back(t);
  if (s->counted) inputs.push_back(options.count);
  const bool derives = may_be_differentiated(r, inputs);
  s->saves = derives && s->carried > 0;
  const std::size_t own = initial.size(), stacked = s->stacked();
  const Tensors all = derives && options.memory_budget > 0 && !s->counted
                          ? checkpointed_scan(r, *s, inputs, options.memory_budget)
                          : record_with(scan_op(), r, inputs, s);
  Tensors outputs(all.begin(), all.begin() + own);
  for (std::size_t k = 0; k < stacked; ++k) outputs.push_back(all[s->carried + k]);
  return outputs;
}

}  // namespace gradtape::core
