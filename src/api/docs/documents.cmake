# The OpenAPI document and the two pages that show it, as parts of the program: nothing comes from another server.
include(${PROJECT_SOURCE_DIR}/cmake/VatEmbedFiles.cmake)
set(swagger ${PROJECT_SOURCE_DIR}/node_modules/swagger-ui-dist)
set(pages ${CMAKE_CURRENT_LIST_DIR})

# Redoc's bundle asks a foreign server for its maker's logo, and has no option against it; one empty pixel instead.
set(redoc ${CMAKE_CURRENT_BINARY_DIR}/embedded/redoc.standalone.js)
set(bundle ${PROJECT_SOURCE_DIR}/node_modules/redoc/bundles/redoc.standalone.js)
set(logo https://cdn.redoc.ly/redoc/logo-mini.svg)
set(pixel data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==)
foreach(package IN ITEMS ${swagger}/swagger-ui-bundle.js ${bundle})
  if(NOT EXISTS ${package})
    message(FATAL_ERROR "${package} is missing. Run `npm ci --ignore-scripts` in ${PROJECT_SOURCE_DIR}.")
  endif()
endforeach()
add_custom_command(OUTPUT ${redoc}
  COMMAND grep -q ${logo} ${bundle}
  COMMAND sed "s|${logo}|${pixel}|" ${bundle} > ${redoc}
  DEPENDS ${bundle}
  VERBATIM)

vat_embed_files(vat_api documents
  openapi.json application/json ${CMAKE_CURRENT_SOURCE_DIR}/openapi.json
  docs text/html ${pages}/docs.html
  docs/docs.js text/javascript ${pages}/docs.js
  docs/swagger-ui-bundle.js text/javascript ${swagger}/swagger-ui-bundle.js
  docs/swagger-ui.css text/css ${swagger}/swagger-ui.css
  docs/favicon-32x32.png image/png ${swagger}/favicon-32x32.png
  redoc text/html ${pages}/redoc.html
  redoc/redoc.css text/css ${pages}/redoc.css
  redoc/redoc.standalone.js text/javascript ${redoc})
target_sources(vat_api PRIVATE docs/docs_routes.cc)
