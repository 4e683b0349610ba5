# The libraries that forelock stands on: some from the system, some compiled from pinned sources.

set(FORELOCK_THIRD_PARTY ${PROJECT_SOURCE_DIR}/build/third_party CACHE PATH
    "Where the sources of cmake/third_party.txt are unpacked")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# require_package(NAME): find_package that says how to get what is missing.
macro(require_package name)
  find_package(${name} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${name} was not found. Run `./dev setup`, which installs packages.txt.")
  endif()
endmacro()

require_package(fmt)
require_package(nlohmann_json)
require_package(CLI11)
require_package(tomlplusplus)
require_package(simdjson)
pkg_check_modules(libgit2 QUIET IMPORTED_TARGET libgit2)
if(NOT libgit2_FOUND)
  message(FATAL_ERROR "libgit2 was not found. Run `./dev setup`, which installs packages.txt.")
endif()

execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/fetch_third_party.sh ${FORELOCK_THIRD_PARTY}
                RESULT_VARIABLE fetch_result)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${PROJECT_SOURCE_DIR}/cmake/third_party.txt)

# third_party_library(NAME SOURCES…): a static C library without warnings and without sanitizers.
function(third_party_library name)
  add_library(${name} STATIC ${ARGN})
  target_compile_options(${name} PRIVATE -w -O2 -DNDEBUG)
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
endfunction()

include(cmake/pg_query.cmake)
include(cmake/tree_sitter.cmake)
