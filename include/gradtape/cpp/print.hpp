// Values as text, as NumPy prints them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <iosfwd>

#include "indexing.hpp"

namespace gradtape {

namespace detail {
inline std::string printed(const char* format, int digits, double v) {
  char text[400];
  std::snprintf(text, sizeof text, format, digits, v);
  return text;
}
// The fewest digits after the point (up to 8) that give the number back, of a float or a double.
inline int digits_of(double v, bool single, bool scientific) {
  for (int d = 0; d < 8; ++d) {
    const double back = std::strtod(printed(scientific ? "%.*e" : "%.*f", d, v).c_str(), nullptr);
    if (single ? static_cast<float>(back) == static_cast<float>(v) : back == v) return d;
  }
  return 8;
}

// All numbers of one tensor: alike in their digits, padded to one width.
inline std::vector<std::string> printed_numbers(const std::vector<double>& values, bool single) {
  double most = 0, least = INFINITY;
  for (double v : values)
    if (std::isfinite(v) && v != 0) {
      most = std::max(most, std::abs(v));
      least = std::min(least, std::abs(v));
    }
  const bool scientific = most >= 1e8 || (most > 0 && (least < 1e-4 || most / least > 1e3));
  int digits = 0;
  for (double v : values)
    if (std::isfinite(v)) digits = std::max(digits, digits_of(v, single, scientific));
  std::vector<std::string> texts;
  std::size_t before = 0, after = 0;  // the point
  for (double v : values) {
    std::string text;
    if (!std::isfinite(v)) {
      text = std::isnan(v) ? "nan" : v < 0 ? "-inf" : "inf";
    } else if (scientific) {
      text = printed("%.*e", digits, v);
      if (digits == 0) text.insert(text.find('e'), ".");
    } else {
      text = printed("%.*f", digits, v);
      if (digits == 0) text += '.';
      const std::size_t last = text.find_last_not_of('0');
      text.erase(last + 1);
    }
    const std::size_t point = text.find('.');
    if (point != std::string::npos) {
      before = std::max(before, point);
      after = std::max(after, text.size() - point);
    }
    texts.push_back(std::move(text));
  }
  std::size_t width = before + after;
  for (const std::string& t : texts) width = std::max(width, t.size());
  for (std::string& t : texts) {
    const std::size_t point = t.find('.');
    if (point != std::string::npos) t.append(after - (t.size() - point), ' ');
    t.insert(0, width - t.size(), ' ');
  }
  return texts;
}
inline std::vector<std::string> printed_elements(const Tensor& x) {
  std::vector<std::string> texts;
  if (x.dtype() == Dtype::float32) {
    const auto v = x.to_vector<float>();
    return printed_numbers(std::vector<double>(v.begin(), v.end()), true);
  }
  if (x.dtype() == Dtype::float64) return printed_numbers(x.to_vector<double>(), false);
  if (x.dtype() == Dtype::bool_)
    for (const std::uint8_t b : x.to_vector<std::uint8_t>()) texts.emplace_back(b ? "True" : "False");
  else if (x.dtype() == Dtype::int32)
    for (const std::int32_t i : x.to_vector<std::int32_t>()) texts.push_back(std::to_string(i));
  else
    for (const std::int64_t i : x.to_vector<std::int64_t>()) texts.push_back(std::to_string(i));
  std::size_t width = 0;
  for (const std::string& t : texts) width = std::max(width, t.size());
  for (std::string& t : texts) t.insert(0, width - t.size(), ' ');
  return texts;
}

// Large tensors, above a thousand elements, show the first and the last three along each axis.
struct Printer {
  static constexpr std::int64_t kEdge = 3;
  Shape shape;  // of the elements that are shown
  std::vector<bool> shortened;
  std::vector<std::string> elements;
  std::size_t next = 0;

  explicit Printer(const Tensor& x) : shape(x.shape()), shortened(shape.size(), false) {
    Tensor shown = x;
    if (x.size() > 1000)
      for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] <= 2 * kEdge) continue;
        std::vector<Index> first(axis, All), last(axis, All);
        first.emplace_back(Slice(None, kEdge));
        last.emplace_back(Slice(-kEdge));
        shown = concat({part(shown, first.data(), axis + 1), part(shown, last.data(), axis + 1)},
                       static_cast<std::int64_t>(axis));
        shortened[axis] = true;
        shape[axis] = 2 * kEdge;
      }
    elements = printed_elements(shown);
  }
  std::string text(std::size_t axis = 0, std::size_t column = 0) {
    constexpr std::size_t line = 75;
    if (axis == shape.size()) return elements[next++];
    const bool last = axis + 1 == shape.size();
    const std::string indent(axis + 1, ' ');
    std::string out = "[";
    std::size_t at = column + 1;
    for (std::int64_t i = 0; i < shape[axis]; ++i) {
      const bool skip = shortened[axis] && i == kEdge;
      if (last) {
        const std::string item = elements[next++];
        for (const std::string& word : skip ? std::vector<std::string>{"...", item} : std::vector<std::string>{item}) {
          const bool wrap = i > 0 && at + 1 + word.size() > line;
          if (wrap) {
            out += "\n" + indent;
            at = indent.size();
          } else if (i > 0) {
            out += ' ';
            ++at;
          }
          out += word;
          at += word.size();
        }
      } else {
        const std::string between(shape.size() - axis - 1, '\n');
        if (i > 0) out += between + indent;
        if (skip) out += "..." + between + indent;
        out += text(axis + 1, axis + 1);
      }
    }
    return out + "]";
  }
};
}  // namespace detail

/// The values as NumPy prints them, of large tensors those at the edges. Computes them.
inline std::string to_string(const Tensor& x) {
  if (!x.has_value()) return "an empty Tensor";
  if (x.size() == 0) {
    std::string dims;
    const Shape shape = x.shape();
    for (std::int64_t d : shape) dims += (dims.empty() ? "" : ", ") + std::to_string(d);
    return shape.size() == 1 ? "[]" : "[] of shape [" + dims + "]";
  }
  std::string text = detail::Printer(x).text();
  if (text.back() == '.') text += '0';  // a number alone
  return text;
}
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const Tensor& x) {
  const std::string text = to_string(x);
  return out.write(text.data(), static_cast<std::ptrdiff_t>(text.size()));
}

}  // namespace gradtape
