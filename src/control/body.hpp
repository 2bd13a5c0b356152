// Bodies: functions as operands of ops. A body is a graph between parameters and results; the op runs its plan in place.
#pragma once

#include <algorithm>
#include <functional>

#include "run/function.hpp"
#include "sparse/ties.hpp"

namespace gradtape::core {

// The payload of an op whose operands are bodies. It tells on which inputs each output depends.
struct Control : Payload {
  bool reaches(std::size_t input, std::size_t output) const override = 0;  // by its values
  virtual bool carries(std::size_t input, std::size_t output) const = 0;   // with a derivative
  bool carries_any(std::size_t input, const std::vector<std::size_t>& outputs) const {
    return std::ranges::any_of(outputs, [&](std::size_t k) { return carries(input, k); });
  }
  // The ops that a walk through all steps meets.
  virtual double work() const { return 1; }
  bool carried_by_any(const std::vector<std::size_t>& inputs, std::size_t output) const {
    return std::ranges::any_of(inputs, [&](std::size_t i) { return carries(i, output); });
  }
};

// An input of a body. A sparse one may hold zeros that mean "not selected" (Node::sparse).
struct Parameter {
  Spec spec;
  bool sparse = false;
};

// A graph that depends on its parameters alone, and on constants.
class Body final : public Control {
 public:
  Body(Recorder& recorder, Tensors parameters, Tensors results);

  std::size_t inputs() const { return parameters_.size(); }
  std::size_t outputs() const { return results_.size(); }
  const Spec& input(std::size_t i) const { return parameters_[i].spec(); }
  const Spec& output(std::size_t i) const { return results_[i].spec(); }
  bool output_is_sparse(std::size_t i) const { return results_[i].node()->sparse; }
  Parameter parameter(std::size_t i) const { return {input(i), parameters_[i].node()->sparse}; }

  // Records the body anew on these inputs.
  Tensors on(std::span<const Tensor> inputs) const;

  bool reaches(std::size_t input, std::size_t output) const override { return (reach_[output][input] & kValue) != 0; }
  bool carries(std::size_t input, std::size_t output) const override {
    return (reach_[output][input] & kDerivative) != 0;
  }
  // How an output depends on an input by its derivative, found at the first call (body_links.cpp).
  const Ties& ties(std::size_t input, std::size_t output) const;
  // Whether ties are all that there is to say of the links.
  bool is_told_by_ties() const;
  double work() const override { return work_; }
  uint64_t hash() const override { return hash_; }
  std::size_t bytes() const override { return bytes_; }
  bool has_user_ops() const override { return has_user_ops_; }

  // Runs of the body in a kernel. The plan is made at the first one; its arena is taken for the life of this object.
  class Run {
   public:
    // Outputs from `first` on are those of the kernel's call of the same number; one that the call has no memory for gets
    // some here. times: how often the body is going to run.
    Run(const Body& body, const KernelCall& call, int64_t times, std::size_t first);
    ~Run() { function_.return_arena(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    // Memory that stays until it is set anew.
    void set_input(std::size_t i, const void* memory) const { function_.bind_input(i, memory); }
    void set_output(std::size_t k, void* memory) const { function_.bind_output(k, memory); }
    // The places of the addresses, for memory that changes in each run.
    void** input_place(std::size_t i) const { return function_.input_place(i); }
    void** output_place(std::size_t k) const { return function_.output_place(k); }
    void operator()() const {
      if (is_empty_) interrupt_.check();  // else the plan's steps ask
      function_.run_bound();
    }

   private:
    RecordedFunction& function_;
    Interrupt& interrupt_;
    bool is_empty_;
    std::optional<CacheBlock> block_;
  };
  // One run on some inputs of the kernel's, into its outputs.
  template <class InputOf>
  void run_once(const KernelCall& call, InputOf&& input_of) const {
    const Run run(*this, call, 1, 0);
    for (std::size_t i = 0; i < inputs(); ++i) run.set_input(i, call.in[input_of(i)].data);
    run();
  }

 private:
  enum : uint8_t { kValue = 1, kDerivative = 2 };
  std::vector<Ties> ties_by(std::size_t input, Indices indices) const;  // by output
  void find_reach();
  void find_facts();
  RecordedFunction& function(const Workers& workers, int64_t times) const;

  Recorder& recorder_;
  Tensors parameters_, results_;
  std::vector<std::vector<uint8_t>> reach_;      // by output, then by input
  mutable std::vector<std::vector<Ties>> ties_;  // by input, then by output
  uint64_t hash_ = 0;
  std::size_t bytes_ = 0;
  double work_ = 0;
  bool has_user_ops_ = false;
  mutable bool links_say_more_ = false;  // than ties, as far as these are known
  mutable std::unique_ptr<RecordedFunction> function_;
};
using BodyPtr = std::shared_ptr<const Body>;

// A body, and the tensors from outside that it uses. Its inputs are those of the function, these tensors, and the states
// of its random draws, int64[2] each.
struct Closure {
  BodyPtr body;
  Tensors captured;
  std::size_t draws = 0;
};

// Records a function. `what` begins messages.
Closure close_over(Recorder& recorder, std::string_view what, std::span<const Parameter> inputs,
                   const FunctionBody& function);
// The same for a body that runs many times. invariants: the tensors that the last inputs are in each run. Cheap ops on these
// and on tensors from outside are recorded outside, and their results are captured in place of their operands.
Closure close_over_loop(Recorder& recorder, std::string_view what, std::span<const Parameter> inputs,
                        std::span<const Tensor> invariants, const FunctionBody& function);
// Draws the states of a body that runs once: they are captured as well. No callback may run after it in the call, so that
// a call that fails takes the draws back.
void draw_once(Recorder& recorder, Closure& closure);

Parameter parameter_like(const Tensor& t);
std::vector<Parameter> parameters_like(std::span<const Tensor> tensors);

// An op outside the registry: its operands are bodies, and rooms above the registry differentiate them.
struct ControlOp {
  const char* name;
  const char* doc;
  void (*infer)(Inference&);
  void (*kernel)(const KernelCall&);
  Tensors (*reverse)(const Call&, const Tensors& cotangents);
  Tensors (*forward)(const Call&, const Tensors& tangents);
  Tensors (*batch)(const BatchCall&);
  LinkRule links = nullptr;
  LinksThrough links_through = nullptr;
  Retrace retrace = nullptr;
};
Op make_op(const ControlOp& definition);
// The payload of such an op's application.
template <class P>
const P& payload_of(const Attrs* attrs) {
  return static_cast<const P&>(*std::get<PayloadPtr>(attrs->values[0]));
}
Tensors record_with(const Op& op, Recorder& recorder, std::span<const Tensor> inputs, PayloadPtr payload);
// Throws if an input is not of the shape and dtype that a body was recorded for; rows: with an axis in front.
void check_input(const Inference& c, std::size_t input, const Spec& want, std::optional<int64_t> rows = {});

Tensors joined(std::initializer_list<std::span<const Tensor>> lists);
Tensor or_zeros(const Tensor& t, const Tensor& like);  // zeros in place of none

}  // namespace gradtape::core
