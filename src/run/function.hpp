// Functions: a body recorded once, planned, and replayed with other inputs.
#pragma once

#include <algorithm>

#include "run/executor.hpp"

namespace gradtape::core {

// Gives the outputs of a body for inputs that stand for values to come.
using FunctionBody = std::function<Tensors(const Tensors& inputs)>;

// Values that a call gives, not yet those of the variables that it assigns.
struct FunctionResults {
  Tensors outputs;
  Tensors assigned;  // by assignment
};

// One recording, for inputs of fixed shapes.
class RecordedFunction {
 public:
  RecordedFunction(Recorder& recorder, const Workers& workers, const std::vector<Spec>& inputs,
                   const FunctionBody& body);

  const std::vector<Spec>& inputs() const { return input_specs_; }
  const std::vector<Spec>& outputs() const { return output_specs_; }
  const Plan& plan() const;  // throws where there is none
  const Trace& trace() const { return trace_; }
  // Floating tensors from outside that the outputs depend on.
  const Tensors& captured() const { return captured_; }
  // Whether it uses tensors without values, of bodies that ran around its own: it is part of these, and has no plan.
  bool is_open() const { return !open_.empty(); }
  // Whether all of these bodies run still. One that is not usable never becomes so again.
  bool is_usable() const {
    return std::ranges::all_of(open_, [&](const Tensor& t) { return recorder_.is_parameter(t); });
  }

  std::span<const std::size_t> input_bytes() const { return {bytes_.data(), input_specs_.size()}; }
  std::span<const std::size_t> output_bytes() const {
    return {bytes_.data() + input_specs_.size(), output_specs_.size()};
  }

  // The variables' values that a run reads: they must have been computed before.
  void collect_variables(Tensors& wanted) const;

  // Throws where memory that is needed is NULL, or an output lies over another, or over an input.
  void check_memory(const char* what, std::span<const void* const> inputs, std::span<void* const> outputs);
  // Replays on memory that lies apart. Variables the body assigns have their new values afterwards.
  void run(std::span<const void* const> inputs, std::span<void* const> outputs);
  // Runs on memory of which little changes from one to the next. Each input and each output is bound before the first run;
  // variables are neither read nor assigned.
  void bind_input(std::size_t i, const void* memory) { *input_place(i) = const_cast<void*>(memory); }
  void bind_output(std::size_t k, void* memory) { *output_place(k) = memory; }
  // The place of the address of the memory. It stays the same for the life of the function.
  void** input_place(std::size_t i) { return input_places_[i]; }
  void** output_place(std::size_t k) {
    Result& r = results_[k];
    return r.is_computed_there ? &memory_.slots[r.slot] : &r.memory;
  }
  void run_bound() {
    if (!is_one_native_step()) return execute_bound(nullptr);
    memory_.interrupt->check();
    plan_->steps[0].unit->fn(reinterpret_cast<const std::byte* const*>(memory_.slots.data()), memory_.arena, 1);
    copy_results();
  }
  // An arena that the caller lends for some runs, of as many bytes.
  std::size_t arena_bytes() const { return core::arena_bytes(*plan_, workers_); }
  void borrow_arena(std::byte* arena);
  void return_arena() noexcept;  // also one of its own
  // Counts runs to come, and compiles loops where that pays.
  void expect(int64_t runs);
  // Compiles all loops to native code, where there is any. Runs and calls never compile from then on.
  void compile();
  // The least time of each step in a few runs on zeros; nothing is assigned.
  void time_steps(std::vector<double>& seconds);
  // Replays on values: the results are new constants.
  FunctionResults call(std::span<const Tensor> inputs);
  // The body's ops recorded anew on these inputs, so that tapes see them. Callbacks run meanwhile: the recording must
  // be held.
  FunctionResults inlined(std::span<const Tensor> inputs) const;
  // Gives the variables what a call computed for them.
  void assign(Tensors values) noexcept;

 private:
  // The place from which a leaf has its memory.
  struct Origin {
    enum Kind : uint8_t { input, variable, random, constant } kind;
    std::size_t index;
  };
  struct Assignment {
    VariablePtr variable;
    Tensor value;
  };
  // Memory of the caller's, from begin to end.
  struct Extent {
    uintptr_t begin, end;
    uint32_t index;
    bool output;
  };
  bool is_inside(const Tensor& t) const { return t.node()->id >= trace_.first_node; }
  void find_captured();
  void find_open(const Tensors& targets);
  void make(const Tensors& targets);
  void check_apart(const char* what, std::span<const void* const> inputs, std::span<void* const> outputs);
  Tensors new_values(std::vector<void*>& memory);
  void prepare_arena();
  void list_results(const Tensors& targets);
  void compute(std::span<const void* const> inputs, std::span<void* const> results, std::vector<double>* seconds);
  void execute_bound(std::vector<double>* seconds);
  bool is_one_native_step() const { return plan_->steps.size() == 1 && plan_->steps[0].kind == Step::native; }
  // Outputs that the plan does not leave in their memory.
  void copy_results() const {
    for (std::size_t k : copied_) copy_result(results_[k]);
  }
  void compute_constants(Program& program, const std::vector<uint8_t>& varies);

  Recorder& recorder_;
  const Workers& workers_;
  std::vector<Spec> input_specs_, output_specs_;
  std::vector<std::size_t> bytes_;  // of inputs, then of outputs
  std::vector<Extent> extents_;     // room for the check of a run's memory
  std::vector<const void*> sound_;  // the inputs and outputs of the run before, which need no second check
  Trace trace_;
  Tensors outputs_, captured_, open_;
  std::vector<Assignment> assignments_;
  PlanPtr plan_;
  std::vector<Origin> origins_;  // by leaf
  std::vector<BufferPtr> held_;  // the constants among the leaves, kept alive
  // An output, or an assigned value. Other outputs may have the same slot, or an input.
  struct Result {
    uint32_t slot;
    std::size_t bytes;
    bool is_computed_there;  // the plan leaves it in its memory; else it is copied there
    void* memory = nullptr;
  };
  void copy_result(const Result& r) const;
  std::vector<Result> results_;      // by output, then by assignment
  std::vector<std::size_t> copied_;  // results that are computed elsewhere
  std::vector<void**> input_places_;
  void* unread_ = nullptr;  // the place of inputs that nothing reads
  std::vector<std::array<int64_t, 2>> random_;
  Memory memory_;
  BufferPtr arena_;  // null: borrowed, or none yet
  bool borrows_ = false;
};

using RecordedFunctionPtr = std::shared_ptr<RecordedFunction>;

// A function of the user's: its recordings, one for each set of shapes. A recording that is part of a body is replaced
// once that body has ended.
class Function {
 public:
  // inputs: a size of -1 stands for any.
  Function(Recorder& recorder, const Workers& workers, std::vector<Spec> inputs, FunctionBody body);

  const std::vector<Spec>& inputs() const { return inputs_; }
  bool has_open_sizes() const { return open_; }
  // The only recording, or the one used last; null: none yet.
  const RecordedFunctionPtr& latest() const { return latest_; }
  // The recording for inputs of these shapes, made now where there is none. Throws where they do not fit. A callback
  // may push it out of the function: who lets one run holds it.
  const RecordedFunctionPtr& recording_for(const char* what, std::span<const Spec> inputs);
  // The recording of a function without open sizes.
  RecordedFunction& only(const char* what) { return *(latest_->is_usable() ? latest_ : recording_for(what, inputs_)); }
  // Compiles the loops of all recordings, and of those that are made later.
  void compile();
  // The usable recording whose inputs' specs are those for which matches(specs) is true; null: none.
  template <class Matches>
  RecordedFunction* find(Matches&& matches) {
    const auto serves = [&](const RecordedFunctionPtr& r) { return matches(r->inputs()) && r->is_usable(); };
    if (latest_ && serves(latest_)) return latest_.get();
    for (const RecordedFunctionPtr& recording : recordings_)
      if (serves(recording)) return (latest_ = recording).get();
    return nullptr;
  }

 private:
  static constexpr std::size_t kMostRecordings = 64;
  void check(const char* what, std::span<const Spec> inputs) const;

  Recorder& recorder_;
  const Workers& workers_;
  std::vector<Spec> inputs_;
  bool open_;
  bool compiles_ = false;  // whether recordings are compiled when they are made
  FunctionBody body_;
  std::vector<RecordedFunctionPtr> recordings_;
  RecordedFunctionPtr latest_;
  std::vector<std::span<const Spec>> under_way_;  // specs for which the body runs now
};

}  // namespace gradtape::core
