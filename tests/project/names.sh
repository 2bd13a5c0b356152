#!/usr/bin/env bash
# Fails where two files define a type of one name in one namespace: names.sh SOURCE_FOLDER. Compilers see it only if one
# file includes both, and programs that link both break the rule of one definition.
set -euo pipefail
cd "$1"

# file, then the namespaces and the name, of each type outside of unnamed namespaces
types() {
  find src capi -name '*.hpp' -o -name '*.cpp' | sort | xargs awk '
    FNR == 1 { depth = 0; unnamed = 0 }
    /^namespace [A-Za-z_:]+ \{$/ { spaces[++depth] = $2; next }
    /^namespace \{$/ { spaces[++depth] = ""; ++unnamed; next }
    /^\}  \/\/ namespace/ { if (spaces[depth--] == "") --unnamed; next }
    unnamed == 0 && /^(struct|class|union|enum class|enum|using) [A-Za-z_]/ && !/^using namespace/ && !/^(struct|class|union|enum|enum class) [A-Za-z_:]+;/ {
      name = $1 == "enum" && $2 == "class" ? $3 : $2
      if (name ~ /<|::/) next  # a specialisation, or a type inside another one
      sub(/[^A-Za-z_0-9].*/, "", name)
      path = ""
      for (i = 1; i <= depth; ++i) path = path spaces[i] "::"
      if (name != "") print FILENAME, path name
    }'
}

found=$(types | sort -u -k2,2 -k1,1 | awk '{ files[$2] = files[$2] " " $1; ++count[$2] } END { for (name in count) if (count[name] > 1) print name ":" files[name] }' | sort)
[ "$(types | wc -l)" -gt 300 ] || { echo "hardly any types were found"; exit 1; }
if [ -n "$found" ]; then
  echo "types that several files define:"
  echo "$found"
  exit 1
fi
