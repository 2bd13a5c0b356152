// Equations F(x, p) = 0 of a body, and linear systems with the derivative of F by x.
#pragma once

#include "autodiff/reverse.hpp"
#include "control/kept_nodes.hpp"
#include "control/linear_system.hpp"
#include "ops/banded.hpp"
#include "sparse/compression.hpp"

namespace gradtape::core {

// Several tensors in one line, and back.
Tensor in_line(const Tensors& parts);
Tensors apart(const Tensor& line, std::span<const Spec> specs);

// How systems with the Jacobian are solved.
struct JacobianSolver : Payload {
  LinearOptions options;
  // Banded and sparse: the entries, and the products in which their values are found.
  BandedPatternPtr pattern;
  std::shared_ptr<const Compression> products;

  uint64_t hash() const override;
  std::size_t bytes() const override;
};
using JacobianSolverPtr = std::shared_ptr<const JacobianSolver>;

// The residuals as a function of the unknowns and of parameters, both as lists.
class Equations {
 public:
  Equations(BodyPtr body, std::size_t unknowns);

  const Body& body() const { return *body_; }
  std::size_t unknowns() const { return unknowns_; }
  int64_t size() const;  // elements of the unknowns
  Tensors split(const Tensor& line) const { return apart(line, specs_); }
  // Residuals, then auxiliary results.
  Tensors all(const Tensors& x, const Tensors& parameters) const;
  Tensor residual(const Tensor& x, const Tensors& parameters) const;  // lines

 private:
  BodyPtr body_;
  std::size_t unknowns_;
  std::vector<Spec> specs_;
};

// The equations recorded anew at a point, with point and parameters apart from what they were.
class EquationsAt {
 public:
  EquationsAt(const Equations& equations, const Tensor& point, std::span<const Tensor> parameters);

  const Tensor& residual() const { return y_; }
  const Tensors& parameters() const { return parameters_; }
  // Lines y with J y = line, or J' y = line.
  Tensor solve(const JacobianSolver& by, const Tensor& line, bool adjoint) const;
  // Cotangents of the sources for one of the residual; the tangent of the residual, or none.
  Tensors pull_back(const Tensor& cotangent, const Tensors& sources) const;
  Tensor push_forward(const Tensors& sources, const Tensors& tangents) const;
  // The entries that J has by the links of the ops.
  Pattern pattern() const;

 private:
  Tensor dense() const;                                 // [residuals, unknowns]
  Tensor values(const JacobianSolver& by) const;        // of the pattern's entries
  Tensor product(const Tensor& v, bool adjoint) const;  // empty: there is no connection
  Tensor products(std::span<const int32_t> colours, int64_t count, bool adjoint) const;  // [count n]

  KeptNodes kept_;
  Passable made_;
  Tensor x_, y_;
  Tensors parameters_;
};

}  // namespace gradtape::core
