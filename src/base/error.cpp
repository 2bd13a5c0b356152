// The one place that formats messages of errors.
#include "base/error.hpp"

#include <fmt/format.h>

namespace gradtape::core {

void throw_error(Status code, fmt::string_view format, fmt::format_args args) {
  throw Error(code, fmt::vformat(format, args));
}

}  // namespace gradtape::core
