"""StructureDefinitions -> the type model: one record per type, one line per element the type itself adds."""

CORE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = CORE + "structuredefinition-fhir-type"
HIERARCHY = CORE + "structuredefinition-hierarchy"


def types(structures, terminology):
    """The lines of all types, each backbone element right after the type it belongs to."""
    core = [s for s in structures if s.get("derivation") != "constraint" and s["kind"] != "logical"]
    for structure in sorted(core, key=lambda s: s["name"]):
        yield from lines(structure, terminology)


def lines(structure, terminology):
    name = structure["name"]
    kind = {"resource": "resource", "complex-type": "type", "primitive-type": "primitive"}[structure["kind"]]
    if structure["abstract"]:
        kind = "abstract"
    parent = structure.get("baseDefinition", "").removeprefix(CORE)
    own = [e for e in structure["snapshot"]["element"] if "." in e["path"] and e["base"]["path"] == e["path"]]
    # A backbone element is a type of its own, named by its path.
    holders = [e["path"] for e in own if is_backbone(e)]
    yield f"{kind} {name} {parent}".rstrip()
    yield from elements(name, own, terminology)
    for holder in holders:
        base = next(e["type"][0]["code"] for e in own if e["path"] == holder)
        yield f"part {holder} {base}"
        yield from elements(holder, own, terminology)


def is_backbone(element):
    return [t["code"] for t in element.get("type", [])] in (["BackboneElement"], ["Element"])


def elements(holder, own, terminology):
    for element in own:
        parent, _, name = element["path"].rpartition(".")
        if parent == holder:
            yield " ".join(["", name + marks(element), *type_names(element), *binding(element, terminology)])


def marks(element):
    """`*` repeats, `!` is mandatory, `?` is a modifier, `+` belongs to the summary; in this order."""
    marked = [
        ("*", element["max"] not in ("0", "1")),
        ("!", element["min"] > 0),
        ("?", element.get("isModifier", False)),
        ("+", element.get("isSummary", False)),
    ]
    return "".join(mark for mark, holds in marked if holds)


def type_names(element):
    """FHIR type names; a reference is followed by its target types, `(*)` when any resource may be meant, and by `^`
    where it is declared to be part of a strict hierarchy."""
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    if is_backbone(element):
        return [element["path"]]
    return [type_name(t) for t in element["type"]]


def type_name(found):
    code = found["code"]
    strict = ""
    for extension in found.get("extension", []):
        if extension["url"] == FHIR_TYPE:
            code = extension["valueUrl"]
        if extension["url"] == HIERARCHY and extension["valueBoolean"]:
            strict = "^"
    if code not in ("Reference", "canonical"):
        return code
    targets = sorted({t.removeprefix(CORE) for t in found.get("targetProfile", [])})
    names = "*" if not targets or "Resource" in targets else ",".join(targets)
    return f"{code}({names}){strict}"


def binding(element, terminology):
    """`=system` for an element of type `code` whose required value set draws on exactly one code system."""
    bound = element.get("binding", {})
    if bound.get("strength") != "required" or [t["code"] for t in element["type"]] != ["code"]:
        return []
    systems = terminology.systems(bound["valueSet"])
    return ["=" + systems.pop()] if len(systems) == 1 and None not in systems else []
