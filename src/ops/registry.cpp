// Makes the library's own ops, finds ops by name, and suggests a name for one that is not found.
#include "ops/registry.hpp"

#include <algorithm>

#include "base/fork.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

Registry& Registry::instance() {
  // Never destroyed: a finalizer may still ask for it while the process ends.
  static auto* registry = [] {
    hold_over_forks<[]() -> std::shared_mutex& { return instance().mutex_; }>();
    return new Registry;
  }();
  return *registry;
}

Registry::Registry() {
  // Slopes come first: others are made of the parts that they define.
  for (auto family : {define_slopes,         define_unary,    define_binary,      define_comparisons, define_reductions,
                      define_shape,          define_indexing, define_creation,    define_linalg,      define_einsum,
                      define_scan,           define_nn,       define_random,      define_partition,   define_diagonal,
                      define_products,       define_loss,     define_sort,        define_special,     define_solve,
                      define_factorizations, define_eigen,    define_convolution, define_pooling,     define_segments,
                      define_custom,         define_padding,  define_carry,       define_sparse,      define_banded})
    family(*this);
  std::ranges::transform(kOpNames, by_index_.begin(), [&](std::string_view name) { return &builtin(name); });
}

const Op& op_at(std::size_t index) { return Registry::instance().at(index); }

Op& Registry::define(std::string name, std::string doc) {
  Op op;
  op.name = std::move(name);
  op.doc = std::move(doc);
  return store(std::move(op), builtins_);
}

Op& Registry::store(Op op, Names& names) {
  ops_.push_back(std::move(op));
  Op& stored = ops_.back();
  try {
    names[stored.name] = &stored;
  } catch (...) {
    ops_.pop_back();
    throw;
  }
  return stored;
}

const Op* Registry::find(std::string_view name) const {
  if (auto it = builtins_.find(name); it != builtins_.end()) return it->second->internal ? nullptr : it->second;
  std::shared_lock lock(mutex_);
  auto it = user_ops_.find(name);
  return it == user_ops_.end() ? nullptr : it->second;
}

const Op& Registry::builtin(std::string_view name) const {
  auto it = builtins_.find(name);
  if (it == builtins_.end()) fail(Status::internal, "no op is named {}", name);
  return *it->second;
}

std::vector<const Op*> Registry::all() const {
  std::shared_lock lock(mutex_);
  std::vector<const Op*> ops;
  for (const Op& op : ops_)
    if (!op.internal) ops.push_back(&op);
  std::ranges::sort(ops, {}, [](const Op* op) -> std::string_view { return op->name; });
  return ops;
}

const Op& Registry::add(Op op) {
  std::unique_lock lock(mutex_);
  if (builtins_.contains(op.name) || user_ops_.contains(op.name))
    fail(Status::already_exists, "an op named {} is registered already", op.name);
  op.by_user = true;
  return store(std::move(op), user_ops_);
}

std::string Registry::suggestion(std::string_view name) const {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
      }
    }
    return row[b.size()];
  };
  std::string best;
  std::size_t least = std::max<std::size_t>(3, name.size() / 2);
  for (const Op* op : all())
    if (std::size_t d = distance(name, op->name); d < least) least = d, best = op->name;
  return best;
}

}  // namespace gradtape::core
