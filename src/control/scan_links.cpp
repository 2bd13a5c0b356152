// Links of scan, from those of one step.
#include "control/body_links.hpp"
#include "control/scan.hpp"
#include "ops/batching.hpp"
#include "sparse/list_limit.hpp"

namespace gradtape::core {

namespace {
// How an output of one row for each step depends on what its row is made of.
struct OfRows {
  Ties before;  // by the carried values at the beginning of the step
  Ties own;     // by the step's own row
};
OfRows ties_of_rows(const Scan& s, const std::vector<Ties>& carries, std::size_t input, std::size_t output) {
  if (output >= s.body->outputs()) return {carries[output - s.body->outputs()], {}};
  OfRows rows;
  for (std::size_t k = 0; k < s.carried; ++k)
    rows.before = either(rows.before, chained(carries[k], s.body->ties(k, output)));
  if (input >= s.carried) rows.own = s.body->ties(input, output);
  return rows;
}
}  // namespace

// A row depends on the rows of a sequence that were met before, and on its own one. A pattern must not depend on
// a number of steps that is counted.
Dependence links_of_scan(const LinkCall& l) {
  const Scan& s = payload_of<Scan>(l.call.given());
  const std::size_t input = l.input, output = l.output;
  if (!s.carries(input, output)) return no_dependence();
  const bool is_sequence = s.is_sequence(input);
  if (s.length == 0 && !s.counted)
    return input == output ? by_ties(tied_to_itself(s.body->input(input).shape)) : no_dependence();
  const std::vector<Ties> carries = ties_of_carries(*s.body, s.carried, input);
  if (output < s.carried) return by_ties(carries[output], is_sequence ? 1 : 0);
  const OfRows rows = ties_of_rows(s, carries, input, output);
  if (!is_sequence) return by_ties(either(rows.before, rows.own), 0, 1);
  std::vector<Relation> relations;
  if (rows.own.connected) {
    relations.push_back(relation_of(rows.own, 1, 1));
    relations.back().ties.push_back({0, 0});
  }
  if (rows.before.connected) {
    relations.push_back(relation_of(rows.before, 1, 1));
    if (!s.counted) relations.back().order = OrderedAxes{0, 0, s.reverse, 1};
  }
  return relations.empty() ? no_dependence() : related(std::move(relations));
}

// ---- Step by step

namespace {
constexpr double kMostWork = 1 << 13;  // ops that a walk meets
constexpr int64_t kMostOfOneList = 1 << 20;
constexpr double kMostOfAllLists = 1 << 24;  // pairs

// The links of row `row`, and those of a tensor of which a row has links.
Links row_of(const Links& all, int64_t row) {
  Relation r;
  r.fixed.push_back({0, row});
  for (std::size_t a = 1; a < all.shape().rank(); ++a) r.ties.push_back({a, a - 1});
  Links found(all.shape().without_leading());
  add_dependent(all, related({r}), 0, found);
  return found;
}
void add_row(const Links& of_row, int64_t row, Links& all) {
  Relation r, down{{{0, 0, -row}}};
  for (std::size_t a = 0; a < of_row.shape().rank(); ++a)
    r.ties.push_back({a, a + 1}), down.ties.push_back({a + 1, a + 1});
  Links alone(of_row.shape().with_leading(1));
  add_dependent(of_row, related({r}), 0, alone);
  add_dependent(alone, related({down}), 0, all);
}

class Unrolled {
 public:
  explicit Unrolled(const LinksCall& l) : l_(l), s_(payload_of<Scan>(l.call.given())), walk_(l) {
    const Body& body = *s_.body;
    for (std::size_t k = 0; k < s_.carried; ++k) carried_.push_back(given(k));
    for (std::size_t k = s_.carried; k < body.outputs(); ++k)
      rows_.emplace_back(body.output(k).shape.with_leading(s_.length));
    for (std::size_t k = 0; s_.saves && k < s_.carried; ++k)
      rows_.emplace_back(body.input(k).shape.with_leading(s_.length));
    tensors_ = part(l.call.inputs(), 0, body.inputs());
  }

  // Nothing: there are too many pairs.
  std::optional<std::vector<Links>> outputs() {
    for (int64_t step = 0; step < s_.length; ++step)
      if (!make(s_.reverse ? s_.length - 1 - step : step)) return std::nullopt;
    std::vector<Links> all = std::move(carried_);
    for (Links& rows : rows_) all.push_back(std::move(rows));
    return all;
  }

 private:
  Links given(std::size_t i) const { return l_.in[i] ? *l_.in[i] : Links(l_.call.in(i).shape()); }

  bool make(int64_t row) {
    const Body& body = *s_.body;
    std::vector<Links> own = carried_;
    for (std::size_t i = s_.carried; i < body.inputs(); ++i) {
      own.push_back(s_.is_sequence(i) ? row_of(given(i), row) : given(i));
      if (s_.is_sequence(i) && own.back().empty()) tensors_[i] = select_row(l_.call.in(i), row);
    }
    std::vector<const Links*> in;
    in.reserve(own.size());
    for (const Links& links : own) in.push_back(&links);
    BodyWalk::Results made = walk_.through(body, tensors_, in);
    for (std::size_t k = 0; s_.saves && k < s_.carried; ++k) add_row(carried_[k], row, rows_[s_.stacked() + k]);
    for (std::size_t k = s_.carried; k < body.outputs(); ++k) add_row(made.links[k], row, rows_[k - s_.carried]);
    for (std::size_t k = 0; k < s_.carried; ++k) {
      carried_[k] = std::move(made.links[k]);
      tensors_[k] = made.tensors[k];
    }
    return walk_.listed() + listed_in(rows_) <= kMostOfAllLists;
  }
  static double listed_in(const std::vector<Links>& all) {
    double pairs = 0;
    for (const Links& links : all)
      for (const Link& link : links.all()) pairs += link.row_list ? static_cast<double>(link.size()) : 0;
    return pairs;
  }

  const LinksCall& l_;
  const Scan& s_;
  BodyWalk walk_;
  std::vector<Links> carried_, rows_;  // rows_: of the stacked results, then of the saved carried values
  Tensors tensors_;                    // the body's inputs
};
}  // namespace

std::optional<std::vector<Links>> links_through_scan(const LinksCall& l) {
  const Scan& s = payload_of<Scan>(l.call.given());
  if (s.counted || s.length == 0 || s.work() > kMostWork || s.body->is_told_by_ties()) return std::nullopt;
  const ListLimit limit(kMostOfOneList);
  try {
    return Unrolled(l).outputs();
  } catch (const Error& e) {  // a list that is too long, which ties do without
    if (e.code() != Status::out_of_memory && e.code() != Status::unsupported) throw;
    return std::nullopt;
  }
}

}  // namespace gradtape::core
