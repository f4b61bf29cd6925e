//! Numbers for what rows refer to: the rules that all stores which number resources share.

use super::StoreError;
use crate::definitions::{Registry, ResourceType};
use fhirc_codegen::ord::{CONTAINED, PER_TYPE, STUB, end_ord, first_ord, type_of};
use fhirc_codegen::rows::TypeCode;

/// What only the id of a contained resource has: `Observation/1#p`.
pub(super) const FRAGMENT: char = '#';

/// Gives numbers to what rows refer to.
pub(super) trait Numbering<'a> {
    /// The number of a resource that a row refers to or that another contains; a stub if it has not arrived.
    fn resource(&mut self, ty: TypeCode, id: &'a str) -> Result<i64, StoreError>;

    /// The number of a code system. 0 is no system.
    fn system(&mut self, url: &'a str) -> Result<i64, StoreError>;
}

/// The type of an `ord` of a resource that stands inside another; nothing for others.
pub(super) fn type_inside(ord: i64, registry: &Registry) -> Option<ResourceType> {
    (ord & CONTAINED != 0).then(|| registry.resource_type_of_code(type_of(ord).0)).flatten()
}

/// The identity of a resource as the store knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// It exists, or did.
    Known(i64),
    /// Something refers to it.
    Stub(i64),
    /// Never heard of.
    Unknown,
}

impl Identity {
    pub(super) fn of(ord: i64) -> Identity {
        if ord & STUB == 0 { Identity::Known(ord) } else { Identity::Stub(ord) }
    }
}

/// The number of a new resource behind the last one of its type, if there is one: numbers follow the order of creation.
pub(super) fn next_ord(ty: TypeCode, last: Option<i64>) -> Result<i64, StoreError> {
    let next = last.map_or(first_ord(ty), |last| last + 1);
    if next >= end_ord(ty) {
        return Err(StoreError::Limit { what: "no more resources of one type can be numbered" });
    }
    Ok(next)
}

/// The number of what is no resource of its own, a stub or a contained resource, as the `next` of its type.
pub(super) fn inner_ord(ty: TypeCode, id: &str, next: i64) -> Result<i64, StoreError> {
    if next >= PER_TYPE {
        return Err(StoreError::Limit { what: "no more missing resources of one type can be numbered" });
    }
    Ok(first_ord(ty) | if id.contains(FRAGMENT) { CONTAINED } else { STUB } | next)
}

/// Whether a number is that of a resource that something refers to and that has not arrived.
pub(super) fn is_stub(ord: i64) -> bool {
    ord & STUB != 0
}
