"""What must never stand in a committed file: index addresses, machine paths, lock entries without a hash."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:  # a source archive without git: look at everything that is not set up by make
        skip = {".venv", "out", "site", ".git"}
        return [p for p in ROOT.rglob("*") if p.is_file() and not skip & set(p.relative_to(ROOT).parts)]
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_address_of_a_package_index_and_no_machine_path():
    words = (
        "index-" + "url",
        "extra-" + "index",
        "find-" + "links",
        "/ho" + "me/[a-z]",
        "/wo" + "rk/",
        "file:" + "///",
    )
    forbidden = re.compile("|".join(words).encode())
    found = [str(p.relative_to(ROOT)) for p in _tracked() if forbidden.search(p.read_bytes())]
    assert found == []


def test_the_lock_holds_packages_versions_and_hashes_only():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    allowed = re.compile(
        r"^(#.*|[A-Za-z0-9._\[\]-]+==[^ ]+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    # .*|)$"
    )
    assert [line for line in lines if not allowed.match(line)] == []
    assert not any("://" in line for line in lines)
    pinned = [line for line in lines if re.match(r"^[A-Za-z0-9]", line)]
    assert len(pinned) > 50
    for line in pinned:
        following = lines[lines.index(line) + 1]
        assert following.strip().startswith("--hash="), line


def test_no_other_lock_is_committed():
    assert not [p for p in _tracked() if p.name == "uv.lock"]
