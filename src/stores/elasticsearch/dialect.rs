//! What the two products do differently.

/// A product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Elasticsearch,
    OpenSearch,
}

/// How a point in time is begun and ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct PointInTime {
    /// The path behind the names of indexes.
    pub(super) begin: &'static str,
    /// Under which name the answer tells it.
    pub(super) name: &'static str,
    /// The path to end it.
    pub(super) end: &'static str,
    /// Whether a list is named to end one.
    pub(super) in_a_list: bool,
}

impl Dialect {
    /// The product whose answers have such headers.
    pub(super) fn by_header(has: impl Fn(&str) -> bool) -> Option<Dialect> {
        if has("x-elastic-product") {
            Some(Dialect::Elasticsearch)
        } else if has("x-opensearch-version") {
            Some(Dialect::OpenSearch)
        } else {
            None
        }
    }

    /// The product that calls itself so where it has no header.
    pub(super) fn by_name(distribution: &str) -> Option<Dialect> {
        (distribution == "opensearch").then_some(Dialect::OpenSearch)
    }

    pub(super) fn point_in_time(self) -> PointInTime {
        match self {
            Dialect::Elasticsearch => PointInTime { begin: "_pit", name: "id", end: "/_pit", in_a_list: false },
            Dialect::OpenSearch => PointInTime {
                begin: "_search/point_in_time",
                name: "pit_id",
                end: "/_search/point_in_time",
                in_a_list: true,
            },
        }
    }
}
