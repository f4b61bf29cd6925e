//! What a kept query lacks: the tenant, and what earlier steps found.

use super::clause::{Bool, Clause, Field, Key, Nested, SearchBody, Term, Terms};
use super::finish::size;
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
    /// The requests to send. `None` if a slot was not filled.
    pub fn fill(&self, fill: &impl Fill) -> Option<Requests> {
        Some(Requests(SearchBody { query: filled(&self.query, fill)?, ..self.clone() }))
    }
}

/// The requests that tell all hits that are wanted, one after the other: one request has room for 10,000.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "more hits may be wanted than one request tells"]
pub struct Requests(SearchBody);

impl Requests {
    /// The request to send now.
    pub fn body(&self) -> &SearchBody {
        &self.0
    }

    /// What is to be sent after it: `hits` is how many it told, `last` the sort values of the last one. `None` if no more
    /// are wanted, or there are no more.
    pub fn after(self, hits: u32, last: Vec<Key>) -> Option<Requests> {
        let Requests(body) = self;
        if hits == 0 || hits < body.size {
            return None;
        }
        let limit = body.limit.map(|limit| limit.saturating_sub(hits));
        let more = SearchBody { size: size(limit), limit, search_after: last, ..body };
        (more.size > 0).then_some(Requests(more))
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
