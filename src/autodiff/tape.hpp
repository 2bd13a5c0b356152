// A tape: the life of a recording, and the derivatives that are taken of it.
#pragma once

#include <functional>

#include "autodiff/forward.hpp"
#include "graph/recorder.hpp"
#include "ops/selection.hpp"

namespace gradtape::core {

// A tensor by which one differentiates, or that one differentiates: a variable stands for all values it was read with.
struct Place {
  Tensor tensor;         // its value now
  VariablePtr variable;  // null: a plain tensor
};

enum class Mode : int32_t { automatic = 0, forward = 1, reverse = 2 };

struct JacobianOptions {
  bool zero_unconnected = false;
  Mode mode = Mode::automatic;
  uint64_t memory_budget = 0;
  bool sum_over_batch = false;
  std::function<bool(uint64_t done, uint64_t total)> progress;  // false: stop
};

class Tape {
 public:
  Tape(Recorder& recorder, bool persistent, bool manual_watch)
      : recorder_(recorder), persistent_(persistent), recording_(!manual_watch) {
    recorder_.activate(&recording_);
  }
  ~Tape() { recorder_.deactivate(&recording_); }

  bool is_recording() const { return recorder_.is_active(&recording_); }
  void end() noexcept { recorder_.deactivate(&recording_); }
  void stop();
  void resume();
  void reset();
  void watch(const Place& place);
  const Recording& recording() const { return recording_; }

  // cotangents: empty, or one per target. Empty results: unconnected.
  Tensors gradient(std::span<const Place> targets, std::span<const Place> sources, std::span<const Tensor> cotangents,
                   bool zero_unconnected);
  Tensors jvp(std::span<const Place> targets, std::span<const Place> sources, std::span<const Tensor> tangents,
              bool zero_unconnected);
  Tensors jacobian(const Place& target, std::span<const Place> sources, const JacobianOptions& options);
  Tensor batch_jacobian(const Place& target, const Place& source, const JacobianOptions& options);

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
    bool done_ = false;
  };

 private:
  friend class JacobianBuilder;
  void check_idle(const char* what) const;
  // The tensors a place stands for on this tape.
  Tensors tensors_of(const Place& place) const;
  // A source counts where it is on the tape, or is itself a target.
  bool counts(const Tensor& source, std::span<const Tensor> targets) const;
  Tensors reverse_from(std::span<const Tensor> targets, std::span<const Tensor> cotangents,
                       std::span<const Place> sources) const;
  Tensors forward_from(std::span<const Tensor> targets, std::span<const Place> sources,
                       std::span<const Tensor> tangents) const;
  Passable passable() const;
  // Throws, naming the op, where a sample of the target depends on another sample of the source.
  void check_samples(const Place& target, const Tensors& sources, const Tensor& placeholder,
                     const Tensors& derivative) const;

  Recorder& recorder_;
  bool persistent_;
  bool used_ = false;
  int in_use_ = 0;  // derivatives being taken: a callback of one must not change what it walks
  Recording recording_;
};

}  // namespace gradtape::core
