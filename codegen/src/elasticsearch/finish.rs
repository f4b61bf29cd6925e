//! The request around the query: pages, counts, identities, targets.

use super::clause::{Aggs, Clause, Direction, Field, Key, SearchBody, Sort, Track};
use super::document::sort_field;
use super::gather::{fields, is_gathered};
use super::keyword::{END, LINKS, REFERENCES, TARGETS, head};
use super::named::{NAMED, VERSIONS};
use super::told::rows_field;
use crate::algebra::{Edge, On};
use crate::program::{Dir, OrderBy, OrderKey, Yield};
use crate::rows::{KeyId, Value};
use crate::target::Results;

/// The most hits of one request: `index.max_result_window`.
const MAX_HITS: u32 = 10_000;

pub(super) fn request(query: Clause, results: &Results<'_>) -> SearchBody {
    if matches!(results.yields, Yield::Count | Yield::Rough) {
        let track_total_hits = results.limit.map_or(Track::All(true), Track::UpTo);
        let (sort, search_after, docvalue_fields) = (Vec::new(), Vec::new(), Vec::new());
        return SearchBody {
            query,
            size: 0,
            limit: Some(0),
            track_total_hits,
            sort,
            search_after,
            docvalue_fields,
            _source: false,
            stored_fields: None,
            aggs: None,
            pit: None,
        };
    }
    // The limit of versions is one of rows, and a hit tells all rows of a resource.
    let limit = results.limit.filter(|_| !matches!(results.yields, Yield::Versions(_)));
    let gathered = is_gathered(results.order);
    let docvalue_fields = match results.yields {
        Yield::Page if gathered => fields(results.order),
        Yield::Page | Yield::Count | Yield::Rough => Vec::new(),
        Yield::Rid => vec!["rid".to_owned()],
        Yield::Targets(Edge { on, .. }) => vec![told_by(*on).to_owned()],
        Yield::Versions(_) => vec![REFERENCES.to_owned()],
        Yield::Names(_) => [NAMED, VERSIONS].map(str::to_owned).to_vec(),
        Yield::Rows(_, kind) => vec!["rid".to_owned(), rows_field(*kind)],
    };
    // What is put in order elsewhere is told whole.
    let (limit, order) = if gathered { (None, &[][..]) } else { (limit, results.order) };
    SearchBody {
        query,
        size: size(limit),
        limit,
        track_total_hits: Track::All(false),
        sort: sort(order),
        search_after: if gathered { Vec::new() } else { position(results) },
        docvalue_fields,
        _source: false,
        stored_fields: Some("_none_"),
        aggs: None,
        pit: None,
    }
}

/// The most values that one request tells of all hits together: less than `search.max_buckets`, which is 65,535 or more.
const MAX_VALUES: u32 = 65_000;

/// The request for what all hits tell together, each identity once, where that is all that is wanted of them. It is
/// everything, if there are fewer values than the request asks for and none is left over.
pub fn together(body: SearchBody, yields: &Yield) -> Option<SearchBody> {
    let (field, include) = match yields {
        Yield::Rid => ("rid", None),
        // Behind the target comes the version, which is empty.
        Yield::Targets(Edge { key, on: On::Unversioned }) => (REFERENCES, Some(format!("{}.*{END}{END}", head(*key)))),
        Yield::Targets(Edge { key, on }) => (told_by(*on), Some(format!("{}.*", head(*key)))),
        Yield::Page | Yield::Count | Yield::Rough => return None,
        Yield::Versions(_) | Yield::Names(_) | Yield::Rows(..) => return None,
    };
    let aggs = Some(Aggs::values(field, include, MAX_VALUES));
    let (sort, docvalue_fields) = (Vec::new(), Vec::new());
    Some(SearchBody { aggs, size: 0, limit: Some(0), sort, docvalue_fields, stored_fields: None, ..body })
}

/// The field that tells the targets of links.
pub fn told_by(on: On) -> &'static str {
    match on {
        On::Rid => TARGETS,
        On::Unversioned => REFERENCES,
        On::Url { .. } | On::UrlVersion { .. } => LINKS,
    }
}

/// How many hits one request asks for, when so many are wanted.
pub(super) fn size(wanted: Option<u32>) -> u32 {
    wanted.unwrap_or(MAX_HITS).min(MAX_HITS)
}

fn sort(order: &[OrderKey]) -> Vec<Field<Sort>> {
    let last = direction(order.last().map_or(Dir::Asc, |key| key.dir));
    let ord = Field("ord".to_owned(), Sort { order: last, missing: None, unmapped_type: None });
    order.iter().map(sort_key).chain([ord]).collect()
}

fn sort_key(key: &OrderKey) -> Field<Sort> {
    let order = direction(key.dir);
    // What stands inside another has neither.
    let own = |name: &str| Field(name.to_owned(), Sort { order, missing: Some("_last"), unmapped_type: None });
    match key.alone() {
        Some(OrderBy::Updated(_)) => own("updated"),
        Some(OrderBy::Id(_)) => own("id"),
        Some(by @ OrderBy::Rows { keys, kind }) => {
            let ty = if by.is_numeric() { "long" } else { "keyword" };
            let sort = Sort { order, missing: Some("_last"), unmapped_type: Some(ty) };
            Field(sort_field(keys.first().copied().unwrap_or(KeyId(0)), *kind, key.dir), sort)
        }
        // Several sources are gathered.
        Some(OrderBy::Ord) | None => own("ord"),
    }
}

/// The position as sort values, the last of them `ord`.
fn position(results: &Results<'_>) -> Vec<Key> {
    let Some(after) = results.after else { return Vec::new() };
    let key = |(order, value): (&OrderKey, &Option<Value>)| match (value, order.alone()) {
        (Some(Value::Int(int)), _) => Key::Int(*int),
        (Some(Value::Text(text)), _) => Key::Text(text.clone()),
        // A missing number stands where the greatest (or least) one would.
        (_, Some(by)) if by.is_numeric() => match order.dir {
            Dir::Asc => Key::Int(i64::MAX),
            Dir::Desc => Key::Int(i64::MIN),
        },
        _ => Key::Missing(None),
    };
    results.order.iter().zip(&after.keys).map(key).chain([Key::Int(after.ord)]).collect()
}

fn direction(dir: Dir) -> Direction {
    match dir {
        Dir::Asc => Direction::Asc,
        Dir::Desc => Direction::Desc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elasticsearch::keyword::{column, identity};
    use crate::rows::TypeCode;

    #[test]
    fn the_values_that_are_told_together_are_those_of_the_edge() {
        let results = Results { yields: &Yield::Count, order: &[], limit: None, after: None };
        let body = || request(Clause::always(), &results);
        let of = |on| Yield::Targets(Edge { key: KeyId(42), on });
        let told = |yields: &Yield| serde_json::to_value(together(body(), yields)?.aggs).ok();
        let terms = |yields: &Yield| told(yields).and_then(|told| told.pointer("/members/terms").cloned());
        let include = |on| Some(terms(&of(on))?.get("include")?.as_str()?.to_owned());
        let target = head(KeyId(42)) + &column(&identity(TypeCode(7), "a"));
        // Any version, or none: an empty column.
        assert_eq!(include(On::Rid).as_deref(), Some("0000002a.*"));
        assert_eq!(include(On::Unversioned).map(|text| text.replace(".*", "7/a")), Some(target + &column("")));
        assert!(terms(&Yield::Rid).is_some_and(|terms| terms.get("include").is_none()));
        assert_eq!(told(&Yield::Page), None);
    }
}
