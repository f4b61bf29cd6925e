//! How large a text may be. Beyond a limit stands an error that names it.

/// Bytes of a search string, unless the caller says otherwise.
pub const MAX_SEARCH_BYTES: usize = 64 * 1024;

/// Bytes of a search whose parameters stand in the body of a form as well.
pub const MAX_FORM_BYTES: usize = 1024 * 1024;

/// Parameters of one search.
pub const MAX_PARAMETERS: usize = 1_000;

/// Steps of a key or a filter's path: its links and the parameter at the end.
pub const MAX_STEPS: usize = 16;

/// Values in one list.
pub const MAX_ITEMS: usize = 10_000;

/// Parentheses and brackets of a filter open at one place.
pub const MAX_FILTER_DEPTH: u32 = 64;

/// Bytes of a SearchParameter expression; the longest of HL7's has 1,386 in R4 and 3,107 in R5.
pub const MAX_PATH_BYTES: usize = 64 * 1024;

/// Height of the tree of a SearchParameter expression, and parentheses open at one place.
pub const MAX_PATH_DEPTH: u32 = 32;
