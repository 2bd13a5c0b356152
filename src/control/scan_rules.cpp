// Derivatives of scan, each a scan of the body's derivative, and scan on a batch.
#include <algorithm>

#include "autodiff/forward.hpp"
#include "autodiff/reverse.hpp"
#include "control/body_rules.hpp"
#include "control/scan.hpp"
#include "ops/batching.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Options for a scan of the body's derivative or batch, which is given the captured tensors as parameters.
ScanOptions options_like(const Call& c, const Scan& s, bool reverse, std::span<const Tensor> inputs) {
  ScanOptions o;
  o.invariants = part(inputs, s.carried + s.sequences, s.captured());
  o.length = s.length;
  o.reverse = reverse;
  if (s.counted) o.count = c.in(c.size() - 1);
  return o;
}

// ---- Reverse mode

// The scan over the steps backwards that carries cotangents: those of the carried values, and the sums of those of
// captured tensors. It reads the saved carried values, and computes what lies between them again.
class Backwards {
 public:
  Backwards(const Call& c, const Tensors& cotangents)
      : c_(c), s_(payload_of<Scan>(c.given())), body_(*s_.body), ct_(cotangents) {
    find_carries();
    for (std::size_t i = s_.carried; i < body_.inputs(); ++i)
      if (is_wanted(i) && is_connected(i)) (s_.is_sequence(i) ? sequences_ : captured_).push_back(i);
    for (std::size_t k = s_.carried; k < body_.outputs(); ++k)
      if (ct_[k]) stacked_.push_back(k);
    for (std::size_t k : carries_)
      if (s_.saves && ct_[s_.saved(k)]) saved_.push_back(k);
  }

  Tensors cotangents() {
    Tensors results(c_.size());
    if (carries_.empty() && sequences_.empty() && captured_.empty()) return results;
    Tensors initial, rows = saved_carries();
    for (std::size_t k : carries_) initial.push_back(or_zeros(ct_[k], c_.in(k)));
    for (std::size_t i : captured_) initial.push_back(zeros_like(c_.in(i)));
    for (std::size_t j = 0; j < s_.sequences; ++j) rows.push_back(c_.in(s_.carried + j));
    for (std::size_t k : stacked_) rows.push_back(ct_[k]);
    for (std::size_t k : saved_) rows.push_back(ct_[s_.saved(k)]);
    ScanOptions o = options_like(c_, s_, !s_.reverse, c_.inputs());
    o.flows.assign(initial.size(), kFlow);
    const Tensors out = scan(c_.recorder(), "scan", initial, rows, o,
                             [&](const Tensors& carried, const Tensors& of_step) { return step(carried, of_step); });
    std::size_t at = 0;
    for (std::size_t k : carries_) results[k] = out[at++];
    for (std::size_t i : captured_) results[i] = out[at++];
    for (std::size_t i : sequences_) results[i] = out[at++];
    for (std::size_t k = 0; k < s_.carried; ++k)
      if (!is_wanted(k) || !is_connected(k)) results[k] = {};
    return results;
  }

 private:
  bool is_wanted(std::size_t i) const { return is_floating(body_.input(i).dtype) && c_.wants(i); }
  // Whether an output with a cotangent depends on the input, in the steps that there are.
  bool is_connected(std::size_t i) const {
    for (std::size_t k = 0; k < c_.outputs(); ++k)
      if (ct_[k] && s_.carries(i, k)) return true;
    return false;
  }
  // The carried values that depend on a wanted input, and on which something with a cotangent depends.
  void find_carries() {
    std::vector<uint8_t> reaches(s_.carried, 0), wanted;
    for (std::size_t k = 0; k < s_.carried; ++k) {
      reaches[k] = ct_[k] || (s_.saves && ct_[s_.saved(k)]);
      for (std::size_t o = s_.carried; o < body_.outputs(); ++o) reaches[k] |= ct_[o] && body_.carries(k, o);
    }
    close_under_steps(reaches, [&](std::size_t from, std::size_t to) { return body_.carries(to, from); });
    for (std::size_t i = 0; i < body_.inputs(); ++i) wanted.push_back(is_wanted(i));
    const std::vector<uint8_t> depends =
        reached_carries(s_.carried, wanted, [&](std::size_t i, std::size_t k) { return body_.carries(i, k); });
    for (std::size_t k = 0; k < s_.carried; ++k)
      if (reaches[k] && depends[k] && is_floating(body_.input(k).dtype)) carries_.push_back(k);
  }
  Tensors saved_carries() const {
    Tensors saved;
    const Tensors again = s_.saves ? Tensors() : repeat_scan(c_.recorder(), s_, c_.inputs(), true);
    for (std::size_t k = 0; k < s_.carried; ++k) saved.push_back(s_.saves ? c_.out(s_.saved(k)) : again[s_.saved(k)]);
    return saved;
  }

  Tensors step(const Tensors& carried, const Tensors& rows) const {
    Tensors in(rows.begin(), rows.begin() + s_.carried + s_.sequences);
    for (std::size_t i = 0; i < s_.captured(); ++i) in.push_back(rows[rows.size() - s_.captured() + i]);
    const Tensors out = body_.on(in);
    Tensors targets, cts, sources;
    std::size_t row = s_.carried + s_.sequences;
    for (std::size_t a = 0; a < carries_.size(); ++a) targets.push_back(out[carries_[a]]), cts.push_back(carried[a]);
    for (std::size_t k : stacked_) targets.push_back(out[k]), cts.push_back(rows[row++]);
    for (std::size_t k : carries_) sources.push_back(in[k]);
    for (std::size_t i : captured_) sources.push_back(in[i]);
    for (std::size_t i : sequences_) sources.push_back(in[i]);
    Tensors g = reverse({targets, cts, sources, is_symbolic_result});
    for (std::size_t k : saved_) {
      Tensor& of_carry = g[static_cast<std::size_t>(std::ranges::find(carries_, k) - carries_.begin())];
      of_carry = of_carry ? of_carry + rows[row] : rows[row];
      ++row;
    }
    for (std::size_t a = 0; a < g.size(); ++a) {
      const bool sums = a >= carries_.size() && a < carried.size();
      if (sums)
        g[a] = g[a] ? carried[a] + g[a] : carried[a];
      else
        g[a] = or_zeros(g[a], sources[a]);
    }
    return g;
  }
  const Call& c_;
  const Scan& s_;
  const Body& body_;
  const Tensors& ct_;
  std::vector<std::size_t> carries_, sequences_, captured_;  // inputs whose cotangents are computed
  std::vector<std::size_t> stacked_, saved_;  // outputs that have cotangents; carried values whose saved ones do
};
}  // namespace

Tensors reverse_scan(const Call& c, const Tensors& cotangents) { return Backwards(c, cotangents).cotangents(); }

// ---- Forward mode

namespace {
// The scan that carries the carried values with their tangents.
class Forwards {
 public:
  Forwards(const Call& c, const Tensors& tangents)
      : c_(c), s_(payload_of<Scan>(c.given())), body_(*s_.body), tangents_(tangents) {
    for (std::size_t i = 0; i < body_.inputs(); ++i) moves_.push_back(tangents[i] && is_floating(body_.input(i).dtype));
    const auto in_step = [&](std::size_t i, std::size_t k) { return body_.carries(i, k); };
    std::ranges::copy(reached_carries(s_.carried, moves_, in_step), moves_.begin());
    for (std::size_t k = 0; k < body_.outputs(); ++k)
      if (is_floating(body_.output(k).dtype) && (k < s_.carried ? moves_[k] != 0 : output_moves(k)))
        outputs_.push_back(k);
  }

  Tensors tangents() {
    Tensors results(c_.outputs());
    if (outputs_.empty()) return results;
    const auto input = [&](std::size_t i) { return c_.in(i); };
    const auto moved = [&](std::size_t i) { return or_zeros(tangents_[i], c_.in(i)); };
    Tensors initial, rows;
    ScanOptions o = options_like(c_, s_, s_.reverse, c_.inputs());
    o.flows = flows_of(body_, s_.carried);
    for (std::size_t k = 0; k < s_.carried; ++k) initial.push_back(input(k));
    for (std::size_t k = 0; k < s_.carried; ++k)
      if (moves_[k]) initial.push_back(moved(k)), o.flows.push_back(kFlow);
    for (std::size_t j = s_.carried; j < s_.carried + s_.sequences; ++j) rows.push_back(input(j));
    for (std::size_t j = s_.carried; j < s_.carried + s_.sequences; ++j)
      if (moves_[j]) rows.push_back(moved(j));
    for (std::size_t i = s_.carried + s_.sequences; i < body_.inputs(); ++i)
      if (moves_[i]) o.invariants.push_back(moved(i));
    const Tensors out = scan(c_.recorder(), "scan", initial, rows, o,
                             [&](const Tensors& carried, const Tensors& of_step) { return step(carried, of_step); });
    std::size_t at = s_.carried;
    for (std::size_t k : outputs_) results[k] = out[at++];
    for (std::size_t k = 0; s_.saves && k < s_.carried; ++k)
      if (moves_[k]) results[s_.saved(k)] = out[at++];
    for (std::size_t k = 0; k < results.size(); ++k)
      if (!is_connected(k)) results[k] = {};
    return results;
  }

 private:
  // Whether the output depends on an input with a tangent, in the steps that there are.
  bool is_connected(std::size_t k) const {
    for (std::size_t i = 0; i < body_.inputs(); ++i)
      if (tangents_[i] && s_.carries(i, k)) return true;
    return false;
  }
  bool output_moves(std::size_t k) const {
    for (std::size_t i = 0; i < body_.inputs(); ++i)
      if (moves_[i] && body_.carries(i, k)) return true;
    return false;
  }

  Tensors step(const Tensors& carried, const Tensors& rows) const {
    Tensors in, sources, tangents;
    std::size_t tangent_of_carry = s_.carried, row = 0;
    for (std::size_t k = 0; k < s_.carried; ++k) in.push_back(carried[k]);
    for (std::size_t j = 0; j < s_.sequences; ++j) in.push_back(rows[row++]);
    const std::size_t tangents_of_sequences = row;
    for (std::size_t j = 0; j < s_.sequences; ++j) row += moves_[s_.carried + j];
    for (std::size_t i = 0; i < s_.captured(); ++i) in.push_back(rows[row++]);
    std::size_t of_sequence = tangents_of_sequences;
    for (std::size_t i = 0; i < body_.inputs(); ++i) {
      if (!moves_[i]) continue;
      sources.push_back(in[i]);
      tangents.push_back(i < s_.carried ? carried[tangent_of_carry++]
                                        : rows[s_.is_sequence(i) ? of_sequence++ : row++]);
    }
    const Tensors out = body_.on(in);
    const Tensors moved = forward({out, sources, tangents, is_symbolic_result});
    Tensors results(out.begin(), out.begin() + s_.carried);
    for (std::size_t k : outputs_) results.push_back(or_zeros(moved[k], out[k]));
    for (std::size_t k = 0, m = s_.carried; s_.saves && k < s_.carried; ++k)
      if (moves_[k]) results.push_back(carried[m++]);
    return results;
  }

  const Call& c_;
  const Scan& s_;
  const Body& body_;
  const Tensors& tangents_;
  std::vector<uint8_t> moves_;        // by input: has a tangent
  std::vector<std::size_t> outputs_;  // that have tangents
};
}  // namespace

Tensors forward_scan(const Call& c, const Tensors& tangents) { return Forwards(c, tangents).tangents(); }

// ---- Batches

Tensors batch_scan(const BatchCall& b) {
  const Scan& s = payload_of<Scan>(b.call.given());
  if (b.size == 0 || (s.counted && b.batched.back())) return map_rows(b);
  const Body& body = *s.body;
  std::vector<uint8_t> batched(b.batched.begin(), b.batched.begin() + body.inputs());
  const auto in_step = [&](std::size_t i, std::size_t k) { return body.reaches(i, k); };
  std::ranges::copy(reached_carries(s.carried, batched, in_step), batched.begin());
  Tensors initial, sequences;
  for (std::size_t k = 0; k < s.carried; ++k) initial.push_back(batched[k] ? full_input(b, k) : b.in[k]);
  for (std::size_t j = s.carried; j < s.carried + s.sequences; ++j)
    sequences.push_back(batched[j] ? move_axis(b.in[j], 0, 1) : b.in[j]);
  ScanOptions o = options_like(b.call, s, s.reverse, b.in);
  o.flows = flows_of(body, s.carried);
  if (s.counted) o.count = b.in[b.in.size() - 1];
  std::vector<uint8_t> made;
  const Tensors out =
      scan(b.call.recorder(), "scan", initial, sequences, o, [&](const Tensors& carried, const Tensors& rows) {
        Tensors in = carried;
        for (const Tensor& t : rows) in.push_back(t);
        made.clear();
        Tensors results = on_batch(body, in, batched, b.size, made);
        for (std::size_t k = 0; k < s.carried; ++k) fit_batch(results[k], made[k], batched[k] != 0, b.size);
        for (std::size_t k = 0; s.saves && k < s.carried; ++k) results.push_back(carried[k]);
        return results;
      });
  Tensors results;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const bool is_batched = k < body.outputs() ? made[k] != 0 : batched[k - body.outputs()] != 0;
    if (!is_batched)
      results.push_back(repeated(out[k], b.size));
    else
      results.push_back(k < s.carried ? out[k] : move_axis(out[k], 1, 0));
  }
  return results;
}

Tensors map_rows(const BatchCall& b) {
  Tensors mapped;
  ScanOptions o;
  o.length = b.size;
  for (std::size_t i = 0; i < b.in.size(); ++i) (b.batched[i] ? mapped : o.invariants).push_back(b.in[i]);
  return scan(b.call.recorder(), b.call.op().name, {}, mapped, o, [&](const Tensors&, const Tensors& rows) {
    Tensors in;
    std::size_t row = 0, whole = mapped.size();
    for (std::size_t i = 0; i < b.in.size(); ++i) in.push_back(rows[b.batched[i] ? row++ : whole++]);
    return reapply_all(b.call, in);
  });
}

}  // namespace gradtape::core
