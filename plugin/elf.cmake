# dosegate.so: how it is linked, and where its build id is read.
# A host's symbols and ours never meet: one symbol leaves, both C++ runtimes stay inside, all is bound at load.
# nodelete: dlclose may not unmap code whose thread-local or exit-time state a C++ runtime still refers to.
set_target_properties(dosegate PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/dosegate.map)
target_link_options(dosegate PRIVATE
  -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/dosegate.map
  -Wl,--exclude-libs,ALL -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack
  -Wl,--as-needed -Wl,--build-id=sha1)
# Every program hashes the whole file before it loads it, so what nobody uses is left out: the parts of the C++ runtime
# that are not called, and in a release the names of what is not exported.
target_link_options(dosegate PRIVATE -Wl,--gc-sections $<$<CONFIG:Release>:-Wl,--strip-all>)
if(NOT DOSEGATE_SANITIZE)  # a sanitizer's runtime is resolved from the program
  target_link_options(dosegate PRIVATE -Wl,-z,defs -static-libstdc++ -static-libgcc)
  # What the C++ runtime would do otherwise: see each.
  target_sources(dosegate PRIVATE runtime/counted_new.cpp runtime/exceptions.cpp runtime/old_glibc.cpp runtime/own_libm.cpp
    runtime/unwind_tables.cpp)
  set_source_files_properties(runtime/counted_new.cpp runtime/exceptions.cpp runtime/old_glibc.cpp runtime/own_libm.cpp
    runtime/unwind_tables.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_compile_definitions(dosegate PRIVATE DOSEGATE_COUNTS_MEMORY)
endif()

# Prints the build id; see complete_manifest.cmake.
set(build_id_by ${CMAKE_READELF} -n)
