// The life of nodes: memberships in recordings, their memory, and destruction without recursion.
#include "graph/node.hpp"

#include "graph/recorder.hpp"

namespace gradtape::core {

std::string to_string(const Spec& spec) { return fmt::format("{}{}", name_of(spec.dtype), to_string(spec.shape)); }

namespace {
constexpr std::size_t kCounts = 16;  // of what is shared, beside it

template <class T, std::size_t N>
std::size_t bytes_outside(const SmallVector<T, N>& list) {
  return list.size() > N ? list.size() * sizeof(T) : 0;
}
}  // namespace

Node::Node(Recorder& recorder, const Op& op, uint64_t id) : op(op), recorder(recorder), id(id) {
  ++recorder.pending_;
  ++recorder.nodes_;
}

// The buffers of the outputs count from the start, so that a computation cannot meet the limit for their sake.
void Node::count_memory() {
  std::size_t bytes = sizeof(Node) + bytes_outside(inputs) + bytes_outside(outputs);
  for (const Output& out : outputs) bytes += Buffer::own_bytes(bytes_of(out.spec));
  if (attrs) {
    bytes += kCounts + sizeof(Attrs) + bytes_outside(attrs->values);
    for (const AttrValue& value : attrs->values)
      if (const auto* ints = std::get_if<Ints>(&value)) bytes += bytes_outside(*ints);
  }
  bytes = std::min(bytes, kMostCounted);
  recorder.memory().count(&BlockCache::Stats::graph, bytes, op.name);
  counted_ = static_cast<uint32_t>(bytes);
}

void* Node::operator new(std::size_t bytes, Recorder& recorder) {
  if (recorder.free_nodes_.empty()) return ::operator new(bytes);
  void* memory = recorder.free_nodes_.back();
  recorder.free_nodes_.pop_back();
  return memory;
}
void Node::operator delete(void* memory, Recorder&) noexcept { ::operator delete(memory); }
void Node::operator delete(Node* node, std::destroying_delete_t) noexcept {
  Recorder& recorder = node->recorder;
  node->~Node();
  if (recorder.free_nodes_.size() < recorder.free_nodes_.capacity())
    recorder.free_nodes_.push_back(node);
  else
    ::operator delete(static_cast<void*>(node));
}

Node::~Node() {
  --recorder.nodes_;
  if (annotated) recorder.annotations.forget(this);
  recorder.memory().discount(&BlockCache::Stats::graph, counted_);
  if (!evaluated) --recorder.pending_;
  for (const Membership& m : memberships)
    if (!m.watched) m.recording->drop(m.index);
}

void Node::forget(const Recording* recording) noexcept {
  if (const std::size_t at = membership_at(recording);
      at < memberships.size() && memberships[at].recording == recording)
    memberships.erase(at);
  detach();
}

void Node::set_evaluated() noexcept {
  if (!evaluated) --recorder.pending_;
  evaluated = true;
  detach();
}

void Node::detach() noexcept {
  if (!evaluated || captures) return;
  for (const Membership& m : memberships)
    if (!m.watched) return;
  inputs.clear();
  attrs = nullptr;  // a user's rule is freed here
}

// A long chain is freed one node after the other: what a destructor lets go of queues up instead of recursing.
void Node::destroy(Node* node) noexcept {
  Recorder& recorder = node->recorder;
  node->next_dead_ = recorder.dead_;
  recorder.dead_ = node;
  if (recorder.sweeping_) return;
  recorder.sweeping_ = true;
  while (Node* next = recorder.dead_) {
    recorder.dead_ = next->next_dead_;
    delete next;
  }
  recorder.sweeping_ = false;
}

}  // namespace gradtape::core
