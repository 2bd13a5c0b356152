// Objectives and residuals of a user as functions of plain memory: recorded once by the C interface, then replayed.
#pragma once

#include <gradtape/solve.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "solve/matrix.hpp"

namespace gradtape::solving {

constexpr size_t kMostTensors = 255;  // a function has 256 outputs: the value, and a gradient for each parameter

// Thrown where a call fails. Its message is the context's first error already.
struct Failure {
  gt_status status;
};
inline void check(gt_status status) {
  if (status != GT_OK) throw Failure{status};
}
[[noreturn]] void fail(gt_context ctx, gt_status status, const std::string& message);

// The tensors that are solved for, as one vector of numbers.
class Parameters {
 public:
  // `caller` begins messages.
  Parameters(gt_context ctx, const char* caller, const gt_tensor* start, size_t n);

  size_t tensors() const { return specs_.size(); }
  const gt_spec& spec(size_t i) const { return specs_[i]; }
  int64_t begin(size_t i) const { return begins_[i]; }
  int64_t size() const { return begins_.back(); }
  const Vector& start() const { return start_; }
  double epsilon() const { return epsilon_; }  // of the least precise dtype

  // Tensors of the parameters' dtypes and shapes. If one cannot be made, all are NULL.
  void write(const Vector& x, gt_tensor* solution) const;

 private:
  gt_context ctx_;
  std::vector<gt_spec> specs_;
  std::vector<int64_t> begins_;
  Vector start_;
  double epsilon_;
};

// The user's function.
struct Program {
  gt_context ctx;
  const char* caller;
  gt_forward_fn call;
  void* user_data;
  const Parameters& parameters;

  std::vector<gt_tensor> operator()(const std::vector<gt_tensor>& x) const;
};

// A function of float64 memory.
class Replay {
 public:
  using Body = std::function<std::vector<gt_tensor>(const std::vector<gt_tensor>& inputs)>;
  Replay(gt_context ctx, const std::vector<gt_spec>& inputs, const Body& body);
  ~Replay();
  Replay(const Replay&) = delete;
  void run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs) const;
  gt_spec output(size_t i) const;

 private:
  gt_context ctx_;
  size_t inputs_;
  gt_function function_ = nullptr;
};

struct Counts {
  int64_t evaluations = 0, products = 0, matrices = 0, factorizations = 0;
};

// The value of an objective and its derivatives.
class Objective {
 public:
  explicit Objective(const Program& program);
  int64_t size() const { return program_.parameters.size(); }
  double epsilon() const { return program_.parameters.epsilon(); }
  // The value, and the gradient.
  double evaluate(const Vector& x, Vector& gradient);
  void multiply_hessian(const Vector& x, const Vector& vector, Vector& product);
  // The Hessian, of the form that prepare_hessian has chosen. False: it is not sparse, where only that is wanted.
  bool prepare_hessian(int32_t linear_solver, bool only_sparse);
  const Matrix& hessian_form() const { return form_; }
  void hessian(const Vector& x, Matrix& out);
  Counts counts;

 private:
  Program program_;
  std::optional<Replay> value_, product_, hessian_;
  Matrix form_;  // of the Hessian: its pattern if it is sparse
};

// Residuals, all outputs of the user's function one after the other, and their Jacobian.
class Residuals {
 public:
  Residuals(const Program& program, int32_t linear_solver);
  int64_t parameters() const { return program_.parameters.size(); }
  int64_t size() const { return size_; }
  double epsilon() const { return program_.parameters.epsilon(); }
  void evaluate(const Vector& x, Vector& residuals);
  void jacobian(const Vector& x, Matrix& out);
  Counts counts;

 private:
  Program program_;
  int64_t size_ = 0;
  std::optional<Replay> values_, jacobian_;
  Matrix form_;  // of the Jacobian
};

}  // namespace gradtape::solving
