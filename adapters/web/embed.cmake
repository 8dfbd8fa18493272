# Writes report.css and report.js as string literals of C++.
file(READ ${SOURCE}/report.css styles)
file(READ ${SOURCE}/report.js script)
file(WRITE ${OUT} "// Made by embed.cmake.\n#pragma once\n\n#include <string_view>\n\nnamespace dosegate::web {\n\n"
  "inline constexpr std::string_view kStyles = R\"embedded(${styles})embedded\";\n"
  "inline constexpr std::string_view kScript = R\"embedded(${script})embedded\";\n\n}  // namespace dosegate::web\n")
