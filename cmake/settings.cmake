# Options, the language, warnings and sanitizers.

option(FORELOCK_WERROR "Treat warnings in forelock's own code as errors" OFF)
option(FORELOCK_TESTS "Configure the tests" ON)
option(FORELOCK_SCRIPT_TESTS "Register the tests that are Python scripts" ON)
option(FORELOCK_FUZZ "Configure the fuzzers (needs Clang)" OFF)
option(FORELOCK_PRECOMPILE "Precompile the most common headers" OFF)
set(FORELOCK_CXX_MODULE AUTO CACHE STRING "Build the C++ frontend: AUTO, ON or OFF")
set(FORELOCK_SANITIZE "" CACHE STRING "Sanitizers for forelock's own code, such as address,undefined")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "The kind of build" FORCE)
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

# -O2 builds fast enough on two cores; -O3 and link-time optimisation do not. The C sources are all
# third-party and have their own flags, the same in every preset.
set(CMAKE_C_FLAGS_RELEASE "")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# A library that nothing is used of would still cost time at every start.
add_link_options(-Wl,--as-needed)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # With the base folder, clones in other places share what was compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# What every target of forelock's own code links: its include root, its warnings, its sanitizers.
add_library(forelock_settings INTERFACE)
target_include_directories(forelock_settings INTERFACE ${PROJECT_SOURCE_DIR})
# Everything is position-independent in one way, because a precompiled header is for one way only.
target_compile_options(forelock_settings INTERFACE -fPIC -Wall -Wextra -Wconversion -Wshadow)
if(FORELOCK_WERROR)
  target_compile_options(forelock_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # These warnings of GCC 12's optimiser are false on std::string, std::optional and std::variant.
  # Clang and the sanitizers look for the same defects.
  target_compile_options(forelock_settings INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
    -Wno-stringop-overread -Wno-free-nonheap-object -Wno-dangling-pointer)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  find_program(LLD NAMES ld.lld-19 ld.lld)
  if(LLD)
    target_link_options(forelock_settings INTERFACE --ld-path=${LLD})
  endif()
  # libstdc++ 12 calls what it marks as deprecated, in std::stable_sort.
  target_compile_options(forelock_settings INTERFACE -Wno-deprecated-declarations)
endif()
if(FORELOCK_SANITIZE)
  set(sanitize -fsanitize=${FORELOCK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_compile_options(forelock_settings INTERFACE ${sanitize})
  target_link_options(forelock_settings INTERFACE ${sanitize})
endif()

# precompile(TARGET [tests]): lets TARGET use a precompiled header, where that is asked for: the one of
# the layers, or the one of the tests.
function(precompile target)
  if(NOT FORELOCK_PRECOMPILE)
    return()
  endif()
  set(name precompiled)
  if("tests" IN_LIST ARGN)
    set(name precompiled_tests)
  endif()
  set(header forelock_${name})
  if(NOT TARGET ${header})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${name}.cpp CONTENT "")
    add_library(${header} OBJECT ${PROJECT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${header} PUBLIC forelock_settings fmt::fmt)
    if("tests" IN_LIST ARGN)
      target_link_libraries(${header} PUBLIC GTest::gmock)
      target_compile_options(${header} PRIVATE -O0)
    endif()
    target_precompile_headers(${header} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/${name}.h)
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      # A time stamp in it would defeat ccache.
      target_compile_options(${header} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${header})
endfunction()
