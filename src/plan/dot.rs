//! The plan as a DOT graph.

use crate::definitions::Registry;
use crate::plan::Plan;
use crate::plan::print::Names;
use fhirc_codegen::algebra::Set;
use std::fmt::Write;

/// The plan in the DOT language of Graphviz: a box per set, an arrow from each set to what it is made of.
pub fn print_dot(plan: &Plan, registry: &Registry) -> String {
    let names = Names { registry };
    let mut out = String::from("digraph plan {\n  node [shape=box];\n");
    for id in plan.graph.reachable(&plan.roots()) {
        let set = plan.graph.set(id);
        let label = names.set(set).replace('\\', "\\\\").replace('"', "\\\"");
        // Writing to a string does not fail.
        let _ = writeln!(out, "  {id:?} [label=\"{label}\"];");
        for (position, child) in set.children().iter().enumerate() {
            let role = match (set, position) {
                (Set::Minus { .. }, 0) => " [label=from]",
                (Set::Minus { .. }, _) => " [label=less]",
                (Set::Via { .. }, _) => " [label=far]",
                _ => "",
            };
            let _ = writeln!(out, "  {id:?} -> {child:?}{role};");
        }
    }
    let _ = writeln!(out, "  page -> {:?};", plan.page.set);
    for include in &plan.includes {
        let _ = writeln!(out, "  include -> {:?};", include.set);
    }
    out.push_str("}\n");
    out
}
