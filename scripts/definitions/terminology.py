"""Value sets -> the code systems they draw on; code systems -> whether case matters."""


class Terminology:
    def __init__(self, value_sets, code_systems):
        self.value_sets = {v["url"]: v for v in value_sets}
        self.code_systems = {c["url"]: c for c in code_systems}

    def systems(self, canonical, path=()):
        """The code systems of a value set; `None` among them stands for codes whose system is not known here."""
        url = canonical.split("|")[0]
        value_set = self.value_sets.get(url)
        if value_set is None or url in path:
            return {None}
        found = set()
        for include in value_set.get("compose", {}).get("include", []):
            if "system" in include:
                found.add(include["system"])
            for imported in [] if "system" in include else include.get("valueSet", []):
                found |= self.systems(imported, (*path, url))
        return found or {None}

    def case_rules(self, structures):
        """One line per code system that some element is bound to and that states whether case matters."""
        bound = set()
        for structure in structures:
            for element in structure["snapshot"]["element"]:
                if value_set := element.get("binding", {}).get("valueSet"):
                    bound |= self.systems(value_set)
        for url in sorted(bound - {None}):
            sensitive = self.code_systems.get(url, {}).get("caseSensitive")
            if sensitive is not None:
                yield f"system {url} {'sensitive' if sensitive else 'insensitive'}"
