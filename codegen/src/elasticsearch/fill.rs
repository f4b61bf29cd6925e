//! What a kept query lacks: the tenant, and what earlier steps found.

use super::clause::{Bool, Clause, Field, Key, Named, Nested, SearchBody, Term, Terms};
use super::finish::size;
use super::keyword::whole;
use super::named::named;
use crate::algebra::SlotId;

/// What is known when a query runs.
pub trait Fill {
    /// The number of the tenant.
    fn tenant(&self) -> i64;

    /// What a step found, each in as many texts as it has columns: `Type/id` identities as [`super::identity`] writes them,
    /// or urls with versions. `None` if it did not run.
    fn slot(&self, slot: SlotId) -> Option<Vec<Vec<String>>>;

    /// The same of a slot that holds what links say: urls and versions, which are empty where a link says none.
    fn names(&self, slot: SlotId) -> Option<Vec<[String; 2]>>;
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

    /// Whether nothing meets the query, whatever there is: it need not be sent.
    pub fn is_empty(&self) -> bool {
        self.0.query == Clause::never()
    }

    /// The same requests with bodies, or at a point in time.
    pub fn with(self, change: impl FnOnce(&mut SearchBody)) -> Requests {
        let Requests(mut body) = self;
        change(&mut body);
        Requests(body)
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

/// The most values of one `terms` query: `index.max_terms_count`.
pub const MAX_TERMS: usize = 65_536;

/// A combination of which some parts may be met by nothing, as they are where a step has found nothing: then it may be
/// met by nothing either, and need not be asked.
fn folded(mut of: Bool) -> Clause {
    let never = Clause::never();
    let had_any = !of.should.is_empty();
    of.should.retain(|clause| *clause != never);
    of.must_not.retain(|clause| *clause != never);
    let is_never = of.filter.contains(&never) || (had_any && of.should.is_empty());
    if is_never { never } else { Clause::Bool(of) }
}

/// One of the values, in as many queries as they need; none is met by nothing.
pub(super) fn chunked(field: &str, values: &[Term]) -> Clause {
    if values.is_empty() {
        return Clause::never();
    }
    if values.len() <= MAX_TERMS {
        return Clause::terms(field, values.to_vec());
    }
    Clause::any(values.chunks(MAX_TERMS).map(|chunk| Clause::terms(field, chunk.to_vec())).collect())
}

fn filled(clause: &Clause, fill: &impl Fill) -> Option<Clause> {
    Some(match clause {
        Clause::Term(Field(field, Term::Tenant)) => Clause::term(field, Term::Int(fill.tenant())),
        Clause::Terms(Field(field, Terms::Slot(slot, key))) => {
            let keyword = |columns: Vec<String>| match key {
                Some(key) => whole(*key, columns.iter().map(String::as_str)),
                None => columns.concat(),
            };
            let values: Vec<Term> = fill.slot(*slot)?.into_iter().map(|found| Term::Text(keyword(found))).collect();
            chunked(field, &values)
        }
        Clause::Nested(Nested { path, query }) => match filled(query, fill)? {
            query if query == Clause::never() => query,
            query => Clause::Nested(Nested { path: path.clone(), query: Box::new(query) }),
        },
        Clause::Bool(of) => {
            let all = |clauses: &[Clause]| clauses.iter().map(|clause| filled(clause, fill)).collect::<Option<_>>();
            folded(Bool {
                filter: all(&of.filter)?,
                should: all(&of.should)?,
                must_not: all(&of.must_not)?,
                ..of.clone()
            })
        }
        Clause::Named(Named { names, slot }) => named(*names, &fill.names(*slot)?),
        Clause::MatchAll(_)
        | Clause::MatchNone(_)
        | Clause::Term(_)
        | Clause::Terms(_)
        | Clause::Prefix(_)
        | Clause::Range(_)
        | Clause::Wildcard(_) => clause.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_values_than_one_query_may_have_are_several_queries() {
        let values: Vec<Term> = (0..MAX_TERMS as i64 + 1).map(Term::Int).collect();
        let Clause::Bool(Bool { should, minimum_should_match: Some(1), .. }) = chunked("rid", &values) else {
            panic!("one query")
        };
        let sizes: Vec<usize> = should
            .iter()
            .map(|clause| match clause {
                Clause::Terms(Field(_, Terms::Values(values))) => values.len(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(sizes, [MAX_TERMS, 1]);
    }

    #[test]
    fn what_begins_with_nothing_is_nothing() {
        let tenant = || Clause::term("tenant", Term::Int(1));
        let (nothing, something) = (|| chunked("rid", &[]), || chunked("rid", &[Term::Int(1)]));
        let of = |clause: Clause| match clause {
            Clause::Bool(of) => folded(of),
            other => other,
        };
        assert_eq!(nothing(), Clause::never());
        assert_eq!(of(Clause::all(vec![tenant(), nothing()])), Clause::never());
        assert_eq!(of(Clause::any(vec![nothing(), nothing()])), Clause::never());
        let Clause::Bool(Bool { should, .. }) = of(Clause::any(vec![something(), nothing()])) else {
            panic!("nothing")
        };
        assert_eq!(should, [something()]);
        let Clause::Bool(Bool { filter, must_not, .. }) = of(Clause::but_not(tenant(), nothing())) else {
            panic!("nothing")
        };
        assert_eq!((filter, must_not), (vec![tenant()], Vec::new()));
    }
}
