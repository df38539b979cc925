#!/usr/bin/env python3
"""check_includes.py ROOT: rejects includes that bypass the public headers of a module.

- From a module to one of the same or a higher level. The levels are those of vat_module() in src/*/CMakeLists.txt;
  CMake refuses the same for links.
- Of a header that its module does not publish in HEADERS, from another module, from apps/, tests/ or bench/.
- Of a header in a folder `testing`, from anything but tests and benchmarks.

Tests (*_test.cc, *_fuzz.cc, testing/, tests/, bench/) may join modules, which is what TEST_DEPENDS is for, so the first
rule does not hold for them.
"""
import pathlib
import re
import sys


def read_modules(root):
    """{name: (level, published headers)} of every vat_module()."""
    modules = {}
    for lists in root.glob('src/*/CMakeLists.txt'):
        text = re.sub(r'#.*', '', lists.read_text())
        for name, level, arguments in re.findall(r'vat_module\(NAME (\w+) LEVEL (\d+)([^)]*)\)', text):
            keyword, headers = '', set()
            for word in arguments.split():
                if re.fullmatch(r'[A-Z_]+', word):
                    keyword = word
                elif keyword == 'HEADERS':
                    headers.add(word)
            modules[name] = (int(level), headers)
    return modules


def is_test(parts):
    name = parts[-1]
    return (parts[0] in ('tests', 'bench') or 'testing' in parts
            or name.endswith('_test.cc') or name.endswith('_fuzz.cc'))


def find_fault(modules, parts, target):
    """What is wrong with the file at `parts` including `target`; None when nothing is."""
    other, _, header = target.partition('/')
    module = parts[1] if parts[0] == 'src' else None
    if 'testing' in header.split('/')[:-1]:
        return None if is_test(parts) else f'"{target}" is for tests alone'
    # What cmake/VatEmbedFiles.cmake writes belongs to the module that asks for it.
    if other in (module, 'embedded'):
        return None
    if other == '..' and parts[0] == 'tests':
        return None
    if other not in modules:
        return f'there is no module "{other}"'
    level, published = modules[other]
    if module in modules and not is_test(parts) and level >= modules[module][0]:
        return f'{module} (level {modules[module][0]}) includes {other} (level {level})'
    if header not in published:
        return f'{other} does not publish "{header}" (HEADERS in src/{other}/CMakeLists.txt)'
    return None


def find_faults(root):
    modules = read_modules(root)
    faults = []
    for folder in ('src', 'apps', 'tests', 'bench'):
        for path in sorted([*root.glob(f'{folder}/**/*.cc'), *root.glob(f'{folder}/**/*.h')]):
            parts = path.relative_to(root).parts
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = re.match(r'\s*#\s*include\s+"([^"/]+/[^"]+)"', line)
                fault = include and find_fault(modules, parts, include[1])
                if fault:
                    faults.append(f'{path}:{number}: {fault}')
    return faults


if __name__ == '__main__':
    found = find_faults(pathlib.Path(sys.argv[1]))
    for line in found:
        print(line)
    sys.exit(1 if found else 0)
