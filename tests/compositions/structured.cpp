// Random programs of structural ops: each op is tried on values drawn before, and taken back where the library refuses.
#include "structured.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "bodies.hpp"

namespace test {

namespace {
constexpr std::size_t kMostElements = 72, kMostTargets = 40, kMostSourceElements = 24;

class Drawer {
 public:
  explicit Drawer(uint64_t seed) : random_(seed) {}

  Program draw(std::size_t ops) {
    for (int64_t i = between(1, 3); i > 0; --i) add_source();
    for (std::size_t k = 0, tries = 0; k < ops && tries < 12 * ops; ++tries) k += attempt() ? 1 : 0;
    make_target();
    return p_.without_unused();
  }

 private:
  struct Value {
    Ref ref;
    Dims shape;
    std::size_t rank() const { return shape.size(); }
    std::size_t size() const { return count(shape); }
  };

  int64_t between(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random_); }
  bool chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random_) < p; }
  std::string one_of(std::initializer_list<const char*> names) {
    return names.begin()[between(0, static_cast<int64_t>(names.size()) - 1)];
  }
  Values spread(std::size_t n) {
    Values v(n);
    for (double& x : v) x = (chance(0.5) ? -1 : 1) * std::uniform_real_distribution<double>(0.3, 1.2)(random_);
    return v;
  }
  Dims draw_shape(std::size_t most) {
    for (;;) {
      Dims shape(static_cast<std::size_t>(between(0, 4)));
      for (int64_t& d : shape) d = chance(0.015) ? 0 : chance(0.2) ? 1 : between(2, 6);
      if (count(shape) <= most) return shape;
    }
  }
  void add_source() {
    const Dims shape = draw_shape(std::max<std::size_t>(1, kMostSourceElements - source_elements_));
    const Ref ref = p_.leaf('s', shape, spread(count(shape)));
    source_elements_ += count(shape);
    handles_.push_back({leaf_tensor(c_, p_.nodes.back())});
    pool_.push_back({ref, shape});
  }
  Ref constant(const Dims& shape) { return p_.leaf('c', shape, spread(count(shape))); }
  Ref indices(const Dims& shape, int64_t limit) {
    Values v(count(shape));
    for (double& i : v) i = static_cast<double>(between(0, limit - 1));
    return p_.leaf('i', shape, v);
  }
  // Recent values, more often than others.
  Value pick() {
    const auto n = static_cast<int64_t>(pool_.size());
    return pool_[static_cast<std::size_t>(chance(0.6) ? n - 1 - between(0, std::min<int64_t>(n - 1, 2))
                                                      : between(0, n - 1))];
  }

  // ---- trying

  bool build_rest() {
    while (handles_.size() < p_.nodes.size()) {
      const ProgramNode& n = p_.nodes[handles_.size()];
      if (n.is_leaf()) {
        handles_.push_back({leaf_tensor(c_, n)});
        continue;
      }
      std::vector<gt_tensor> in;
      for (const Ref& r : n.inputs) in.push_back(handles_[r.node][r.output]);
      std::vector<gt_tensor> out = apply_node(c_, n.op, in, n.attrs);
      if (out.empty() || gt_eval(c_, out.data(), out.size()) != GT_OK) {
        c_.take_error();
        return false;
      }
      handles_.push_back(out);
      for (gt_tensor t : out)
        for (const double x : numbers(c_, t))
          if (!std::isfinite(x) || std::abs(x) > 100) return false;
      if (count(shape_of(c_, out[0])) > kMostElements) return false;
    }
    return true;
  }
  bool attempt() {
    const std::size_t before = p_.nodes.size();
    if (!draw_op() || !build_rest()) {
      p_.nodes.resize(before);
      handles_.resize(std::min(handles_.size(), before));
      return false;
    }
    const std::size_t last = p_.nodes.size() - 1;
    for (std::size_t k = 0; k < std::min<std::size_t>(handles_[last].size(), 3); ++k)
      if (dtype_of(c_, handles_[last][k]) == GT_FLOAT64) pool_.push_back({{last, k}, shape_of(c_, handles_[last][k])});
    return true;
  }

  // ---- ops

  bool draw_op() {
    const Value x = pick();
    switch (between(0, 17)) {
      case 0: return elementwise(x);
      case 1:
      case 2: return two(x);
      case 3:
      case 4: return sliced(x);
      case 5: return padded(x);
      case 6:
      case 7: return reshaped(x);
      case 8: return permuted(x);
      case 9: return indexed(x);
      case 10: return scattered(x);
      case 11: return reduced(x);
      case 12: return joined(x);
      case 13: return chance(0.5) ? diagonals(x) : parted(x);
      case 14: return chance(0.5) ? product(x) : repeated(x);
      case 15: return chance(0.4) ? windows(x) : along(x);
      default: return looped(x);
    }
  }
  bool elementwise(const Value& x) {
    p_.apply(one_of({"sin", "tanh", "square", "negative", "sigmoid", "stop_gradient", "abs"}), {x.ref});
    return true;
  }
  bool two(const Value& x) {
    const Value y = pick();
    if (chance(0.15)) {
      Values mask(x.size());
      for (double& b : mask) b = chance(0.5);
      p_.apply("where", {p_.leaf('b', x.shape, mask), x.ref, y.ref});
    } else if (chance(0.3)) {
      p_.apply(one_of({"multiply", "add"}), {x.ref, constant(chance(0.5) ? x.shape : Dims{})});
    } else {
      p_.apply(one_of({"add", "subtract", "multiply", "multiply", "maximum"}), {x.ref, y.ref});
    }
    return true;
  }
  bool sliced(const Value& x) {
    Dims begin, size, end, strides;
    for (int64_t d : x.shape) {
      const int64_t n = d == 0 ? 0 : chance(0.3) ? d : between(1, d), step = chance(0.3) ? between(2, 3) : 1;
      begin.push_back(between(0, d - n));
      size.push_back(n);
      end.push_back(begin.back() + n);
      strides.push_back(step);
      if (chance(0.15) && d > 0) {  // backwards
        strides.back() = -step;
        std::swap(begin.back(), end.back());
        begin.back() -= 1;
        end.back() -= 1;
        if (end.back() < 0) end.back() = -d - 1;
      }
    }
    if (chance(0.5))
      p_.apply("slice", {x.ref}, {{"begin", begin}, {"size", size}});
    else
      p_.apply("strided_slice", {x.ref},
               {{"begin", begin}, {"end", end}, {"strides", strides}, {"shrink_axis_mask", chance(0.3) ? 1 : 0}});
    return true;
  }
  bool padded(const Value& x) {
    json paddings = json::array();
    for (std::size_t i = 0; i < x.rank(); ++i) paddings.push_back(Dims{between(0, 2), between(0, 2)});
    json attrs = {{"paddings", paddings}};
    if (chance(0.2)) attrs["mode"] = one_of({"REFLECT", "SYMMETRIC"});
    p_.apply("pad", {x.ref}, attrs);
    return true;
  }
  // Any shape of as many elements.
  bool reshaped(const Value& x) {
    Dims shape;
    auto rest = static_cast<int64_t>(x.size());
    if (rest == 0) return false;
    while (rest > 1 && shape.size() < 4) {
      int64_t d = between(1, rest);
      while (rest % d != 0) ++d;
      shape.push_back(d);
      rest /= d;
    }
    if (rest > 1 && shape.size() < 5) shape.push_back(rest);
    p_.apply("reshape", {x.ref}, {{"shape", shape}});
    return true;
  }
  bool permuted(const Value& x) {
    const auto rank = static_cast<int64_t>(x.rank());
    if (rank == 0 || chance(0.2)) {
      Dims shape = x.shape;
      for (int64_t& d : shape)
        if (d == 1) d = between(1, 4);
      if (rank < 4) shape.insert(shape.begin(), between(1, 3));
      p_.apply("broadcast_to", {x.ref}, {{"shape", shape}});
      return true;
    }
    if (chance(0.2)) {
      p_.apply("reverse", {x.ref}, {{"axis", Dims{between(0, rank - 1)}}});
      return true;
    }
    if (chance(0.2)) {
      p_.apply("roll", {x.ref}, {{"shift", Dims{between(-4, 4)}}, {"axis", Dims{between(0, rank - 1)}}});
      return true;
    }
    Dims perm(x.rank());
    std::iota(perm.begin(), perm.end(), 0);
    std::shuffle(perm.begin(), perm.end(), random_);
    p_.apply("transpose", {x.ref}, {{"perm", perm}});
    return true;
  }
  bool indexed(const Value& x) {
    if (x.rank() == 0 || x.size() == 0) return false;
    const auto rank = static_cast<int64_t>(x.rank());
    const int64_t axis = between(0, rank - 1), batch = chance(0.3) ? between(0, axis) : 0;
    const int64_t size = x.shape[static_cast<std::size_t>(axis)];
    if (chance(0.2)) {
      const int64_t k = between(1, rank);
      Dims shape{between(1, 4), k};
      Values v;
      for (int64_t i = 0; i < shape[0]; ++i)
        for (int64_t a = 0; a < k; ++a)
          v.push_back(static_cast<double>(between(0, x.shape[static_cast<std::size_t>(a)] - 1)));
      p_.apply("gather_nd", {x.ref, p_.leaf('i', shape, v)});
      return true;
    }
    if (chance(0.2)) {
      Dims shape = x.shape;
      shape[static_cast<std::size_t>(axis)] = between(1, 4);
      p_.apply("take_along_axis", {x.ref, indices(shape, size)}, {{"axis", axis}});
      return true;
    }
    Dims shape(x.shape.begin(), x.shape.begin() + batch);
    for (int64_t k = between(batch > 0 ? 1 : 0, 2); k > 0; --k) shape.push_back(between(1, 4));
    p_.apply("gather", {x.ref, indices(shape, size)}, {{"axis", axis}, {"batch_dims", batch}});
    return true;
  }
  bool scattered(const Value& x) {
    if (x.rank() == 0) return false;
    const auto rank = static_cast<int64_t>(x.rank());
    if (chance(0.3)) {
      const int64_t segments = between(1, 5);
      p_.apply("unsorted_segment_sum", {x.ref, indices({x.shape[0]}, segments)}, {{"num_segments", segments}});
      return true;
    }
    if (chance(0.3)) {
      const int64_t n = between(1, 4);
      Dims shape = x.shape;
      shape[0] = between(1, 6);
      const Value y = pick();
      p_.apply(one_of({"tensor_scatter_add", "tensor_scatter_update"}),
               {x.ref, indices({n, 1}, std::max<int64_t>(1, x.shape[0])), y.ref});
      return true;
    }
    // The updates' axes [first, first + many) belong to the indices, behind a few batch axes.
    const int64_t batch = chance(0.3) ? between(0, rank - 1) : 0, first = between(batch, rank - 1),
                  many = between(1, rank - first), size = between(1, 6);
    Dims shape(x.shape.begin(), x.shape.begin() + first), of_indices(x.shape.begin(), x.shape.begin() + batch);
    for (int64_t k = first; k < first + many; ++k) of_indices.push_back(x.shape[static_cast<std::size_t>(k)]);
    shape.push_back(size);
    for (int64_t k = first + many; k < rank; ++k) shape.push_back(x.shape[static_cast<std::size_t>(k)]);
    p_.apply("scatter_add", {indices(of_indices, size), x.ref},
             {{"shape", shape}, {"axis", first}, {"batch_dims", batch}});
    return true;
  }
  bool reduced(const Value& x) {
    json attrs = {{"keepdims", chance(0.4)}};
    Dims axes;
    for (std::size_t i = 0; i < x.rank(); ++i)
      if (chance(0.4)) axes.push_back(static_cast<int64_t>(i));
    if (!axes.empty() || chance(0.2)) attrs["axis"] = axes;
    p_.apply(one_of({"reduce_sum", "reduce_sum", "reduce_mean", "reduce_max", "reduce_prod"}), {x.ref}, attrs);
    return true;
  }
  bool joined(const Value& x) {
    const Value y = pick();
    const auto rank = static_cast<int64_t>(x.rank());
    if (x.shape == y.shape && chance(0.5))
      p_.apply("stack", {x.ref, y.ref, x.ref}, {{"axis", between(0, rank)}});
    else if (rank > 0)
      p_.apply("concat", {x.ref, y.ref}, {{"axis", between(0, rank - 1)}});
    return rank > 0;
  }
  bool parted(const Value& x) {
    if (x.rank() == 0) return false;
    const int64_t axis = between(0, static_cast<int64_t>(x.rank()) - 1);
    if (chance(0.5))
      p_.apply("unstack", {x.ref}, {{"axis", axis}});
    else
      p_.apply("split", {x.ref}, {{"num_or_size_splits", between(1, 3)}, {"axis", axis}});
    return true;
  }
  bool diagonals(const Value& x) {
    const std::string op = one_of({"diag", "diag_part", "trace", "tril", "triu"});
    json attrs = json::object();
    if (op != "trace" && chance(0.5)) attrs["k"] = between(-1, 1);
    p_.apply(op, {x.ref}, attrs);
    return true;
  }
  bool product(const Value& x) {
    if (x.rank() == 0) return false;
    const bool transposed = chance(0.4);
    if (chance(0.3)) {
      p_.apply("matmul", {x.ref, pick().ref}, {{"transpose_a", chance(0.5)}, {"transpose_b", chance(0.5)}});
    } else if (x.rank() == 2 && chance(0.3)) {
      p_.apply("einsum", {x.ref, x.ref}, {{"equation", one_of({"ij,ij->i", "ij,kj->ik", "ij,ik->jk", "ij,ij->ij"})}});
    } else {
      const int64_t n = x.shape.back(), m = between(1, 4);
      p_.apply("matmul", {x.ref, constant(transposed ? Dims{m, n} : Dims{n, m})}, {{"transpose_b", transposed}});
    }
    return true;
  }
  bool repeated(const Value& x) {
    if (x.rank() == 0) return false;
    if (chance(0.5)) {
      Dims multiples(x.rank());
      for (int64_t& m : multiples) m = between(1, 2);
      p_.apply("tile", {x.ref}, {{"multiples", multiples}});
    } else {
      p_.apply("expand_dims", {x.ref}, {{"axis", between(0, static_cast<int64_t>(x.rank()))}});
    }
    return true;
  }
  bool along(const Value& x) {
    if (x.rank() == 0) return false;
    const std::string op = one_of({"cumsum", "softmax", "sort", "cumprod", "cumsum", "logcumsumexp"});
    json attrs = {{"axis", between(0, static_cast<int64_t>(x.rank()) - 1)}};
    if (op.starts_with("cum")) attrs["reverse"] = chance(0.5), attrs["exclusive"] = chance(0.3);
    p_.apply(op, {x.ref}, attrs);
    return true;
  }
  bool looped(const Value& x) {
    Value h = x;
    std::vector<Ref> in{x.ref};
    json attrs = {{"length", between(0, 4)},
                  {"reverse", chance(0.4)},
                  {"early", chance(0.4)},
                  {"budget", chance(0.2) ? 40 : 0},
                  {"taken", chance(0.5)}};
    const std::string op = one_of({"scan", "scan", "scan", "while", "cond", "checkpoint"});
    if (op == "scan" && x.rank() > 0 && chance(0.6)) {
      h.shape.erase(h.shape.begin());
      h.ref = chance(0.5) ? constant(h.shape) : p_.apply("reduce_sum", {x.ref}, {{"axis", Dims{0}}});
      in = {h.ref, x.ref};
    }
    attrs["chain"] = draw_chain(random_, h.shape);
    attrs["row"] = draw_chain(random_, h.shape);
    p_.apply(op, in, attrs);
    return true;
  }
  // The value as images [n, h, w, channels].
  bool windows(const Value& x) {
    const auto n = static_cast<int64_t>(x.size());
    int64_t channels = between(1, 2), images = between(1, 2), h = between(1, 4);
    if (n == 0 || n % (channels * images * h) != 0) return false;
    const Ref image = p_.apply("reshape", {x.ref}, {{"shape", Dims{images, h, n / (channels * images * h), channels}}});
    const json shared = {{"strides", Dims{between(1, 2), between(1, 2)}}, {"padding", one_of({"SAME", "VALID"})}};
    json attrs = shared;
    switch (between(0, 4)) {
      case 0:
        attrs["ksize"] = Dims{between(1, 2), between(1, 3)};
        p_.apply("max_pool2d", {image}, attrs);
        return true;
      case 1:
        attrs["ksize"] = Dims{between(1, 2), between(1, 3)};
        p_.apply("avg_pool2d", {image}, attrs);
        return true;
      case 2:
        p_.apply("depthwise_conv2d", {image, constant({between(1, 3), between(1, 3), channels, between(1, 2)})}, attrs);
        return true;
      default:
        if (attrs["strides"] == Dims{1, 1}) attrs["dilations"] = between(1, 2);
        p_.apply("conv2d", {image, constant({between(1, 3), between(1, 3), channels, between(1, 2)})}, attrs);
        return true;
    }
  }

  // ---- the target

  void make_target() {
    Value y = pool_.back();
    const Value other = pick();
    const std::size_t before = p_.nodes.size();
    p_.apply("multiply", {y.ref, other.ref});
    if (build_rest()) {
      pool_.push_back({{before, 0}, shape_of(c_, handles_[before][0])});
      y = pool_.back();
    } else {
      p_.nodes.resize(before);
      handles_.resize(std::min(handles_.size(), before));
    }
    for (std::size_t k = pool_.size(); k-- > 0 && y.size() > kMostTargets;) y = pool_[k];
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

Program draw_structured(uint64_t seed, std::size_t ops) { return Drawer(seed).draw(ops); }

}  // namespace test
