//! Names of stored columns, the same in every store.

use crate::rows::{Col, ColName, ColType, RowKind};

/// The stored columns of a column: start and end of an interval, the coordinates of a point, else one.
pub(crate) fn stored(kind: RowKind, col: Col) -> Vec<String> {
    match col.name.ty() {
        ColType::Instants | ColType::Cuts => vec![numbered(kind, col, "lo"), numbered(kind, col, "hi")],
        ColType::Point => ["z", "x", "y"].map(|name| numbered(kind, col, name)).to_vec(),
        ColType::Int | ColType::Bytes | ColType::System | ColType::Rid => vec![numbered(kind, col, name(col.name))],
    }
}

/// The name of the rows of a kind.
pub(crate) fn stem(kind: RowKind) -> String {
    kind.to_string().replace('-', "_")
}

/// The columns of a tuple carry the number of their part.
fn numbered(kind: RowKind, col: Col, name: &str) -> String {
    match kind {
        RowKind::Tuple(_) => format!("{name}{}", col.part),
        RowKind::One(_) | RowKind::Present | RowKind::Element | RowKind::Part(_) | RowKind::Id | RowKind::Updated => {
            name.to_owned()
        }
    }
}

fn name(name: ColName) -> &'static str {
    match name {
        ColName::System => "system",
        ColName::Code => "code",
        ColName::Exact => "exact",
        ColName::Text => "text",
        ColName::Rank => "rank",
        ColName::Target => "target",
        ColName::Version => "version",
        ColName::Url => "url",
        ColName::Time => "time",
        ColName::Cuts => "cuts",
        ColName::Unit => "unit",
        ColName::Word => "word",
        ColName::Id => "id",
        ColName::Place => "place",
        ColName::Element => "element",
        ColName::Part => "part",
    }
}
