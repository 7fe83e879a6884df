"""A Go for whole runs of ``canarylab provision``: it compiles nothing, and waits in a build while it is told to.

It is written into a folder as a program named ``go``. It keeps a line for each of its calls in ``calls``; while
a file ``hold`` is there, a build starts a child, as the real one starts compilers, and does not end.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
command, words = sys.argv[1], [word for word in sys.argv[2:] if not word.startswith("-")]
with (HERE / "calls").open("a") as calls:
    print(command, *words, file=calls)

if command == "env":
    for name in words:
        print({"GOVERSION": "go1.99.0"}.get(name, HERE / "go" / name.lower()))
elif command == "list":
    for package in words:
        print(f"{package.replace('./', 'canarylab.dev/toolchain/')}\ttrue\t")
elif command == "mod":
    for module in words[1:]:
        name, _, version = module.partition("@")
        if version == "v9.9.9":
            print(json.dumps({"Path": name, "Error": f"{module}: unknown revision {version}"}, indent=1))
            sys.exit(1)
        print(json.dumps({"Path": name, "Dir": str(HERE / "modules")}, indent=1))
elif command == "build":
    target = Path(next(word for word in sys.argv if word.startswith("-o=")).removeprefix("-o="))
    (target / "half").write_text("half")
    if (HERE / "hold").exists():
        with subprocess.Popen(["/bin/sleep", "600"]) as child:
            (HERE / "pids.new").write_text(f"{os.getpid()} {child.pid}")
            (HERE / "pids.new").rename(HERE / "pids")
            while (HERE / "hold").exists():
                time.sleep(0.02)
            child.kill()
    outputs = json.loads((HERE / "outputs.json").read_text())
    for package in words:
        print(package, file=sys.stderr)
        (target / outputs[package]).write_text(package)
