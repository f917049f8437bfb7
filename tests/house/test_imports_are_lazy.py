"""``wfm --help`` must not load the large libraries: that is what keeps it under half a second of CPU."""

import subprocess
import sys

HEAVY = {
    "pandas",
    "numpy",
    "scipy",
    "dash",
    "plotly",
    "ortools",
    "duckdb",
    "pyarrow",
    "matplotlib",
    "sqlalchemy",
    "simpy",
    "numba",
    "llvmlite",
    "pandera",
    "lightgbm",
    "holidays",
}


def test_help_loads_no_large_library():
    code = (
        "import sys\nfrom wfm.cli import main\ncode = main(['--help'])\n"
        f"loaded = {HEAVY!r} & set(sys.modules)\nprint(sorted(loaded), file=sys.stderr)\nsys.exit(code or bool(loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "plan" in done.stdout
