// The life of a tape, and its gradients and products.
#include "autodiff/tape.hpp"

#include <algorithm>

#include "graph/print.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

std::string to_string(const Source& source) {
  if (!source.variable) return labelled(source.tensor);
  const std::string& label = source.variable->label;
  return fmt::format("variable {}{}", to_string(source.tensor.spec()), label.empty() ? "" : " '" + label + "'");
}

void Tape::check_idle(const char* what) const {
  if (in_use_ > 0) fail(Status::failed_precondition, "{}: a derivative of this tape is being taken", what);
}

void Tape::stop() {
  if (!is_recording()) fail(Status::failed_precondition, "gt_tape_stop_recording: the tape is not recording");
  end();
}

void Tape::resume() {
  if (is_recording()) fail(Status::failed_precondition, "gt_tape_resume_recording: the tape is recording already");
  check_idle("gt_tape_resume_recording");
  if (recording_.activity.listed)
    fail(Status::failed_precondition, "gt_tape_resume_recording: the call around this callback keeps the tape still");
  recorder_.activate(&recording_);
  used_ = false;  // a used-up tape starts afresh: its recording is empty
}

void Tape::reset() {
  if (!is_recording())
    fail(Status::failed_precondition, "gt_tape_reset: the tape is not recording; only a recording tape can be reset");
  check_idle("gt_tape_reset");
  recording_.clear();
  recording_.begin_period(recorder_.next_id());
}

void Tape::watch(const Source& source) {
  if (source.variable)
    recording_.watch(source.variable);
  else
    recording_.watch(source.tensor);
}

Tape::Use::Use(Tape& tape, const char* what) : tape_(tape) {
  if (!tape.persistent_ && tape.used_)
    fail(Status::failed_precondition,
         "{}: a non-persistent tape serves one gradient, jvp or Jacobian, and this one has; begin it with "
         "GT_TAPE_PERSISTENT",
         what);
  if (!tape.persistent_) {
    tape.check_idle(what);
    was_suspended_ = tape.recording_.activity.suspended;
    tape.recorder_.suspend(&tape.recording_, true);
  }
  ++tape.in_use_;
}

Tape::Use::~Use() {
  --tape_.in_use_;
  if (tape_.persistent_) return;
  if (!done_) {
    tape_.recorder_.suspend(&tape_.recording_, was_suspended_);
    return;
  }
  tape_.end();
  tape_.used_ = true;
  tape_.recording_.clear();
}

Passable Tape::passable() const {
  return [this](const Tensor& t) { return recording_.recorded(t); };
}

Tensors Tape::tensors_of(const Source& source) const {
  if (!source.variable) return {source.tensor};
  Tensors tensors;
  if (const Recording::Read* read = recording_.read_of(source.variable.get())) tensors = read->values;
  for (const Tensor& t : tensors)
    if (t.same(source.tensor)) return tensors;
  tensors.push_back(source.tensor);
  return tensors;
}

Tensors Tape::tensors_of(std::span<const Source> sources) const {
  Tensors all;
  for (const Source& source : sources)
    for (const Tensor& t : tensors_of(source)) all.push_back(t);
  return all;
}

bool Tape::counts(const Tensor& source, std::span<const Tensor> targets) const {
  return recording_.holds(source) || std::ranges::any_of(targets, [&](const Tensor& t) { return t.same(source); });
}

Tensors Tape::pull_back(std::span<const Tensor> targets, std::span<const Tensor> cotangents,
                        std::span<const Source> sources) const {
  std::vector<std::size_t> first;
  Tensors all;
  for (const Source& source : sources) {
    first.push_back(all.size());
    for (const Tensor& t : tensors_of(source))
      if (counts(t, targets)) all.push_back(t);
  }
  first.push_back(all.size());
  const Tensors cotangents_of_all = reverse({targets, cotangents, all, passable()});
  Tensors results;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Tensor sum;
    for (std::size_t k = first[i]; k < first[i + 1]; ++k)
      if (const Tensor& g = cotangents_of_all[k]) sum = sum ? sum + g : g;
    results.push_back(sum);
  }
  return results;
}

Tensors Tape::push_forward(std::span<const Tensor> targets, std::span<const Source> sources,
                           std::span<const Tensor> tangents) const {
  Tensors all, tangents_of_all;
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (const Tensor& t : tensors_of(sources[i]))
      if (counts(t, targets)) {
        all.push_back(t);
        tangents_of_all.push_back(tangents[i]);
      }
  return forward({targets, all, tangents_of_all, passable()});
}

Tape::Gradient::Gradient(Tape& tape, const char* function, const Tensor& target, std::span<const Source> sources)
    : tape_(tape), first_(0) {
  Recorder& r = tape.recorder_;
  if (r.is_paused())
    fail(Status::failed_precondition,
         "{}: nothing is recorded inside a custom gradient's forward, so that there is no second derivative", function);
  const Tensor one = ones(r, target.spec());
  if (!r.is_noting(&tape.recording_)) first_ = one.node()->id;
  try {
    const Recorder::Listening listening(r, tape.recording_);
    by_source_ = tape.pull_back(Tensors{target}, Tensors{one}, sources);
    if (!r.is_noting(&tape.recording_))
      fail(Status::failed_precondition,
           "{}: a gradient function stopped or ended the tape, whose gradient is therefore not recorded", function);
  } catch (...) {
    forget();
    throw;
  }
}

void Tape::Gradient::forget() noexcept {
  if (first_ > 0) tape_.recording_.forget_since(first_);
  first_ = 0;
}

Tensor fit_direction(const char* what, std::size_t index, const Tensor& given, const Spec& want) {
  Tensor t = given.spec().weak && !want.weak && is_floating(want.dtype) ? cast(given, want.dtype) : given;
  if (t.dtype() != want.dtype || !(t.shape() == want.shape))
    invalid("{} {} must be {}, got {}", what, index, to_string(want), to_string(given.spec()));
  return mark_selected(t);
}

Tensors Tape::gradient(std::span<const Tensor> targets, std::span<const Source> sources, std::span<const Tensor> given,
                       bool zero_unconnected) const {
  Tensors cotangents;
  for (std::size_t i = 0; i < given.size(); ++i)
    cotangents.push_back(fit_direction("gt_tape_gradient: output gradient", i, given[i], targets[i].spec()));
  if (given.empty())
    for (const Tensor& t : targets) cotangents.push_back(ones(recorder_, t.spec()));
  Tensors results = pull_back(targets, cotangents, sources);
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!results[i] && zero_unconnected) results[i] = zeros_like(sources[i].tensor);
  return results;
}

Tensors Tape::jvp(std::span<const Tensor> targets, std::span<const Source> sources, std::span<const Tensor> given,
                  bool zero_unconnected) const {
  Tensors tangents;
  for (std::size_t i = 0; i < sources.size(); ++i)
    tangents.push_back(given[i] ? fit_direction("gt_tape_jvp: tangent", i, given[i], sources[i].tensor.spec())
                                : Tensor());
  Tensors results = push_forward(targets, sources, tangents);
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (!results[i] && zero_unconnected) results[i] = zeros_like(targets[i]);
  return results;
}

}  // namespace gradtape::core
