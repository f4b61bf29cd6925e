//! SearchParameter expressions: what is read, one line per shape that occurs in HL7's definitions.

use fhirc_grammar::{Literal, PathExpr, PathNode, Span, Spanned, parse_path};

/// The tree of an expression that has nothing wrong.
fn tree(text: &str) -> PathNode {
    let (tree, found) = parse_path(text);
    assert_eq!(found, [], "{text}");
    tree.unwrap()
}

fn node(expr: PathExpr) -> Box<PathNode> {
    Box::new(Spanned::new(expr, Span::empty(0)))
}

fn ident(name: &str) -> Box<PathNode> {
    node(PathExpr::Ident(name.into()))
}

/// `a.b`
fn path(text: &str) -> Box<PathNode> {
    let mut steps = text.split('.');
    steps
        .by_ref()
        .next()
        .map(ident)
        .map(|first| steps.fold(first, |left, name| node(PathExpr::Child(left, name.into()))))
        .unwrap()
}

#[test]
fn every_shape_of_the_definitions_prints_as_it_is() {
    for text in [
        "name",
        "Patient.name.family",
        "Bundle.entry[0].resource",
        "Bundle.entry[0].resource as Composition",
        "ActivityDefinition.subject as canonical",
        "(Observation.value as string) | (Observation.value as CodeableConcept).text",
        "value.ofType(Quantity) | value.ofType(Range)",
        "Observation.value.ofType(CodeableConcept).text",
        "Patient.telecom.where(system = 'email')",
        "Condition.subject.where(resolve() is Patient)",
        "Patient.deceased.exists() and Patient.deceased != false",
        "Appointment.recurrenceTemplate.exists()",
        "%resource.referenceSeq.chromosome",
        "AuditEvent.recorded | (start | requestedPeriod.start).first()",
        "CareTeam.extension('http://hl7.org/fhir/StructureDefinition/careteam-alias').value",
        "QuestionnaireResponse.item.where(extension('http://u').exists()).answer.value.ofType(Reference)",
        "Device.definition.resolve().classification.type",
        "$this",
    ] {
        let printed = tree(text).node.to_string();
        let unneeded = text.replace("(Observation.value as string) |", "Observation.value as string |");
        assert_eq!(printed, unneeded, "{text}");
    }
}

#[test]
fn trees() {
    use PathExpr::{
        And, As, Eq, Exists, Extension, First, Index, Is, Ne, OfType, Resolve, Resource, This, Union, Where,
    };
    for (text, want) in [
        ("a.as(T)", As(ident("a"), "T".into())),
        ("(a as T)", As(ident("a"), "T".into())),
        ("a.ofType(FHIR.T)", OfType(ident("a"), "T".into())),
        ("a.b[12]", Index(path("a.b"), 12)),
        ("a.first()", First(ident("a"))),
        ("%resource.resolve()", Resolve(node(Resource))),
        ("a.extension('u')", Extension(ident("a"), "u".into())),
        ("a | b as T", Union(vec![*ident("a"), *node(As(ident("b"), "T".into()))])),
        ("a.where(b = 'x')", Where(ident("a"), node(Eq(ident("b"), Literal::String("x".into()))))),
        ("a.where(b='it\\'s')", Where(ident("a"), node(Eq(ident("b"), Literal::String("it's".into()))))),
        ("a.where(resolve() is T)", Where(ident("a"), node(Is(node(Resolve(node(This))), "T".into())))),
        (
            "a.exists() and b != 1.50",
            And(node(Exists(ident("a"))), node(Ne(ident("b"), Literal::Number("1.50".into())))),
        ),
        ("a | b = true", Eq(node(Union(vec![*ident("a"), *ident("b")])), Literal::Bool(true))),
    ] {
        assert_eq!(tree(text).node, want, "{text}");
    }
}

#[test]
fn words_of_fhirpath_are_names_where_a_name_stands() {
    for text in ["ValueSet.expansion.contains.code", "as", "is.as.and.or.where", "first as is", "and and and"] {
        assert_eq!(tree(text).node.to_string(), text);
    }
}

#[test]
fn spans() {
    let text = "Patient.name | (Person.name as T).text";
    let PathExpr::Union(nodes) = tree(text).node else { panic!() };
    assert_eq!(nodes[0].span.text(text), Some("Patient.name"));
    let PathExpr::Child(left, _) = &nodes[1].node else { panic!() };
    assert_eq!(left.span.text(text), Some("(Person.name as T)"));
}
