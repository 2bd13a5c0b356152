// The graph: a Node is one application of an op, immutable once recorded; a Tensor is one of its outputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/buffer.hpp"
#include "base/dtype.hpp"
#include "base/shape.hpp"
#include "graph/attrs.hpp"

namespace gradtape::core {

struct Op;
class Node;
class Recorder;
class Recording;

struct Spec {
  Dtype dtype = Dtype::float32;
  bool weak = false;  // a float64 that takes the dtype of what it meets: gt_scalar, eye without a dtype
  Shape shape;

  Spec() = default;
  Spec(Dtype dtype, Shape shape, bool weak = false) : dtype(dtype), weak(weak), shape(std::move(shape)) {}
};
std::string to_string(const Spec& spec);  // "float32[2, 3]"
inline std::size_t bytes_of(const Spec& spec) {
  return static_cast<std::size_t>(spec.shape.elements()) * size_of(spec.dtype);
}

// A counted reference to one output of a node. One context's nodes are used by one thread at a time: counts are not
// atomic.
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(Node* node, uint32_t index = 0);
  Tensor(const Tensor& other);
  Tensor(Tensor&& other) noexcept : node_(std::exchange(other.node_, nullptr)), index_(other.index_) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(node_, other.node_);
    std::swap(index_, other.index_);
    return *this;
  }
  ~Tensor();

  explicit operator bool() const { return node_ != nullptr; }
  bool same(const Tensor& other) const { return node_ == other.node_ && index_ == other.index_; }
  Node* node() const { return node_; }
  uint32_t index() const { return index_; }
  Recorder& recorder() const;
  const Spec& spec() const;
  const Shape& shape() const { return spec().shape; }
  Dtype dtype() const { return spec().dtype; }
  std::size_t rank() const { return shape().rank(); }
  std::size_t bytes() const { return bytes_of(spec()); }
  const BufferPtr& value() const;  // null while pending

 private:
  Node* node_ = nullptr;
  uint32_t index_ = 0;
};

template <>
inline constexpr bool kMovesByBytes<Tensor> = true;

using Tensors = SmallVector<Tensor, 3>;

struct TensorHash {
  std::size_t operator()(const Tensor& t) const {
    return reinterpret_cast<std::size_t>(t.node()) / 16 * 31 + t.index();
  }
};
struct TensorSame {
  bool operator()(const Tensor& a, const Tensor& b) const { return a.same(b); }
};

class Node {
 public:
  struct Output {
    Spec spec;
    BufferPtr value;
  };
  // The relation of a recording to this node: the recording has it at `index` of its list, or watches an output of it.
  struct Membership {
    Recording* recording;
    uint32_t index;
    bool watched;
  };

  Node(Recorder& recorder, const Op& op, uint64_t id);
  ~Node();
  // Nodes come and go by the thousand: their memory is kept by the recorder.
  static void* operator new(std::size_t bytes, Recorder& recorder);
  static void operator delete(void* memory, Recorder& recorder) noexcept;
  static void operator delete(Node* node, std::destroying_delete_t) noexcept;

  // Walks and the planner read what comes first: it shares lines of the cache.
  const Op& op;
  Recorder& recorder;
  const uint64_t id;  // order of recording: an input's id is smaller than its user's
  // Scratch of the planner, valid while `visit` is that of the running pass. slot: of the first output. position: in
  // the schedule. uses: how many inputs of the schedule refer to the node, and later_uses: to an output behind the
  // first.
  uint64_t visit = 0;
  uint32_t slot = 0, position = 0, uses = 0, later_uses = 0;
  bool evaluated = false;
  bool annotated = false;  // the recorder knows more of it: Annotations
  bool bound = false;      // the value of a variable: cut off from what it was assigned from
  bool symbolic = false;   // depends on a tensor without a value
  bool literal = false;    // a constant of rank 0 that is part of the program: plans may be made for its value
  bool captures = false;   // of a function's body, with a derivative by a tensor from outside: keeps its inputs
  bool sparse = false;     // may hold zeros that mean: nothing selected this. As a cotangent they carry nothing

 private:
  uint32_t references_ = 0, later_references_ = 0;

 public:
  Tensors inputs;              // dropped once evaluated, unless a tape needs them
  const Op* within = nullptr;  // the composite whose body recorded it
  AttrsPtr attrs;              // null: no attributes
  SmallVector<Output, 1> outputs;
  SmallVector<Membership, 1> memberships;  // by recording
  Tensor strengthened;                     // of a scalar without a dtype: the constant it became where it last met one

  // The index of the recording's membership, or the one at which it would be inserted.
  std::size_t membership_at(const Recording* recording) const {
    const auto it = std::ranges::lower_bound(memberships, recording, std::less<>(), &Membership::recording);
    return static_cast<std::size_t>(it - memberships.begin());
  }
  const Membership* membership(const Recording* recording) const {
    const std::size_t at = membership_at(recording);
    return at < memberships.size() && memberships[at].recording == recording ? &memberships[at] : nullptr;
  }
  void join(const Membership& membership) {  // of a recording that does not know the node
    memberships.insert(membership_at(membership.recording), membership);
  }
  void forget(const Recording* recording) noexcept;
  void set_evaluated() noexcept;
  void detach() noexcept;  // lets go of inputs and attributes where nothing can ask for them again
  void count_memory();     // of the node and its lists, once they are there

  uint32_t references() const { return references_; }
  uint32_t later_references() const { return later_references_; }  // of these to an output behind the first

 private:
  friend class Tensor;
  friend class Recorder;
  static void destroy(Node* node) noexcept;
  void refer(uint32_t index) {
    ++references_;
    if (index > 0) ++later_references_;
  }
  bool release(uint32_t index) {  // whether nothing refers to it any more
    if (index > 0) --later_references_;
    return --references_ == 0;
  }

  static constexpr std::size_t kMostCounted = UINT32_MAX;

  uint32_t counted_ = 0;       // bytes, in the memory statistics; kMostCounted at most
  Node* next_dead_ = nullptr;  // of a chain that is destroyed without recursion
};

inline Tensor::Tensor(Node* node, uint32_t index) : node_(node), index_(index) { node->refer(index); }
inline Tensor::Tensor(const Tensor& other) : node_(other.node_), index_(other.index_) {
  if (node_) node_->refer(index_);
}
inline Tensor::~Tensor() {
  if (node_ && node_->release(index_)) Node::destroy(node_);
}
inline Recorder& Tensor::recorder() const { return node_->recorder; }
inline const Spec& Tensor::spec() const { return node_->outputs[index_].spec; }
inline const BufferPtr& Tensor::value() const { return node_->outputs[index_].value; }

}  // namespace gradtape::core
