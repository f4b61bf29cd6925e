//! A syntax tree as an indented outline: places as `start..end`, absent parts left out.

use serde_json::{Map, Value as Json};

/// The tree, a line per node. It is read off the tree's JSON form, in which a node has a `span` and mostly a `node`.
pub(super) fn outline(tree: &Json) -> String {
    let mut out = String::new();
    write(&mut out, "", tree, 0);
    out
}

fn write(out: &mut String, name: &str, value: &Json, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Null => {}
        Json::Object(fields) => {
            let (head, rest) = head(fields);
            let inner = if name.is_empty() && head.is_empty() { depth } else { depth + 1 };
            if inner > depth {
                out.push_str(format!("{indent}{name}{head}").trim_end());
                out.push('\n');
            }
            rest.into_iter().for_each(|(name, value)| write(out, name, value, inner));
        }
        Json::Array(items) if items.is_empty() => {}
        Json::Array(items) => {
            out.push_str(&format!("{indent}{name}\n"));
            items.iter().for_each(|item| write(out, "-", item, depth + 1));
        }
        scalar => out.push_str(&format!("{indent}{name} {scalar}\n")),
    }
}

/// What stands on the line of a node, and what stands below it.
fn head(fields: &Map<String, Json>) -> (String, Vec<(&str, &Json)>) {
    let mut head = String::new();
    let mut rest = Vec::new();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("node", Json::String(text)) => head.push_str(&format!(" {text:?}")),
            ("span", span) => {
                let at = |end: &str| span.get(end).and_then(Json::as_u64).unwrap_or_default();
                head.push_str(&format!(" {}..{}", at("start"), at("end")));
            }
            ("node", Json::Object(inner)) => rest.extend(inner.iter().map(|(name, value)| (name.as_str(), value))),
            (name, value) => rest.push((name, value)),
        }
    }
    (head, rest)
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn nodes_stand_with_their_places() {
        let (tree, _) = fhirc_grammar::parse_search("Patient?name:exact=a", &[]);
        let text = outline(&serde_json::to_value(tree).unwrap());
        let expected = "path\n  Type \"Patient\" 0..7\nparams\n  - 8..20\n    key 8..18\n      end\n        \
                        name \"name\" 8..12\n        modifier \"exact\" 13..18\n    value 19..20\n      raw \"a\"\n";
        assert_eq!(text, expected);
    }
}
