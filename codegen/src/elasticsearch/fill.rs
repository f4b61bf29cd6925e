//! What a kept query lacks: the tenant, and what earlier steps found.

use super::clause::{Bool, Clause, Field, Nested, SearchBody, Term, Terms};
use super::keyword::whole;
use crate::algebra::SlotId;

/// What is known when a query runs.
pub trait Fill {
    /// The number of the tenant.
    fn tenant(&self) -> i64;

    /// What a step found: `Type/id` identities as [`super::identity`] writes them, or texts. `None` if it did not run.
    fn slot(&self, slot: SlotId) -> Option<Vec<String>>;
}

impl SearchBody {
    /// The request to send. `None` if a slot was not filled.
    pub fn fill(&self, fill: &impl Fill) -> Option<SearchBody> {
        Some(SearchBody { query: filled(&self.query, fill)?, ..self.clone() })
    }
}

fn filled(clause: &Clause, fill: &impl Fill) -> Option<Clause> {
    Some(match clause {
        Clause::Term(Field(field, Term::Tenant)) => Clause::term(field, Term::Int(fill.tenant())),
        Clause::Terms(Field(field, Terms::Slot(slot, key))) => {
            let keyword = |value: String| match key {
                Some(key) => whole(*key, &value),
                None => value,
            };
            let values = fill.slot(*slot)?.into_iter().map(|value| Term::Text(keyword(value)));
            Clause::terms(field, values.collect())
        }
        Clause::Nested(Nested { path, query }) => {
            Clause::Nested(Nested { path: path.clone(), query: Box::new(filled(query, fill)?) })
        }
        Clause::Bool(of) => {
            let all = |clauses: &[Clause]| clauses.iter().map(|clause| filled(clause, fill)).collect::<Option<_>>();
            Clause::Bool(Bool {
                filter: all(&of.filter)?,
                should: all(&of.should)?,
                must_not: all(&of.must_not)?,
                ..of.clone()
            })
        }
        Clause::MatchAll(_)
        | Clause::MatchNone(_)
        | Clause::Term(_)
        | Clause::Terms(_)
        | Clause::Prefix(_)
        | Clause::Range(_)
        | Clause::Wildcard(_) => clause.clone(),
    })
}
