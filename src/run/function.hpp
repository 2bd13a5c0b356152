// Functions: a body recorded once, planned, and replayed with other inputs.
#pragma once

#include "run/executor.hpp"

namespace gradtape {

// What a body gives for inputs that stand for values to come.
using FunctionBody = std::function<Tensors(const Tensors& inputs)>;

// One recording, for inputs of fixed shapes.
class RecordedFunction {
 public:
  RecordedFunction(Recorder& recorder, const Workers& workers, const std::vector<Spec>& inputs,
                   const FunctionBody& body);

  const std::vector<Spec>& inputs() const { return input_specs_; }
  const std::vector<Spec>& outputs() const { return output_specs_; }
  const Plan& plan() const { return *plan_; }
  const Trace& trace() const { return trace_; }

  // The variables' values that a run reads: they must have been computed before.
  void collect_variables(Tensors& wanted) const;

  // Replays on memory. outputs may not overlap inputs. Variables the body assigns have their new values afterwards.
  void run(std::span<const void* const> inputs, std::span<void* const> outputs);
  // The least time of each step in a few runs on zeros; nothing is assigned.
  void time_steps(std::vector<double>& seconds);
  // Replays on values: the outputs are new constants.
  Tensors call(std::span<const Tensor> inputs);
  // The body's ops recorded anew on these inputs, so that tapes see them.
  Tensors inlined(std::span<const Tensor> inputs) const;

 private:
  struct Source {
    enum Kind : uint8_t { input, variable, random, constant } kind;
    std::size_t index;
  };
  struct Assignment {
    VariablePtr variable;
    Tensor value;
  };
  void make(const Tensors& targets);
  void prepare_arena();
  void compute(std::span<const void* const> inputs, std::span<void* const> results, std::vector<double>* seconds);
  void compute_constants(Program& program, const std::vector<uint8_t>& varies);

  Recorder& recorder_;
  const Workers& workers_;
  std::vector<Spec> input_specs_, output_specs_;
  Trace trace_;
  Tensors outputs_;
  std::vector<Assignment> assignments_;
  PlanPtr plan_;
  std::vector<Source> sources_;         // by leaf
  std::vector<BufferPtr> held_;         // the constants among the leaves, kept alive
  std::vector<uint32_t> result_slots_;  // by output, then by assignment
  std::vector<std::array<int64_t, 2>> random_;
  Memory memory_;
  BufferPtr arena_;
};

// A function of the user's: its recordings, one for each set of shapes.
class Function {
 public:
  // inputs: a size of -1 stands for any.
  Function(Recorder& recorder, const Workers& workers, std::vector<Spec> inputs, FunctionBody body);

  const std::vector<Spec>& inputs() const { return inputs_; }
  // The only recording, or the one made last; null: none yet.
  RecordedFunction* latest() const { return latest_; }
  // The recording for inputs of these shapes, made now where there is none. Throws where they do not fit.
  RecordedFunction& recording_for(std::span<const Spec> inputs);

 private:
  static constexpr std::size_t kMostRecordings = 64;
  void check(std::span<const Spec> inputs) const;

  Recorder& recorder_;
  const Workers& workers_;
  std::vector<Spec> inputs_;
  FunctionBody body_;
  std::vector<std::unique_ptr<RecordedFunction>> recordings_;
  RecordedFunction* latest_ = nullptr;
};

}  // namespace gradtape
