# pg_query: PostgreSQL's own parser. The flags are those of libpg_query's Makefile.

set(dir ${FORELOCK_THIRD_PARTY}/pg_query)

if(EXISTS ${dir}/pg_query.h)
  file(GLOB sources ${dir}/src/*.c ${dir}/src/postgres/*.c)
  third_party_library(pg_query
    INCLUDE ${dir}
    SOURCES
      ${sources}
      ${dir}/vendor/xxhash/xxhash.c
      ${dir}/vendor/upb/upb.c
      ${dir}/vendor/upb/third_party/utf8_range/utf8_range.c
      ${dir}/protobuf/pg_query.upb_minitable.c
    SOURCE_INCLUDE
      ${dir}/vendor ${dir}/vendor/upb ${dir}/vendor/upb/third_party/utf8_range
      ${dir}/src/include ${dir}/src/postgres/include
    OPTIONS -fno-strict-aliasing -fwrapv
    LINK Threads::Threads m)
else()
  find_path(PG_QUERY_INCLUDE pg_query.h)
  find_library(PG_QUERY_LIBRARY pg_query)
  if(NOT PG_QUERY_INCLUDE OR NOT PG_QUERY_LIBRARY)
    message(FATAL_ERROR "The sources of libpg_query are not in ${dir}. Run `./dev setup`.")
  endif()
  message(WARNING "The sources of libpg_query are not in ${dir}; the system's library is used, "
                  "whose PostgreSQL grammar may be older than 18. `./dev setup` fetches the sources.")
  add_library(pg_query INTERFACE)
  target_include_directories(pg_query SYSTEM INTERFACE ${PG_QUERY_INCLUDE})
  target_link_libraries(pg_query INTERFACE ${PG_QUERY_LIBRARY} Threads::Threads)
endif()
