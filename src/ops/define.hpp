// The vocabulary in which ops are defined, and the families of definitions. docs/adding-an-op.md shows its use.
#pragma once

#include "kernels/elementwise/fused_pairs.hpp"
#include "kernels/elementwise/tile.hpp"
#include "ops/batching.hpp"
#include "ops/links.hpp"
#include "ops/registry.hpp"

namespace gradtape::core {

// The families of definitions: define_x stands in x.cpp.
void define_unary(Registry&);
void define_carry(Registry&);
void define_binary(Registry&);
void define_comparisons(Registry&);
void define_reductions(Registry&);
void define_shape(Registry&);
void define_indexing(Registry&);
void define_creation(Registry&);
void define_linalg(Registry&);
void define_einsum(Registry&);
void define_scan(Registry&);
void define_nn(Registry&);
void define_random(Registry&);
void define_partition(Registry&);
void define_padding(Registry&);
void define_diagonal(Registry&);
void define_products(Registry&);
void define_loss(Registry&);
void define_sort(Registry&);
void define_special(Registry&);
void define_slopes(Registry&);
void define_solve(Registry&);
void define_factorizations(Registry&);
void define_eigen(Registry&);
void define_convolution(Registry&);
void define_pooling(Registry&);
void define_segments(Registry&);
void define_custom(Registry&);
void define_sparse(Registry&);
void define_banded(Registry&);

class OpBuilder {
 public:
  OpBuilder(Registry& registry, std::string_view name, const char* doc)
      : registry_(registry), op_(registry.define(std::string(name), doc)) {}

  OpBuilder& inputs(std::vector<InputSpec> inputs) { return op_.inputs = std::move(inputs), *this; }
  OpBuilder& variadic(const char* name, InputKind kind = InputKind::shared) {
    op_.inputs = {{name, kind}};
    op_.variadic = true;
    return *this;
  }
  OpBuilder& dtypes(DtypeSet set) { return op_.dtypes = set, *this; }
  OpBuilder& attr(const char* name, uint32_t kinds, AttrValue fallback = {}, std::vector<std::string> choices = {}) {
    op_.attrs.push_back({name, kinds, false, std::move(fallback), std::move(choices)});
    return *this;
  }
  OpBuilder& required(const char* name, uint32_t kinds, std::vector<std::string> choices = {}) {
    op_.attrs.push_back({name, kinds, true, {}, std::move(choices)});
    return *this;
  }
  OpBuilder& infer(std::function<void(Inference&)> f) { return op_.infer = std::move(f), *this; }
  OpBuilder& instead(Composite f) { return op_.instead = std::move(f), *this; }
  OpBuilder& kernel(Kernel f) { return op_.computation = std::move(f), *this; }
  OpBuilder& reduction(Reduction f) { return op_.computation = f, *this; }
  OpBuilder& view(decltype(StridedView::layout) layout) { return op_.computation = StridedView{layout}, *this; }
  OpBuilder& alias() { return op_.computation = Alias{}, *this; }
  OpBuilder& composite(std::function<Tensor(const Call&)> body);
  OpBuilder& many_outputs() { return op_.many_outputs = true, *this; }
  OpBuilder& composite_of_many(Composite body) {
    op_.computation = std::move(body);
    return many_outputs();
  }
  OpBuilder& elementwise(Elementwise e) { return op_.computation = e, *this; }
  template <class F>
  OpBuilder& change_elementwise(F&& f) {
    f(std::get<Elementwise>(op_.computation));
    return *this;
  }
  OpBuilder& arithmetic(Arithmetic a) {
    return change_elementwise([&](Elementwise& e) { e.arithmetic = a, e.pair = kernels::fused_pair; });
  }
  // Takes no longer than an element takes to come from memory: may be computed again rather than kept.
  OpBuilder& cheap() {
    return change_elementwise([](Elementwise& e) { e.cheap = true; });
  }
  // The function is Rest of x and of the op `part` of x, or of that alone.
  template <auto Rest>
  OpBuilder& made_of(OpName part) {
    constexpr int operands = std::is_invocable_v<decltype(Rest), float> ? 1 : 2;
    OpBuilder rest(registry_, op_.name + "_rest", "What makes the function of its part.");
    rest.inputs(operands == 1 ? std::vector<InputSpec>{{"part"}} : std::vector<InputSpec>{{"x"}, {"part"}});
    Elementwise loops = tiles<Rest, kFloating, operands>();
    add_lanes<Rest, kFloating, operands>(loops);
    rest.elementwise(loops).internal().none("it is a step of a function that has one");
    auto& e = std::get<Elementwise>(op_.computation);
    e.part = &registry_.builtin(part.name());
    e.rest = &rest.op_;
    std::get<Elementwise>(rest.op_.computation).whole = &op_;
    return *this;
  }
  // The numbers that change nothing as the left and the right operand.
  OpBuilder& neutral(std::optional<double> left, std::optional<double> right) {
    return change_elementwise([&](Elementwise& e) { e.neutral_left = left, e.neutral_right = right; });
  }
  // Sets of operands, as bits: where all of one set are 0, the result is.
  OpBuilder& zero_where(std::initializer_list<uint8_t> sets) {
    return change_elementwise([&](Elementwise& e) { e.zero_where = sets; });
  }
  OpBuilder& partials(std::initializer_list<Scale> by_input) { return op_.derivative = Partials{by_input}, *this; }
  OpBuilder& linear(std::initializer_list<Transpose> by_input) {
    return op_.derivative = Linear{by_input, false}, *this;
  }
  OpBuilder& jointly_linear(Transpose transpose) { return op_.derivative = Linear{{transpose}, true}, *this; }
  OpBuilder& jointly_linear(decltype(Linear::to_all) to_all) {
    return op_.derivative = Linear{{}, true, to_all}, *this;
  }
  OpBuilder& rules(decltype(Rules::reverse) reverse, decltype(Rules::forward) forward) {
    op_.derivative = Rules{std::move(reverse), std::move(forward)};
    return *this;
  }
  OpBuilder& none(const char* reason) { return op_.derivative = Undifferentiable{reason}, *this; }
  OpBuilder& batch(Batching f) { return op_.batch = std::move(f), *this; }
  OpBuilder& links(LinkRule f) { return op_.links = f, *this; }
  OpBuilder& sums_by(SumOfCalls f) { return op_.sum_of_calls = f, *this; }
  OpBuilder& pad(const PadTraits& traits) { return op_.pad = traits, *this; }
  OpBuilder& product(const ProductTraits& traits) { return op_.product = traits, *this; }
  OpBuilder& placing(const PlacingTraits& traits) { return op_.placing = traits, *this; }
  OpBuilder& leaves_out() { return op_.leaves_out = true, *this; }
  OpBuilder& picks() { return op_.picks = true, *this; }
  OpBuilder& skips_outputs() { return op_.skips_outputs = true, *this; }
  OpBuilder& identity_where(bool (*f)(const Attributes&)) { return op_.is_identity = f, *this; }
  OpBuilder& mirrors() { return op_.mirrors = true, *this; }
  OpBuilder& sample(const char* inputs, const char* attrs = "{}") {
    return op_.samples.push_back({inputs, attrs}), *this;
  }
  OpBuilder& internal() { return op_.internal = true, *this; }

 private:
  Registry& registry_;
  Op& op_;
};

// `instead` of ops whose results are no integers, or no bools: inputs of such are cast first.
Tensors integers_as_float64(const Call& c);  // NumPy's rule
Tensors bools_as_int64(const Call& c);

// Elementwise ops of one and more inputs: the broadcast shape, and the shared dtype or bool.
void infer_elementwise(Inference& c);
void infer_predicate(Inference& c);

// The dtypes of an elementwise op's operands, as a type: the loops are made for these alone.
template <DtypeSet Set>
struct In {};
inline constexpr In<kFloating> floating;
inline constexpr In<kNumeric> numeric;
inline constexpr In<kBoolean> boolean;
inline constexpr In<kAllDtypes> any_dtype;

template <auto F, DtypeSet Set, int Operands>
class ElementwiseBuilder : public OpBuilder {
 public:
  using OpBuilder::OpBuilder;
  // The compiler of loops computes F itself. F may be called with lanes, and leaves no product and sum to be contracted.
  OpBuilder& inlined() {
    return change_elementwise([](Elementwise& e) { add_lanes<F, Set, Operands>(e); });
  }
};
template <auto F, DtypeSet Set = kFloating>
ElementwiseBuilder<F, Set, 1> unary(Registry& r, const char* name, const char* doc, In<Set> = {}) {
  ElementwiseBuilder<F, Set, 1> d(r, name, doc);
  d.inputs({{"x"}}).dtypes(Set).elementwise(tiles<F, Set, 1>()).infer(infer_elementwise);
  return d;
}
template <auto F, DtypeSet Set = kNumeric>
ElementwiseBuilder<F, Set, 2> binary(Registry& r, const char* name, const char* doc, In<Set> = {}) {
  ElementwiseBuilder<F, Set, 2> d(r, name, doc);
  d.inputs({{"x"}, {"y"}}).dtypes(Set).elementwise(tiles<F, Set, 2>()).infer(infer_elementwise);
  return d;
}

}  // namespace gradtape::core
