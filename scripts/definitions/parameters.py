"""SearchParameters and CompartmentDefinitions -> lines."""

BASE = "http://hl7.org/fhir/SearchParameter/"


def of_the_specification(parameter):
    """Is it one of the 1,375 parameters of the specification's own bundle `search-parameters.json`?

    The package also holds examples and parameters that come with extension packs, all marked experimental, and
    `_filter`, which is a parameter of the search itself."""
    return not parameter["experimental"] and parameter["id"] != "filter"


def parameters(found, concrete):
    for parameter in found:
        url = parameter["url"]
        if not url.startswith(BASE):
            raise SystemExit(f"unexpected url {url}")
        if of_the_specification(parameter):
            yield f"param {url.removeprefix(BASE)} {parameter['type']} {parameter['code']}"
            yield from facts(parameter, concrete)


def facts(parameter, concrete):
    yield " base " + " ".join(parameter["base"])
    if expression := parameter.get("expression"):
        yield " path " + expression
    targets = parameter.get("target", [])
    # Parameters is never the target of a reference: it has no address (http://hl7.org/fhir/R4/parameters.html).
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
