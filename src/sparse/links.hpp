// Links: which elements of a source the elements of a tensor may depend on. A link is an affine family of pairs. So the
// few links of a large tensor are found in a time that does not depend on its size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/shape.hpp"
#include "sparse/pattern.hpp"

namespace gradtape::core {

// first + steps · u of the parameters u of a box.
struct Affine {
  int64_t first = 0;
  Shape::Dims steps;  // by parameter

  int64_t at(const Shape::Dims& u) const;
  int64_t least(const Shape::Dims& box) const;  // over a box that is not empty
  int64_t most(const Shape::Dims& box) const;
  bool operator==(const Affine&) const = default;
};

using Table = std::shared_ptr<const std::vector<int32_t>>;

// The link of an op's input from which a link comes, and the values of that link's parameters.
struct Origin {
  uint32_t input = 0, link = 0;
  Shape::Dims box;            // of the other link
  SmallVector<Affine, 4> at;  // the values of its parameters; or one place in the list
  Table list;                 // set: the flat place in the other link's box
};
// The flat place in the other link's box, or the place in the list.
Affine place_of(const Origin& origin, std::size_t parameters);

// For each u in the box: the tensor's element `rows` may depend on the source's element `column`.
struct Link {
  Shape::Dims box;              // sizes of the parameters
  SmallVector<Affine, 4> rows;  // the element's coordinates, by axis of the tensor
  Affine column;                // the flat element of the source, or a place in column_list
  Table row_list;               // set: the flat element of the tensor by u, and the box has one parameter
  Table column_list;            // set: the flat element of the source
  Origin origin;

  int64_t size() const;
};

// All links of a tensor.
class Links {
 public:
  // exactly: each pair is in as many links as there are ways from source to tensor, for values to be carried along.
  // Else links that others contain are dropped.
  explicit Links(Shape shape, bool exactly = false) : shape_(std::move(shape)), exactly_(exactly) {}

  const Shape& shape() const { return shape_; }
  bool exactly() const { return exactly_; }
  const std::vector<Link>& all() const { return all_; }
  bool empty() const { return all_.empty(); }
  void add(Link link);
  void add(const Links& others);  // of a tensor of the same shape

 private:
  bool absorb(const Link& link);
  void list_affine();
  void add_list(Link list);

  Shape shape_;
  bool exactly_;
  std::vector<Link> all_;
  std::size_t affine_ = 0;  // links of them without a row_list
};

// Each element of a source by itself; the source's elements are the columns from `first` on.
Links links_of_source(const Shape& shape, int64_t first, bool exactly = false);
// The same link as lists, in row-major order of the box; with its origin where values are to be carried along.
Link listed(const Link& link, const Shape& shape, bool with_origin);
// The entries of the links as a pattern with so many columns.
Pattern pattern_of(const Links& links, int64_t columns);
Pattern pattern_of(std::span<const Link> links, const Shape& shape, int64_t columns);
// Whether the sample of each row, its coordinate along axis 0, is that of its column: column / size.
bool samples_stay_apart(const Links& links, int64_t sample_size);

// Calls f(row, column) for each u of the box, in row-major order. row: the flat element of a tensor of this shape.
template <class F>
void for_each_entry(const Link& link, const Shape& shape, F&& f);

}  // namespace gradtape::core

#include "sparse/for_each_entry.hpp"
