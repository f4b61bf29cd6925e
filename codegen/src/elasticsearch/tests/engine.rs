//! Documents in memory, and what the clauses and sort orders of Elasticsearch's manual say about them.

use crate::algebra::SlotId;
use crate::elasticsearch::clause::{Clause, Direction, Field, Key, Pattern, Piece, Range, Relation, SearchBody, Sort};
use crate::elasticsearch::clause::{Term, Terms};
use crate::elasticsearch::document::{Content, Named, elements, fields};
use crate::elasticsearch::{Fill, identity};
use crate::rows::TypeCode;
use crate::testing::world::{Resource, State, World, type_name};
use std::cmp::Ordering;

pub(super) const TENANT: i64 = 7;

type Document = Vec<(String, Content)>;

pub(super) struct Index<'w> {
    world: &'w World,
    documents: Vec<Document>,
}

impl Fill for Index<'_> {
    fn tenant(&self) -> i64 {
        TENANT
    }

    fn slot(&self, slot: SlotId) -> Option<Vec<Vec<String>>> {
        let found = |r: &&Resource| self.world.found.contains(&r.ord);
        Some(match slot {
            SlotId(0) => self.world.resources.iter().filter(found).map(|r| vec![identity(r.ty, &r.id)]).collect(),
            SlotId(1) => self.world.texts.iter().map(|text| vec![text.clone()]).collect(),
            _ => self.world.links.iter().map(|link| link.to_vec()).collect(),
        })
    }

    fn names(&self, _: SlotId) -> Option<Vec<[String; 2]>> {
        Some(self.world.links.clone())
    }
}

impl<'w> Index<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        let live = || world.resources.iter().filter(|r| r.has_rows());
        let named = |ty: TypeCode, id: &str| {
            let target = world.resources.iter().find(|r| r.ty == ty && r.id == id)?;
            (target.state != State::Contained).then(|| format!("{}/{id}", type_name(ty)))
        };
        let own = live().map(|r| document(TENANT, r, &named));
        // Another tenant has the same documents.
        let documents = own.chain(live().map(|r| document(TENANT + 1, r, &named))).collect();
        Index { world, documents }
    }

    /// The numbers of the resources that have rows.
    pub(super) fn live(&self) -> impl Iterator<Item = i64> + use<'w> {
        self.world.resources.iter().filter(|r| r.has_rows()).map(|r| r.ord)
    }

    /// The texts in a field of a resource.
    pub(super) fn texts<'d>(&'d self, of: i64, field: &'d str) -> Vec<&'d str> {
        let text = |content: &'d Content| if let Content::Text(text) = content { Some(text.as_str()) } else { None };
        let document = self.documents.iter().find(|document| ord(document) == of).unwrap();
        values(document, "", field).filter_map(text).collect()
    }

    /// The numbers of the hits in order, each with its sort values.
    pub(super) fn hits(&self, body: &SearchBody) -> Vec<(i64, Vec<Key>)> {
        let requests = body.fill(self).unwrap();
        let body = requests.body();
        let matching = self.documents.iter().filter(|document| holds(&body.query, document, ""));
        let mut hits: Vec<_> = matching.map(|document| (ord(document), sort_values(&body.sort, document))).collect();
        hits.sort_by(|a, b| compare(&body.sort, &a.1, &b.1));
        if !body.search_after.is_empty() {
            hits.retain(|hit| compare(&body.sort, &hit.1, &body.search_after) == Ordering::Greater);
        }
        hits.truncate(body.size as usize);
        hits
    }
}

fn document(tenant: i64, r: &Resource, named: Named<'_>) -> Document {
    let mut document: Document =
        r.rows.iter().flat_map(|row| fields(row, named)).chain(elements(r.rows.iter())).collect();
    document.push(("tenant".into(), Content::Int(tenant)));
    document.push(("ord".into(), Content::Int(r.ord)));
    document.push(("rid".into(), Content::Text(identity(r.ty, &r.id))));
    if r.state == State::Live {
        document.push(("id".into(), Content::Text(r.id.clone())));
        document.push(("updated".into(), Content::Int(r.updated)));
        document.push(("type".into(), Content::Int(r.ty.0.into())));
    }
    document
}

fn ord(document: &Document) -> i64 {
    match values(document, "", "ord").next() {
        Some(Content::Int(ord)) => *ord,
        other => panic!("no number: {other:?}"),
    }
}

/// The values of a field, which inside an object is named with its path.
fn values<'d>(document: &'d Document, path: &'d str, field: &'d str) -> impl Iterator<Item = &'d Content> {
    let name = field.strip_prefix(path).unwrap_or_else(|| panic!("{field} is not in {path}"));
    let of_field = document.iter().filter(move |(known, _)| known == name);
    of_field
        .flat_map(|(_, content)| if let Content::List(list) = content { list } else { std::slice::from_ref(content) })
}

fn holds(clause: &Clause, document: &Document, path: &str) -> bool {
    let any = |field: &str, test: &dyn Fn(&Content) -> bool| values(document, path, field).any(test);
    let text = |field: &str, test: &dyn Fn(&str) -> bool| {
        any(field, &|content| matches!(content, Content::Text(text) if test(text)))
    };
    match clause {
        Clause::MatchAll(_) => true,
        Clause::MatchNone(_) => false,
        Clause::Term(Field(field, term)) => any(field, &|content| *content == self::content(term)),
        Clause::Terms(Field(field, Terms::Values(terms))) => {
            any(field, &|content| terms.iter().any(|term| *content == self::content(term)))
        }
        Clause::Terms(Field(_, Terms::Slot(..))) | Clause::Named(_) => panic!("a slot is not filled"),
        Clause::Prefix(Field(field, prefix)) => text(field, &|text| text.starts_with(prefix.as_str())),
        Clause::Wildcard(Field(field, Pattern(pieces))) => text(field, &|text| like(text, pieces)),
        Clause::Range(Field(field, range)) => any(field, &|content| between(content, range)),
        Clause::Nested(nested) => any(&nested.path, &|content| match content {
            Content::Object(object) => {
                let object: Document = object.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                holds(&nested.query, &object, &format!("{}.", nested.path))
            }
            other => panic!("no object: {other:?}"),
        }),
        Clause::Bool(of) => {
            let minimum = usize::from(of.minimum_should_match.unwrap_or(0));
            of.filter.iter().all(|clause| holds(clause, document, path))
                && of.should.iter().filter(|clause| holds(clause, document, path)).count() >= minimum
                && !of.must_not.iter().any(|clause| holds(clause, document, path))
        }
    }
}

fn content(term: &Term) -> Content {
    match term {
        Term::Int(int) => Content::Int(*int),
        Term::Text(text) => Content::Text(text.clone()),
        Term::Tenant => panic!("the tenant is not filled in"),
    }
}

fn like(text: &str, pieces: &[Piece]) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Text(piece), rest @ ..] => text.strip_prefix(piece.as_str()).is_some_and(|text| like(text, rest)),
        [Piece::Any, rest @ ..] => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| text.get(at..).is_some_and(|text| like(text, rest)))
        }
    }
}

fn between(stored: &Content, range: &Range) -> bool {
    if let Content::Interval { gte, lt } = stored {
        let int = |term: &Option<Term>| match term {
            Some(Term::Int(int)) => *int,
            other => panic!("no end of an interval: {other:?}"),
        };
        // Both are stored with their last point included.
        let ((a, b), (s, e)) = ((*gte, lt - 1), (int(&range.gte), int(&range.lt) - 1));
        return match range.relation.unwrap() {
            Relation::Intersects => a <= e && s <= b,
            Relation::Contains => a <= s && e <= b,
            Relation::Within => s <= a && b <= e,
        };
    }
    let after = |bound: &Option<Term>, test: fn(Ordering) -> bool| {
        bound.as_ref().is_none_or(|term| test(stored.cmp(&content(term))))
    };
    after(&range.gte, Ordering::is_ge)
        && after(&range.gt, Ordering::is_gt)
        && after(&range.lte, Ordering::is_le)
        && after(&range.lt, Ordering::is_lt)
}

/// Of several values the least ascending, the greatest descending; a number that is missing is told as the last one.
fn sort_values(sort: &[Field<Sort>], document: &Document) -> Vec<Key> {
    let value = |Field(field, sort): &Field<Sort>| {
        let all = values(document, "", field).cloned();
        let chosen = if sort.order == Direction::Asc { all.min() } else { all.max() };
        let ty = sort.unmapped_type.or((field == "updated").then_some("long")).or((field == "id").then_some("keyword"));
        match (chosen, ty) {
            (Some(Content::Int(int)), _) => Key::Int(int),
            (Some(Content::Text(text)), _) => Key::Text(text),
            (None, Some("long")) => Key::Int(if sort.order == Direction::Asc { i64::MAX } else { i64::MIN }),
            (None, Some("keyword")) => Key::Missing(None),
            other => panic!("no sort value: {other:?}"),
        }
    };
    sort.iter().map(value).collect()
}

fn compare(sort: &[Field<Sort>], a: &[Key], b: &[Key]) -> Ordering {
    let directed = |order: Ordering, sort: &Sort| if sort.order == Direction::Asc { order } else { order.reverse() };
    let one = |((a, b), Field(_, sort)): ((&Key, &Key), &Field<Sort>)| match (a, b) {
        (Key::Int(a), Key::Int(b)) => directed(a.cmp(b), sort),
        (Key::Text(a), Key::Text(b)) => directed(a.cmp(b), sort),
        (a, b) => matches!(a, Key::Missing(_)).cmp(&matches!(b, Key::Missing(_))),
    };
    assert_eq!(a.len(), b.len(), "a position has one value per sort key");
    a.iter().zip(b).zip(sort).map(one).fold(Ordering::Equal, Ordering::then)
}
