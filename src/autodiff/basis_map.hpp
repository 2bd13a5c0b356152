// A linear map, known by its value at a symbolic vector, and its values at all unit vectors.
#pragma once

#include <functional>

#include "autodiff/reverse.hpp"

namespace gradtape::core {

// Tells the user how far a computation is; throws where the user stops it.
class Progress {
 public:
  using Ask = std::function<bool(uint64_t done, uint64_t total)>;  // false: stop
  Progress(Ask ask, const char* function) : ask_(std::move(ask)), function_(function) {}
  void start(uint64_t total);
  void advance(uint64_t rows);
  void extend(uint64_t rows) { total_ += rows; }  // more than were known at the start
  const char* function() const { return function_; }
  explicit operator bool() const { return static_cast<bool>(ask_); }

 private:
  void report() const;
  Ask ask_;
  const char* function_;
  uint64_t done_ = 0, total_ = 0;
};

// Rows are the map's values at the vectors of a list. By default row k is that at the unit vector that is 1 at entry
// k.
class BasisMap {
 public:
  // Results for a vector of the spec; empty: not connected.
  using Map = std::function<Tensors(const Tensor&)>;
  // The vectors first to first + count - 1 of a list, [count, ...].
  using Vectors = std::function<Tensor(int64_t first, int64_t count)>;
  BasisMap(Recorder& recorder, const Spec& vector, int64_t rows, Vectors vectors, Map map);
  // repeat > 0: the vectors have `repeat` equal samples along their first axis, and a unit vector is 1 in all of them.
  BasisMap(Recorder& recorder, const Spec& vector, int64_t repeat, Map map);

  int64_t rows() const { return rows_; }
  // False: the map asks for the values of its vector, and is called once for each row.
  bool is_symbolic() const { return symbolic_; }
  const Tensor& vector() const { return vector_; }
  const Tensors& results() const { return results_; }  // for the symbolic vector
  const Path& path() const { return path_; }           // from the vector to the results

  // How a block of rows [count, ...] becomes part of the whole. Parts are joined along the axis, or added up.
  struct Part {
    std::function<Tensor(const Tensor& rows)> of_rows = [](const Tensor& rows) { return rows; };
    std::size_t axis = 0;
    bool adds_up = false;
  };
  // Each result for all rows, [rows, ...] as `part` arranges it; empty where it is not connected. If all rows at once
  // take more working memory than the budget, chunks of them are computed now, straight into the results.
  Tensors all(const Part& part, uint64_t budget, Progress& progress) const;
  // Calls use(first, count, results) with the results for a chunk of rows, [count, ...] each, and computed. more_of_row:
  // bytes that the user's part of a row takes besides.
  using Use = std::function<void(int64_t first, int64_t count, const Tensors& rows)>;
  void in_chunks(uint64_t budget, uint64_t more_of_row, Progress& progress, const Use& use) const;

  // The default for a budget of 0 bytes.
  static uint64_t budget_of(uint64_t bytes) { return bytes ? bytes : uint64_t{256} << 20; }

 private:
  void build();
  bool is_connected() const;
  Tensors rows(int64_t first, int64_t count) const;
  Tensors row(int64_t k) const;
  Tensors parts(const Part& part, int64_t first, int64_t count) const;
  Tensors row_by_row(const Part& part, Progress& progress) const;
  uint64_t bytes_of_graph() const;
  bool any_outside(const std::function<bool(const Tensor&)>& holds) const;
  bool is_recorded() const;
  bool has_no_values() const;
  bool applies_row_by_row() const;
  uint64_t memory_for(const Tensors& tensors, bool with_values) const;
  int64_t fitting(uint64_t budget, uint64_t more_of_row, const std::function<uint64_t(int64_t count)>& needed) const;
  void evaluate_outside() const;
  Tensors joined(const Part& part, int64_t chunk, Progress& progress) const;
  Tensors into_results(const Part& part, int64_t chunk, Progress& progress) const;
  void evaluate(const Tensors& tensors) const;

  Recorder& r_;
  Spec spec_;
  int64_t rows_;
  Vectors vectors_;
  Map map_;
  bool symbolic_ = false;
  Tensor vector_;
  Tensors results_;
  Path path_;
};

}  // namespace gradtape::core
