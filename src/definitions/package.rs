//! Reads SearchParameter resources from FHIR packages: folders, archives, single files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fhirc_grammar::{Diagnostic, Severity, Span};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::param::{ComponentRef, ParamType, SearchParam, Targets};

/// No file of a package is read beyond this many bytes; HL7's largest has 40 million.
const MAX_FILE: u64 = 256 << 20;

/// The search parameters of a FHIR package, in the order of its file names, and what is wrong with it.
///
/// `path` is a folder with JSON files, alone or under `package/`; or a file: a package archive (`.tgz`), or a
/// SearchParameter or a Bundle as JSON, gzipped or not. What a file is, its content says. Other resources are
/// passed over; retired parameters are left out, with a warning. Each diagnostic names the file and the element.
pub fn load_package(path: &Path) -> (Vec<SearchParam>, Vec<Diagnostic>) {
    let mut found = Found::default();
    let read = if path.is_dir() { found.folder(path) } else { found.file(path) };
    if let Err(error) = read {
        found.diagnostics.push(problem(
            Severity::Error,
            "unreadable-package",
            format!("`{}`: {error}", path.display()),
        ));
    }
    (found.params, found.diagnostics)
}

/// The search parameter that one SearchParameter resource defines. The diagnostic names the element that is wrong;
/// for a retired parameter it is a warning.
pub fn from_resource(resource: &Value) -> Result<SearchParam, Diagnostic> {
    if resource.get("resourceType").and_then(Value::as_str) != Some("SearchParameter") {
        return Err(invalid("resourceType", "must be `SearchParameter`"));
    }
    let url = text(resource, "url")?;
    if resource.get("status").and_then(Value::as_str) == Some("retired") {
        return Err(problem(Severity::Warning, "retired-parameter", format!("`{url}` is retired and left out")));
    }
    let ty = text(resource, "type")?;
    let targets = names(resource, "target")?;
    let bases = names(resource, "base")?;
    if bases.is_empty() {
        return Err(invalid("base", "is missing"));
    }
    Ok(SearchParam {
        url: without_version(&url),
        code: text(resource, "code")?,
        bases,
        ty: ParamType::from_code(&ty).ok_or_else(|| invalid("type", &format!("has the unknown code `{ty}`")))?,
        expression: resource.get("expression").and_then(Value::as_str).map(str::to_owned),
        targets: match targets {
            names if names.is_empty() => Targets::Unstated,
            names if names.iter().any(|name| name == "Resource") => Targets::Any,
            names => Targets::Named(names),
        },
        components: components(resource)?,
        experimental: resource.get("experimental").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// The resource that states a definition; [`from_resource`] reads it back.
pub(super) fn to_resource(param: &SearchParam) -> Value {
    let mut resource = json!({
        "resourceType": "SearchParameter", "url": param.url, "code": param.code, "base": param.bases,
        "type": param.ty.code(), "experimental": param.experimental,
    });
    let mut set = |name: &str, value: Value| {
        if let Some(elements) = resource.as_object_mut() {
            elements.insert(name.to_owned(), value);
        }
    };
    if let Some(expression) = &param.expression {
        set("expression", json!(expression));
    }
    match &param.targets {
        Targets::Unstated => {}
        Targets::Any => set("target", json!(["Resource"])),
        Targets::Named(names) => set("target", json!(names)),
    }
    if !param.components.is_empty() {
        let part = |part: &ComponentRef| json!({ "definition": part.definition, "expression": part.expression });
        set("component", param.components.iter().map(part).collect());
    }
    resource
}

fn components(resource: &Value) -> Result<Vec<ComponentRef>, Diagnostic> {
    let list = resource.get("component").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let component = |part: &Value| {
        let definition = part.get("definition").and_then(Value::as_str);
        let expression = part.get("expression").and_then(Value::as_str);
        Ok(ComponentRef {
            definition: without_version(definition.ok_or_else(|| invalid("component.definition", "is missing"))?),
            expression: expression.ok_or_else(|| invalid("component.expression", "is missing"))?.to_owned(),
        })
    };
    list.iter().map(component).collect()
}

fn text(resource: &Value, element: &str) -> Result<String, Diagnostic> {
    match resource.get(element).map(Value::as_str) {
        None => Err(invalid(element, "is missing")),
        Some(None | Some("")) => Err(invalid(element, "must be a text")),
        Some(Some(text)) => Ok(text.to_owned()),
    }
}

fn names(resource: &Value, element: &str) -> Result<Vec<String>, Diagnostic> {
    let Some(value) = resource.get(element) else { return Ok(Vec::new()) };
    let names = value.as_array().and_then(|list| list.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    names.ok_or_else(|| invalid(element, "must be a list of type names"))
}

fn without_version(canonical: &str) -> String {
    canonical.split('|').next().unwrap_or_default().to_owned()
}

fn invalid(element: &str, what: &str) -> Diagnostic {
    problem(Severity::Error, "invalid-parameter", format!("`SearchParameter.{element}` {what}"))
}

fn problem(severity: Severity, code: &'static str, message: String) -> Diagnostic {
    // Definitions do not stand in the text of a query.
    let nowhere = Span::empty(0);
    match severity {
        Severity::Error => Diagnostic::error(code, nowhere, message),
        Severity::Warning => Diagnostic::warning(code, nowhere, message),
    }
}

#[derive(Default)]
struct Found {
    params: Vec<SearchParam>,
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let inner = folder.join("package");
        let folder = if inner.is_dir() { inner } else { folder.to_owned() };
        let entries = fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path()));
        let mut files = entries.collect::<io::Result<Vec<PathBuf>>>()?;
        // The order of a folder differs from system to system, that of slots must not.
        files.sort();
        for file in files.iter().filter(|file| is_json(file)) {
            let name = file.display().to_string();
            self.json(&name, &limited(fs::File::open(file)?)?);
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> io::Result<()> {
        let mut bytes = limited(fs::File::open(path)?)?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            bytes = limited(GzDecoder::new(bytes.as_slice()))?;
        }
        if bytes.trim_ascii_start().starts_with(b"{") {
            self.json(&path.display().to_string(), &bytes);
            return Ok(());
        }
        let mut files = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries()? {
            let entry = entry?;
            let name = entry.path()?.into_owned();
            if is_json(&name) && name.parent() == Some(Path::new("package")) {
                files.push((name, limited(entry)?));
            }
        }
        files.sort();
        files.iter().for_each(|(name, bytes)| self.json(&name.display().to_string(), bytes));
        Ok(())
    }

    fn json(&mut self, file: &str, bytes: &[u8]) {
        // A package has thousands of other resources: looking for the word is far cheaper than reading them all.
        let mentions = str::from_utf8(bytes).is_ok_and(|text| text.contains("\"SearchParameter\""));
        if !mentions {
            return;
        }
        match serde_json::from_slice::<Value>(bytes) {
            Ok(resource) => self.resource(file, &resource),
            Err(error) => {
                let message = format!("`{file}` is no JSON: {error}");
                self.diagnostics.push(problem(Severity::Error, "unreadable-package", message));
            }
        }
    }

    fn resource(&mut self, file: &str, resource: &Value) {
        match resource.get("resourceType").and_then(Value::as_str) {
            Some("Bundle") => {
                let entries = resource.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                entries.iter().filter_map(|entry| entry.get("resource")).for_each(|inner| self.resource(file, inner));
            }
            Some("SearchParameter") => match from_resource(resource) {
                Ok(param) => self.params.push(param),
                Err(mut diagnostic) => {
                    let url = resource.get("url").and_then(Value::as_str).unwrap_or_default();
                    diagnostic.message = format!("`{file}`, `{url}`: {}", diagnostic.message);
                    self.diagnostics.push(diagnostic);
                }
            },
            _ => {}
        }
    }
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "json")
}

fn limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::other("has more than 256 MiB"));
    }
    Ok(bytes)
}
