// One part of a large program: containers, algorithms and regular expressions of the standard library over types of its own.
#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <iomanip>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>
namespace PART {
struct Key { int a; std::string b; bool operator<(const Key &o) const { return a != o.a ? a < o.a : b < o.b; } bool operator==(const Key &o) const { return a == o.a && b == o.b; } };
struct Hash { std::size_t operator()(const Key &k) const { return std::hash<std::string>()(k.b) ^ (std::size_t)k.a * 31; } };
struct Row { Key key; std::vector<double> values; std::optional<std::string> note; };
using Cell = std::variant<int, double, std::string, std::vector<Row>>;
std::map<Key, Row> tree;
std::unordered_map<Key, std::deque<Row>, Hash> table;
std::set<Key> seen;
struct Visitor {
  double operator()(int i) const { return i; }
  double operator()(double d) const { return d * 2; }
  double operator()(const std::string &s) const { return (double)s.size(); }
  double operator()(const std::vector<Row> &r) const { double t = 0; for (auto &x : r) t += std::accumulate(x.values.begin(), x.values.end(), 0.0); return t; }
};
double visit(const std::vector<Cell> &cells) { double t = 0; for (auto &c : cells) t += std::visit(Visitor{}, c); return t; }
int fill(int n) {
  std::mt19937 random(n);
  std::normal_distribution<double> normal(0, 1);
  for (int i = 0; i < n; i++) {
    Row r{{(int)random(), std::to_string(i)}, {}, std::nullopt};
    for (int k = 0; k < 8; k++) r.values.push_back(normal(random));
    std::stable_sort(r.values.begin(), r.values.end(), [](double a, double b) { return a > b; });
    if (seen.insert(r.key).second) { table[r.key].push_back(r); tree.emplace(r.key, std::move(r)); }
  }
  std::vector<Row> all;
  for (auto &[k, r] : tree) all.push_back(r);
  std::sort(all.begin(), all.end(), [](const Row &a, const Row &b) { return a.values[0] < b.values[0]; });
  std::partial_sort(all.begin(), all.begin() + all.size() / 2, all.end(), [](const Row &a, const Row &b) { return b.key < a.key; });
  return (int)all.size();
}
std::string words(const std::string &text) {
  static const std::regex word("([a-z]+)[0-9]*");
  std::map<std::string, int> counts;
  for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) counts[it->str(1)]++;
  std::ostringstream out;
  for (auto &[w, c] : counts) out << std::setw(10) << w << ' ' << c << '\n';
  return std::regex_replace(out.str(), word, "<$1>");
}
std::function<int(int)> later(int n) {
  auto p = std::make_shared<std::vector<Row>>(n);
  std::packaged_task<int()> task([p] { return (int)p->size(); });
  auto f = task.get_future(); task();
  return [p, n = f.get()](int i) { return n + i + (int)p->size(); };
}
int run(int n)
{
  return fill(n) + (int)words(std::to_string(n)).size() + later(n)(n) + (int)visit({1, 2.0, std::string("x")});
}
}
extern "C" int RUN(int n)
{
  return PART::run(n);
}
