"""The trees of our bindings against the content models of official schemas."""

from __future__ import annotations

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"


def misplaced(binding, paths, root_type):
    """Elements of a binding that their schema does not know there, or wants elsewhere.

    Elements of a simple type have no content to look at.
    """
    types, elements = {}, {}
    for path in paths:
        root = etree.parse(path).getroot()
        for kind in root.iter(f"{XS}complexType"):
            if kind.get("name"):
                types[kind.get("name")] = [
                    (_local(one.get("name") or one.get("ref")), _local(one.get("type")))
                    for one in kind.iter(f"{XS}element")
                ]
        for one in root.iterchildren(f"{XS}element"):
            elements[one.get("name")] = _local(one.get("type"))
    found = []

    def walk(node, kind):
        content = types.get(kind)
        if not content or not node.children:
            return
        names = [name for name, _ in content]
        last = -1
        for child in node.children:
            if child.local not in names:
                found.append(f"{kind}/{child.local} is unknown")
                continue
            at = names.index(child.local)
            if at < last:
                found.append(f"{kind}/{child.local} comes too late")
            last = at
            walk(child, content[at][1] or elements.get(child.local))

    walk(binding.root, root_type)
    return found


def _local(name):
    return (name or "").rpartition(":")[2]
