// All ops by name: the library's own, made once, and those users register. Shared by every context of the process.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

#include "ops/names.hpp"

namespace gradtape::core {

class Registry {
 public:
  static Registry& instance();

  const Op* find(std::string_view name) const;                         // null: none of that name, or an internal one
  const Op& builtin(std::string_view name) const;                      // internal ones too; throws if there is none
  const Op& at(std::size_t index) const { return *by_index_[index]; }  // of kOpNames
  std::vector<const Op*> all() const;                                  // by name

  // Takes a user's op. Throws already_exists.
  const Op& add(Op op);
  // Finds ops of similar name, for messages.
  std::string suggestion(std::string_view name) const;

  Op& define(std::string name, std::string doc);  // while the library's own are being made

 private:
  using Names = std::unordered_map<std::string_view, Op*>;
  Registry();
  Op& store(Op op, Names& names);
  Names builtins_;  // never changes once made: looked up without a lock
  std::array<const Op*, std::size(kOpNames)> by_index_;
  mutable std::shared_mutex mutex_;  // of what follows
  Names user_ops_;
  std::deque<Op> ops_;  // addresses stay
};

}  // namespace gradtape::core
