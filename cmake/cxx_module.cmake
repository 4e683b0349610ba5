# forelock_cxx.so: the frontend for SQL in C++ sources. It is loaded at run time, beside the binary,
# because linking Clang would cost every start of forelock about 15 ms and 67 MB.

file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/analyzer/cxx/*.cpp)
list(FILTER sources EXCLUDE REGEX "/analyzer/cxx/loader/")
if(NOT sources OR FORELOCK_CXX_MODULE STREQUAL "OFF")
  return()
endif()

find_program(LLVM_CONFIG NAMES llvm-config-19)
if(LLVM_CONFIG)
  execute_process(COMMAND ${LLVM_CONFIG} --includedir --libdir
                  OUTPUT_VARIABLE llvm OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\n" ";" llvm "${llvm}")
  list(GET llvm 0 llvm_include)
  list(GET llvm 1 llvm_libraries)
  find_library(CLANG_CPP NAMES clang-cpp PATHS ${llvm_libraries} NO_DEFAULT_PATH)
  find_library(LLVM_SHARED NAMES LLVM LLVM-19 PATHS ${llvm_libraries} NO_DEFAULT_PATH)
endif()
if(NOT CLANG_CPP OR NOT LLVM_SHARED OR NOT EXISTS ${llvm_include}/clang/Tooling/Tooling.h)
  if(FORELOCK_CXX_MODULE STREQUAL "ON")
    message(FATAL_ERROR "The C++ frontend needs Clang 19's development files. "
                        "Run `./dev setup`, or configure with -DFORELOCK_CXX_MODULE=OFF.")
  endif()
  message(STATUS "Clang 19's development files were not found: forelock will not read C++ sources")
  return()
endif()

add_library(forelock_cxx_objects OBJECT ${sources})
target_include_directories(forelock_cxx_objects SYSTEM PRIVATE ${llvm_include})
target_compile_definitions(forelock_cxx_objects PRIVATE
  _GNU_SOURCE __STDC_CONSTANT_MACROS __STDC_FORMAT_MACROS __STDC_LIMIT_MACROS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Inlined code of Clang's headers is warned about where it lands, although they are system headers.
  target_compile_options(forelock_cxx_objects PRIVATE -Wno-nonnull -Wno-unused-but-set-parameter)
endif()
target_link_libraries(forelock_cxx_objects
  PUBLIC forelock_settings forelock_sql forelock_model forelock_text
  INTERFACE ${CLANG_CPP} ${LLVM_SHARED})

add_library(forelock_cxx MODULE $<TARGET_OBJECTS:forelock_cxx_objects>)
set_target_properties(forelock_cxx PROPERTIES PREFIX "")
target_link_libraries(forelock_cxx
  PRIVATE forelock_sql forelock_model forelock_text ${CLANG_CPP} ${LLVM_SHARED})
