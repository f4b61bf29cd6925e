//! SearchParameter expressions read so far: one definition serves many resources.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fhirc_grammar::{PathNode, parse_path};

/// Parsed expressions by their text; nothing for a text that is no expression.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    parsed: RefCell<BTreeMap<String, Option<Rc<PathNode>>>>,
}

impl Expressions {
    /// The tree of an expression; `None` if it does not parse, so that the parameter has no values.
    pub(super) fn tree(&self, expression: &str) -> Option<Rc<PathNode>> {
        if let Some(known) = self.parsed.borrow().get(expression) {
            return known.clone();
        }
        let (tree, problems) = parse_path(expression);
        let tree = tree.filter(|_| problems.is_empty()).map(Rc::new);
        self.parsed.borrow_mut().insert(expression.to_owned(), tree.clone());
        tree
    }
}
