"""SearchParameters and CompartmentDefinitions -> lines."""

import re

BASE = "http://hl7.org/fhir/SearchParameter/"

# In the package, but not among the 1,375 parameters of the specification's bundle `search-parameters.json`:
# examples, parameters that come with an extension pack, and `_filter`, which is a parameter of the search itself.
NOT_IN_BUNDLE = re.compile(r"example|filter$|.*-(extensions|genetic)-")


def parameters(found, concrete):
    for parameter in found:
        url = parameter["url"]
        if not url.startswith(BASE):
            raise SystemExit(f"unexpected url {url}")
        name = url.removeprefix(BASE)
        if not NOT_IN_BUNDLE.match(name):
            yield f"param {name} {parameter['type']} {parameter['code']}"
            yield from facts(parameter, concrete)


def facts(parameter, concrete):
    yield " base " + " ".join(parameter["base"])
    if expression := parameter.get("expression"):
        yield " path " + expression
    targets = parameter.get("target", [])
    # Parameters is never the target of a reference: it has no endpoint of its own (R4, "2.1.16 Parameters").
    everything = set(targets) == set(concrete) - {"Parameters"}
    if targets:
        yield " target " + ("*" if everything else " ".join(sorted(targets)))
    for component in parameter.get("component", []):
        yield f" component {component['definition'].removeprefix(BASE)} {component['expression']}"


def compartments(found):
    for compartment in found:
        if compartment["id"] == "example":
            continue
        yield f"compartment {compartment['code']}"
        for resource in compartment["resource"]:
            if params := resource.get("param"):
                yield f" {resource['code']} {' '.join(params)}"
