// A link that is being changed: parameters are restricted and replaced, in all its affine functions at once.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// Gives links of the same pairs the same form. No parameter has one value; the others stand by falling steps, and each rises
// along the first function that it changes. Unless `exactly`, a parameter that changes neither row nor column goes.
void bring_to_order(Link& link, bool exactly);

// ok: the link has the property. none: no pair of it has. unknown: an affine link cannot say it.
enum class Rewritten { ok, none, unknown };

class Rewriting {
 public:
  explicit Rewriting(Link link) : link_(std::move(link)) {}

  Link& link() { return link_; }
  const Shape::Dims& box() const { return link_.box; }
  Affine constant(int64_t value) const { return {value, Shape::Dims(link_.box.size(), 0)}; }
  // A function of a new parameter of so many values.
  Affine fresh(int64_t values);
  // The rows of the link that a rewriting adds are changed with it, and so is this function.
  void follow(Affine* function) { followed_.push_back(function); }

  Rewritten keep_in_range(Affine& f, int64_t size);  // 0 <= f < size
  Rewritten keep_zero(Affine f);                     // f = 0
  Rewritten divide(Affine& f, int64_t divisor);      // f becomes f / divisor where that is an integer
  // Parameter p takes the values first + step * t, for t below count.
  void substitute(std::size_t p, int64_t first, int64_t step, int64_t count);
  // Splits parameter p, of outer * inner values: p = inner * (the old place) + (a new parameter).
  void split(std::size_t p, int64_t inner);

 private:
  template <class F>
  void for_each_function(F&& f);
  Rewritten solve_for_two(const Affine& f, std::size_t p, std::size_t q);

  Link link_;
  SmallVector<Affine*, 4> followed_;
};

}  // namespace gradtape::core
