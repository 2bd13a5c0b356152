// The record of an op: all that the library knows of it. Definitions live in ops/.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/layout.hpp"
#include "graph/kernel_call.hpp"
#include "graph/node.hpp"
#include "sparse/relate.hpp"

namespace gradtape::core {

// ---- What the functions of an op are given

// One application of an op: its inputs, attributes and, once recorded, outputs.
class Call {
 public:
  Call(const Op& op, Recorder& recorder, std::span<const Tensor> inputs, const Attrs* attrs, Node* node)
      : op_(op), recorder_(recorder), inputs_(inputs), attrs_(attrs), node_(node) {}
  explicit Call(Node& node);

  const Op& op() const { return op_; }
  Recorder& recorder() const { return recorder_; }
  std::span<const Tensor> inputs() const { return inputs_; }
  std::size_t size() const { return inputs_.size(); }
  const Tensor& in(std::size_t i = 0) const { return inputs_[i]; }
  Tensor out(std::size_t i = 0) const { return Tensor(node_, static_cast<uint32_t>(i)); }
  const Spec& out_spec(std::size_t i = 0) const { return node_->outputs[i].spec; }
  std::size_t outputs() const { return node_->outputs.size(); }
  AttrsPtr attrs() const { return node_->attrs; }
  const Attrs* given() const { return attrs_; }  // also before the call is recorded; null: none

  // Whether a cotangent of the input is of use: a rule of reverse mode may leave out others.
  bool wants(std::size_t i) const { return !wanted_ || (*wanted_)(inputs_[i]); }
  void set_wanted(const std::function<bool(const Tensor&)>& wanted) { wanted_ = &wanted; }

  const AttrValue& attr(std::string_view name) const;
  bool has(std::string_view name) const { return !std::holds_alternative<std::monostate>(attr(name)); }
  int64_t integer(std::string_view name) const { return std::get<int64_t>(attr(name)); }
  double number(std::string_view name) const { return std::get<double>(attr(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(attr(name)); }
  const Ints& ints(std::string_view name) const { return std::get<Ints>(attr(name)); }
  const std::string& text(std::string_view name) const { return std::get<std::string>(attr(name)); }

 private:
  const Op& op_;
  Recorder& recorder_;
  std::span<const Tensor> inputs_;
  const Attrs* attrs_;
  Node* node_;
  const std::function<bool(const Tensor&)>* wanted_ = nullptr;
};

// The caller has no room for as many outputs.
struct NoRoom : Error {
  NoRoom(std::size_t n, std::string message) : Error(Status::invalid_argument, std::move(message)), outputs(n) {}
  std::size_t outputs;
};

// Shapes and dtypes of the outputs from those of the inputs. Attributes may be brought to a canonical form (axes
// counted from 0).
class Inference {
 public:
  // room: for how many outputs the caller has room.
  Inference(const Op& op, Recorder& recorder, std::span<const Tensor> inputs, Attrs* attrs, std::size_t room)
      : op_(op), recorder_(recorder), inputs_(inputs), attrs_(attrs), room_(room) {}

  const Op& op() const { return op_; }
  Recorder& recorder() const { return recorder_; }
  std::string_view name() const;
  std::size_t size() const { return inputs_.size(); }
  const Spec& in(std::size_t i = 0) const { return inputs_[i].spec(); }
  const Shape& shape(std::size_t i = 0) const { return in(i).shape; }
  std::size_t rank(std::size_t i = 0) const { return shape(i).rank(); }
  AttrValue& attr(std::string_view name) const;
  bool has(std::string_view name) const { return !std::holds_alternative<std::monostate>(attr(name)); }
  int64_t integer(std::string_view name) const { return std::get<int64_t>(attr(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(attr(name)); }
  const Ints& ints(std::string_view name) const { return std::get<Ints>(attr(name)); }
  Attrs* attrs() const { return attrs_; }

  // Replaces the named axis attribute by its value counted from 0; extra: axes that do not exist yet (expand_dims,
  // stack).
  std::size_t axis(std::string_view name, std::size_t rank) const;
  // The same for a list of axes; null means all of them. Sorted, without repetition.
  const Ints& axes(std::string_view name, std::size_t rank) const;

  // For an op whose number of outputs depends on a size or an attribute. Throws NoRoom, before the outputs are made, if
  // the caller has no room for them.
  void need_room(int64_t outputs) const;

  void out(Dtype dtype, Shape shape, bool weak = false) { outputs.push_back({dtype, std::move(shape), weak}); }
  void like(std::size_t i, Shape shape) { out(in(i).dtype, std::move(shape), in(i).weak); }

  SmallVector<Spec, 1> outputs;

 private:
  const Op& op_;
  Recorder& recorder_;
  std::span<const Tensor> inputs_;
  Attrs* attrs_;
  std::size_t room_;
};
int64_t normalize_axis(std::string_view op, int64_t axis, std::size_t rank);

// A call on a batch: some of its inputs have one more axis than recorded, of `size`, in front.
struct BatchCall {
  const Call& call;
  Tensors in;
  SmallVector<bool, 3> batched;
  int64_t size;
};

// ---- How an op is computed

// The output is the input's memory, read with other strides.
struct ViewCall : Attributes {
  const Layout& in;
  const Shape& out;
};
struct StridedView {
  Layout (*layout)(const ViewCall&);
};
using Kernel = std::function<void(const KernelCall&)>;
struct Alias {};  // the outputs are the memory of the last inputs, one each
// The op is a body of other ops: nothing of its own is recorded.
using Composite = std::function<Tensors(const Call&)>;
struct Leaf {};  // has its value, or never will

using Computation = std::variant<Leaf, Elementwise, Reduction, StridedView, Kernel, Alias, Composite>;

// ---- How an op is differentiated: in exactly one of five ways (a composite needs none of its own)

// A cotangent or tangent on its way. Times or divided by a tensor it stays 0 where it is 0 because nothing selected it,
// also at a pole (ops/carry.cpp).
class Flow : public Tensor {
 public:
  explicit Flow(Tensor t) : Tensor(std::move(t)) {}
};
// Elementwise: t -> d(out)/d(in_i) * t, which serves cotangents and tangents alike: a function, or a lambda that
// captures nothing. Null: no derivative by that input.
class Scale {
 public:
  using Fn = Tensor (*)(const Call&, const Flow& t);
  Scale(std::nullptr_t = nullptr) {}
  Scale(Fn fn) : fn_(fn) {}
  template <class F>
  requires std::is_empty_v<F> Scale(F) : fn_([](const Call& c, const Flow& t) -> Tensor { return F()(c, t); }) {
    static_assert(!std::is_invocable_v<F, const Call&, const Tensor&>, "take t as a Flow: its zeros must win");
  }
  explicit operator bool() const { return fn_ != nullptr; }
  Tensor operator()(const Call& c, const Tensor& t) const { return fn_(c, Flow(t)); }

 private:
  Fn fn_ = nullptr;
};
struct Partials {
  SmallVector<Scale, 3> by_input;
};
// Linear in some inputs: how a cotangent goes back to input i. jointly: out(x1, x2) = A x1 + B x2; else linear in each
// alone.
using Transpose = Tensor (*)(const Call&, const Tensor& cotangent, std::size_t input);
struct Linear {
  SmallVector<Transpose, 2> by_input;  // the last one serves all further inputs; null: not linear in that input
  bool jointly = false;
  // In place of by_input, for an op of many inputs: the cotangents of all of them.
  Tensors (*to_all)(const Call&, const Tensor& cotangent) = nullptr;
};
// An explicit pair. Absent cotangents and tangents are empty tensors and stand for zero; so are absent results.
struct Rules {
  std::function<Tensors(const Call&, const Tensors& cotangents)> reverse;  // one per input
  std::function<Tensors(const Call&, const Tensors& tangents)>
      forward;  // one per output; null: by transposing `reverse`
};
// No derivative, with the reason. Reaching it is an error where `fatal`: a user's op whose gradient nobody registered.
struct Undifferentiable {
  std::string reason;
  bool fatal = false;
};

using Derivative = std::variant<std::monostate, Partials, Linear, Rules, Undifferentiable>;

// ---- Batches

// The op on a batch: one output each, with the leading axis. No outputs: the call is made row by row.
using Batching = std::function<Tensors(const BatchCall&)>;

// ---- The elements that an output depends on

// A rule may look at the values of index tensors. any: never, so that any index is possible. known: where there are
// values. needed: the lack of values is an error.
enum class Indices { any, known, needed };
// An output of a call, and an input by which it is differentiated.
struct LinkCall {
  const Call& call;
  std::size_t input, output;
  Indices indices;
};
using LinkRule = Dependence (*)(const LinkCall&);
// A call along a path, and the links of its inputs; null: none.
struct LinksCall {
  const Call& call;
  std::span<const Links* const> in;
  Indices indices;
  const std::function<bool(const Tensor&)>& on_path;  // a source, or depends on one
};
// The links of all outputs, of an op whose operands are functions. Nothing: its LinkRule says less, at less cost.
using LinksThrough = std::optional<std::vector<Links>> (*)(const LinksCall&);

// ---- What the planner knows of single ops

// Padding (constant_pad): the output is the input, with more elements around it.
struct PadTraits {
  // The n elements from `first` of the output, in row-major order, to `to`. So a loop that reads the output does without
  // all of it in memory.
  void (*elements)(const Attributes&, const View& x, const Shape& out, int64_t first, std::size_t n, void* to);
  // The numbers of zeros before and after each axis; null if the added elements are not zeros.
  std::optional<Ints> (*zeros_around)(const Attributes&);
};

// The operands of a product while a plan is made: they may be views, or diagonal matrices.
struct ProductOperands {
  const Op& op;
  SmallVector<Layout, 3>
      in;  // may become another layout of the same memory; one that is not dense in the end is copied
  // n if the operand is an n by n identity or diagonal matrix, else 0. pattern: the operand's layout in the identity
  // matrix.
  SmallVector<int64_t, 3> identity;
  SmallVector<Layout, 3> pattern;
  std::shared_ptr<Attrs> attrs;  // the call's own, may be changed
  const Shape& out;
  // Set: the output is this operand, read with the layout `result` (times the factors of the other, if it is diagonal).
  std::optional<std::size_t> same_as = {};
  Layout result = {};
};
// A matrix product (matmul). Its kernel gives the rows of the output to a RowReader as soon as they are complete.
struct ProductTraits {
  // Lets flags and layouts take the place of copies.
  void (*absorb_views)(ProductOperands&);
};

// An op that moves each element of inputs of one shape to its place in the output: the values of a sparse matrix. A loop
// that computes the inputs does so, and the inputs are never written.
struct PlacingTraits {
  // Whether the call is of that kind. A scalar stands for all elements. Few inputs may have another, smaller shape.
  bool (*applies)(const Attributes&, std::span<const Layout> in);
  // The n elements from `first` on of each input, whose addresses are those of element `first`. All elements of inputs
  // of another shape come with element 0. past_cache: the output is not read soon.
  void (*put)(const Attributes&, std::span<const std::byte* const> in, std::size_t element_size, int64_t first,
              std::size_t n, void* out, bool past_cache);
};

// ---- The record

// The sum of calls of one op. Their outputs have one shape and are mostly zeros; the sum costs as much as the other
// elements. Empty: there is no such sum.
using SumOfCalls = Tensor (*)(std::span<const Call> calls);

// Computes a call on inputs with values op by op, where its operands are functions: the error of an op inside comes out.
using Retrace = void (*)(const Call&);

enum class InputKind { shared, integer, boolean, any };  // shared: all of these have one dtype
struct InputSpec {
  std::string name;
  InputKind kind = InputKind::shared;
  bool optional = false;
};

struct Sample {
  std::string inputs;  // "f[2,3] i4[5]": see docs/adding-an-op.md
  std::string attrs;   // a JSON object
};

struct Op {
  std::string name;
  std::string doc;  // one line, with the formula
  std::vector<InputSpec> inputs;
  bool variadic = false;  // the last input may be given any number of times, from one
  std::vector<AttrSpec> attrs;
  DtypeSet dtypes = kFloating;  // of the shared inputs

  std::function<void(Inference&)> infer;
  // The results of other calls that replace this one for some inputs (a vector is a matrix of one column). Nothing: the
  // call stands for itself. Asked before `infer`.
  Composite instead = nullptr;
  Computation computation;
  Derivative derivative;
  Batching batch = nullptr;              // null: elementwise by itself, anything else row by row
  LinkRule links = nullptr;              // null: elementwise by itself, anything else depends on all elements
  LinksThrough links_through = nullptr;  // asked before `links`
  Retrace retrace = nullptr;
  SumOfCalls sum_of_calls = nullptr;  // null: they are added up one by one
  std::optional<PadTraits> pad = {};
  std::optional<ProductTraits> product = {};
  std::optional<PlacingTraits> placing = {};
  bool (*is_identity)(const Attributes&) = nullptr;  // identity_rows: whether the rows are a whole identity matrix
  bool mirrors = false;                              // mirror_lower: the lower triangle also stands above the diagonal
  std::vector<Sample> samples;
  bool internal = false;       // not offered by name
  bool by_user = false;        // registered from outside: its attributes are whatever is given
  bool many_outputs = false;   // may have more than one
  bool skips_outputs = false;  // its kernel leaves out outputs without memory: nothing reads them
  bool leaves_out = false;     // has zeros where nothing was selected, whatever its inputs: see Node::sparse
  bool picks = false;          // elementwise: each element is that of one operand

  bool is_elementwise() const { return std::holds_alternative<Elementwise>(computation); }
  bool is_composite() const { return std::holds_alternative<Composite>(computation); }
  std::size_t attr_index(std::string_view name) const;  // throws where there is none
};

// Whether computing it calls functions of the user's: it runs as often as it is asked for.
inline bool calls_user(const Op& op, const Attrs* attrs) {
  const Payload* payload = attrs ? attrs->payload() : nullptr;
  return op.by_user || (payload && payload->has_user_ops());
}

}  // namespace gradtape::core
