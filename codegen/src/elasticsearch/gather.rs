//! Orders that one request does not give: by values of other resources, and by values that stand under several keys. The
//! members are told with the fields that sort, and whoever runs the query puts them in order.

use super::document::sort_field;
use super::finish::told_by;
use super::keyword::{link_of, reference_of, target_of};
use crate::algebra::On;
use crate::program::{Dir, OrderBy, OrderKey, OrderLink};
use crate::rows::TypeCode;
use std::collections::BTreeSet;

/// Whether members in this order are put in order by whoever runs the query.
pub fn is_gathered(order: &[OrderKey]) -> bool {
    let one = |by: &OrderBy| !matches!(by, OrderBy::Rows { keys, .. } if keys.len() != 1);
    !order.iter().all(|key| key.alone().is_some_and(one))
}

/// The fields of a resource that hold values; of `_id` and time of change those of top-level resources of some types count.
pub fn value_fields(by: &OrderBy, dir: Dir) -> Vec<String> {
    match by {
        OrderBy::Rows { keys, kind } => keys.iter().map(|key| sort_field(*key, *kind, dir)).collect(),
        OrderBy::Updated(_) => vec!["updated".to_owned()],
        OrderBy::Id(_) => vec!["id".to_owned()],
        OrderBy::Ord => vec!["ord".to_owned()],
    }
}

/// The field of the links over which values are reached.
pub fn link_field(link: &OrderLink) -> &'static str {
    told_by(link.on)
}

/// The resource at the end of a link, if a value of its field is of one of its keys.
pub fn linked(link: &OrderLink, value: &str) -> Option<(TypeCode, String)> {
    link.keys.iter().find_map(|key| match link.on {
        On::Unversioned => {
            let (ty, id, version) = reference_of(*key, value)?;
            version.is_empty().then_some((ty, id))
        }
        On::Rid => target_of(*key, value),
        On::Url { .. } | On::UrlVersion { .. } => None,
    })
}

/// The url and the version that a link by name says, if a value of its field is of one of its keys.
pub fn said(link: &OrderLink, value: &str) -> Option<[String; 2]> {
    link.keys.iter().find_map(|key| link_of(*key, value))
}

/// The fields of members that an order needs.
pub(super) fn fields(order: &[OrderKey]) -> Vec<String> {
    let mut fields = BTreeSet::from(["type".to_owned()]);
    for key in order {
        for source in &key.from {
            match source.via.first() {
                Some(link) => fields.extend([link_field(link).to_owned()]),
                None => fields.extend(value_fields(&source.by, key.dir)),
            }
        }
    }
    fields.into_iter().collect()
}
