//! What comes along with the matches.

use super::{Builder, by_url, place};
use crate::definitions::ResourceType;
use crate::ir::{Include, Link, Way};
use crate::keys::{Facet, Key, Level};
use crate::plan::rows::type_code;
use crate::plan::{IncludeRoot, PAGE_SLOT, VersionsRoot};
use fhirc_codegen::algebra::{Edge, End, On, Set, SetId, Span, Universe};
use fhirc_codegen::program::VersionsBy;

/// Links that one query of an include follows: `*` has hundreds, and SQLite unites at most 500 selects.
const LINKS_PER_ROOT: usize = 40;

impl Builder<'_> {
    /// What an include adds: the other ends of its links from the resources in the slot.
    pub(super) fn include(&mut self, include: &Include) -> Vec<IncludeRoot> {
        let span = place(include.span);
        let slot = self.add(Set::Slot(PAGE_SLOT), span);
        let sets: Vec<SetId> = include.links.iter().map(|link| self.included(include, *link, slot, span)).collect();
        let root =
            |links: &[SetId]| IncludeRoot { set: self.any(links.to_vec(), span), iterate: include.iterate, span };
        sets.chunks(LINKS_PER_ROOT).map(root).collect()
    }

    /// The resources that one link of an include adds. Where contained resources come back, they stand at both ends.
    fn included(&mut self, include: &Include, link: Link, slot: SetId, span: Span) -> SetId {
        let named: Vec<ResourceType> = match include.target {
            Some(target) => vec![target],
            None => self.registry.targets(link.param).iter().collect(),
        };
        // What refers to a match refers to a type that comes back as one.
        let of_match = |ty: &ResourceType| include.iterate || self.searched.contains(ty);
        let near: Vec<ResourceType> = match include.way {
            Way::Forward => named.clone(),
            Way::Reverse => named.iter().copied().filter(of_match).collect(),
        };
        // A reference to a version brings that version (item 88), and is found whichever it names.
        let (from, on, added) = match include.way {
            Way::Forward => (End::Target, On::Unversioned, named.clone()),
            Way::Reverse => (End::Source, On::Rid, vec![link.param.ty()]),
        };
        // `…:Target` restricts what comes along, or for a `_revinclude` the matches that are looked at.
        let far = match (include.way, include.target) {
            (Way::Reverse, Some(target)) => self.slot_of(target, slot, span),
            _ => slot,
        };
        let datatypes = self.registry.datatypes(link.param);
        let mut ways = Vec::new();
        for &level in self.levels() {
            let key = Key { param: link.param, facet: Facet::Value, level }.id();
            // A canonical, too, may name what stands inside the same container; else the container, which is there.
            if self.inside || !datatypes.only_urls() {
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
            if include.way == Way::Forward && !datatypes.only_urls() {
                let by = VersionsBy { key, targets: universe(&added), again: include.iterate };
                self.versions.push(VersionsRoot { by, span });
            }
            for &ty in near.iter().filter(|_| datatypes.some_urls()) {
                let Some(on) = by_url(self.registry, ty) else { continue };
                let far = if include.way == Way::Reverse { self.slot_of(ty, slot, span) } else { slot };
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
        }
        let any = self.any(ways, span);
        let live = self.live(&added, span);
        self.add(Set::And(vec![live, any]), span)
    }

    /// Where resources stand that come back.
    fn levels(&self) -> &'static [Level] {
        if self.inside { &[Level::Top, Level::Contained] } else { &[Level::Top] }
    }

    /// Every resource of these types that may come back.
    fn live(&mut self, types: &[ResourceType], span: Span) -> SetId {
        let mut sets = vec![self.add(Set::All(universe(types)), span)];
        if self.inside {
            sets.extend(types.iter().map(|&ty| self.universe(ty, Level::Contained, span)).collect::<Vec<_>>());
        }
        self.any(sets, span)
    }

    /// The resources of a type among those in the slot.
    fn slot_of(&mut self, ty: ResourceType, slot: SetId, span: Span) -> SetId {
        let of_type = self.live(&[ty], span);
        self.add(Set::And(vec![of_type, slot]), span)
    }
}

fn universe(types: &[ResourceType]) -> Universe {
    Universe(types.iter().copied().map(type_code).collect())
}
