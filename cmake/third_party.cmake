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

set(FORELOCK_PREBUILT "" CACHE PATH
    "A folder that may hold these libraries as another build made them; they do not differ by preset")

# third_party_library(NAME INCLUDE … SOURCES … SOURCE_INCLUDE … OPTIONS … LINK …): a static C library
# without warnings and without sanitizers. INCLUDE is for its users, SOURCE_INCLUDE for itself.
function(third_party_library name)
  cmake_parse_arguments(arg "" "" "INCLUDE;SOURCES;SOURCE_INCLUDE;OPTIONS;LINK" ${ARGN})
  set(prebuilt ${FORELOCK_PREBUILT}/lib${name}.a)
  if(FORELOCK_PREBUILT AND EXISTS ${prebuilt})
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${prebuilt} ${arg_LINK})
  else()
    add_library(${name} STATIC ${arg_SOURCES})
    target_compile_options(${name} PRIVATE -fPIC -w -O2 -DNDEBUG ${arg_OPTIONS})
    target_include_directories(${name} PRIVATE ${arg_INCLUDE} ${arg_SOURCE_INCLUDE})
    target_link_libraries(${name} PUBLIC ${arg_LINK})
    set_target_properties(${name} PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
  endif()
  target_include_directories(${name} SYSTEM INTERFACE ${arg_INCLUDE})
endfunction()

include(cmake/pg_query.cmake)
include(cmake/tree_sitter.cmake)
