"""The dependency audit of `make check`: fails on a known vulnerability, and never calls clean what nobody looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.local.trouble import say

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (
    sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip",
    "--progress-spinner", "off", "--format", "json",
)  # fmt: skip
PATIENCE_SECONDS = 120


def main() -> int:
    try:
        done = subprocess.run(COMMAND, cwd=ROOT, check=False, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return _report("not run (the advisory service did not answer in time)")
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return _report(f"not run ({' '.join(done.stderr.split()[-30:])})")
    return judge(packages)


def judge(packages: list[dict[str, Any]]) -> int:
    """pip-audit skips a package that the service does not know, and then still says that none is vulnerable."""
    found = [(package, hole) for package in packages for hole in package.get("vulns", ())]
    for package, hole in found:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        say(f"{package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    skipped = sum("skip_reason" in package for package in packages)
    if found:
        return _report(f"{len(found)} known vulnerabilities", failed=True)
    if skipped:
        return _report(f"not run (the advisory service knew nothing of {skipped} of {len(packages)} packages)")
    return _report(f"{len(packages)} packages, no known vulnerability")


def _report(what: str, *, failed: bool = False) -> int:
    say(f"dependency audit: {what}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
