//! The order of all orders: 64 bits, the type above, below a number that counts the resources of the type as they come.

use crate::rows::TypeCode;

/// Where the type stands in an `ord`.
pub const TYPE_SHIFT: u32 = 39;

/// All numbers of one type and tenant.
pub const ORDS: i64 = 1 << TYPE_SHIFT;

/// Resources of one type and tenant, at the most: bits 0 to 36 of an `ord`.
pub const PER_TYPE: i64 = 1 << 37;

/// The bit of stubs: identities that something refers to and that have not arrived.
pub const STUB: i64 = 1 << 37;

/// The bit of resources that stand inside another. They keep their number; they never arrive by themselves.
pub const CONTAINED: i64 = 1 << 38;

/// The bits that resources of their own do not have.
pub const NOT_TOP_LEVEL: i64 = STUB | CONTAINED;

/// The first `ord` of a type.
pub fn first_ord(ty: TypeCode) -> i64 {
    i64::from(ty.0) << TYPE_SHIFT
}

/// One past the last `ord` of the type's resources of their own.
pub fn end_ord(ty: TypeCode) -> i64 {
    first_ord(ty) + PER_TYPE
}

/// The type of an `ord`.
pub fn type_of(ord: i64) -> TypeCode {
    TypeCode(u8::try_from(ord >> TYPE_SHIFT).unwrap_or(0))
}
