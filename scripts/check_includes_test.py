#!/usr/bin/env python3
"""Tests of scripts/check_includes.py on a small project of two levels."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import check_includes

LISTS = {
    'base': 'vat_module(NAME base LEVEL 0\n  HEADERS result.h text/fold.h  # not hidden.h\n  SOURCES hidden.cc)\n',
    'media': 'vat_module(NAME media LEVEL 1 GLUE\n  HEADERS probe.h\n  SOURCES probe.cc\n  DEPENDS base)\n',
    'asr': 'vat_module(NAME asr LEVEL 1\n  HEADERS chunk.h\n  DEPENDS base)\n',
}


class CheckIncludesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, lists in LISTS.items():
            self.write(f'src/{name}/CMakeLists.txt', lists)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def faults(self, path, target):
        self.write(path, f'#include <string>\n#include "{target}"\n')
        return [fault.removeprefix(f'{self.root}/') for fault in check_includes.find_faults(self.root)]

    def test_a_published_header_below_is_allowed(self):
        self.assertEqual(self.faults('src/media/probe.cc', 'base/result.h'), [])
        self.assertEqual(self.faults('src/media/probe.cc', 'base/text/fold.h'), [])
        self.assertEqual(self.faults('apps/vat/main.cc', 'media/probe.h'), [])

    def test_a_module_sees_its_own_private_headers(self):
        self.assertEqual(self.faults('src/base/hidden.cc', 'base/hidden.h'), [])

    def test_a_module_of_the_same_or_a_higher_level_is_refused(self):
        self.assertEqual(self.faults('src/media/probe.cc', 'asr/chunk.h'),
                         ['src/media/probe.cc:2: media (level 1) includes asr (level 1)'])
        self.write('src/media/probe.cc', '')
        self.assertEqual(self.faults('src/base/result.h', 'media/probe.h'),
                         ['src/base/result.h:2: base (level 0) includes media (level 1)'])

    def test_a_test_may_join_modules(self):
        self.assertEqual(self.faults('src/media/probe_test.cc', 'asr/chunk.h'), [])

    def test_a_header_that_is_not_published_is_refused_everywhere_else(self):
        for path in ('src/media/probe.cc', 'src/media/probe_test.cc', 'apps/vat/main.cc', 'tests/cli/cli_test.cc',
                     'bench/speed.cc'):
            with self.subTest(path):
                self.assertEqual(self.faults(path, 'base/hidden.h'), [
                    f'{path}:2: base does not publish "hidden.h" (HEADERS in src/base/CMakeLists.txt)'
                ])
                (self.root / path).unlink()

    def test_headers_for_tests_are_refused_outside_of_tests(self):
        for path in ('src/media/probe.cc', 'src/asr/chunk.cc', 'apps/vat/main.cc'):
            with self.subTest(path):
                self.assertEqual(self.faults(path, 'media/testing/sounds.h'),
                                 [f'{path}:2: "media/testing/sounds.h" is for tests alone'])
                (self.root / path).unlink()
        for path in ('src/media/testing/sounds.cc', 'src/asr/chunk_test.cc', 'tests/cli/cli_test.cc'):
            with self.subTest(path):
                self.assertEqual(self.faults(path, 'media/testing/sounds.h'), [])

    def test_an_unknown_module_is_refused(self):
        self.assertEqual(self.faults('src/media/probe.cc', 'bass/result.h'),
                         ['src/media/probe.cc:2: there is no module "bass"'])

    def test_tests_may_name_a_neighbour_relatively(self):
        self.assertEqual(self.faults('tests/service/serve_test.h', '../cli/program.h'), [])
        self.assertEqual(self.faults('src/media/probe.cc', '../base/hidden.h'),
                         ['src/media/probe.cc:2: there is no module ".."'])


if __name__ == '__main__':
    unittest.main()
