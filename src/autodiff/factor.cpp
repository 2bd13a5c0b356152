// Products of terms stay apart where neither has all parameters of the other.
#include "autodiff/factor.hpp"

#include <algorithm>
#include <bit>

#include "ops/assemble.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
using Box = Factor::Box;
using Term = Factor::Term;

uint64_t all_of(std::size_t parameters) { return parameters >= 64 ? ~uint64_t{0} : (uint64_t{1} << parameters) - 1; }
bool has(uint64_t set, std::size_t p) { return (set >> p & 1) != 0; }
bool contains(uint64_t set, uint64_t other) { return (other & ~set) == 0; }

bool is_sparse(const Term& t) { return t.tensor && t.tensor.node()->sparse; }
Tensor times_whole(const Tensor& a, const Tensor& b) { return Flow(a) * b; }

double elements(const Box& box, uint64_t set) {
  double n = 1;
  for (std::size_t p = 0; p < box.size(); ++p)
    if (has(set, p)) n *= static_cast<double>(box[p]);
  return n;
}
Box part_of(const Box& box, uint64_t set) {
  Box part;
  for (std::size_t p = 0; p < box.size(); ++p)
    if (has(set, p)) part.push_back(box[p]);
  return part;
}
Ints numbers_of(uint64_t set) {
  Ints all;
  for (std::size_t p = 0; p < 64; ++p)
    if (has(set, p)) all.push_back(static_cast<int64_t>(p));
  return all;
}
// The tensor of a box, without the parameters outside the set, along which it is the same everywhere.
Tensor compact(const Tensor& t, const Box& box, uint64_t set) {
  if (set == all_of(box.size())) return t;
  const Box part = part_of(box, set);
  SmallVector<Affine, 4> at;
  std::size_t next = 0;
  for (std::size_t p = 0; p < box.size(); ++p) {
    at.push_back({0, Shape::Dims(part.size(), 0)});
    if (has(set, p)) at.back().steps[next++] = 1;
  }
  return affine_view(t, at, part);
}
// The reverse: repeated along the parameters outside the set.
Tensor expanded(const Tensor& t, const Box& box, uint64_t set) {
  Shape ones;
  for (std::size_t p = 0; p < box.size(); ++p) ones.push_back(has(set, p) ? box[p] : 1);
  return broadcast_to(reshape(t, ones), Shape(box));
}
}  // namespace

Tensor constant_table(Recorder& r, const Table& table) {
  const BufferPtr memory = r.allocate(table->size() * sizeof(int32_t), "the links of a pattern");
  std::ranges::copy(*table, static_cast<int32_t*>(memory->data()));
  return r.constant({Dtype::int32, {static_cast<int64_t>(table->size())}, false}, memory);
}

Term view_along(const Tensor& t, std::span<const Affine> at, const Box& box, bool records) {
  SmallVector<Affine, 4> own;
  uint64_t along = 0;
  const std::size_t lacking = at.size() - t.rank();
  for (std::size_t a = 0; a < t.rank(); ++a) {
    own.push_back(at[lacking + a]);
    if (t.shape()[a] == 1) own.back() = {0, Shape::Dims(box.size(), 0)};
    for (std::size_t p = 0; p < box.size(); ++p)
      if (own.back().steps[p] != 0) along |= uint64_t{1} << p;
  }
  return {records ? affine_view(t, own, box) : Tensor(), along};
}

double Factor::cost_of_whole(const Box& box) const {
  return terms_.size() < 2 ? 0 : static_cast<double>(terms_.size() - 1) * elements(box, all_of(box.size()));
}

Term Factor::product(const Term& a, const Term& b, const Box& box) {
  const uint64_t along = a.along | b.along;
  cost_ += elements(box, along);
  if (!a.tensor) return {{}, along};
  if (along == all_of(box.size())) return {times_whole(a.tensor, b.tensor), along};
  return {expanded(times_whole(compact(a.tensor, box, along), compact(b.tensor, box, along)), box, along), along};
}

void Factor::times(const Term& term, const Box& box) {
  const bool one = is_sparse(term) || std::ranges::any_of(terms_, is_sparse);
  while (one && terms_.size() > 1) {
    terms_[0] = product(terms_[0], terms_[1], box);
    terms_.erase(terms_.begin() + 1);
  }
  for (Term& own : terms_)
    if (one || contains(own.along, term.along) || contains(term.along, own.along)) {
      own = product(own, term, box);
      return;
    }
  terms_.push_back(term);
}

Factor Factor::moved(const Link& to, bool records) const {
  Factor result;
  for (const Term& t : terms_) {
    Term own{{}, 0};
    for (std::size_t p = 0; p < to.box.size(); ++p)
      for (std::size_t k = 0; k < to.origin.at.size(); ++k)
        if (to.origin.list || (has(t.along, k) && to.origin.at[k].steps[p] != 0)) own.along |= uint64_t{1} << p;
    if (records && !to.origin.list) own.tensor = affine_view(t.tensor, to.origin.at, to.box);
    if (records && to.origin.list) {
      const Tensor flat = reshape(t.tensor, {t.tensor.shape().elements()});
      own.along = all_of(to.box.size());
      own.tensor =
          affine_view(gather(flat, constant_table(flat.recorder(), to.origin.list), 0, 0), to.origin.at, to.box);
    }
    result.terms_.push_back(std::move(own));
  }
  return result;
}

Tensor Factor::whole(Dtype dtype) const {
  Tensor all;
  for (const Term& t : terms_) all = all ? times_whole(all, t.tensor) : t.tensor;
  return all ? cast(all, dtype) : all;
}

void Factor::cast_to(Dtype dtype, const Box& box) {
  if (std::ranges::all_of(terms_, [&](const Term& t) { return cast(t.tensor, dtype).same(t.tensor); })) return;
  terms_ = {{whole(dtype), all_of(box.size())}};
}

void Factor::sum_over(const Ints& parameters, const Box& box) {
  uint64_t summed = 0;
  for (const int64_t p : parameters) summed |= uint64_t{1} << p;
  if (contract(summed, box)) return;
  cost_ += cost_of_whole(box) + elements(box, all_of(box.size()));
  Box left = part_of(box, ~summed);
  if (!terms_.empty() && terms_[0].tensor)
    terms_ = {{reduce_sum(whole(terms_[0].tensor.dtype()), parameters), all_of(left.size())}};
  else if (!terms_.empty())
    terms_ = {{{}, all_of(left.size())}};
}

// Terms a and b are such that a has parameters of its own, b too, and both all that are summed over and no others.
bool Factor::contract(uint64_t summed, const Box& box) {
  if (terms_.size() < 2 || std::ranges::any_of(terms_, is_sparse)) return false;
  const auto largest = std::ranges::max_element(terms_, {}, [&](const Term& t) { return elements(box, t.along); });
  Term a = *largest;
  std::rotate(terms_.begin(), largest, largest + 1);
  Term b = terms_[1];
  for (std::size_t k = 2; k < terms_.size(); ++k) b = {{}, b.along | terms_[k].along};
  const uint64_t rows = a.along & ~summed, columns = b.along & ~summed;
  if (!contains(a.along, summed) || !contains(b.along, summed) || (rows & columns) || !rows || !columns) return false;
  b = terms_[1];
  for (std::size_t k = 2; k < terms_.size(); ++k) b = product(b, terms_[k], box);
  const double m = elements(box, rows), k = elements(box, summed), n = elements(box, columns);
  constexpr double kMultiply = 0.12, kMemory = 3;  // elements' time for a multiplication, and for one in memory
  cost_ += kMemory * (m * k + m * n) + kMultiply * m * k * n;
  const uint64_t left = rows | columns;
  Term result{{}, all_of(static_cast<std::size_t>(std::popcount(all_of(box.size()) & ~summed)))};
  if (a.tensor) {
    // The axes of a set's tensor in the order of two sets.
    const auto matrix = [&](const Term& t, uint64_t first, uint64_t second) {
      const Ints own = numbers_of(t.along);
      Ints order;
      for (const uint64_t set : {first, second})
        for (const int64_t p : numbers_of(set)) order.push_back(std::ranges::find(own, p) - own.begin());
      return reshape(transpose(compact(t.tensor, box, t.along), order),
                     {Shape(part_of(box, first)).elements(), Shape(part_of(box, second)).elements()});
    };
    const Tensor c = op<"matmul">(matrix(a, rows, summed), matrix(b, summed, columns), false, false);
    Ints from = numbers_of(rows), order;
    for (const int64_t p : numbers_of(columns)) from.push_back(p);
    Shape shape;
    for (const int64_t p : from) shape.push_back(box[static_cast<std::size_t>(p)]);
    for (const int64_t p : numbers_of(left)) order.push_back(std::ranges::find(from, p) - from.begin());
    Box rest = part_of(box, ~summed);
    uint64_t along = 0;  // of the rest's parameters
    for (std::size_t p = 0, next = 0; p < box.size(); ++p) {
      if (has(summed, p)) continue;
      if (has(left, p)) along |= uint64_t{1} << next;
      ++next;
    }
    result = {expanded(transpose(reshape(c, shape), order), rest, along), along};
  }
  terms_ = {std::move(result)};
  return true;
}

}  // namespace gradtape::core
