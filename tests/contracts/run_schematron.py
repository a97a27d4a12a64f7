"""Runs one compiled Schematron over XML files in a process that ends (saxonche keeps 120 MB): JSON of what failed."""

import json
import re
import sys
from xml.etree import ElementTree as ET

from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def findings(report):
    root = ET.fromstring(report)  # noqa: S314 - the report our own stylesheet has just made
    failed = [
        f"{one.get('flag') or one.get('role') or ''} {' '.join((one.findtext(f'{SVRL}text') or '').split())}".strip()
        for one in root.iter(f"{SVRL}failed-assert")
    ]
    rules = {name for sentence in failed for name in re.findall(r"BR-[A-Z0-9-]+", sentence)}
    return {"fired": len(list(root.iter(f"{SVRL}fired-rule"))), "failed": failed, "rules": sorted(rules)}


def main(stylesheet, *files):
    with PySaxonProcessor(license=False) as saxon:
        # From its file, so that the code lists beside it are found.
        compiled = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
        print(json.dumps({name: findings(compiled.transform_to_string(source_file=name)) for name in files}))


if __name__ == "__main__":
    main(*sys.argv[1:])
