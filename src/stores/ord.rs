//! The order of all orders: 64 bits, the type above, below a number that counts the resources of the type as they come.

use fhirc_codegen::rows::TypeCode;

/// Where the type stands in an `ord`.
const TYPE_SHIFT: u32 = 39;

/// All numbers of one type and tenant.
pub(crate) const ORDS: i64 = 1 << TYPE_SHIFT;

/// Resources of one type and tenant, at the most: bits 0 to 36 of an `ord`.
pub(crate) const PER_TYPE: i64 = 1 << 37;

/// The first `ord` of a type.
pub(crate) fn first_ord(ty: TypeCode) -> i64 {
    i64::from(ty.0) << TYPE_SHIFT
}

/// The type of an `ord`.
pub(crate) fn type_of(ord: i64) -> TypeCode {
    TypeCode(u8::try_from(ord >> TYPE_SHIFT).unwrap_or(0))
}
