//! What comes along with the matches, and in which order they come.

use super::{Builder, place};
use crate::definitions::{ParamId, ParamType, ResourceType};
use crate::ir::{Dir, Include, Link, SortBy, SortKey, Way};
use crate::keys::{Facet, Key, Level};
use crate::plan::rows::type_code;
use crate::plan::{IncludeRoot, PAGE_SLOT};
use fhirc_codegen::algebra::{Edge, End, On, Set, SetId, Span, Universe};
use fhirc_codegen::program::{self, OrderBy, OrderKey};
use fhirc_codegen::rows::{Base, RowKind};

impl Builder<'_> {
    /// What an include adds: the other ends of its links from the resources in the slot.
    pub(super) fn include(&mut self, include: &Include) -> Vec<IncludeRoot> {
        let span = place(include.span);
        let slot = self.add(Set::Slot(PAGE_SLOT), span);
        let root = |set| IncludeRoot { set, iterate: include.iterate, span };
        include.links.iter().map(|link| root(self.included(include, *link, slot, span))).collect()
    }

    /// The resources that one link of an include adds. Where contained resources come back, they stand at both ends.
    fn included(&mut self, include: &Include, link: Link, slot: SetId, span: Span) -> SetId {
        let named: Vec<ResourceType> = match include.target {
            Some(target) => vec![target],
            None => self.registry.targets(link.param).iter().collect(),
        };
        let (from, added) = match include.way {
            Way::Forward => (End::Target, named.clone()),
            Way::Reverse => (End::Source, vec![link.param.ty()]),
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
            if !datatypes.only_urls() {
                ways.push(self.add(Set::Via { edge: Edge { key, on: On::Rid }, from, far }, span));
            }
            for &ty in named.iter().filter(|_| datatypes.some_urls()) {
                let Some(on) = self.by_url(ty) else { continue };
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
        let mut sets = vec![self.add(Set::All(Universe(types.iter().copied().map(type_code).collect())), span)];
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

    pub(super) fn order_key(&self, key: &SortKey) -> OrderKey {
        let dir = match key.dir {
            Dir::Asc => program::Dir::Asc,
            Dir::Desc => program::Dir::Desc,
        };
        let own = |by| OrderKey { via: None, via_inside: None, by, dir };
        match key.by {
            SortBy::LastUpdated => own(OrderBy::Updated),
            SortBy::Id => own(OrderBy::Id),
            SortBy::Param { via: None, param } => own(self.order_by(param, self.inside)),
            SortBy::Param { via: Some(link), param } => {
                let key = |level| Key { param: link, facet: Facet::Value, level }.id();
                OrderKey {
                    via: Some(Edge { key: key(Level::Top), on: self.order_join(link, param) }),
                    via_inside: self.inside.then(|| key(Level::Contained)),
                    // A reference also leads to a resource inside the same container (item 89).
                    by: self.order_by(param, true),
                    dir,
                }
            }
        }
    }

    /// The join of a sort key to the resource whose value sorts. Where the link may be a canonical, that join is
    /// asked of the store.
    fn order_join(&self, link: ParamId, param: ParamId) -> On {
        let by_url = self.registry.datatypes(link).some_urls().then(|| self.by_url(param.ty())).flatten();
        by_url.unwrap_or(On::Rid)
    }

    /// The values that sort; those of contained resources too, where such are met.
    fn order_by(&self, param: ParamId, inside: bool) -> OrderBy {
        let base = match self.registry.definition(param).ty {
            ParamType::Number => Base::Number,
            ParamType::Date => Base::Time,
            ParamType::String => Base::Text,
            ParamType::Quantity => Base::Quantity,
            ParamType::Uri => Base::Url,
            ParamType::Reference => Base::Ref,
            ParamType::Token | ParamType::Composite | ParamType::Special => Base::Token,
        };
        // Quantities sort by canonical value where there is one (decision 43).
        let facet = if base == Base::Quantity { Facet::Canonical } else { Facet::Value };
        let key = |level| Key { param, facet, level }.id();
        let inside = inside.then(|| key(Level::Contained));
        OrderBy::Rows { key: key(Level::Top), inside, kind: RowKind::One(base) }
    }
}
