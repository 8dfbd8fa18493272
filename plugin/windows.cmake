# dosegate.dll: how it is linked, and where its build id is read.
enable_language(RC)
configure_file(windows/version.rc.in ${CMAKE_CURRENT_BINARY_DIR}/version.rc @ONLY)
target_sources(dosegate PRIVATE windows/stays_loaded.cpp runtime/counted_new.cpp runtime/own_libm.cpp ${CMAKE_CURRENT_BINARY_DIR}/version.rc)
set_source_files_properties(windows/stays_loaded.cpp runtime/counted_new.cpp runtime/own_libm.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_compile_definitions(dosegate PRIVATE DOSEGATE_COUNTS_MEMORY)
# One function leaves, the C++ runtime and that of threads stay inside, what nobody calls is left out. No time of day in
# the file: the same sources give the same bytes.
target_link_options(dosegate PRIVATE -static -Wl,--exclude-all-symbols -Wl,--no-insert-timestamp -Wl,--build-id=sha1
  -Wl,--gc-sections -Wl,--dynamicbase -Wl,--nxcompat -Wl,--high-entropy-va $<$<CONFIG:Release>:-Wl,--strip-all>)

# Prints the build id; see complete_manifest.cmake.
set(build_id_by ${CMAKE_OBJDUMP} -p)

execute_process(COMMAND ${CMAKE_CXX_COMPILER} -dM -E -include _mingw.h -x c /dev/null OUTPUT_VARIABLE predefined)
string(REGEX MATCH "__MINGW64_VERSION_MAJOR ([0-9]+)" _ "${predefined}")
set(mingw_version ${CMAKE_MATCH_1})
string(REGEX MATCH "__MINGW64_VERSION_MINOR ([0-9]+)" _ "${predefined}")
string(APPEND mingw_version .${CMAKE_MATCH_1})
