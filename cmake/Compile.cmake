# Warnings, sanitizers and ccache for all targets of the project.
add_library(gradtape_flags INTERFACE)
target_compile_options(gradtape_flags INTERFACE -Wall -Wextra -Wpedantic $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
# Loops without dependences are told to gcc by a pragma of its own.
target_compile_options(gradtape_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-pragmas>)
if(GRADTAPE_WERROR)
  target_compile_options(gradtape_flags INTERFACE -Werror)
endif()
if(GRADTAPE_SANITIZE)
  target_compile_options(gradtape_flags INTERFACE -fsanitize=${GRADTAPE_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # Instrumented code hides assignments from gcc, which then warns of values in the standard library that are set.
  target_compile_options(gradtape_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # clang takes a function of DLPack for another one where its struct has another name.
  target_compile_options(gradtape_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_link_options(gradtape_flags INTERFACE -fsanitize=${GRADTAPE_SANITIZERS})
endif()
if(GRADTAPE_COVERAGE)
  target_compile_options(gradtape_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(gradtape_flags INTERFACE --coverage)
endif()
# What is shipped checks libc's calls where sizes are known.
target_compile_definitions(gradtape_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)

find_program(GRADTAPE_CCACHE ccache)
if(GRADTAPE_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${GRADTAPE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GRADTAPE_CCACHE})
endif()
