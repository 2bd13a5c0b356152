// A tape: the life of a recording, and the derivatives along it. jacobian.hpp has Jacobians.
#pragma once

#include "autodiff/forward.hpp"
#include "graph/recorder.hpp"
#include "ops/selection.hpp"

namespace gradtape::core {

// A tensor, or a variable, by which a user differentiates. A variable stands for all values it was read with.
struct Source {
  Tensor tensor;         // its value now
  VariablePtr variable;  // null: a plain tensor
};

std::string to_string(const Source& source);  // "variable float32[3] 'w'"

class Tape {
 public:
  Tape(Recorder& recorder, bool persistent, bool manual_watch)
      : recorder_(recorder), persistent_(persistent), recording_(!manual_watch) {
    recorder_.activate(&recording_);
  }
  ~Tape() { recorder_.deactivate(&recording_); }

  bool is_recording() const { return recorder_.is_active(&recording_); }
  bool is_used_up() const { return used_; }
  void end() noexcept { recorder_.deactivate(&recording_); }
  void stop();
  void resume();
  void reset();
  void watch(const Source& source);
  const Recording& recording() const { return recording_; }
  Recorder& recorder() const { return recorder_; }

  // The derivatives that users ask for. cotangents: none, or one per target. Empty results: unconnected.
  Tensors gradient(std::span<const Tensor> targets, std::span<const Source> sources, std::span<const Tensor> cotangents,
                   bool zero_unconnected) const;
  Tensors jvp(std::span<const Tensor> targets, std::span<const Source> sources, std::span<const Tensor> tangents,
              bool zero_unconnected) const;

  // The two modes along this recording: one cotangent per source, one tangent per target.
  Tensors pull_back(std::span<const Tensor> targets, std::span<const Tensor> cotangents,
                    std::span<const Source> sources) const;
  Tensors push_forward(std::span<const Tensor> targets, std::span<const Source> sources,
                       std::span<const Tensor> tangents) const;
  // The nodes between targets and sources on this recording.
  Path path(std::span<const Tensor> targets, std::span<const Tensor> sources) const {
    return path_between(targets, sources, passable());
  }
  Passable passable() const;

  // The gradient of the sum of a target, recorded here, so that it has derivatives along this tape. Unless the tape
  // records by itself, it forgets the gradient's nodes at `forget`, or at the end of this object's life.
  class Gradient {
   public:
    Gradient(Tape& tape, const char* function, const Tensor& target, std::span<const Source> sources);
    ~Gradient() { forget(); }
    Gradient(const Gradient&) = delete;
    Gradient& operator=(const Gradient&) = delete;
    void forget() noexcept;
    const Tensors& by_source() const { return by_source_; }  // empty: unconnected

   private:
    Tape& tape_;
    uint64_t first_;  // the id of its first node; 0: none is to be forgotten
    Tensors by_source_;
  };
  Tensors tensors_of(const Source& source) const;  // that the source stands for on this tape
  Tensors tensors_of(std::span<const Source> sources) const;

  // Every derivative is taken while one of these lives: a non-persistent tape does not record meanwhile. Once done, it
  // has ended and is used up; else it is as before.
  class Use {
   public:
    Use(Tape& tape, const char* what);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    void done() noexcept { done_ = true; }

   private:
    Tape& tape_;
    Selections selections_;
    bool done_ = false, was_suspended_ = false;
  };

 private:
  void check_idle(const char* what) const;
  // A source counts if it is on the tape, or is itself a target.
  bool counts(const Tensor& source, std::span<const Tensor> targets) const;

  Recorder& recorder_;
  bool persistent_;
  bool used_ = false;
  int in_use_ = 0;  // derivatives being taken: a callback of one must not change what it walks
  Recording recording_;
};

// A cotangent or tangent from the user, in the dtype of its tensor if it is a scalar without a dtype, with its zeros meant.
// Throws if it does not fit.
Tensor fit_direction(const char* what, std::size_t index, const Tensor& given, const Spec& want);

}  // namespace gradtape::core
