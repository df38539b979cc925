#!/usr/bin/env python3
"""check_includes.py ROOT: refuses an include from a module to one of the same or a higher level.

The levels are those of vat_module() in src/*/CMakeLists.txt; CMake refuses the same for links. Tests and benchmarks
may join modules, which is what their TEST_DEPENDS are for, so *_test.cc and testing/ are not looked at.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
levels = {}
for lists in root.glob('src/*/CMakeLists.txt'):
    for name, level in re.findall(r'vat_module\(NAME (\w+) LEVEL (\d+)', lists.read_text()):
        levels[name] = int(level)

wrong = []
for path in sorted(root.glob('src/**/*.cc')) + sorted(root.glob('src/**/*.h')):
    parts = path.relative_to(root / 'src').parts
    module = parts[0]
    if path.name.endswith('_test.cc') or 'testing' in parts or module not in levels:
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        include = re.match(r'#include "(\w+)/', line)
        # What cmake/VatEmbedFiles.cmake writes belongs to the module that asks for it.
        if not include or include[1] in (module, 'embedded'):
            continue
        other = include[1]
        if other not in levels:
            wrong.append(f'{path}:{number}: there is no module "{other}"')
        elif levels[other] >= levels[module]:
            wrong.append(f'{path}:{number}: {module} (level {levels[module]}) includes {other} (level {levels[other]})')
for line in wrong:
    print(line)
sys.exit(1 if wrong else 0)
