"""Add up what the tests of some build folders printed: each TAP line counts, a program that died counts as failed."""
import json
import re
import sys

passed = failed = skipped = 0
for folder in sys.argv[1:]:
    with open(f"{folder}/meson-logs/testlog.json", encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            bad = 0
            for row in test.get("stdout", "").splitlines():
                if row.startswith("# skipped:"):  # a test that ended early for want of data: not one that passed
                    skipped += 1
                    passed -= 1
                elif re.match(r"not ok\b", row):
                    bad += 1
                elif re.match(r"ok\b", row):
                    if re.search(r"# SKIP", row, re.I):
                        skipped += 1
                    else:
                        passed += 1
            if test["result"] in ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"):
                bad = max(bad, 1)
                print(f"failed: {folder} {test['name']} ({test['result']})")
            failed += bad
print(f"{passed} passed, {failed} failed, {skipped} skipped" if skipped else f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
