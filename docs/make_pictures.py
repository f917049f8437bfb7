"""Make the pictures of README and guide from finished plans: ``make pictures`` after ``make demo``.

Needs Chromium. The demo's plan must be in ``out/``; a what-if is planned beside it where it is missing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
PLANS = ROOT / "out"
NAMES = ("guizhou-12348", "guizhou-12348-volume-plus-20")
HEIGHTS = {"plan": 1640, "compare": 1180}
"""How much of each page is shown, px at 1440 px width."""


def main() -> None:
    """Plan what is missing, photograph, cut and shrink."""
    for name in NAMES:
        if not (PLANS / name / "plan.json").is_file():
            command = [sys.executable, "-m", "wfm.cli", "plan", name, "--start", "2026-09-14", "--seed", "1"]
            subprocess.run([*command, "--out", str(PLANS / name)], check=True, cwd=ROOT)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dashboard.screenshots", "--plans", str(PLANS), "--out", folder, *NAMES]
        subprocess.run(command, check=True, cwd=ROOT)
        for page, height in HEIGHTS.items():
            for language in ("en", "zh"):
                shrink(Path(folder) / f"{page}-{language}-1440.png", PICTURES / f"{page}-{language}.png", height)


def shrink(source: Path, target: Path, height: int) -> None:
    """The top of a photograph with few colours, small enough for a repository."""
    with Image.open(source) as picture:
        top = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
        top.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    sys.stdout.write(f"{target} {target.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main()
