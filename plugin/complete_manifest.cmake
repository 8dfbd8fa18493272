# cmake -P: completes the manifest's constant part (TEMPLATE) with what only the build knows, into OUTPUT.
cmake_minimum_required(VERSION 3.25)

foreach(name TEMPLATE LIBRARY HEADER PROTOCOLS OUTPUT VERSION ARCHITECTURE BUILD_ID_BY)
  if(NOT ${name})
    message(FATAL_ERROR "complete_manifest.cmake: ${name} is not set")
  endif()
endforeach()

file(READ ${TEMPLATE} json)

# A JSON string, with what must be escaped in it.
function(json_string text out)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

macro(set_string)  # value, member...
  set(members ${ARGV})
  list(POP_FRONT members value)
  json_string("${value}" quoted_value)
  string(JSON json SET "${json}" ${members} "${quoted_value}")
endmacro()

set_string(${VERSION} version)

# The library.
file(SHA256 ${LIBRARY} sha256)
# As readelf prints the note of an ELF file, objdump the CodeView record of a PE file.
execute_process(COMMAND ${BUILD_ID_BY} ${LIBRARY} OUTPUT_VARIABLE notes COMMAND_ERROR_IS_FATAL ANY)
if(NOT notes MATCHES "(Build ID:|RSDS signature) ([0-9a-f]+)")
  message(FATAL_ERROR "${LIBRARY} has no build id")
endif()
set(build_id ${CMAKE_MATCH_2})
get_filename_component(library_name ${LIBRARY} NAME)
string(JSON json SET "${json}" library "{}")
set_string(${library_name} library path)
set_string(${sha256} library sha256)
set_string(${ARCHITECTURE} library architecture)
set_string(${build_id} library buildId)

# The ABI, from the header that it was compiled with.
file(READ ${HEADER} header)
if(NOT header MATCHES "define DOSEGATE_ABI_VERSION ([0-9]+)u")
  message(FATAL_ERROR "${HEADER} does not define DOSEGATE_ABI_VERSION")
endif()
string(JSON json SET "${json}" abi "{\"min\": ${CMAKE_MATCH_1}, \"max\": ${CMAKE_MATCH_1}}")
if(NOT header MATCHES "define DOSEGATE_ENTRY_POINT \"([a-z_]+)\"")
  message(FATAL_ERROR "${HEADER} does not define DOSEGATE_ENTRY_POINT")
endif()
set_string(${CMAKE_MATCH_1} abi entryPoint)

# The protocols compiled into it.
string(JSON json SET "${json}" protocols "[]")
file(GLOB protocol_files ${PROTOCOLS}/*.json)
list(SORT protocol_files)
set(i 0)
foreach(file IN LISTS protocol_files)
  file(READ ${file} protocol)
  file(SHA256 ${file} protocol_sha256)
  string(JSON json SET "${json}" protocols ${i} "{}")
  foreach(member id version source)
    string(JSON value GET "${protocol}" ${member})
    json_string("${value}" quoted_value)
    string(JSON json SET "${json}" protocols ${i} ${member} "${quoted_value}")
  endforeach()
  string(JSON json SET "${json}" protocols ${i} sha256 "\"${protocol_sha256}\"")
  math(EXPR i "${i} + 1")
endforeach()

# What others wrote, and where it is.
string(JSON json SET "${json}" thirdParty "[]")
set(i 0)
macro(third_party name version license where)
  string(JSON json SET "${json}" thirdParty ${i}
         "{\"name\": \"${name}\", \"version\": \"${version}\", \"license\": \"${license}\", \"in\": \"${where}\"}")
  math(EXPR i "${i} + 1")
endmacro()
third_party("Boost" "${BOOST_VERSION}" "BSL-1.0" "library")
third_party("Eigen" "${EIGEN_VERSION}" "MPL-2.0" "library")
third_party("GCC runtime (libstdc++, libgcc)" "${LIBSTDCXX_VERSION}" "GPL-3.0-or-later WITH GCC-exception-3.1" "library")
if(LIBRARY MATCHES "[.]dll$")  # the package for Windows is the library alone
  third_party("mingw-w64 runtime and winpthreads" "${MINGW_VERSION}" "ZPL-2.1 AND MIT" "library")
  string(JSON json SET "${json}" adapters "[]")
else()
  third_party("DCMTK" "${DCMTK_VERSION}" "BSD-3-Clause" "adapters")
  third_party("Protocol Buffers" "${PROTOBUF_VERSION}" "BSD-3-Clause" "adapters")
  third_party("OpenSSL" "${OPENSSL_VERSION}" "Apache-2.0" "adapters")
  third_party("SQLite" "${SQLITE_VERSION}" "blessing" "adapters")
endif()

# Whole or not at all: a program may be reading the one before.
file(WRITE ${OUTPUT}.new "${json}\n")
file(RENAME ${OUTPUT}.new ${OUTPUT})
