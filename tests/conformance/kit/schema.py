"""A checker for the part of JSON Schema that the kit's own schemas use. A word that it does not know is
an error of the schema, so that nothing passes because it was not looked at."""

import re

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float),
}
ANNOTATIONS = {"$schema", "$id", "title", "description", "$defs"}


class BadDocument(Exception):
    """The place in the document, and what is wrong there."""


def check(value, schema, place="$", root=None):
    root = schema if root is None else root
    for word, wanted in schema.items():
        if word in ANNOTATIONS:
            continue
        rule = RULES.get(word)
        if rule is None:
            raise BadDocument(f"the schema itself says {word!r}, which this checker does not know")
        rule(value, wanted, place, root, schema)


def _is(value, name):
    if isinstance(value, bool) and name in ("integer", "number"):
        return False
    return isinstance(value, TYPES[name])


def _type(value, wanted, place, root, schema):
    names = wanted if isinstance(wanted, list) else [wanted]
    if not any(_is(value, name) for name in names):
        raise BadDocument(f"{place} is no {' or '.join(names)}")


def _ref(value, wanted, place, root, schema):
    target = root
    for part in wanted.removeprefix("#/").split("/"):
        target = target[part]
    check(value, target, place, root)


def _properties(value, wanted, place, root, schema):
    if isinstance(value, dict):
        for name, part in wanted.items():
            if name in value:
                check(value[name], part, f"{place}.{name}", root)


def _additional(value, wanted, place, root, schema):
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for name in value:
        if name in known:
            continue
        if wanted is False:
            raise BadDocument(f"{place}.{name} is no member that is known here")
        if isinstance(wanted, dict):
            check(value[name], wanted, f"{place}.{name}", root)


def _required(value, wanted, place, root, schema):
    for name in wanted:
        if isinstance(value, dict) and name not in value:
            raise BadDocument(f"{place} lacks {name!r}")


def _items(value, wanted, place, root, schema):
    if isinstance(value, list):
        for index, each in enumerate(value):
            check(each, wanted, f"{place}[{index}]", root)


def _enum(value, wanted, place, root, schema):
    if value not in wanted:
        raise BadDocument(f"{place} is {value!r}, not one of {', '.join(map(str, wanted))}")


def _pattern(value, wanted, place, root, schema):
    if isinstance(value, str) and not re.search(wanted, value):
        raise BadDocument(f"{place} is {value!r}, which does not match {wanted}")


def _min_items(value, wanted, place, root, schema):
    if isinstance(value, list) and len(value) < wanted:
        raise BadDocument(f"{place} has fewer than {wanted} elements")


def _minimum(value, wanted, place, root, schema):
    if _is(value, "number") and value < wanted:
        raise BadDocument(f"{place} is less than {wanted}")


def _one_of(value, wanted, place, root, schema):
    why = []
    for part in wanted:
        try:
            check(value, part, place, root)
        except BadDocument as bad:
            why.append(str(bad))
    if len(why) != len(wanted) - 1:
        raise BadDocument(f"{place} fits {len(wanted) - len(why)} of {len(wanted)} forms: {'; '.join(why)}")


RULES = {
    "type": _type, "$ref": _ref, "properties": _properties, "additionalProperties": _additional,
    "required": _required, "items": _items, "enum": _enum, "pattern": _pattern, "minItems": _min_items,
    "minimum": _minimum, "oneOf": _one_of, "const": lambda v, w, p, r, s: _enum(v, [w], p, r, s),
}
