#!/usr/bin/env python3
"""check_headers.py BUILD: compiles every public header of a configured build folder by itself.

CMake has a target for that, all_verify_interface_header_sets, but it compiles the libraries before their headers. Its list
of commands leaves out the compiler cache, which is used if there is one.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

CACHE = ["ccache"] if shutil.which("ccache") else []


def compile_header(entry):
    """Returns what the compiler says of a header that cannot stand alone; nothing if it can."""
    folder = pathlib.Path(entry["directory"])
    command = CACHE + shlex.split(entry["command"])
    (folder / command[command.index("-o") + 1]).parent.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return ran.stderr if ran.returncode != 0 else ""


def main():
    build = pathlib.Path(sys.argv[1])
    entries = json.loads((build / "compile_commands.json").read_text())
    headers = [entry for entry in entries if "_verify_interface_header_sets" in entry["file"]]
    if not headers:
        sys.exit(f"{build} has no headers to check.")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [said for said in pool.map(compile_header, headers) if said]
    print("\n".join(failures), end="")
    print(f"{len(headers)} headers, {len(failures)} of them do not compile by themselves")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
