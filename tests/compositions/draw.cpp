// Random programs: each op is tried, and taken back where its values are near what is not smooth.
#include "draw.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "catalogue.hpp"

namespace test {

namespace {
constexpr std::size_t kMostElements = 48;  // of any value
constexpr std::size_t kMostTargets = 6, kMostSourceElements = 9;

class Drawer {
 public:
  explicit Drawer(uint64_t seed) : random_(seed) {}

  Program draw() {
    const int64_t sources = between(1, 3);
    for (int64_t i = 0; i < sources; ++i) add_source();
    const int64_t ops = between(2, 8);
    for (int64_t k = 0, tries = 0; k < ops && tries < 60; ++tries) k += try_op();
    make_target();
    return p_.without_unused();
  }

 private:
  struct Value {
    Ref ref;
    Dims shape;
    Values values;
    std::size_t rank() const { return shape.size(); }
  };

  int64_t between(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random_); }
  bool chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random_) < p; }
  template <class T>
  const T& one_of(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(between(0, static_cast<int64_t>(from.size()) - 1))];
  }
  std::string one_of(std::initializer_list<const char*> names) {
    return one_of(std::vector<std::string>(names.begin(), names.end()));
  }

  // ---- leaves

  Dims draw_shape(std::size_t most) {
    for (;;) {
      Dims shape(static_cast<std::size_t>(between(0, 4)));
      for (int64_t& d : shape) d = chance(0.02) ? 0 : chance(0.35) ? 1 : between(2, 3);
      if (count(shape) <= most) return shape;
    }
  }
  // Rows of different magnitudes.
  void add_source() {
    const std::size_t taken = source_elements_;
    const Dims shape = draw_shape(std::max<std::size_t>(1, kMostSourceElements - taken));
    Values v(count(shape));
    const std::size_t row = shape.empty() ? 1 : static_cast<std::size_t>(std::max<int64_t>(1, shape.back()));
    double magnitude = 1;
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i % row == 0) magnitude = std::exp(std::uniform_real_distribution<double>(-1, 0.7)(random_));
      v[i] = magnitude * std::uniform_real_distribution<double>(0.3, 1.2)(random_) * (chance(0.5) ? -1 : 1);
    }
    source_elements_ += v.size();
    const Ref ref = p_.leaf('s', shape, v);
    handles_.push_back({leaf_tensor(c_, p_.nodes.back())});
    pool_.push_back({ref, shape, v});
  }

  // ---- trying

  // Makes tensors of what was added to the program since; false where an op refuses.
  bool build_rest() {
    while (handles_.size() < p_.nodes.size()) {
      const ProgramNode& n = p_.nodes[handles_.size()];
      if (n.is_leaf()) {
        handles_.push_back({leaf_tensor(c_, n)});
        continue;
      }
      std::vector<gt_tensor> in;
      for (const Ref& r : n.inputs) in.push_back(handles_[r.node][r.output]);
      std::vector<gt_tensor> out = apply(c_, n.op, in, n.attrs);
      if (out.empty() || gt_eval(c_, out.data(), out.size()) != GT_OK) {
        c_.take_error();
        return false;
      }
      std::vector<Values> inputs, outputs;
      for (gt_tensor t : in) inputs.push_back(numbers(c_, t));
      for (gt_tensor t : out) outputs.push_back(numbers(c_, t));
      handles_.push_back(out);
      if (!is_smooth(n.op, inputs, outputs)) return false;
      for (const Values& v : outputs)
        if (v.size() > kMostElements) return false;
    }
    return true;
  }
  void take_back(std::size_t nodes) {
    p_.nodes.resize(nodes);
    handles_.resize(std::min(handles_.size(), nodes));
  }
  Value value_of(Ref ref) {
    const gt_tensor t = handles_[ref.node][ref.output];
    return {ref, shape_of(c_, t), numbers(c_, t)};
  }
  // Adds what `make` adds to the program, and its results to what later ops take; all or nothing.
  bool attempt(const std::function<bool()>& make) {
    const std::size_t before = p_.nodes.size();
    if (!make() || !build_rest()) {
      take_back(before);
      return false;
    }
    const std::size_t last = p_.nodes.size() - 1;
    for (std::size_t k = 0; k < std::min<std::size_t>(handles_[last].size(), 3); ++k)
      if (const gt_dtype d = dtype_of(c_, handles_[last][k]); d == GT_FLOAT64) pool_.push_back(value_of({last, k}));
    return true;
  }

  // Recent values, more often than others.
  Value pick() {
    const auto n = static_cast<int64_t>(pool_.size());
    return pool_[static_cast<std::size_t>(chance(0.5) ? n - 1 - between(0, std::min<int64_t>(n - 1, 2))
                                                      : between(0, n - 1))];
  }

  bool try_op() {
    return attempt([this] {
      switch (between(0, 9)) {
        case 0:
        case 1:
        case 2: return elementwise();
        case 3:
        case 4: return reduction();
        case 5: return chance(0.6) ? arithmetic() : along_axis();
        case 6: return sample();
        case 7: return several();
        default: return layout();
      }
    });
  }

  // ---- what can be drawn

  bool fits(char letter, const Value& x) { return is_defined(letter, x.values); }
  std::optional<Ref> operand(const Value& x, char letter) {
    if (letter == 's') return std::nullopt;
    if (fits(letter, x)) return x.ref;
    const Ref y = into_domain(p_, x.ref, letter, x.shape);
    return build_rest() && fits(letter, value_of(y)) ? std::optional(y) : std::nullopt;
  }
  bool elementwise() {
    static const std::vector<SampleOf> all = [] {
      std::vector<SampleOf> result;
      for (const SampleOf& s : catalogue())
        if (s.any_shape()) result.push_back(s);
      return result;
    }();
    const SampleOf& s = one_of(all);
    std::vector<Ref> in;
    for (const Input& input : s.inputs) {
      const Value x = pick();
      if (!input.is_float()) {
        Values mask(x.values.size());
        for (double& b : mask) b = chance(0.5);
        in.push_back(p_.leaf('b', x.shape, mask));
      } else if (const auto ref = operand(x, input.kind)) {
        in.push_back(*ref);
      } else {
        return false;
      }
    }
    p_.apply(s.op, in, s.attrs);
    return true;
  }
  bool arithmetic() {
    p_.apply(one_of({"add", "subtract", "multiply", "multiply", "squared_difference"}), {pick().ref, pick().ref});
    return true;
  }
  int64_t axis_of(const Value& x) {
    return between(0, static_cast<int64_t>(x.rank()) - 1) - (chance(0.3) ? static_cast<int64_t>(x.rank()) : 0);
  }
  Dims some_axes(const Value& x) {
    Dims axes;
    for (std::size_t i = 0; i < x.rank(); ++i)
      if (chance(0.5)) axes.push_back(static_cast<int64_t>(i));
    return axes;
  }
  bool reduction() {
    const Value x = pick();
    json attrs = {{"keepdims", chance(0.4)}};
    const Dims axes = some_axes(x);
    if (!axes.empty() || chance(0.2)) attrs["axis"] = axes;
    const std::string op = one_of({"reduce_sum", "reduce_sum", "reduce_mean", "reduce_prod", "reduce_max", "reduce_min",
                                   "reduce_logsumexp", "reduce_std", "reduce_variance", "norm", "norm"});
    if (op == "norm") {
      if (axes.empty()) attrs.erase("axis");
      if (axes.size() > 2) attrs["axis"] = {axes[0]};
      attrs["ord"] = axes.size() == 2 ? "euclidean" : one_of({"euclidean", "euclidean", "1", "2", "3", "inf"});
    }
    p_.apply(op, {x.ref}, attrs);
    return true;
  }
  bool along_axis() {
    const Value x = pick();
    if (x.rank() == 0) return false;
    const std::string op = one_of({"softmax", "log_softmax", "cumsum", "cumprod", "logcumsumexp", "sort"});
    json attrs = {{"axis", axis_of(x)}};
    if (op.starts_with("cum")) attrs["reverse"] = chance(0.5), attrs["exclusive"] = chance(0.3);
    p_.apply(op, {x.ref}, attrs);
    return true;
  }

  // x brought to a sample's shape: its elements in turn.
  Ref reshaped(const Value& x, const Dims& shape) {
    const std::size_t n = x.values.size(), wanted = count(shape);
    Ref flat = p_.apply("reshape", {x.ref}, {{"shape", Dims{-1}}});
    if (n != wanted) {
      Values places(wanted);
      const std::size_t first = static_cast<std::size_t>(between(0, static_cast<int64_t>(n) - 1));
      for (std::size_t i = 0; i < wanted; ++i) places[i] = static_cast<double>((first + i) % n);
      flat = p_.apply("gather", {flat, p_.leaf('i', {static_cast<int64_t>(wanted)}, places)}, {{"axis", 0}});
    }
    return p_.apply("reshape", {flat}, {{"shape", shape}});
  }
  bool sample() {
    const SampleOf& s = one_of(catalogue());
    std::vector<Ref> in;
    for (const Input& input : s.inputs) {
      if (!input.is_float()) {
        in.push_back(p_.leaf(input.kind, input.shape, input.values));
        continue;
      }
      if (chance(0.3)) {
        in.push_back(p_.leaf('c', input.shape, input.values));
        continue;
      }
      const Value x = pick();
      if (x.values.empty()) return false;
      const Ref y = reshaped(x, input.shape);
      if (!build_rest()) return false;
      if (input.kind != 's' && fits(input.kind, value_of(y))) {
        in.push_back(y);
        continue;
      }
      in.push_back(into_domain(p_, y, input.kind, input.shape));
      if (!build_rest() || !fits(input.kind, value_of(in.back()))) return false;
    }
    p_.apply(s.op, in, s.attrs);
    return true;
  }

  bool several() {
    const Value x = pick();
    Value y = pick();
    switch (between(0, 3)) {
      case 0:
        if (x.rank() == 0 || x.rank() != y.rank()) return false;
        p_.apply("concat", {x.ref, y.ref}, {{"axis", axis_of(x)}});
        return true;
      case 1:
        for (int tries = 0; tries < 4 && y.shape != x.shape; ++tries) y = pick();
        if (y.shape != x.shape) return false;
        p_.apply("stack", {x.ref, y.ref}, {{"axis", between(0, static_cast<int64_t>(x.rank()))}});
        return true;
      case 2:
        p_.apply("matmul", {x.ref, y.ref}, {{"transpose_a", chance(0.5)}, {"transpose_b", chance(0.5)}});
        return x.rank() >= 2 && y.rank() >= 2;
      default: p_.apply("where", {p_.leaf('b', {}, {chance(0.5) ? 1.0 : 0.0}), x.ref, y.ref}); return true;
    }
  }

  // ---- layouts

  bool layout() {
    const Value x = pick();
    const auto rank = static_cast<int64_t>(x.rank());
    if (rank == 0) {
      p_.apply("broadcast_to", {x.ref}, {{"shape", draw_shape(12)}});
      return true;
    }
    switch (between(0, 9)) {
      case 0:
      case 1: return sliced(x);
      case 2: {
        Dims perm(x.rank());
        std::iota(perm.begin(), perm.end(), 0);
        std::shuffle(perm.begin(), perm.end(), random_);
        p_.apply("transpose", {x.ref}, {{"perm", perm}});
        return true;
      }
      case 3: return reshape(x);
      case 4: p_.apply("expand_dims", {x.ref}, {{"axis", between(0, rank)}}); return rank < 4;
      case 5: p_.apply("reverse", {x.ref}, {{"axis", Dims{axis_of(x)}}}); return true;
      case 6: {
        Dims shape = x.shape;
        for (int64_t& d : shape)
          if (d == 1 && chance(0.6)) d = between(1, 3);
        if (rank < 4 && chance(0.5)) shape.insert(shape.begin(), between(1, 3));
        p_.apply("broadcast_to", {x.ref}, {{"shape", shape}});
        return true;
      }
      case 7: {
        json paddings = json::array();
        for (int64_t i = 0; i < rank; ++i) paddings.push_back(Dims{between(0, 1), between(0, 1)});
        p_.apply("pad", {x.ref}, {{"paddings", paddings}});
        return true;
      }
      case 8: p_.apply("roll", {x.ref}, {{"shift", Dims{between(-2, 2)}}, {"axis", Dims{axis_of(x)}}}); return true;
      default: {
        const int64_t axis = between(0, rank - 1), size = x.shape[static_cast<std::size_t>(axis)];
        if (size == 0) return false;
        Values places(static_cast<std::size_t>(between(1, 3)));
        for (double& i : places) i = static_cast<double>(between(0, size - 1));
        p_.apply("gather", {x.ref, p_.leaf('i', {static_cast<int64_t>(places.size())}, places)}, {{"axis", axis}});
        return true;
      }
    }
  }
  bool sliced(const Value& x) {
    Dims begin, size, end, strides;
    for (int64_t d : x.shape) {
      const int64_t n = d == 0 ? 0 : chance(0.4) ? 1 : between(1, d);
      begin.push_back(between(0, d - n));
      size.push_back(n);
      end.push_back(begin.back() + n);
      strides.push_back(chance(0.3) ? 2 : 1);
    }
    if (chance(0.6))
      p_.apply("slice", {x.ref}, {{"begin", begin}, {"size", size}});
    else
      p_.apply("strided_slice", {x.ref},
               {{"begin", begin}, {"end", end}, {"strides", strides}, {"shrink_axis_mask", chance(0.5) ? 1 : 0}});
    return true;
  }
  // Axes of size 1 come and go, neighbours become one.
  bool reshape(const Value& x) {
    Dims shape;
    for (int64_t d : x.shape) {
      if (chance(0.3)) shape.push_back(1);
      if (d == 1 && chance(0.5)) continue;
      if (!shape.empty() && chance(0.3))
        shape.back() *= d;
      else
        shape.push_back(d);
    }
    p_.apply("reshape", {x.ref}, {{"shape", shape}});
    return shape.size() <= 4;
  }

  // ---- the target

  // The sum of a function of the last value and one of another, small enough for second derivatives.
  void make_target() {
    Value y = pool_.back();
    if (chance(0.5)) {
      const Value other = pick();
      if (attempt([&] {
            p_.apply(one_of({"add", "subtract", "multiply"}), {y.ref, other.ref});
            return true;
          }))
        y = pool_.back();
    }
    while (y.values.size() > kMostTargets) {
      json attrs = {{"keepdims", chance(0.3)}};
      Dims axes = some_axes(y);
      if (!axes.empty()) attrs["axis"] = axes;
      if (attempt([&] {
            p_.apply("reduce_sum", {y.ref}, attrs);
            return true;
          }))
        y = pool_.back();
      else
        y = pool_.front();
    }
    p_.target = y.ref;
  }

  Ctx c_;
  Random random_;
  Program p_;
  std::vector<std::vector<gt_tensor>> handles_;
  std::vector<Value> pool_;
  std::size_t source_elements_ = 0;
};
}  // namespace

Program draw_program(uint64_t seed) { return Drawer(seed).draw(); }

}  // namespace test
