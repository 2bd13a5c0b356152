// Calls about tapes, and the derivatives that come from them.
#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
void begin(World& w) {
  const uint32_t flags = w.wrong() ? w.in.pick<uint32_t>({4, UINT32_MAX}) : w.in.pick<uint32_t>({1, 0, 1, 3, 1, 2});
  if (const gt_tape t = gt_tape_begin(w.context(), flags)) w.here().tapes.push_back(t);
}
// A tape that watches what is there.
void begin_watching(World& w) {
  begin(w);
  if (w.here().tapes.empty()) return;
  for (unsigned n = 1 + w.in.below(3); n > 0; --n)
    w.checked("gt_tape_watch", gt_tape_watch(w.here().ctx, w.here().tapes.back(), w.tensor()));
}
gt_tape some_tape(World& w) {
  if (w.here().tapes.empty()) begin_watching(w);
  return w.tape();
}
using OnTape = gt_status (*)(gt_context, gt_tape);
void on_tape(World& w, const char* name, OnTape function) {
  const gt_tape t = some_tape(w);
  w.checked(name, function(w.context(), t));
}
void watch(World& w) {
  const gt_tape tape = some_tape(w);
  const gt_tensor t = w.tensor();
  w.checked("gt_tape_watch", gt_tape_watch(w.context(), tape, t));
}
void watched(World& w) {
  Room<gt_tensor> room(w.in.pick<size_t>({4, 0, 1}));
  size_t n = 0;
  const gt_tape tape = some_tape(w);
  const auto [data, capacity, honest] = w.array(room);
  const gt_status s = gt_tape_watched_variables(w.context(), tape, data, capacity, w.pointer(&n));
  w.checked("gt_tape_watched_variables", s);
  if (s == GT_OK && data && honest) w.made("gt_tape_watched_variables", s, room, n);
}

int32_t draw_unconnected(World& w) { return w.wrong() ? 2 : static_cast<int32_t>(w.in.below(2)); }
// Results, one for each of the `given`, whose number may be one more than there are. The room is for so many.
template <class T>
void results(World& w, const char* call, gt_status s, Room<gt_tensor>& room, const Array<T>& given) {
  w.checked(call, s);
  if (s == GT_OK)
    w.made(call, s, room, given.n);
  else if (given.honest)
    room.expect_cleared(call, given.n);
}

void gradient_of(World& w) {
  const gt_tape tape = some_tape(w);
  std::vector<gt_tensor> targets = w.tensors(2), sources = w.tensors(3), weights;
  const bool weighted = w.in.below(4) == 3;
  for (size_t i = 0; i < targets.size(); ++i) weights.push_back(w.in.below(2) == 0 ? targets[i] : w.tensor());
  const int32_t unconnected = draw_unconnected(w);
  Room<gt_tensor> out(sources.size() + 1);
  const auto y = w.array(targets);
  const auto x = w.array(sources);
  const gt_status s =
      gt_tape_gradient(w.context(), tape, y.data, y.n, x.data, x.n,
                       weighted && y.n == targets.size() ? weights.data() : nullptr, unconnected, out.data());
  results(w, "gt_tape_gradient", s, out, x);
}
void jvp_of(World& w) {
  const gt_tape tape = some_tape(w);
  std::vector<gt_tensor> targets = w.tensors(2), sources = w.tensors(2), tangents;
  for (gt_tensor x : sources) tangents.push_back(w.in.below(4) == 3 ? w.tensor() : x);
  const int32_t unconnected = draw_unconnected(w);
  Room<gt_tensor> out(targets.size() + 1);
  const auto y = w.array(targets);
  const gt_status s = gt_tape_jvp(w.context(), tape, y.data, y.n, sources.data(), sources.size(),
                                  w.pointer(tangents.data()), unconnected, out.data());
  results(w, "gt_tape_jvp", s, out, y);
}
gt_jacobian_options draw_options(World& w) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.unconnected = draw_unconnected(w);
  o.mode = w.wrong() ? 3 : static_cast<int32_t>(w.in.below(3));
  o.memory_budget = w.in.pick<uint64_t>({0, 1, 10000, 1 << 20});
  o.batch_dependence = w.wrong() ? -1 : static_cast<int32_t>(w.in.below(2));
  o.reserved = w.wrong();
  if (w.in.below(4) == 3) o.progress = progress;
  return o;
}
using OfSources = gt_status (*)(gt_context, gt_tape, gt_tensor, const gt_tensor*, size_t, const gt_jacobian_options*,
                                gt_tensor*);
void of_sources(World& w, const char* name, OfSources function) {
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  Sized options(w, draw_options(w));
  Room<gt_tensor> out(sources.size() + 1);
  const auto x = w.array(sources);
  const gt_status s =
      function(w.context(), tape, target, x.data, x.n, w.pointer(options.as<gt_jacobian_options>()), out.data());
  results(w, name, s, out, x);
}
using OfBatch = gt_status (*)(gt_context, gt_tape, gt_tensor, gt_tensor, const gt_jacobian_options*, gt_tensor*);
void of_batch(World& w, const char* name, OfBatch function) {
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor(), source = w.tensor();
  Sized options(w, draw_options(w));
  Room<gt_tensor> out(1);
  const gt_status s =
      function(w.context(), tape, target, source, w.pointer(options.as<gt_jacobian_options>()), out.data());
  w.made(name, s, out, 1);
}
void hessian(World& w) {
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  Sized options(w, draw_options(w));
  Room<gt_tensor> out((sources.size() + 1) * (sources.size() + 1));
  const auto x = w.array(sources);
  const gt_status s =
      gt_tape_hessian(w.context(), tape, target, x.data, x.n, w.pointer(options.as<gt_jacobian_options>()), out.data());
  w.checked("gt_tape_hessian", s);
  if (s == GT_OK)
    w.made("gt_tape_hessian", s, out, x.n * x.n);
  else if (x.honest)
    out.expect_cleared("gt_tape_hessian", x.n * x.n);
}
void hvp(World& w) {
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2), vectors;
  for (gt_tensor x : sources) vectors.push_back(w.in.below(4) == 3 ? w.tensor() : x);
  const int32_t unconnected = draw_unconnected(w);
  Room<gt_tensor> out(sources.size() + 1);
  const gt_status s = gt_tape_hvp(w.context(), tape, target, sources.data(), sources.size(), w.pointer(vectors.data()),
                                  unconnected, out.data());
  w.checked("gt_tape_hvp", s);
  if (s == GT_OK) w.made("gt_tape_hvp", s, out, sources.size());
}
void jacobian_rows(World& w) {
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  Sized options(w, draw_options(w));
  const gt_rows_fn take = w.wrong() ? nullptr : take_rows;
  w.checked("gt_tape_jacobian_rows", gt_tape_jacobian_rows(w.context(), tape, target, sources.data(), sources.size(),
                                                           w.pointer(options.as<gt_jacobian_options>()), take, &w));
}
void label(World& w) {
  const gt_tensor t = w.tensor();
  const char* name = w.in.pick<const char*>({"a name", nullptr, "", "line\nline"});
  w.checked("gt_label", gt_label(w.context(), t, name));
}
void explain(World& w) {
  Room<char> room(w.in.pick<size_t>({4000, 0, 1, 7}));
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor(), source = w.tensor();
  size_t needed = 0;
  const gt_status s =
      gt_tape_explain(w.context(), tape, target, source, w.pointer(room.data()), room.size(), w.pointer(&needed));
  if (w.checked("gt_tape_explain", s) == GT_OK && needed > 1 << 16) broken("gt_tape_explain", "a text without end");
}
void check(World& w) {
  Room<char> room(w.in.pick<size_t>({4000, 0, 1, 7}));
  const gt_tape tape = some_tape(w);
  const gt_tensor target = w.tensor();
  std::vector<gt_tensor> sources = w.tensors(2);
  gt_check_options o{};
  o.struct_size = sizeof o;
  o.compare = w.wrong() ? 16 : w.in.below(16);
  o.seed = w.in.byte();
  o.tolerance = w.wrong() ? -1 : 0;
  Sized options(w, o);
  const auto x = w.array(sources);
  const gt_status s = gt_tape_check(w.context(), tape, target, x.data, x.n, w.pointer(options.as<gt_check_options>()),
                                    w.pointer(room.data()), room.size(), nullptr);
  w.checked("gt_tape_check", s);
}
void set_checks(World& w) { w.checked("gt_set_checks", gt_set_checks(w.context(), w.wrong() ? 6 : w.in.below(2))); }
}  // namespace

void add_tape_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_tape_begin", 5, begin_watching},
      {"gt_tape_end", 2, [](World& w) { on_tape(w, "gt_tape_end", gt_tape_end); }},
      {"gt_tape_watch", 4, watch},
      {"gt_tape_stop_recording", 1, [](World& w) { on_tape(w, "gt_tape_stop_recording", gt_tape_stop_recording); }},
      {"gt_tape_resume_recording", 1,
       [](World& w) { on_tape(w, "gt_tape_resume_recording", gt_tape_resume_recording); }},
      {"gt_tape_reset", 1, [](World& w) { on_tape(w, "gt_tape_reset", gt_tape_reset); }},
      {"gt_tape_watched_variables", 2, watched},
      {"gt_tape_gradient", 7, gradient_of},
      {"gt_tape_jvp", 4, jvp_of},
      {"gt_tape_jacobian", 4, [](World& w) { of_sources(w, "gt_tape_jacobian", gt_tape_jacobian); }},
      {"gt_tape_batch_jacobian", 2, [](World& w) { of_batch(w, "gt_tape_batch_jacobian", gt_tape_batch_jacobian); }},
      {"gt_tape_jacobian_rows", 1, jacobian_rows},
      {"gt_tape_hvp", 2, hvp},
      {"gt_tape_hessian", 2, hessian},
      {"gt_tape_hessian_diagonal", 2,
       [](World& w) { of_sources(w, "gt_tape_hessian_diagonal", gt_tape_hessian_diagonal); }},
      {"gt_tape_batch_hessian", 1, [](World& w) { of_batch(w, "gt_tape_batch_hessian", gt_tape_batch_hessian); }},
      {"gt_label", 1, label},
      {"gt_tape_explain", 2, explain},
      {"gt_tape_check", 2, check},
      {"gt_set_checks", 1, set_checks},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
