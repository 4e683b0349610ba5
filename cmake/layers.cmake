# One static library per layer. The links are the table of analyzer/README.md: a layer links what it
# may include, and nothing else. tests/structure/layers_test.py holds the includes against the same table.

# forelock_layer(NAME FOLDER LAYERS … PRIVATE …): the library forelock_NAME of the sources below FOLDER.
# LAYERS are the layers whose headers it may include; PRIVATE are the third-party libraries behind it.
# A folder without sources is an interface library, so that the tree can be configured at any time.
function(forelock_layer name folder)
  cmake_parse_arguments(arg "" "" "LAYERS;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/cli/main\\.cpp$")
  list(TRANSFORM arg_LAYERS PREPEND forelock_)
  set(target forelock_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target}
      PUBLIC forelock_settings fmt::fmt ${arg_LAYERS}
      PRIVATE ${arg_PRIVATE})
    precompile(${target})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE forelock_settings fmt::fmt ${arg_LAYERS})
  endif()
endfunction()

forelock_layer(text analyzer/text PRIVATE Threads::Threads)
forelock_layer(model analyzer/model LAYERS text)
forelock_layer(sql analyzer/sql LAYERS text model PRIVATE pg_query simdjson::simdjson)
forelock_layer(python analyzer/python LAYERS text PRIVATE tree_sitter_python)
forelock_layer(alembic analyzer/alembic LAYERS text model python sql)
forelock_layer(postgres analyzer/postgres LAYERS text model sql)
forelock_layer(history analyzer/history LAYERS text model postgres PRIVATE PkgConfig::libgit2)
forelock_layer(lint analyzer/lint LAYERS text model postgres history)
forelock_layer(rules rules LAYERS text model postgres history lint)
forelock_layer(reporters reporters LAYERS text model lint PRIVATE nlohmann_json::nlohmann_json)
# Of the frontend for C++, only the loader is linked; cmake/cxx_module.cmake builds the rest.
forelock_layer(cxx_loader analyzer/cxx/loader LAYERS text model sql PRIVATE ${CMAKE_DL_LIBS})
forelock_layer(project analyzer/project
  LAYERS text model sql python alembic cxx_loader postgres history lint
  PRIVATE tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json Threads::Threads)
forelock_layer(lsp lsp
  LAYERS text model lint project rules PRIVATE nlohmann_json::nlohmann_json Threads::Threads)
forelock_layer(cli cli
  LAYERS text model sql python alembic postgres history lint rules reporters project lsp
  PRIVATE CLI11::CLI11 nlohmann_json::nlohmann_json Threads::Threads)

# The binary build/forelock. It never links LLVM: it loads forelock_cxx.so when C++ is to be read.
file(GLOB main_file CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/main.cpp)
if(main_file)
  add_executable(forelock ${main_file})
  target_link_libraries(forelock PRIVATE forelock_cli CLI11::CLI11)
endif()
