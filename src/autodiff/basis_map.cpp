// Rows of linear maps: batched over unit vectors, all at once or in chunks that fit a memory budget.
#include "autodiff/basis_map.hpp"

#include <algorithm>
#include <cstring>

#include "autodiff/batch.hpp"
#include "autodiff/reverse.hpp"
#include "ops/batching.hpp"
#include "ops/functions.hpp"
#include "ops/selection.hpp"

namespace gradtape::core {

void Progress::start(uint64_t total) {
  total_ = total;
  report();
}
void Progress::advance(uint64_t rows) {
  done_ += rows;
  report();
}
void Progress::report() const {
  if (ask_ && !ask_(done_, total_))
    fail(Status::cancelled, "{} was cancelled after {} of {} rows", function_, done_, total_);
}

BasisMap::BasisMap(Recorder& recorder, const Spec& vector, int64_t rows, Vectors vectors, Map map)
    : r_(recorder),
      spec_(vector),
      rows_(rows),
      vectors_(std::move(vectors)),
      map_(std::move(map)),
      vector_(recorder.placeholder(vector)) {
  build();
}

namespace {
int64_t number_of_unit_vectors(const Spec& spec, int64_t repeat) {
  return repeat > 0 ? spec.shape.product(1, spec.shape.rank()) : spec.shape.elements();
}
BasisMap::Vectors unit_vectors(Recorder& r, const Spec& spec, int64_t repeat) {
  return [&r, spec, repeat](int64_t first, int64_t count) {
    const int64_t order = number_of_unit_vectors(spec, repeat);
    const Tensor hot = identity_rows(r, order, first, count, spec.dtype);
    if (repeat == 0) return reshape(hot, spec.shape.with_leading(count));
    const Tensor repeated = broadcast_to(insert_axes(hot, 1, 1), {count, repeat, order});
    return reshape(repeated, spec.shape.with_leading(count));
  };
}
}  // namespace

BasisMap::BasisMap(Recorder& recorder, const Spec& vector, int64_t repeat, Map map)
    : BasisMap(recorder, vector, number_of_unit_vectors(vector, repeat), unit_vectors(recorder, vector, repeat),
               std::move(map)) {}

// A rule that asks for the vector's value ends the attempt, whatever it made of the answer.
void BasisMap::build() {
  const Recorder::Attempt attempt(r_);
  try {
    results_ = map_(vector_);
  } catch (const Error& e) {
    if (!attempt.asked() || e.code() == Status::cancelled) throw;
  }
  symbolic_ = !attempt.asked();
  if (symbolic_) {
    path_ = path_between(results_, Tensors{vector_}, is_symbolic_result);
    return;
  }
  results_ = {};
  r_.host().forget_symbolic_error();
}

bool BasisMap::is_connected() const {
  return std::ranges::any_of(results_, [](const Tensor& t) { return static_cast<bool>(t); });
}

Tensors BasisMap::rows(int64_t first, int64_t count) const {
  Tensors results;
  const Tensor vectors = vectors_(first, count);
  for (const Batched& b : batch(results_, Tensors{vector_}, Tensors{vectors}, count))
    results.push_back(!b.value || b.batched ? b.value : repeated(b.value, count));
  return results;
}

// A map that is not symbolic, at one vector.
Tensors BasisMap::row(int64_t k) const {
  const Selections of_row;  // each row lets go of its own nodes
  return map_(select_row(vectors_(k, 1), 0));
}

Tensors BasisMap::parts(const Part& part, int64_t first, int64_t count) const {
  Tensors results = rows(first, count);
  for (Tensor& t : results)
    if (t) t = part.of_rows(t);
  return results;
}

void BasisMap::evaluate(const Tensors& tensors) const {
  Tensors computable;  // inside a function that is being recorded nothing is
  for (const Tensor& t : tensors)
    if (t && !t.node()->symbolic) computable.push_back(t);
  r_.host().evaluate(computable);
}

// ---- All rows

Tensors BasisMap::all(const Part& part, uint64_t budget, Progress& progress) const {
  if (!symbolic_) return row_by_row(part, progress);
  if (!is_connected()) return results_;
  Tensors whole;
  const auto needed = [&](int64_t count) {
    whole = parts(part, 0, count);
    return memory_for(whole, part.axis > 0 && count < rows_);
  };
  const int64_t chunk = fitting(budget_of(budget), 0, needed);
  if (chunk >= rows_) {
    if (whole.empty()) whole = parts(part, 0, rows_);
    if (progress) evaluate(whole);
    progress.advance(static_cast<uint64_t>(rows_));
    return whole;
  }
  whole = {};
  // A function's body goes on with the nodes, and sums are small.
  const bool keeps_nodes = r_.is_tracing() || has_no_values() || is_recorded();
  return keeps_nodes || part.adds_up ? joined(part, chunk, progress) : into_results(part, chunk, progress);
}

// Bytes that computing the connected ones takes, with those of their values if they lie beside the results.
uint64_t BasisMap::memory_for(const Tensors& tensors, bool with_values) const {
  Tensors connected;
  uint64_t bytes = 0;
  for (const Tensor& t : tensors)
    if (t) connected.push_back(t), bytes += with_values ? t.bytes() : 0;
  return r_.host().working_memory(connected) + bytes;
}

// The largest number of rows for which `needed` bytes stay within the budget, or nearly; at least 1.
int64_t BasisMap::fitting(uint64_t budget, uint64_t more_of_row, const std::function<uint64_t(int64_t)>& needed) const {
  const uint64_t bytes_of_row = std::max<uint64_t>(1, bytes_of_graph() + more_of_row);
  const int64_t surely = static_cast<int64_t>(std::min<uint64_t>(budget / bytes_of_row, INT32_MAX));
  // A tape keeps all nodes. An op that is applied to each row alone makes plans as long as the rows are many.
  if (rows_ <= std::max<int64_t>(1, surely) || !is_connected() || is_recorded() || applies_row_by_row())
    return std::clamp<int64_t>(surely, 1, std::max<int64_t>(1, rows_));
  int64_t count = rows_;
  while (count > 1) {
    const uint64_t bytes = needed(count);
    if (bytes <= budget) break;
    if (count == rows_) evaluate_outside();  // chunks share the values that they read
    const double share = 0.9 * static_cast<double>(budget) / static_cast<double>(bytes);
    count = std::clamp<int64_t>(static_cast<int64_t>(share * static_cast<double>(count)), 1, count - 1);
  }
  return count;
}

// Bytes of all nodes of the map, as recorded: more than any plan needs for a row.
uint64_t BasisMap::bytes_of_graph() const {
  uint64_t bytes = vector_.bytes();
  for (const Node* node : path_.nodes)
    for (const Node::Output& out : node->outputs) bytes += bytes_of(out.spec);
  return bytes;
}

bool BasisMap::any_outside(const std::function<bool(const Tensor&)>& holds) const {
  return std::ranges::any_of(path_.nodes, [&](const Node* node) {
    return std::ranges::any_of(node->inputs, [&](const Tensor& t) { return !path_.on_path(t) && holds(t); });
  });
}
// Whether a tape that records now will know the rows.
bool BasisMap::is_recorded() const {
  return r_.has_active() && any_outside([&](const Tensor& t) { return r_.is_held(t); });
}
// Whether the rows depend on another vector without a value, or on the inputs of a function that is being recorded.
bool BasisMap::has_no_values() const {
  return any_outside([](const Tensor& t) { return t.node()->symbolic; });
}

bool BasisMap::applies_row_by_row() const {
  return std::ranges::any_of(path_.nodes,
                             [](const Node* node) { return !node->op.batch && !node->op.is_elementwise(); });
}

// The values that the map reads and that do not depend on the vector.
void BasisMap::evaluate_outside() const {
  Tensors outside;
  for (const Node* node : path_.nodes)
    for (const Tensor& t : node->inputs)
      if (!path_.on_path(t)) outside.push_back(t);
  evaluate(outside);
}

Tensors BasisMap::joined(const Part& part, int64_t chunk, Progress& progress) const {
  std::vector<Tensors> of_result(results_.size());
  for (int64_t first = 0; first < rows_; first += chunk) {
    const int64_t count = std::min(chunk, rows_ - first);
    const Tensors computed = parts(part, first, count);
    for (std::size_t i = 0; i < computed.size(); ++i)
      if (computed[i]) of_result[i].push_back(computed[i]);
    evaluate(computed);
    progress.advance(static_cast<uint64_t>(count));
  }
  Tensors results;
  for (const Tensors& p : of_result) {
    Tensor whole;
    if (part.adds_up)
      for (const Tensor& t : p) whole = whole ? whole + t : t;
    else if (!p.empty())
      whole = concat(p, static_cast<int64_t>(part.axis));
    results.push_back(whole);
  }
  return results;
}

namespace {
// A result that grows by parts along an axis.
class Growing {
 public:
  Growing(Recorder& r, const Tensor& part, std::size_t axis, int64_t total, const char* function)
      : spec_(part.spec()), axis_(axis), total_(static_cast<std::size_t>(total)), function_(function) {
    spec_.shape = spec_.shape.replaced(axis, total);
    buffer_ = r.allocate(bytes_of(spec_), function);
    lead_ = spec_.shape.product(0, axis);
    line_ = bytes_of(spec_) / static_cast<std::size_t>(std::max<int64_t>(1, lead_ * total));
  }
  // The memory of a part that begins at `first`: in the result itself, if the part lies in one piece there.
  Place place_of(Recorder& r, const Tensor& part, int64_t first) const {
    if (lead_ == 1) return {buffer_, static_cast<std::size_t>(first) * line_};
    return {r.allocate(part.bytes(), function_), 0};
  }
  void take(const Tensor& part, const Place& place, int64_t first) const {
    if (place.buffer == buffer_) return;
    const std::size_t bytes = static_cast<std::size_t>(part.shape()[axis_]) * line_;
    const auto* from = static_cast<const std::byte*>(place.buffer->data());
    auto* to = static_cast<std::byte*>(buffer_->data()) + static_cast<std::size_t>(first) * line_;
    for (int64_t i = 0; i < lead_ && bytes > 0; ++i, from += bytes, to += total_ * line_) std::memcpy(to, from, bytes);
  }
  Tensor tensor(Recorder& r) const { return r.constant(spec_, buffer_); }

 private:
  Spec spec_;
  std::size_t axis_;
  BufferPtr buffer_;
  int64_t lead_;
  std::size_t line_, total_;  // bytes of an entry along the axis; entries
  const char* function_;
};
}  // namespace

Tensors BasisMap::into_results(const Part& part, int64_t chunk, Progress& progress) const {
  evaluate_outside();
  std::vector<Growing> results;
  for (int64_t first = 0; first < rows_; first += chunk) {
    const int64_t count = std::min(chunk, rows_ - first);
    Tensors computed;
    for (const Tensor& t : parts(part, first, count))
      if (t) computed.push_back(t);
    std::vector<Place> places;
    for (std::size_t i = 0; i < computed.size(); ++i) {
      if (first == 0) results.emplace_back(r_, computed[i], part.axis, rows_, progress.function());
      places.push_back(results[i].place_of(r_, computed[i], first));
    }
    r_.host().evaluate_into(computed, places);
    for (std::size_t i = 0; i < computed.size(); ++i) results[i].take(computed[i], places[i], first);
    progress.advance(static_cast<uint64_t>(count));
  }
  Tensors all;
  std::size_t next = 0;
  for (const Tensor& t : results_) all.push_back(t ? results[next++].tensor(r_) : Tensor());
  return all;
}

Tensors BasisMap::row_by_row(const Part& part, Progress& progress) const {
  std::vector<Tensors> rows;
  Tensors results;
  for (int64_t k = 0; k < rows_; ++k) {
    rows.push_back(row(k));
    if (progress) evaluate(rows.back());
    progress.advance(1);
  }
  for (std::size_t i = 0; !rows.empty() && i < rows[0].size(); ++i) {
    Tensors column;
    for (const Tensors& row : rows) column.push_back(row[i]);
    const auto first = std::ranges::find_if(column, [](const Tensor& t) { return static_cast<bool>(t); });
    if (first == column.end()) {
      results.push_back({});
      continue;
    }
    const Tensor some = *first;
    for (Tensor& t : column)
      if (!t) t = zeros_like(some);
    results.push_back(part.of_rows(stack_rows(column)));
  }
  return results;
}

// ---- Chunks

void BasisMap::in_chunks(uint64_t budget, uint64_t more_of_row, Progress& progress, const Use& use) const {
  const auto give = [&](int64_t first, int64_t count, const Tensors& rows) {
    evaluate(rows);
    use(first, count, rows);
    progress.advance(static_cast<uint64_t>(count));
  };
  if (!symbolic_) {
    for (int64_t k = 0; k < rows_; ++k) {
      Tensors results = row(k);
      for (Tensor& t : results)
        if (t) t = insert_axes(t, 0, 1);
      give(k, 1, results);
    }
    return;
  }
  const auto needed = [&](int64_t count) {
    return memory_for(rows(0, count), true) + more_of_row * static_cast<uint64_t>(count);
  };
  const int64_t chunk = fitting(budget_of(budget), more_of_row, needed);
  for (int64_t first = 0; first < rows_; first += chunk) {
    const int64_t count = std::min(chunk, rows_ - first);
    give(first, count, is_connected() ? rows(first, count) : results_);
  }
}

}  // namespace gradtape::core
