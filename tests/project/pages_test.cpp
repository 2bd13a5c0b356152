// Pages that promise: their snippets stand in a program, and what they say is printed is what it prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}
// Lines without what indents them, so that a snippet may stand in a function.
std::string flat(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    out += (first == std::string::npos ? "" : line.substr(first)) + "\n";
  }
  return out;
}
std::vector<std::string> blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> found;
  const std::string open = "```" + language + "\n";
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    found.push_back(page.substr(begin, page.find("```", begin) - begin));
  }
  return found;
}
std::string output_of(const std::string& program) {
  std::FILE* pipe = popen(program.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string out;
  char part[4096];
  for (std::size_t n; (n = fread(part, 1, sizeof part, pipe)) > 0;) out.append(part, n);
  EXPECT_EQ(pclose(pipe), 0);
  return out;
}

void check_page(const std::string& language, const std::string& page_file, const std::string& source_file,
                const std::string& program) {
  const std::string page = text_of(page_file), source = flat(text_of(source_file));
  const auto snippets = blocks(page, language);
  EXPECT_FALSE(snippets.empty());
  for (const std::string& snippet : snippets)
    EXPECT_NE(source.find(flat(snippet)), std::string::npos) << source_file << " does not have\n" << snippet;
  std::string promised;
  for (const std::string& text : blocks(page, "text")) promised += text;
  EXPECT_EQ(output_of(program), promised);
}

TEST(Pages, Cpp) {
  check_page("cpp", GRADTAPE_SOURCE "/docs/cpp.md", GRADTAPE_SOURCE "/examples/tour.cpp",
             GRADTAPE_EXAMPLES "/tour_cpp");
}
TEST(Pages, Loops) {
  check_page("cpp", GRADTAPE_SOURCE "/docs/loops.md", GRADTAPE_SOURCE "/examples/loops.cpp",
             GRADTAPE_EXAMPLES "/loops_cpp");
}
TEST(Pages, Sparse) {
  check_page("cpp", GRADTAPE_SOURCE "/docs/sparse.md", GRADTAPE_SOURCE "/examples/sparse.cpp",
             GRADTAPE_EXAMPLES "/sparse_cpp");
}
TEST(Pages, Solvers) {
  check_page("cpp", GRADTAPE_SOURCE "/docs/solve.md", GRADTAPE_SOURCE "/examples/solve.cpp",
             GRADTAPE_EXAMPLES "/solve_cpp");
}
TEST(Pages, Ops) {
  check_page("c", GRADTAPE_SOURCE "/docs/ops.md", GRADTAPE_SOURCE "/examples/attributes.c",
             GRADTAPE_EXAMPLES "/attributes_c");
}
TEST(Pages, ReadMe) {
  const auto snippets = blocks(text_of(GRADTAPE_SOURCE "/README.md"), "cpp");
  ASSERT_EQ(snippets.size(), 1u);
  EXPECT_EQ(snippets[0], text_of(GRADTAPE_SOURCE "/examples/first.cpp"));
}
// The output of these programs stands on pages, behind commands or by itself.
TEST(Pages, Examples) {
  const std::pair<const char*, const char*> shown[] = {
      {"index.md", "first_c"}, {"index.md", "first_cpp"}, {"how-to/own-ops.md", "own_op_c"}};
  for (const auto& [page, program] : shown) {
    const std::string printed = output_of(std::string(GRADTAPE_EXAMPLES "/") + program);
    bool found = false;
    for (const std::string& block : blocks(flat(text_of(std::string(GRADTAPE_SOURCE "/docs/") + page)), "console"))
      found |= block.size() >= printed.size() && block.substr(block.size() - printed.size()) == printed;
    EXPECT_TRUE(found) << page << " does not say that " << program << " prints\n" << printed;
  }
}

}  // namespace
