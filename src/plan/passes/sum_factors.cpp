#include "plan/passes/sum_factors.hpp"

#include <algorithm>
#include <cmath>

#include "ops/names.hpp"

namespace gradtape::core {

namespace {
class Finder {
 public:
  Finder(const Program& p, const std::function<const Instruction*(const Operand&)>& made_by)
      : p_(p), made_by_(made_by) {}

  FactoredSum run(const Instruction& sum) {
    all_.terms = stripped(sum.in[0]);
    const Instruction* i = made_by_(all_.terms);
    const bool carries = i && i->op == &op<"carry">.get();
    if (!carries && !(i && i->op == &op<"multiply">.get())) return std::move(all_);
    const Operand first = carries ? i->in[0] : stripped(i->in[0]), second = stripped(i->in[1]);
    if (first.slot == i->in[0].slot && second.slot == i->in[1].slot) return std::move(all_);
    all_.product = i;
    all_.in = {first, second};
    return std::move(all_);
  }

 private:
  // The operand behind its signs and factors, which go to the sum. An instruction makes it, if one made the operand.
  Operand stripped(Operand x) {
    while (const Instruction* i = made_by_(x)) {
      const bool negates = i->op == &op<"negative">.get();
      if (!negates && i->op != &op<"multiply">.get()) break;
      const std::size_t rest = !negates && is_factor(i->in[0]) ? 1 : 0;
      if (!made_by_(i->in[rest]) || !(negates || is_factor(i->in[1 - rest]))) break;
      if (negates)
        all_.negated = !all_.negated;
      else
        all_.factors.push_back(i->in[1 - rest]);
      x = i->in[rest];
    }
    return x;
  }
  bool is_factor(const Operand& x) const {
    constexpr double kFactors[] = {1, 2, 4, 8};
    if (std::ranges::any_of(x.layout.strides, [](int64_t s) { return s != 0; })) return false;
    const auto known = std::ranges::find(p_.constants, x.slot, [](const auto& c) { return c.first; });
    if (known == p_.constants.end()) return false;
    const double value = dispatch(p_.slots[x.slot].dtype, [&]<class T>(Type<T>) {
      return static_cast<double>(*reinterpret_cast<const T*>(known->second->data()));
    });
    return std::ranges::count(kFactors, std::abs(value)) != 0;
  }

  const Program& p_;
  const std::function<const Instruction*(const Operand&)>& made_by_;
  FactoredSum all_{};
};
}  // namespace

FactoredSum without_factors(const Program& program, const Instruction& sum,
                            const std::function<const Instruction*(const Operand&)>& made_by) {
  const bool sums = sum.op == &op<"reduce_sum">.get() && is_floating(program.slots[sum.out[0]].dtype);
  if (!sums) return {sum.in[0]};
  return Finder(program, made_by).run(sum);
}

}  // namespace gradtape::core
