// Test problems by More, Garbow and Hillstrom (Testing unconstrained optimization software, ACM Trans. Math. Softw. 7,
// 1981), by the names and numbers that they have there.
#pragma once

#include <functional>
#include <gradtape/solve.hpp>
#include <string>

namespace test {

struct Published {
  std::string name;
  std::vector<double> start;
  std::function<gradtape::Tensor(const gradtape::Tensor& x)> residuals;
  std::vector<double> squares;  // the sums of squares at its local minima
};
inline void PrintTo(const Published& p, std::ostream* out) { *out << p.name; }

std::vector<Published> published_problems();

// A problem, and the method that is to solve it.
struct Case {
  gradtape::Method method;
  Published problem;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.problem.name; }

}  // namespace test
