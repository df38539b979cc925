#!/usr/bin/env python3
"""Prints the named character references of HTML as rows of a C++ table, sorted by name.

They come from Python's html.entities, which is generated from the HTML standard (13.5, "Named character references").
"""

from html.entities import html5


def literal(text):
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


for name in sorted(html5):
    print(f'    {{"{name}", {literal(html5[name])}}},')
