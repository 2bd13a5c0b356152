// Bodies: functions as operands of ops. A body is a graph between parameters and results; the op runs its plan in place.
#pragma once

#include <algorithm>
#include <functional>

#include "run/function.hpp"

namespace gradtape::core {

// An input of a body. A sparse one may hold zeros that mean "not selected" (Node::sparse).
struct Parameter {
  Spec spec;
  bool sparse = false;
};

// A graph that depends on its parameters alone, and on constants.
class Body : public Payload {
 public:
  Body(Recorder& recorder, Tensors parameters, Tensors results);

  std::size_t inputs() const { return parameters_.size(); }
  std::size_t outputs() const { return results_.size(); }
  const Spec& input(std::size_t i) const { return parameters_[i].spec(); }
  const Spec& output(std::size_t i) const { return results_[i].spec(); }
  Parameter parameter(std::size_t i) const { return {input(i), parameters_[i].node()->sparse}; }
  Recorder& recorder() const { return recorder_; }

  // Records the body anew on these inputs.
  Tensors on(std::span<const Tensor> inputs) const;

  // Whether a value of the output depends on the input; whether a derivative of it does.
  bool reaches(std::size_t input, std::size_t output) const { return (reach_[output][input] & kValue) != 0; }
  bool carries(std::size_t input, std::size_t output) const { return (reach_[output][input] & kDerivative) != 0; }
  bool carries_any(std::size_t input, const std::vector<std::size_t>& outputs) const {
    return std::ranges::any_of(outputs, [&](std::size_t k) { return carries(input, k); });
  }
  bool carried_by_any(const std::vector<std::size_t>& inputs, std::size_t output) const {
    return std::ranges::any_of(inputs, [&](std::size_t i) { return carries(i, output); });
  }

  uint64_t hash() const override { return hash_; }

  // Runs of the body in a kernel. The plan is made at the first one; its arena is taken for the life of this object.
  class Run {
   public:
    // times: how often it is going to run. unread: by output, whether the kernel has no memory for it.
    Run(const Body& body, const KernelCall& call, int64_t times, std::span<const uint8_t> unread = {});
    ~Run() { function_.return_arena(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    std::byte* room(std::size_t output);  // memory for an unread output, asked for once each
    void operator()(std::span<const void* const> inputs, std::span<void* const> outputs) const {
      function_.run(inputs, outputs);
    }

   private:
    const Body& body_;
    RecordedFunction& function_;
    std::size_t arena_;  // bytes of the block that are taken
    std::optional<CacheBlock> block_;
  };

 private:
  enum : uint8_t { kValue = 1, kDerivative = 2 };
  void find_reach();
  void find_hash();
  RecordedFunction& function(const Workers& workers) const;

  Recorder& recorder_;
  Tensors parameters_, results_;
  std::vector<std::vector<uint8_t>> reach_;  // by output, then by input
  uint64_t hash_ = 0;
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
// The same for a body that draws once in each run: its states are captured as well.
Closure close_over_with_draws(Recorder& recorder, std::string_view what, std::span<const Parameter> inputs,
                              const FunctionBody& function);

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
};
Op make_op(const ControlOp& definition);
// The payload of such an op's application.
const Payload& payload_of(const Attrs* attrs);
template <class P>
const P& payload_of(const Attrs* attrs) {
  return static_cast<const P&>(payload_of(attrs));
}
Tensors record_with(const Op& op, Recorder& recorder, std::span<const Tensor> inputs, PayloadPtr payload);

// Tensors with no entry left empty: zeros stand for those that are absent.
Tensor or_zeros(const Tensor& t, const Tensor& like);

}  // namespace gradtape::core
