# Writes the files of the pages as string literals of C++: assets.h of the report's, panel_assets.h of the panel's.
set(head "// Made by embed.cmake.\n#pragma once\n\n#include <string_view>\n\nnamespace dosegate::web {\n\n")
set(foot "\n}  // namespace dosegate::web\n")
file(READ ${SOURCE}/report.css styles)
file(READ ${SOURCE}/report.js script)
file(WRITE ${OUT}/assets.h "${head}"
  "inline constexpr std::string_view kStyles = R\"embedded(${styles})embedded\";\n"
  "inline constexpr std::string_view kScript = R\"embedded(${script})embedded\";\n${foot}")
file(READ ${SOURCE}/panel/page.html page)
file(READ ${SOURCE}/panel/bundle/panel.css styles)
file(READ ${SOURCE}/panel/bundle/panel.js script)
# Both compilers take literals of any length; Clang remarks that not all would.
file(WRITE ${OUT}/panel_assets.h "${head}"
  "#ifdef __clang__\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n"
  "inline constexpr std::string_view kPanelPage = R\"embedded(${page})embedded\";\n"
  "inline constexpr std::string_view kPanelStyles = R\"embedded(${styles})embedded\";\n"
  "inline constexpr std::string_view kPanelScript = R\"embedded(${script})embedded\";\n${foot}")
