// einsum as a composite: diagonals, sums, transposes and one matrix product for each further operand.
#include <algorithm>
#include <map>

#include "ops/define.hpp"

namespace gradtape::core {

namespace {
using Labels = std::string;  // one letter per axis; axes under an ellipsis get digits, from '0' at the right

struct Equation {
  std::vector<Labels> inputs;
  Labels output;
};

[[noreturn]] void malformed(const std::string& equation, const std::string& why) {
  invalid("einsum: equation \"{}\": {}", equation, why);
}

// Splits one side's term: letters, and at most one "..." which stands for `axes` unnamed axes, numbered from the right.
Labels expand(const std::string& equation, const std::string& term, std::size_t axes) {
  Labels labels;
  bool seen = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(term[i]))) {
      labels += term[i];
    } else if (term.compare(i, 3, "...") == 0 && !seen) {
      for (std::size_t k = 0; k < axes; ++k) labels += static_cast<char>('0' + (axes - 1 - k));
      seen = true;
      i += 2;
    } else {
      malformed(equation, fmt::format("unexpected '{}'", term[i]));
    }
  }
  return labels;
}

std::vector<std::string> split_terms(const std::string& text) {
  std::vector<std::string> terms{""};
  for (char ch : text)
    if (ch == ',')
      terms.emplace_back();
    else
      terms.back() += ch;
  return terms;
}

Equation parse(const std::string& equation, std::span<const Tensor> operands) {
  std::string text;
  std::ranges::copy_if(equation, std::back_inserter(text), [](char ch) { return ch != ' '; });
  const std::size_t arrow = text.find("->");
  const std::vector<std::string> terms = split_terms(text.substr(0, arrow));
  if (terms.size() != operands.size())
    malformed(equation, fmt::format("it has {} operand(s), {} given", terms.size(), operands.size()));
  Equation parsed;
  std::size_t unnamed = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const std::size_t letters =
        static_cast<std::size_t>(std::ranges::count_if(terms[i], [](char ch) { return ch != '.'; }));
    const bool dots = terms[i].find("...") != std::string::npos;
    const std::size_t rank = operands[i].rank();
    if (dots ? rank < letters : rank != letters)
      malformed(equation, fmt::format("operand {} has shape {}, its term \"{}\" names {} axes", i,
                                      to_string(operands[i].shape()), terms[i], letters));
    if (dots && rank - letters > 10) malformed(equation, "an ellipsis stands for at most 10 axes");
    parsed.inputs.push_back(expand(equation, terms[i], dots ? rank - letters : 0));
    if (dots) unnamed = std::max(unnamed, rank - letters);
  }
  if (arrow != std::string::npos) {
    parsed.output = expand(equation, text.substr(arrow + 2), unnamed);
  } else {  // the ellipsis, then the letters that occur once, in alphabetical order
    std::map<char, int> count;
    for (const Labels& labels : parsed.inputs)
      for (char label : labels) ++count[label];
    for (std::size_t k = 0; k < unnamed; ++k) parsed.output += static_cast<char>('0' + (unnamed - 1 - k));
    for (auto [label, times] : count)
      if (times == 1 && std::isalpha(static_cast<unsigned char>(label))) parsed.output += label;
  }
  for (char label : parsed.output) {
    if (std::ranges::count(parsed.output, label) > 1)
      malformed(equation, fmt::format("'{}' stands twice in the output", label));
    if (std::ranges::none_of(parsed.inputs, [&](const Labels& in) { return in.find(label) != Labels::npos; }))
      malformed(equation, fmt::format("output '{}' is in no operand", label));
  }
  return parsed;
}

void check_sizes(const std::string& equation, const Equation& e, std::span<const Tensor> operands) {
  std::map<char, int64_t> sizes;
  for (std::size_t i = 0; i < operands.size(); ++i)
    for (std::size_t a = 0; a < e.inputs[i].size(); ++a) {
      const char label = e.inputs[i][a];
      const int64_t n = operands[i].shape()[a];
      auto [it, fresh] = sizes.emplace(label, n);
      const bool stretches = !std::isalpha(static_cast<unsigned char>(label));  // axes of an ellipsis broadcast
      if (!fresh && stretches && it->second == 1) it->second = n;
      if (it->second != n && !(stretches && n == 1))
        malformed(equation, fmt::format("'{}' has size {} and {}", label, it->second, n));
    }
}

struct Term {
  Tensor x;
  Labels labels;
};

bool contains(const Labels& labels, char label) { return labels.find(label) != Labels::npos; }

Term arrange(const Term& t, const Labels& order) {
  Ints perm;
  for (char label : order) perm.push_back(static_cast<int64_t>(t.labels.find(label)));
  return {transpose(t.x, perm), order};
}

// Takes the diagonal of each pair of axes with one label.
Term without_repeats(Term t) {
  for (std::size_t i = 0; i < t.labels.size(); ++i) {
    const std::size_t j = t.labels.find(t.labels[i], i + 1);
    if (j == Labels::npos) continue;
    const char label = t.labels[i];
    Tensor x = move_axis(t.x, j, t.labels.size() - 1);
    x = diag_part(move_axis(x, i, t.labels.size() - 2));
    t.labels.erase(j, 1).erase(i, 1);
    t = {x, t.labels + label};
    i = static_cast<std::size_t>(-1);  // axes have moved: look from the start
  }
  return t;
}

// Sums over the labels that nothing else needs.
Term summed(const Term& t, const Labels& needed) {
  Ints axes;
  Labels left;
  for (std::size_t a = 0; a < t.labels.size(); ++a)
    if (contains(needed, t.labels[a]))
      left += t.labels[a];
    else
      axes.push_back(a);
  return axes.empty() ? t : Term{reduce_sum(t.x, axes), left};
}

// The term as matrices: batch axes one by one, then one axis for each of the two groups of labels.
Tensor group_axes(const Term& t, const Labels& batch, const Labels& first, const Labels& second) {
  const Tensor x = arrange(t, batch + first + second).x;
  const std::size_t middle = batch.size() + first.size();
  Shape shape(std::span(x.shape().begin(), batch.size()));
  shape.push_back(x.shape().product(batch.size(), middle));
  shape.push_back(x.shape().product(middle, x.rank()));
  return reshape(x, shape);
}

int64_t size_of(const Term& t, char label) { return t.x.shape()[t.labels.find(label)]; }

// The product of two terms: labels of both that are needed later are batches, the others of both are summed by the
// matrix product.
Term contract(const Term& a, const Term& b, const Labels& needed) {
  Labels batch, inner, left, right;
  for (char label : a.labels) {
    const bool shared = contains(b.labels, label);
    const bool stretched = !std::isalpha(static_cast<unsigned char>(label));  // may have size 1 in one of them
    if (!shared)
      left += label;
    else if (stretched || contains(needed, label))
      batch += label;
    else
      inner += label;
  }
  for (char label : b.labels)
    if (!contains(a.labels, label)) right += label;
  const Tensor product = matmul(group_axes(a, batch, left, inner), group_axes(b, batch, inner, right));
  Shape shape(std::span(product.shape().begin(), batch.size()));
  for (char label : left) shape.push_back(size_of(a, label));
  for (char label : right) shape.push_back(size_of(b, label));
  return {reshape(product, shape), batch + left + right};
}

Tensor einsum(const Call& c) {
  const std::string& equation = c.text("equation");
  const Equation e = parse(equation, c.inputs());
  check_sizes(equation, e, c.inputs());
  const auto needed_after = [&](std::size_t i) {
    Labels needed = e.output;
    for (std::size_t k = i; k < e.inputs.size(); ++k) needed += e.inputs[k];
    return needed;
  };
  Term result = summed(without_repeats({c.in(0), e.inputs[0]}), needed_after(1));
  for (std::size_t i = 1; i < c.size(); ++i) {
    const Term next = summed(without_repeats({c.in(i), e.inputs[i]}), result.labels + needed_after(i + 1));
    result = summed(contract(result, next, needed_after(i + 1)), needed_after(i + 1));
  }
  return arrange(result, e.output).x;
}
}  // namespace

void define_einsum(Registry& r) {
  OpBuilder(r, "einsum",
            "Sum of products over the labels that the output lacks, as in \"ij,jk->ik\"; \"...\" stands for axes that "
            "broadcast.")
      .variadic("operands")
      .dtypes(kNumeric)
      .required("equation", kAttrString)
      .composite(einsum)
      .sample("f[2,3] f[3,2]", R"({"equation": "ij,jk->ik"})")
      .sample("f[3,3]", R"({"equation": "ii->i"})")
      .sample("f[2,3] f[2,3] f[3]", R"({"equation": "ij,ij,j->i"})");
}

}  // namespace gradtape::core
