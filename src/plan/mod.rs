//! The plan: sets of resources, their passes, and how they are cut into steps.

mod build;
mod cost;
mod dot;
mod elements;
mod graph;
mod hash;
mod hierarchy;
mod measure;
mod order;
mod pairs;
mod passes;
mod print;
mod program;
mod rows;
mod split;
mod types;
mod validate;

pub use build::build;
pub use dot::print_dot;
pub use graph::Graph;
pub use measure::{counted, questions};
pub use passes::choose::choose;
#[cfg(feature = "stores")]
pub(crate) use passes::choose::{abridged, paired};
pub use passes::{Context, PASSES, Pass, optimize, optimize_observed};
pub use print::print;
pub use program::print_program;
pub use split::{Refusal, split};
pub use validate::{Broken, validate};

use fhirc_codegen::algebra::{SetId, SlotId, Span};
use fhirc_codegen::program::{OrderKey, Strategy, VersionsBy};
use fhirc_codegen::rows::KeyId;

/// The slot that holds the matches of a page, for includes.
pub const PAGE_SLOT: SlotId = SlotId(0);

/// A search as sets.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sets.
    pub graph: Graph,
    /// The matches.
    pub page: Root,
    /// The matches once more, where their number is wanted.
    pub total: Option<Produced>,
    /// What comes along with the matches, as sets over [`PAGE_SLOT`].
    pub includes: Vec<IncludeRoot>,
    /// What comes along in the version that a reference names.
    pub versions: Vec<VersionsRoot>,
    /// Keys of which no resource has more than one row, in their order.
    pub once: Vec<KeyId>,
    /// Keys of which the store holds some texts in an abridged form, in their order.
    pub abridged: Vec<KeyId>,
}

/// The matches: a set, an order, a page.
#[derive(Clone, Debug)]
pub struct Root {
    /// The set.
    pub set: SetId,
    /// The order; after all keys comes `ord`.
    pub order: Vec<OrderKey>,
    /// Where the query names each sort key.
    pub order_spans: Vec<Span>,
    /// Where the query looks for resources that stand inside others, if it does.
    pub inside: Option<Span>,
    /// Matches on a page; 0: none are wanted.
    pub take: u32,
    /// How the page is produced.
    pub strategy: Strategy,
    /// About how many rows the page is worth, and how it is produced where that does not do: estimates take
    /// conditions for independent, which they need not be.
    pub instead: Option<(u64, Produced)>,
    /// What the two ways were thought to cost, where they were weighed.
    pub weighed: Option<Weighed>,
    /// The matches that the page does not meet, if it goes through the values of its first sort key: those without one.
    pub rest: Option<Produced>,
}

/// The costs of the ways to a page, in rows that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Going through candidates, or through their rows, in the order of the page until it is full; nothing where there is
    /// no such walk.
    pub walking: Option<u64>,
    /// Computing all matches, or going through the rows of one value.
    pub finding: u64,
}

/// A set and how it is produced, where its order is said elsewhere or does not matter.
#[derive(Clone, Debug)]
pub struct Produced {
    /// The set.
    pub set: SetId,
    /// How it is produced.
    pub strategy: Strategy,
}

/// Resources that come along with a page.
#[derive(Clone, Debug)]
pub struct IncludeRoot {
    /// The set, over the slot that holds what it starts from.
    pub set: SetId,
    /// Whether it also starts from what was included.
    pub iterate: bool,
    /// Where the query says so.
    pub span: Span,
}

/// Versions that come along with a page: references of one key name them.
#[derive(Clone, Debug)]
pub struct VersionsRoot {
    /// What is wanted.
    pub by: VersionsBy,
    /// Where the query says so.
    pub span: Span,
}

impl Plan {
    /// The sets that answer something.
    pub fn roots(&self) -> Vec<SetId> {
        let instead = self.page.instead.as_ref().map(|(_, produced)| produced);
        let others = instead.into_iter().chain(&self.page.rest).chain(&self.total).map(|produced| produced.set);
        [self.page.set].into_iter().chain(others).chain(self.includes.iter().map(|include| include.set)).collect()
    }

    /// The same, each to be put in the place of another.
    fn roots_mut(&mut self) -> impl Iterator<Item = &mut SetId> {
        let Plan { page, total, includes, .. } = self;
        let instead = page.instead.iter_mut().map(|(_, produced)| produced);
        let others = instead.chain(&mut page.rest).chain(total).map(|produced| &mut produced.set);
        [&mut page.set].into_iter().chain(others).chain(includes.iter_mut().map(|include| &mut include.set))
    }
}
