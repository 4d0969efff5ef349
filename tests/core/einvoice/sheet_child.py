"""Applies official sheets to fragments: JSON lines in, JSON lines out, one Saxon processor.

Run as ``python sheet_child.py NAME=PATH…``. A request is ``{"sheets": [name], "content": base64}``;
the answer is the list of the rules that fired, in their order, once per time they fired. Unlike the
worker of the product it knows no schema, because fragments have no place in one.
"""

from __future__ import annotations

import base64
import json
import os
import sys

from lxml import etree
from saxonche import PySaxonProcessor

from echeance.core.einvoice.official import worker
from echeance.core.einvoice.xml import parse_xml


def main(arguments: list[str]) -> None:
    # As in the worker of the product: whatever Saxon prints must not reach the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    paths = dict(argument.split("=", 1) for argument in arguments)
    compiled = {}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        root = parse_xml(base64.b64decode(request["content"]))
        node = processor.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
        fired = []
        for name in request["sheets"]:
            if name not in compiled:
                compiled[name] = compiler.compile_stylesheet(stylesheet_file=paths[name])
            fired += [item.rule for item in worker._by_sheet(node, name, compiled[name])]
        answers.write(json.dumps(fired) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
