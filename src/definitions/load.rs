//! Reads the compact facts of a release, `definitions/r4.txt`. `definitions/README.md` describes the format.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::compartment::Compartment;
use super::model::{ElementInfo, Model, TypeInfo, TypeKind, Variant};
use super::param::{ComponentRef, ParamType, SearchParam, Targets};
use super::types::TypeSet;

const PARAM_BASE: &str = "http://hl7.org/fhir/SearchParameter/";

/// The facts of a release.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) model: Model,
    pub(super) params: Vec<SearchParam>,
    pub(super) compartments: Vec<Compartment>,
    /// Code systems that say whether case matters in their codes.
    pub(super) case_rules: BTreeMap<&'static str, bool>,
    /// Lines that could not be read. The built-in facts have none; a test says so.
    pub(super) unread: Vec<&'static str>,
}

/// Reads a text of facts: a line that starts a record, then indented lines that belong to it.
pub(super) fn load(text: &'static str) -> Facts {
    let resources = text.lines().filter_map(|line| line.strip_prefix("resource ")?.split(' ').next());
    let mut facts = Facts { model: Model::new(resources.collect()), ..Facts::default() };
    let mut record = Record::Other;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let read = match line.strip_prefix(' ') {
            Some(fact) => record.add(&facts.model, fact),
            None => {
                record.finish(&mut facts);
                Record::start(&mut facts, line).map(|started| record = started)
            }
        };
        if read.is_none() {
            facts.unread.push(line);
        }
    }
    record.finish(&mut facts);
    facts
}

/// The record being read.
#[derive(Default)]
enum Record {
    Type(TypeInfo),
    Param(SearchParam),
    Compartment(Compartment),
    /// A record of one line.
    #[default]
    Other,
}

impl Record {
    fn start(facts: &mut Facts, line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let kind = match words.next()? {
            "resource" => TypeKind::Resource,
            "abstract" => TypeKind::Abstract,
            "type" => TypeKind::Complex,
            "part" => TypeKind::Part,
            "primitive" => TypeKind::Primitive,
            "param" => return Some(Self::Param(param(&mut words)?)),
            "compartment" => {
                let centre = facts.model.resource_type(words.next()?)?;
                return Some(Self::Compartment(Compartment::new(centre)));
            }
            "system" => {
                facts.case_rules.insert(words.next()?, words.next()? == "sensitive");
                return Some(Self::Other);
            }
            "fhir" => return Some(Self::Other),
            _ => return None,
        };
        Some(Self::Type(TypeInfo { name: words.next()?, kind, parent: words.next(), elements: Vec::new() }))
    }

    fn add(&mut self, model: &Model, fact: &'static str) -> Option<()> {
        match self {
            Self::Type(info) => info.elements.push(element(model, fact)?),
            Self::Param(param) => add_to_param(param, fact)?,
            Self::Compartment(compartment) => {
                let (ty, codes) = fact.split_once(' ')?;
                compartment.add(model.resource_type(ty)?, codes.split(' '));
            }
            Self::Other => return None,
        }
        Some(())
    }

    fn finish(&mut self, facts: &mut Facts) {
        match std::mem::take(self) {
            Self::Type(info) => {
                facts.model.types.insert(info.name, info);
            }
            Self::Param(param) => facts.params.push(param),
            Self::Compartment(compartment) => facts.compartments.push(compartment),
            Self::Other => {}
        }
    }
}

/// `param Account-identifier token identifier`
fn param<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<SearchParam> {
    Some(SearchParam {
        url: format!("{PARAM_BASE}{}", words.next()?),
        ty: ParamType::from_code(words.next()?)?,
        code: words.next()?.to_owned(),
        bases: Vec::new(),
        expression: None,
        targets: Targets::Unstated,
        components: Vec::new(),
        experimental: false,
    })
}

fn add_to_param(param: &mut SearchParam, fact: &str) -> Option<()> {
    let (name, rest) = fact.split_once(' ')?;
    match name {
        "base" => param.bases = names(rest),
        "path" => param.expression = Some(rest.to_owned()),
        "target" if rest == "*" => param.targets = Targets::Any,
        "target" => param.targets = Targets::Named(names(rest)),
        "component" => {
            let (definition, expression) = rest.split_once(' ')?;
            let definition = format!("{PARAM_BASE}{definition}");
            param.components.push(ComponentRef { definition, expression: expression.to_owned() });
        }
        _ => return None,
    }
    Some(())
}

fn names(list: &str) -> Vec<String> {
    list.split(' ').map(str::to_owned).collect()
}

/// `gender+ code =http://hl7.org/fhir/administrative-gender`, `value[x]+ Quantity string`, `link*?+ Patient.link`
fn element(model: &Model, fact: &'static str) -> Option<ElementInfo> {
    let mut words = fact.split(' ');
    // Marks stand in one order; read from the end.
    let mut name = words.next()?;
    let mut marked = |mark| {
        name.strip_suffix(mark).is_some_and(|rest| {
            name = rest;
            true
        })
    };
    let (summary, modifier, mandatory, repeats) = (marked("+"), marked("?"), marked("!"), marked("*"));
    let choice = marked("[x]");
    let (variants, system) = (Vec::new(), None);
    let mut info = ElementInfo { name, repeats, mandatory, modifier, summary, choice, variants, system };
    for word in words {
        match word.strip_prefix('=') {
            Some(system) => info.system = Some(system),
            None => info.variants.push(variant(model, name, choice, word)?),
        }
    }
    Some(info)
}

/// `Quantity`, `Reference(Group,Patient)`, `canonical(*)`, `Reference(Location)^`
fn variant(model: &Model, name: &'static str, choice: bool, word: &'static str) -> Option<Variant> {
    let (word, hierarchy) = word.strip_suffix('^').map_or((word, false), |word| (word, true));
    let (ty, targets) = word.strip_suffix(')').and_then(|word| word.split_once('(')).unwrap_or((word, ""));
    let targets = match targets {
        "" => TypeSet::EMPTY,
        "*" => model.all_targets,
        names => names.split(',').map(|name| model.resource_type(name)).collect::<Option<_>>()?,
    };
    let json_name = if choice { Cow::Owned(choice_name(name, ty)) } else { Cow::Borrowed(name) };
    Some(Variant { json_name, ty, targets, hierarchy })
}

/// The JSON name of a choice: `value` and `dateTime` give `valueDateTime`. <http://hl7.org/fhir/R4/formats.html#choice>
fn choice_name(name: &str, ty: &str) -> String {
    let mut letters = ty.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    name.chars().chain(first).chain(letters).collect()
}
