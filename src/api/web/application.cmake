#The web application, made from web / by Node.js when one of its files changes, as part of the program.
find_program(NODE node)
if(NOT NODE)
  message(FATAL_ERROR "node is missing; ./run and ./test install it, or take Debian's nodejs and npm.")
endif()
set(web ${PROJECT_SOURCE_DIR}/web)
foreach(package IN ITEMS esbuild lit tus-js-client @tailwindcss/cli @fortawesome/fontawesome-free)
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/node_modules/${package}/package.json)
    message(FATAL_ERROR "The npm package ${package} is missing. Run `npm ci --ignore-scripts` in ${PROJECT_SOURCE_DIR}.")
  endif()
endforeach()
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS
  ${web}/src/*.js ${web}/styles/*.css ${web}/locales/*.json ${web}/public/* ${web}/example/*)
set(web_files ${CMAKE_CURRENT_BINARY_DIR}/web/files.txt)
add_custom_command(OUTPUT ${web_files}
  COMMAND ${NODE} ${web}/build.mjs ${CMAKE_CURRENT_BINARY_DIR}/web
  DEPENDS ${web}/build.mjs ${web}/index.html ${web_sources} ${PROJECT_SOURCE_DIR}/package-lock.json
  COMMENT "Making the web application"
  VERBATIM)
vat_embed_listed(vat_api web ${web_files})
target_sources(vat_api PRIVATE web/web_routes.cc)
