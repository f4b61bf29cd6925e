//! How a stored half-open interval lies to the one searched for. FHIR R4 3.1.1.4.5; items 2 to 11, 155 to 160.

use crate::ir::Rel;

/// Does the stored `[a, b)` lie to the searched `[s, e)` as `rel` says?
pub(super) fn lies<B: PartialOrd>(rel: Rel, (a, b): (B, B), (s, e): (B, B)) -> bool {
    match rel {
        Rel::Within => s <= a && b <= e,
        Rel::Meets => a < e && s < b,
        Rel::Same => a == s && b == e,
        Rel::Covers => a <= s && e <= b,
        Rel::Differs => a != s || b != e,
    }
}
